"""No program replaces a file that it reads, or one result by another, whatever their names."""
import os
import shutil

import numpy
import pytest

from program_runs import ROOT, assert_one_sentence, run_program, run_program_ok

TABLE = "model,baseline,reference,v2\na,1,60,50\nb,1,70,62\nc,1,80,71\nd,0,65,70\n"


@pytest.fixture
def folder(tmp_path):
    random = numpy.random.default_rng(1)
    numpy.save(tmp_path / "h.npy", random.normal(size=(60, 5)))
    numpy.save(tmp_path / "more.npy", random.normal(size=(60, 5)))
    numpy.save(tmp_path / "w.npy", random.normal(size=(3, 5)))
    numpy.save(tmp_path / "b.npy", random.normal(size=3))
    numpy.save(tmp_path / "l.npy", numpy.arange(60) % 3)
    numpy.save(tmp_path / "x.npy", numpy.zeros((2, 28, 28), "u1"))
    numpy.save(tmp_path / "y.npy", numpy.arange(2))
    numpy.save(tmp_path / "c.npy", numpy.arange(120).reshape(60, 2) % 3 == 1)
    (tmp_path / "names").write_text("one\ntwo\n")
    (tmp_path / "t.csv").write_text(TABLE)
    shutil.copy(ROOT / "examples" / "fashion-vit.safetensors", tmp_path / "m")
    run_program_ok("latent-moments", tmp_path, "h.npy", "--save", "part")
    return tmp_path


KSTAR = ["latent-kstar", "h.npy", "l.npy", "--names", "names"]
MOMENTS = ["latent-moments", "h.npy,more.npy"]
LOADED = ["latent-moments", "more.npy", "--load", "part"]
DIRECTIONS = ["latent-directions", "w.npy", "h.npy", "more.npy", "--bias", "b.npy", "--keep", "1"]
# The labels of one file: of two there would have to be twice as many.
LABELLED = ["latent-directions", "w.npy", "h.npy", "--labels", "l.npy", "--keep", "1"]
ROBUSTNESS = ["latent-robustness", "t.csv"]
VIT = ["vit_latents", "m", "x.npy"]
CONCEPTS = ["latent-concepts", "h.npy", "c.npy", "--names", "names", "--basis", "w.npy"]
PROBED_HEAD = ["latent-concepts", "h.npy", "c.npy", "--head", "w.npy"]
FASHION = ["fashion_concepts", "x.npy", "y.npy"]
# But for --plot, whose name must end in .svg.
PAIRS = [(words, option, target) for words, options, inputs in [
    (KSTAR, ["--json", "--values"], ["h.npy", "l.npy", "names"]),
    (MOMENTS, ["--json", "--save"], ["h.npy", "more.npy"]),
    (LOADED, ["--json"], ["more.npy", "part"]),
    (LOADED, ["--save"], ["more.npy"]),
    (DIRECTIONS, ["--json", "--output", "--curve"], ["w.npy", "h.npy", "more.npy", "b.npy"]),
    (LABELLED, ["--json", "--output", "--curve"], ["l.npy"]),
    (ROBUSTNESS, ["--json"], ["t.csv"]),
    (VIT, ["--latents", "--logits"], ["m", "x.npy"]),
    (CONCEPTS, ["--json", "--ap"], ["h.npy", "c.npy", "names", "w.npy"]),
    (PROBED_HEAD, ["--json", "--ap"], ["w.npy"]),
    (FASHION, ["--concepts", "--names"], ["x.npy", "y.npy"]),
] for option in options for target in inputs]


def contents(folder):
    return {name: (folder / name).read_bytes() for name in sorted(os.listdir(folder))}


def assert_spared(folder, words, option, output, target):
    before = contents(folder)
    done = run_program(words[0], folder, *words[1:], option, output)
    assert_one_sentence(words[0], done, 2, [f"{option}: {output} is", f"the input {target}\n"])
    assert contents(folder) == before


@pytest.mark.parametrize("words, option, target", PAIRS)
def test_the_same_name(folder, words, option, target):
    assert_spared(folder, words, option, target, target)
    assert_spared(folder, words, option, "./" + target, target)


@pytest.mark.parametrize("words, target", [(KSTAR, "l.npy"), (MOMENTS, "more.npy"),
                                           (LOADED, "part"), (DIRECTIONS, "w.npy"),
                                           (ROBUSTNESS, "t.csv"), (CONCEPTS, "c.npy")])
@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_plots_and_links(folder, words, target, link):
    link(folder / target, folder / "p.svg")
    assert_spared(folder, words, "--plot", "p.svg", target)


def test_input_that_is_a_link(folder):
    os.symlink("x.npy", folder / "z.npy")
    assert_spared(folder, ["vit_latents", "m", "z.npy"], "--latents", "x.npy", "z.npy")


def test_equal_files_are_not_the_same(folder):
    shutil.copy(folder / "h.npy", folder / "copy.npy")
    run_program_ok(*MOMENTS[:1], folder, *MOMENTS[1:], "--json", "copy.npy")
    assert (folder / "copy.npy").read_bytes()[:1] == b"{"


def test_a_stream_goes_on_in_the_file_it_was_saved_to(folder):
    run_program_ok("latent-moments", folder, "h.npy", "more.npy", "--axis", "features",
                   "--json", "whole.json")
    run_program_ok("latent-moments", folder, "more.npy", "--load", "part", "--save", "part")
    run_program_ok("latent-moments", folder, "--load", "part", "--axis", "features",
                   "--json", "parts.json")
    assert (folder / "parts.json").read_bytes() == (folder / "whole.json").read_bytes()


def test_standard_output_is_no_file(folder):
    shutil.copy(folder / "h.npy", folder / "-")
    text = run_program_ok("latent-moments", folder, "./-", "--json", "-")
    assert text.startswith("{")
    assert (folder / "-").read_bytes() == (folder / "h.npy").read_bytes()


@pytest.mark.parametrize("words, first, second", [
    (KSTAR, "--values", "--json"), (MOMENTS, "--json", "--save"),
    (DIRECTIONS, "--output", "--curve"), (DIRECTIONS, "--output", "--json"),
    (VIT, "--latents", "--logits"), (CONCEPTS, "--ap", "--json"),
    (FASHION, "--concepts", "--names")])
@pytest.mark.parametrize("exists", [False, True])
def test_two_outputs_of_one_name(folder, words, first, second, exists):
    if exists:
        (folder / "out").write_text("old")
    before = contents(folder)
    same = "./out" if exists else "out"
    done = run_program(words[0], folder, *words[1:], first, "out", second, same)
    assert_one_sentence(words[0], done, 2, [f"{first} and {second} are the same file, "])
    assert contents(folder) == before


def test_plot_and_json_of_one_name(folder):
    done = run_program(ROBUSTNESS[0], folder, *ROBUSTNESS[1:], "--json", "p.svg", "--plot", "p.svg")
    assert_one_sentence(ROBUSTNESS[0], done, 2, ["--json and --plot are the same file, p.svg"])


def test_two_outputs_on_one_device(folder):
    run_program_ok(KSTAR[0], folder, *KSTAR[1:], "--json", "/dev/null", "--values", "/dev/null")


@pytest.mark.parametrize("words, option", [
    (KSTAR, "--json"), (KSTAR, "--values"), (MOMENTS, "--save"), (DIRECTIONS, "--curve"),
    (ROBUSTNESS, "--json"), (VIT, "--latents"), (CONCEPTS, "--ap"), (FASHION, "--names")])
def test_an_output_without_a_name(folder, words, option):
    before = contents(folder)
    done = run_program(words[0], folder, *words[1:], option, "")
    assert_one_sentence(words[0], done, 2, ["an output's name is empty"])
    assert contents(folder) == before
