"""latent-concepts when something is wrong, and when it is stopped."""
import gzip
import math
import os
import subprocess

import numpy
import pytest

from concepts_program import problem, run, run_ok, save
from directions_program import safetensors
from program_runs import assert_one_sentence, check_help, check_interrupt, path_of

PROGRAM = "latent-concepts"


def assert_refused(folder, status, pieces, *arguments):
    """One sentence, and no file made."""
    before = sorted(os.listdir(folder))
    done = run(folder, *arguments, "--json", "out.json", "--plot", "out.svg", "--ap", "out.npy")
    assert_one_sentence(PROGRAM, done, status, pieces)
    assert sorted(os.listdir(folder)) == before


def rewrite(folder, name, change):
    numpy.save(folder / name, change(numpy.load(folder / name)))


# Concepts.

@pytest.mark.parametrize("type, value, text", [
    ("i1", 2, "2"), ("i1", -2, "-2"), ("u1", 255, "255"), ("i4", -(1 << 31), "-2147483648"),
    ("u8", (1 << 64) - 1, "18446744073709551615"), ("i8", 1 << 40, "1099511627776")])
def test_other_values_are_named_with_their_place(tmp_path, type, value, text):
    words = save(tmp_path, problem(1))
    concepts = numpy.maximum(numpy.load(tmp_path / "c.npy"), 0).astype(type)
    concepts[123, 4] = concepts[123, 7] = concepts[150, 0] = value
    numpy.save(tmp_path / "c.npy", concepts)
    assert_refused(tmp_path, 2, ["c.npy: row 123, column 4 is %s, but concepts are" % text], *words)


def test_other_values_in_a_second_file(tmp_path):
    save(tmp_path, problem(2))
    concepts = numpy.load(tmp_path / "c.npy")
    numpy.save(tmp_path / "c.npy", concepts[:100])
    concepts[103, 8] = 3
    numpy.save(tmp_path / "d.npy", concepts[100:])
    assert_refused(tmp_path, 2, ["d.npy: row 3, column 8 is 3,"], "h.npy", "c.npy,d.npy")
    numpy.save(tmp_path / "d.npy", concepts[100:, 1:])
    assert_refused(tmp_path, 2, ["c.npy has 9 columns, but d.npy has 8"], "h.npy", "c.npy,d.npy")


BAD_CONCEPTS = {
    "holds float64; concepts must be integers or booleans": lambda c: c.astype(float),
    "has 1 dimension; concepts need two": lambda c: c[:, 0],
    "has 3 dimensions; concepts need two": lambda c: c.reshape(200, 3, 3),
    "has no rows": lambda c: c[:0],
    "has no columns": lambda c: c[:, :0],
    "Fortran": numpy.asfortranarray,
    "c.npy has 199 rows, but h.npy has 200": lambda c: c[1:],
}


@pytest.mark.parametrize("reason", BAD_CONCEPTS)
def test_bad_concepts(tmp_path, reason):
    words = save(tmp_path, problem(3))
    rewrite(tmp_path, "c.npy", BAD_CONCEPTS[reason])
    assert_refused(tmp_path, 2, ["c.npy", reason], *words)


# Activations and directions.

BAD_MATRICES = {
    "has 1 dimension;": lambda h: h[:, 0],
    "has 3 dimensions;": lambda h: h.reshape(200, 3, 4),
    "has no rows": lambda h: h[:0],
    "has no columns": lambda h: h[:, :0],
    "<c16": lambda h: h.astype(complex),
    "row 1, column 11 is not exact": lambda h: numpy.where(
        numpy.arange(h.size).reshape(h.shape) == 23, 2 ** 53 + 1, 0),
}


@pytest.mark.parametrize("name", ["h.npy", "v.npy"])
@pytest.mark.parametrize("reason", BAD_MATRICES)
def test_bad_matrices(tmp_path, name, reason):
    words = save(tmp_path, problem(4, basis=200))
    rewrite(tmp_path, name, BAD_MATRICES[reason])
    assert_refused(tmp_path, 2, [name + ": ", reason], *words)


@pytest.mark.parametrize("argument, name", [("activations", "h.npy"), ("basis", "v.npy")])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_nonfinite_numbers_are_named(tmp_path, argument, name, value):
    words = save(tmp_path, problem(5, basis=20))
    matrix = numpy.load(tmp_path / name)
    matrix[17, 11] = matrix[18, 2] = value
    numpy.save(tmp_path / name, matrix)
    assert_refused(tmp_path, 1, ["%s[17][11] is %s" % (argument, "NaN" if value != value else "")],
                   *words)
    if argument == "activations":
        assert_refused(tmp_path, 1, ["activations[17][11] is "], "h.npy", "c.npy")


def test_scores_beyond_float64(tmp_path):
    words = save(tmp_path, problem(6, basis=3))
    rewrite(tmp_path, "h.npy", lambda h: h * 1e200)
    rewrite(tmp_path, "v.npy", lambda v: v * 1e200)
    assert_refused(tmp_path, 1, ["float64"], *words)


def test_widths_that_do_not_match(tmp_path):
    words = save(tmp_path, problem(7, basis=3))
    rewrite(tmp_path, "v.npy", lambda v: v[:, :11])
    assert_refused(tmp_path, 2, ["--basis: v.npy has 11 columns, but h.npy has 12"], *words)
    assert_refused(tmp_path, 2, ["--head: v.npy has 11 columns, but h.npy has 12"], *words[:2],
                   "--head", "v.npy")


def test_bad_heads(tmp_path):
    words = save(tmp_path, problem(8))
    weights = numpy.zeros((3, 12))
    numpy.save(tmp_path / "w.npy", weights)
    assert_refused(tmp_path, 2, ["--head: the head in w.npy is zero: it has no directions"],
                   *words, "--head", "w.npy")
    weights[1, 7] = math.nan
    numpy.save(tmp_path / "w.npy", weights)
    assert_refused(tmp_path, 2, ["w.npy: row 1, column 7 is NaN"], *words, "--head", "w.npy")
    assert_refused(tmp_path, 2, ["--head-tensor: w.npy is no .safetensors file"], *words, "--head",
                   "w.npy", "--head-tensor", "w")
    (tmp_path / "m.st").write_bytes(safetensors([("w", "F32", numpy.ones((2, 12), "f4"))]))
    assert_refused(tmp_path, 2, ["m.st: --head-tensor must say which", "'w' F32 [2, 12]"], *words,
                   "--head", "m.st")
    assert_refused(tmp_path, 2, ["m.st: no tensor 'v'"], *words, "--head", "m.st",
                   "--head-tensor", "v")


def test_missing_and_damaged_files(tmp_path):
    words = save(tmp_path, problem(9, basis=3)) + ["--names", "names"]
    (tmp_path / "names").write_text("a\nb\n")
    for name in ["h.npy", "c.npy", "v.npy"]:
        whole = (tmp_path / name).read_bytes()
        for content, reason in [(whole[:-1], "truncated"), (gzip.compress(whole)[:-20], "gzip"),
                                (b"", "empty"), (b"hello, world", "neither")]:
            (tmp_path / name).write_bytes(content)
            assert_refused(tmp_path, 2, [name + ": ", reason], *words)
        (tmp_path / name).unlink()
        assert_refused(tmp_path, 2, [name + ": No such file"], *words)
        (tmp_path / name).write_bytes(whole)
    (tmp_path / "names").write_bytes(b"a\n\xff\n")
    assert_refused(tmp_path, 2, ["names: line 2 is not valid UTF-8"], *words)
    (tmp_path / "names").write_text("".join("n%d\n" % i for i in range(10)))
    assert_refused(tmp_path, 2, ["--names: line 10 of names, 'n9'", "c.npy has concepts, 9"],
                   *words)
    (tmp_path / "names").write_text("".join("n%d\n" % i for i in range(9)) + "\n\n")
    run_ok(tmp_path, *words)
    (tmp_path / "names").unlink()
    assert_refused(tmp_path, 2, ["names: No such file"], *words)


# Usage.

@pytest.mark.parametrize("words, piece", [
    ([], "two arguments are needed, ACTIVATIONS and CONCEPTS"), (["h.npy"], "two arguments"),
    (["h.npy", "c.npy", "v.npy"], "two arguments"),
    (["h.npy", "c.npy", "--basis", "v.npy", "--head", "v.npy"], "--basis and --head: only one"),
    (["h.npy", "c.npy", "--head-tensor", "w"], "--head-tensor needs --head"),
    (["h.npy", "c.npy", "--sign", "up"], "--sign: 'up' is neither as-is nor both"),
    (["h.npy", "c.npy", "--threshold", "1.01"], "--threshold: 1.01 is not in 0 ... 1"),
    (["h.npy", "c.npy", "--threshold", "-0.1"], "--threshold: -0.1 is not in 0 ... 1"),
    (["h.npy", "c.npy", "--threshold", "nan"], "--threshold: nan is not in 0 ... 1"),
    (["h.npy", "c.npy", "--threshold", "90%"], "--threshold: '90%' is no number"),
    (["h.npy", "c.npy", "--threshold", ""], "--threshold: '' is no number"),
    (["h.npy", "c.npy", "--permutations", "-1"], "--permutations: -1 is not in 0 ... 2147483647"),
    (["h.npy", "c.npy", "--permutations", "x"], "--permutations: 'x' is no whole number"),
    (["h.npy", "c.npy", "--seed", "-1"], "--seed: '-1' is no whole number from 0 to 2^64 - 1"),
    (["h.npy", "c.npy", "--seed", "18446744073709551616"], "--seed"),
    (["h.npy", "c.npy", "--ap", "absent/o"], "absent/o"),
    (["h.npy", "c.npy", "--ap", "."], "directory"),
    (["h.npy", "c.npy", "--json", "absent/j"], "absent/j"),
    (["h.npy", "c.npy", "--plot", "absent/p.svg"], "absent/p.svg"),
    (["h.npy", "c.npy", "--plot", "p.pdf"], ".svg or .png"),
    (["h.npy,", "c.npy"], "empty file name"), (["h.npy", ",c.npy"], "empty file name"),
    (["h.npy", "c.npy", "--threads", "-2"], "--threads"),
    (["h.npy", "c.npy", "--memory", "8X"], "--memory"),
    (["h.npy", "c.npy", "--unknown"], "unknown"), (["h.npy", "c.npy", "--basis"], "basis"),
    (["h.npy", "c.npy", "--thre", "1"], "ambiguous")])
def test_wrong_usage(tmp_path, words, piece):
    save(tmp_path, problem(10, basis=3))
    before = sorted(os.listdir(tmp_path))
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert done.stdout == b"" and piece in done.stderr.decode()
    assert sorted(os.listdir(tmp_path)) == before


def test_too_little_memory(tmp_path):
    words = save(tmp_path, problem(11))
    assert_refused(tmp_path, 1, ["budget"], *words, "--memory", "1")
    assert_refused(tmp_path, 1, ["budget"], *words, "--memory", "1K")


def test_a_missing_gnuplot_is_known_before_the_computation(tmp_path):
    save(tmp_path, problem(12))
    done = subprocess.run([path_of(PROGRAM), "h.npy", "c.npy", "--plot", "h.svg"], cwd=tmp_path,
                          env={"PATH": "/nonexistent"}, capture_output=True, timeout=60)
    assert_one_sentence(PROGRAM, done, 2, ["gnuplot"])


def test_a_full_disk(tmp_path):
    words = save(tmp_path, problem(13))
    with open("/dev/full", "wb") as full:
        done = subprocess.run([path_of(PROGRAM), *words], cwd=tmp_path, stdout=full,
                              stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"standard output: No space left" in done.stderr
    for option in ["--ap", "--json"]:
        done = run(tmp_path, *words, option, "/dev/full")
        assert done.returncode == 1 and b"/dev/full: " in done.stderr


def test_results_of_before_survive_a_failure(tmp_path):
    words = save(tmp_path, problem(14))
    run_ok(tmp_path, *words, "--json", "j.json", "--ap", "a.npy", "--plot", "p.svg")
    old = {name: (tmp_path / name).read_bytes() for name in ["j.json", "a.npy", "p.svg"]}
    rewrite(tmp_path, "h.npy", lambda h: numpy.where(h > 2, math.nan, h))
    done = run(tmp_path, *words, "--json", "j.json", "--ap", "a.npy", "--plot", "p.svg")
    assert done.returncode == 1
    assert old == {name: (tmp_path / name).read_bytes() for name in old}


def test_help_and_version(tmp_path):
    check_help(PROGRAM, tmp_path, ["basis", "head", "head-tensor", "sign", "threshold", "names",
                                   "permutations", "seed", "ap", "threads", "memory", "json",
                                   "plot", "version"])


@pytest.mark.parametrize("words", [[], ["--permutations", "0"], ["--basis", "v.npy"]])
def test_interrupt(tmp_path, words):
    random = numpy.random.default_rng(15)
    features = 200 if words[:1] != ["--permutations"] else 500
    numpy.save(tmp_path / "h.npy", random.normal(size=(20000, features)).astype("f4"))
    numpy.save(tmp_path / "v.npy", random.normal(size=(2000, features)).astype("f4"))
    numpy.save(tmp_path / "c.npy", (random.random((20000, 400)) < 0.3).astype("i1"))
    check_interrupt(PROGRAM, tmp_path, "h.npy", "c.npy", "--json", "out.json", "--ap", "out.npy",
                    "--threads", "1", *words)
