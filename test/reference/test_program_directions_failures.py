"""latent-directions when something is wrong, and when it is stopped."""
import gzip
import math
import os
import subprocess

import numpy
import pytest

from directions_program import problem, run, safetensors, save
from program_runs import assert_one_sentence, check_help, check_interrupt, idx, path_of

PROGRAM = "latent-directions"


def assert_refused(folder, status, pieces, *arguments):
    """One sentence, and no file made."""
    before = sorted(os.listdir(folder))
    done = run(folder, *arguments, "--json", "out.json", "--plot", "out.svg", "--curve", "out.csv")
    assert_one_sentence(PROGRAM, done, status, pieces)
    assert sorted(os.listdir(folder)) == before


def rewrite(folder, name, change):
    numpy.save(folder / name, change(numpy.load(folder / name)))


# Shapes that do not match.

def test_activations_of_another_width(tmp_path):
    save(tmp_path, problem(1))
    numpy.save(tmp_path / "wide.npy", numpy.zeros((3, 13)))
    assert_refused(tmp_path, 2, ["the head in w.npy has 12 columns, but wide.npy has 13"], "w.npy",
                   "wide.npy")
    assert_refused(tmp_path, 2, ["h.npy has 12 columns, but wide.npy has 13"], "w.npy", "h.npy",
                   "wide.npy")


def test_lengths_of_bias_and_labels(tmp_path):
    words = save(tmp_path, problem(2))
    numpy.save(tmp_path / "b.npy", numpy.zeros(6))
    assert_refused(tmp_path, 2, ["'b.npy' has 6 numbers", "head in w.npy has 7 rows"], *words)
    words = save(tmp_path, problem(2))
    numpy.save(tmp_path / "l.npy", numpy.zeros(399, int))
    assert_refused(tmp_path, 2, ["l.npy has 399 labels, but h.npy has 400 rows"], *words)
    assert_refused(tmp_path, 2, ["l.npy has 399 labels, but h.npy with", "has 800 rows"], *words,
                   "h.npy")


BAD_HEADS = {
    "1 dimension;": lambda w: w[0],
    "3 dimensions;": lambda w: w.reshape(7, 4, 3),
    "no weights": lambda w: w[:0],
    "Fortran": lambda w: numpy.asfortranarray(w),
    "<c16": lambda w: w.astype(complex),
    "row 1, column 11 is not exact": lambda w: numpy.where(
        numpy.arange(84).reshape(7, 12) == 23, 2 ** 53 + 1, 0),
    "row 6, column 2 is NaN": lambda w: numpy.where(
        numpy.arange(84).reshape(7, 12) == 74, math.nan, w),
    "row 0, column 5 is -infinity": lambda w: numpy.where(
        numpy.arange(84).reshape(7, 12) == 5, -math.inf, w),
}


@pytest.mark.parametrize("reason", BAD_HEADS)
def test_bad_heads(tmp_path, reason):
    words = save(tmp_path, problem(3))
    rewrite(tmp_path, "w.npy", BAD_HEADS[reason])
    assert_refused(tmp_path, 2, ["w.npy: ", reason], *words)


@pytest.mark.parametrize("reason, change", [
    ("2 dimensions; a bias needs one", lambda b: b[:, None]),
    ("0 dimensions", lambda b: b[0]),
    ("no numbers", lambda b: b[:0]),
    ("element 4 is infinity", lambda b: numpy.where(numpy.arange(7) == 4, math.inf, b))])
def test_bad_biases(tmp_path, reason, change):
    words = save(tmp_path, problem(4))
    rewrite(tmp_path, "b.npy", change)
    assert_refused(tmp_path, 2, ["b.npy: ", reason], *words)


@pytest.mark.parametrize("label, reason", [
    (7, "label 123 is 7, but the head in w.npy has classes 0 to 6"),
    (-1, "label 123 is -1, but the head in w.npy has classes 0 to 6"),
    (1 << 40, "label 1099511627776 of row 123 does not fit")])
def test_labels_out_of_range(tmp_path, label, reason):
    words = save(tmp_path, problem(5))
    labels = numpy.load(tmp_path / "l.npy").astype("i8")
    labels[123] = label
    numpy.save(tmp_path / "l.npy", labels)
    assert_refused(tmp_path, 2, ["l.npy: " + reason], *words)


def test_labels_must_be_integers(tmp_path):
    words = save(tmp_path, problem(6))
    rewrite(tmp_path, "l.npy", lambda labels: labels.astype("f4"))
    assert_refused(tmp_path, 2, ["l.npy: ", "integers"], *words)


def test_missing_and_damaged_files(tmp_path):
    words = save(tmp_path, problem(7))
    for option, name in [("", "w.npy"), ("", "h.npy"), ("--bias", "b.npy"), ("--labels", "l.npy")]:
        whole = (tmp_path / name).read_bytes()
        for content, reason in [(whole[:-1], "truncated"), (gzip.compress(whole)[:-20], "gzip"),
                                (b"", "empty"), (b"hello, world", "neither")]:
            (tmp_path / name).write_bytes(content)
            assert_refused(tmp_path, 2, [name + ": ", reason], *words)
        (tmp_path / name).unlink()
        assert_refused(tmp_path, 2, [name + ": No such file"], *words)
        (tmp_path / name).write_bytes(whole)
    (tmp_path / "w.npy").write_bytes(b"hello, world")
    assert_refused(tmp_path, 2, ["w.npy: is neither .npy nor IDX nor .safetensors"], *words)


# Tensors.

def write_tensors(folder):
    case = problem(8)
    save(folder, case)
    weights = case["weights"]
    (folder / "m.st").write_bytes(safetensors([
        ("fc.weight", "F32", weights.astype("f4")), ("fc.bias", "F32", numpy.zeros(7, "f4")),
        ("conv", "F32", numpy.zeros((2, 3, 4), "f4")), ("codes", "I64", numpy.zeros((7, 12), "i8")),
        ("hole", "F64", numpy.where(numpy.arange(84).reshape(7, 12) == 13, math.nan, weights)),
        ("empty", "F32", numpy.zeros((0, 12), "f4")), ("long", "F32", numpy.zeros(8, "f4"))]))


@pytest.mark.parametrize("words, pieces", [
    ([], ["m.st: --head-tensor must say which tensor is the head: 'fc.weight' F32 [7, 12]",
          "'codes' I64 [7, 12]", "'hole' F64 [7, 12]"]),
    (["--head-tensor", "fc.weights"], ["m.st: no tensor 'fc.weights'", "fc.weight, "]),
    (["--head-tensor", "conv"], ["m.st: tensor 'conv': has 3 dimensions"]),
    (["--head-tensor", "fc.bias"], ["tensor 'fc.bias': has 1 dimension;"]),
    (["--head-tensor", "codes"], ["tensor 'codes': is I64 [7, 12]; F16, BF16, F32 or F64"]),
    (["--head-tensor", "hole"], ["tensor 'hole': row 1, column 1 is NaN"]),
    (["--head-tensor", "empty"], ["tensor 'empty': has no weights"]),
    (["--head-tensor", "fc.weight", "--bias-tensor", "b"], ["m.st: no tensor 'b'"]),
    (["--head-tensor", "fc.weight", "--bias-tensor", "conv"], ["'conv': has 3 dimensions; a bias"]),
    (["--head-tensor", "fc.weight", "--bias-tensor", "long"],
     ["'long' has 8 numbers", "m.st has 7 rows"])])
def test_tensors(tmp_path, words, pieces):
    write_tensors(tmp_path)
    assert_refused(tmp_path, 2, pieces, "m.st", "h.npy", *words)


def test_files_and_tensors_that_do_not_go_together(tmp_path):
    write_tensors(tmp_path)
    for option in ["--head-tensor", "--bias-tensor"]:
        assert_refused(tmp_path, 2, [option + ": w.npy is no .safetensors file"], "w.npy", "h.npy",
                       option, "fc.weight")
    (tmp_path / "v.st").write_bytes(safetensors([("v", "F32", numpy.zeros(3, "f4"))]))
    assert_refused(tmp_path, 2, ["v.st: holds no tensor of two dimensions"], "v.st", "h.npy")
    whole = (tmp_path / "m.st").read_bytes()
    (tmp_path / "m.st").write_bytes(whole[:-1])
    assert_refused(tmp_path, 2, ["m.st: "], "m.st", "h.npy", "--head-tensor", "fc.weight")
    many = [("layer.%d.weight" % i, "F32", numpy.zeros((1, 1), "f4")) for i in range(500)]
    (tmp_path / "m.st").write_bytes(safetensors(many))
    assert_refused(tmp_path, 2, ["'layer.0.weight' F32 [1, 1], ", ", ..."], "m.st", "h.npy")


# Numbers that do not work.

@pytest.mark.parametrize("value, name", [(math.nan, "NaN"), (math.inf, "infinity"),
                                         (-math.inf, "-infinity")])
def test_nonfinite_activations_are_named(tmp_path, value, name):
    save(tmp_path, problem(9))
    points = numpy.load(tmp_path / "h.npy").astype("f4")
    points[17, 11] = points[18, 2] = value
    numpy.save(tmp_path / "bad.npy", points)
    done = run(tmp_path, "w.npy", "h.npy", "bad.npy")
    assert_one_sentence(PROGRAM, done, 1, ["bad.npy: row 17, column 11 is %s\n" % name])
    # Where rows are converted, and beyond the first chunk of 2^23 elements.
    wide = numpy.zeros((150, 1 << 16), ">f4")
    wide[149, 77] = value
    (tmp_path / "wide.gz").write_bytes(gzip.compress(idx(wide, 13), 1))
    numpy.save(tmp_path / "w.npy", numpy.ones((2, 1 << 16)))
    assert_refused(tmp_path, 1, ["wide.gz: row 149, column 77 is %s\n" % name], "w.npy", "wide.gz")


def test_overflow_names_the_file(tmp_path):
    save(tmp_path, problem(10))
    rewrite(tmp_path, "w.npy", lambda w: w * 1e200)
    numpy.save(tmp_path / "big.npy", numpy.full((3, 12), 1e200))
    numpy.save(tmp_path / "small.npy", numpy.full((3, 12), 1e-200))
    assert_refused(tmp_path, 1, ["big.npy: ", "beyond float64"], "w.npy", "small.npy", "big.npy",
                   "--importance", "singular")
    # In a later chunk of its file.
    rows = numpy.full((129, 1 << 16), 1e-200)
    rows[128] = 1e200
    numpy.save(tmp_path / "big.npy", rows)
    numpy.save(tmp_path / "w.npy", numpy.full((1, 1 << 16), 1e200))
    assert_refused(tmp_path, 1, ["big.npy: counted from row 128: ", "beyond float64"], "w.npy",
                   "big.npy", "--importance", "singular")


def test_too_little_memory(tmp_path):
    words = save(tmp_path, problem(11))
    assert_refused(tmp_path, 1, ["budget"], *words, "--memory", "1")
    assert_refused(tmp_path, 1, ["budget"], *words, "--memory", "10K")


@pytest.mark.parametrize("keep, pieces", [
    ("8", ["--keep: 8 directions", "w.npy has rank 7"]),
    ("9223372036854775807", ["--keep", "rank 7"])])
def test_keep_beyond_the_rank(tmp_path, keep, pieces):
    words = save(tmp_path, problem(12))
    assert_refused(tmp_path, 2, pieces, *words, "--keep", keep, "--output", "out.npy")
    rewrite(tmp_path, "w.npy", lambda w: numpy.outer(w[:, 0], w[0]))
    assert_refused(tmp_path, 2, ["--keep: 2 directions", "w.npy has rank 1"], *words, "--keep", "2")


@pytest.mark.parametrize("words, piece", [
    ([], "a head and at least one file"), (["w.npy"], "a head and at least one file"),
    (["w.npy", "h.npy", "--importance", "sigma"],
     "cosine nor projection nor singular nor variance"),
    (["w.npy", "h.npy", "--keep", "-1"], "--keep"), (["w.npy", "h.npy", "--keep", ""], "--keep"),
    (["w.npy", "h.npy", "--keep", "1.5"], "no whole number"),
    (["w.npy", "h.npy", "--keep", "0%"], "above 0 and up to 100"),
    (["w.npy", "h.npy", "--keep", "101%"], "up to 100"),
    (["w.npy", "h.npy", "--keep", "%"], "no number"),
    (["w.npy", "h.npy", "--keep", "x%"], "no number"),
    (["w.npy", "h.npy", "--keep", "nan%"], "above 0"),
    (["w.npy", "h.npy", "--keep", "0" * 40 + "1%"], "no percentage"),
    (["w.npy", "h.npy", "--top", "0"], "--top"), (["w.npy", "h.npy", "--top", "x"], "--top"),
    (["w.npy", "h.npy", "--top", "8"], "--top: 8 is more than the 7 classes of the head in w.npy"),
    (["w.npy", "h.npy", "--output", "o.npy"], "--output needs --keep"),
    (["w.npy", "h.npy", "--bias", "b.npy", "--bias-tensor", "b"], "--bias and --bias-tensor"),
    (["w.npy", "h.npy", "--keep", "1", "--output", "absent/o"], "absent/o"),
    (["w.npy", "h.npy", "--keep", "1", "--output", "."], "directory"),
    (["w.npy", "h.npy", "--curve", "absent/c"], "absent/c"),
    (["w.npy", "h.npy", "--json", "absent/j"], "absent/j"),
    (["w.npy", "h.npy", "--plot", "absent/p.svg"], "absent/p.svg"),
    (["w.npy", "h.npy", "--plot", "p.pdf"], ".svg or .png"),
    (["w.npy", "h.npy,"], "empty file name"),
    (["w.npy", "h.npy", "--threads", "-2"], "--threads"),
    (["w.npy", "h.npy", "--memory", "8X"], "--memory"),
    (["w.npy", "h.npy", "--unknown"], "unknown"), (["w.npy", "h.npy", "--labels"], "labels"),
    (["w.npy", "h.npy", "--b", "b.npy"], "ambiguous")])
def test_wrong_usage(tmp_path, words, piece):
    save(tmp_path, problem(13))
    before = sorted(os.listdir(tmp_path))
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert done.stdout == b"" and piece in done.stderr.decode()
    assert sorted(os.listdir(tmp_path)) == before


def test_a_missing_gnuplot_is_known_before_the_computation(tmp_path):
    save(tmp_path, problem(14))
    done = subprocess.run([path_of(PROGRAM), "w.npy", "h.npy", "--plot", "h.svg"], cwd=tmp_path,
                          env={"PATH": "/nonexistent"}, capture_output=True, timeout=60)
    assert_one_sentence(PROGRAM, done, 2, ["gnuplot"])


def test_a_full_disk(tmp_path):
    save(tmp_path, problem(15))
    with open("/dev/full", "wb") as full:
        done = subprocess.run([path_of(PROGRAM), "w.npy", "h.npy"], cwd=tmp_path, stdout=full,
                              stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"standard output" in done.stderr
    for option in ["--json", "--curve", "--output"]:
        done = run(tmp_path, "w.npy", "h.npy", "--keep", "2", option, "/dev/full")
        assert done.returncode == 1 and b"/dev/full" in done.stderr


def test_results_of_before_survive_a_failure(tmp_path):
    save(tmp_path, problem(16))
    numpy.save(tmp_path / "bad.npy", numpy.full((3, 12), math.inf))
    for name in ["out.json", "out.csv", "out.npy"]:
        (tmp_path / name).write_text("before")
    assert run(tmp_path, "w.npy", "bad.npy", "--json", "out.json", "--curve", "out.csv", "--keep",
               "1", "--output", "out.npy").returncode == 1
    for name in ["out.json", "out.csv", "out.npy"]:
        assert (tmp_path / name).read_text() == "before"


def test_help_and_version(tmp_path):
    check_help(PROGRAM, tmp_path, [
        "head-tensor", "bias", "bias-tensor", "labels", "importance", "keep", "top", "aware",
        "output", "curve", "threads", "memory", "json", "plot", "help", "version"])


def test_interrupt(tmp_path):
    # One file as a stream of 16 GB.
    random = numpy.random.default_rng(17)
    numpy.save(tmp_path / "h.npy", random.normal(size=(10000, 100)).astype("f4"))
    numpy.save(tmp_path / "w.npy", random.normal(size=(100, 100)))
    (tmp_path / "out.json").write_text("before")
    check_interrupt(PROGRAM, tmp_path, "w.npy", *["h.npy"] * 4000, "--threads", "1", "--keep", "3",
                    "--output", "out.npy", "--curve", "out.csv", "--json", "out.json", "--plot",
                    "out.svg")
    assert (tmp_path / "out.json").read_text() == "before"
