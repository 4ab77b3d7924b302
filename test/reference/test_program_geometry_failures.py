"""latent-geometry when something is wrong, and when it is stopped."""
import os
import subprocess

import numpy
import pytest

from geometry_program import PROGRAM, run
from program_runs import ROOT, assert_one_sentence, check_help, check_interrupt, path_of
from test_vit_reference import SMALL, random_model

MODEL = str(ROOT / "examples" / "fashion-vit.safetensors")


@pytest.fixture
def folder(tmp_path):
    """A small model m and three images x.npy."""
    random_model(tmp_path / "m", 1, **SMALL)
    numpy.save(tmp_path / "x.npy", numpy.random.default_rng(2).random((3, 6, 6)))
    return tmp_path


def assert_refused(folder, status, pieces, *arguments):
    """One sentence, and no file made."""
    before = sorted(os.listdir(folder))
    done = run(folder, *arguments, "--json", "out.json", "--plot", "out.svg")
    assert_one_sentence(PROGRAM, done, status, pieces)
    assert sorted(os.listdir(folder)) == before


@pytest.mark.parametrize("words, pieces", [
    (["--image", "3"], ["--image: 3, but x.npy has images 0 to 2"]),
    (["--target", "9223372036854775807"], ["--target: 9223372036854775807", "images 0 to 2"]),
    (["--leading", "7"], ["--leading: 7", "6 singular values", "6 features of 36 pixels"]),
    (["--names", "absent"], ["absent: No such file"])])
def test_requests_that_do_not_suit_the_files(folder, words, pieces):
    assert_refused(folder, 2, pieces, "m", "x.npy", *words)


def test_bad_files(folder):
    assert_refused(folder, 2, ["absent: No such file"], "absent", "x.npy")
    assert_refused(folder, 2, ["absent: No such file"], "m", "absent")
    assert_refused(folder, 2, ["x.npy: is no .safetensors file"], "x.npy", "x.npy")
    numpy.save(folder / "wide.npy", numpy.zeros((3, 7, 7)))
    assert_refused(folder, 2, ["wide.npy: ", "[count, 6, 6]"], "m", "wide.npy")
    images = numpy.load(folder / "x.npy")
    images[1, 2, 3] = numpy.nan
    numpy.save(folder / "bad.npy", images)
    assert_refused(folder, 1, ["bad.npy: pixel 15 of image 1 is NaN"], "m", "bad.npy", "--image",
                   "1")
    assert_refused(folder, 1, ["bad.npy: pixel 15 of image 1 is NaN"], "m", "bad.npy", "--target",
                   "1")
    assert run(folder, "m", "bad.npy", "--image", "2").returncode == 0


@pytest.mark.parametrize("words, piece", [
    ([], "two arguments"), (["m"], "two arguments"), (["m", "x.npy", "x.npy"], "two arguments"),
    (["m", "x.npy", "--image", "-1"], "--image"), (["m", "x.npy", "--image", "1.5"], "whole number"),
    (["m", "x.npy", "--leading", "0"], "--leading"),
    (["m", "x.npy", "--epsilon", ""], "--epsilon: '' is no number"),
    (["m", "x.npy", "--epsilon", "1,"], "--epsilon: '' is no number"),
    (["m", "x.npy", "--epsilon", "1,,2"], "--epsilon: '' is no number"),
    (["m", "x.npy", "--epsilon", "0"], "--epsilon: 0 is not positive"),
    (["m", "x.npy", "--epsilon", "0.1,-1"], "--epsilon: -1 is not positive"),
    (["m", "x.npy", "--epsilon", "inf"], "--epsilon: inf is not positive and finite"),
    (["m", "x.npy", "--epsilon", "1,0.1,1"], "--epsilon: 1 is named twice"),
    (["m", "x.npy", "--epsilon", ",".join(map(str, range(1, 18)))], "more than 16 numbers"),
    (["m", "x.npy", "--epsilon", "1" * 40], "no list of numbers"),
    (["m", "x.npy", "--samples", "0"], "--samples"), (["m", "x.npy", "--restarts", "-1"], "--rest"),
    (["m", "x.npy", "--seed", "-1"], "--seed"),
    (["m", "x.npy", "--picture", "p.svg"], "--picture needs --target"),
    (["m", "x.npy", "--target", "1", "--picture", "p.pdf"], ".svg or .png"),
    (["m", "x.npy", "--target", "1", "--picture", "absent/p.svg"], "absent/p.svg"),
    (["m", "x.npy", "--json", "absent/j"], "absent/j"),
    (["m", "x.npy", "--plot", "absent/p.svg"], "absent/p.svg"),
    (["m", "x.npy", "--plot", "m"], ".svg or .png"),
    (["m", "x.npy", "--json", "m"], "--json: m is the same file as the input m"),
    (["m", "x.npy", "--json", "x.npy"], "--json: x.npy is the same file"),
    (["m", "x.npy", "--target", "1", "--plot", "p.svg", "--picture", "p.svg"], "same file"),
    (["m", "x.npy", "--threads", "-2"], "--threads"), (["m", "x.npy", "--memory", "8X"], "--memory"),
    (["m", "x.npy", "--unknown"], "unknown")])
def test_wrong_usage(folder, words, piece):
    before = sorted(os.listdir(folder))
    done = run(folder, *words)
    assert done.returncode == 2
    assert done.stdout == b"" and piece in done.stderr.decode()
    assert sorted(os.listdir(folder)) == before


@pytest.mark.parametrize("words", [["--plot", "p.svg"], ["--target", "1", "--picture", "p.svg"]])
def test_a_missing_gnuplot_is_known_before_the_computation(folder, words):
    done = subprocess.run([path_of(PROGRAM), "m", "x.npy", *words], cwd=folder,
                          env={"PATH": "/nonexistent"}, capture_output=True, timeout=60)
    assert_one_sentence(PROGRAM, done, 2, ["gnuplot"])


def test_a_full_disk(folder):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([path_of(PROGRAM), "m", "x.npy"], cwd=folder, stdout=full,
                              stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"standard output" in done.stderr
    done = run(folder, "m", "x.npy", "--json", "/dev/full")
    assert done.returncode == 1 and b"/dev/full" in done.stderr


def test_help_and_version(tmp_path):
    check_help(PROGRAM, tmp_path, [
        "image", "leading", "epsilon", "samples", "restarts", "target", "names", "picture", "seed",
        "threads", "memory", "json", "plot", "help", "version"])


@pytest.mark.parametrize("words", [["--samples", "100000"], ["--restarts", "100000"],
                                   ["--target", "1", "--samples", "1", "--epsilon", "1"]])
def test_interrupt(tmp_path, words):
    """In a family, in the ascents and in the matching."""
    numpy.save(tmp_path / "x.npy", numpy.random.default_rng(3).random((2, 28, 28)))
    (tmp_path / "out.json").write_text("before")
    check_interrupt(PROGRAM, tmp_path, MODEL, "x.npy", *words, "--json", "out.json", "--plot",
                    "out.svg")
    assert (tmp_path / "out.json").read_text() == "before"
