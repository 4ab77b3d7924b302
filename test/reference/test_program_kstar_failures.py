"""latent-kstar when something is wrong, when it is stopped, and what it shows meanwhile."""
import gzip
import json
import math
import os
import pty
import re
import subprocess

import numpy
import pytest

from kstar_program import PROGRAM, clouds, run
from program_runs import assert_one_sentence, check_help, check_interrupt


def save_pair(folder, rows=20):
    points, labels = clouds(15, rows=rows)
    numpy.save(folder / "p.npy", points)
    numpy.save(folder / "l.npy", labels)
    return points, labels


def assert_refused(folder, status, pieces, *arguments):
    """One sentence on standard error, nothing on standard output, no file made."""
    before = sorted(os.listdir(folder))
    done = run(folder, *arguments, "--json", "out.json", "--values", "out.npy", "--plot", "out.svg")
    assert_one_sentence("latent-kstar", done, status, pieces)
    assert sorted(os.listdir(folder)) == before


BAD_POINTS = {
    "Fortran": lambda p: numpy.asfortranarray(p),
    "big-endian": lambda p: p.astype(">f4"),
    "Python objects": lambda p: p.astype(object),
    "structured": lambda p: numpy.zeros(20, [("x", "f4"), ("y", "f4")]),
    "1 dimension": lambda p: p[:, 0],
    "3 dimensions": lambda p: p.reshape(20, 7, 1),
    "no rows": lambda p: p[:0],
    "no columns": lambda p: p[:, :0],
    "<c16": lambda p: p.astype(complex),
    "<U1": lambda p: (p > 0).astype("<U1"),
    "19 rows": lambda p: p[:19],
    "row 3, column 2 is not exact": lambda p: numpy.where(
        numpy.arange(140).reshape(20, 7) == 23, 2 ** 53 + 1, 0),
}


@pytest.mark.parametrize("reason", BAD_POINTS)
def test_bad_points(tmp_path, reason):
    points, _ = save_pair(tmp_path)
    numpy.save(tmp_path / "bad.npy", BAD_POINTS[reason](points))
    assert_refused(tmp_path, 2, ["bad.npy", reason], "bad.npy", "l.npy")


BAD_LABELS = {
    "labels must be integers": lambda l: l.astype("f4"),
    "2 dimensions": lambda l: l.reshape(10, 2),
    "does not fit into int32": lambda l: l + 2 ** 31,
    "21 labels": lambda l: numpy.append(l, 0),
}


@pytest.mark.parametrize("reason", BAD_LABELS)
def test_bad_labels(tmp_path, reason):
    _, labels = save_pair(tmp_path)
    numpy.save(tmp_path / "bad.npy", BAD_LABELS[reason](labels))
    assert_refused(tmp_path, 2, ["bad.npy", reason], "p.npy", "bad.npy")


def test_truncated_files(tmp_path):
    save_pair(tmp_path)
    whole = (tmp_path / "p.npy").read_bytes()
    packed = gzip.compress(whole)
    for content, reason in [(whole[:-1], "truncated"), (whole + b"x", "lies"),
                            (whole[:40], "header"), (packed[:-20], "gzip"), (b"", "empty"),
                            (b"hello, world", "neither")]:
        (tmp_path / "bad").write_bytes(content)
        assert_refused(tmp_path, 2, ["bad: ", reason], "bad", "l.npy")
    assert_refused(tmp_path, 2, ["absent: No such file"], "absent", "l.npy")
    numpy.save(tmp_path / "narrow.npy", numpy.zeros((3, 2)))
    assert_refused(tmp_path, 2, ["p.npy has 7 columns, but narrow.npy has 2"], "p.npy,narrow.npy",
                   "l.npy")


def test_what_the_library_refuses(tmp_path):
    points, labels = save_pair(tmp_path)
    points[17, 3] = math.nan
    numpy.save(tmp_path / "nan.npy", points)
    numpy.save(tmp_path / "one.npy", labels * 0 + 7)
    points[17, 3] = 1
    points[5] = 0
    numpy.save(tmp_path / "zero.npy", points)
    assert_refused(tmp_path, 1, ["points[17][3]", "NaN"], "nan.npy", "l.npy")
    assert_refused(tmp_path, 1, ["one distinct value (7)"], "p.npy", "one.npy")
    assert_refused(tmp_path, 1, ["points[5]"], "zero.npy", "l.npy", "--metric", "cosine")
    assert_refused(tmp_path, 1, ["budget"], "p.npy", "l.npy", "--memory", "1")


def test_results_of_before_survive_a_failure(tmp_path):
    points, _ = save_pair(tmp_path)
    points[0, 0] = math.inf
    numpy.save(tmp_path / "p.npy", points)
    (tmp_path / "out.json").write_text("before")
    assert run(tmp_path, "p.npy", "l.npy", "--json", "out.json").returncode == 1
    assert (tmp_path / "out.json").read_text() == "before"


@pytest.mark.parametrize("words", [
    [], ["p.npy"], ["p.npy", "l.npy", "x.npy"], ["p.npy", "l.npy", "--metric", "manhattan"],
    ["p.npy", "l.npy", "--ties", "maybe"], ["p.npy", "l.npy", "--threads", "two"],
    ["p.npy", "l.npy", "--threads", "-2"], ["p.npy", "l.npy", "--sample", "2"],
    ["p.npy", "l.npy", "--seed", "-1"], ["p.npy", "l.npy", "--memory", "8X"],
    ["p.npy", "l.npy", "--memory", "99999999999G"], ["p.npy", "l.npy", "--plot", "k.pdf"],
    ["p.npy", "l.npy", "--sample", "5", "--plot", "k.svg"],
    ["p.npy", "l.npy", "--sample", "5", "--values", "k.npy"],
    ["p.npy", "l.npy", "--json", "absent/k.json"], ["p.npy", "l.npy", "--names", "absent"],
    ["p.npy", "l.npy", "--unknown"], ["p.npy", "l.npy", "--metric"]])
def test_wrong_usage(tmp_path, words):
    save_pair(tmp_path)
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert done.stdout == b"" and done.stderr != b""
    assert sorted(os.listdir(tmp_path)) == ["l.npy", "p.npy"]


def test_too_many_concepts_for_a_plot(tmp_path):
    numpy.save(tmp_path / "p.npy", numpy.random.default_rng(0).normal(size=(1001, 2)))
    numpy.save(tmp_path / "l.npy", numpy.arange(1001))
    assert_refused(tmp_path, 2, ["1001", "at most 1000"], "p.npy", "l.npy")


def test_a_missing_gnuplot_is_known_before_the_computation(tmp_path):
    save_pair(tmp_path)
    done = subprocess.run([PROGRAM, "p.npy", "l.npy", "--plot", "k.svg"], cwd=tmp_path,
                          env={"PATH": "/nonexistent"}, capture_output=True, timeout=60)
    assert done.returncode == 2
    assert b"gnuplot" in done.stderr and done.stdout == b""


def test_a_full_disk(tmp_path):
    save_pair(tmp_path)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROGRAM, "p.npy", "l.npy"], cwd=tmp_path, stdout=full,
                              stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"standard output" in done.stderr


def test_help_and_version(tmp_path):
    check_help("latent-kstar", tmp_path, [
        "metric", "names", "threads", "memory", "ties", "endpoints", "sample", "seed", "values",
        "json", "plot", "help", "version"])


# Ctrl-C and progress.

@pytest.mark.parametrize("options", [[], ["--sample", "10000"]])
def test_interrupt(tmp_path, options):
    random = numpy.random.default_rng(16)
    numpy.save(tmp_path / "p.npy", random.normal(size=(60000, 256)).astype("f4"))
    numpy.save(tmp_path / "l.npy", random.integers(0, 3, 60000))
    check_interrupt("latent-kstar", tmp_path, "p.npy", "l.npy", "--threads", "1", "--json",
                    "k.json", *options)


def test_progress_on_a_terminal(tmp_path):
    points, labels = clouds(17, rows=20000, columns=64)
    numpy.save(tmp_path / "p.npy", points.astype("f4"))
    numpy.save(tmp_path / "l.npy", labels)
    try:
        master, slave = pty.openpty()
    except OSError:
        pytest.skip("this machine has no pseudo-terminals")
    process = subprocess.Popen([PROGRAM, "p.npy", "l.npy", "--json", "-"], cwd=tmp_path,
                               env=dict(os.environ, LC_ALL="C.UTF-8"), stdout=subprocess.PIPE,
                               stderr=slave)
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        shown += piece
    out, _ = process.communicate(timeout=60)
    os.close(master)
    assert process.returncode == 0
    assert json.loads(out)["points"] == 20000
    text = shown.decode()
    percents = [int(p) for p in re.findall(r"(\d+) %", text)]
    assert percents and all(0 <= p <= 100 for p in percents)
    assert "░" in text and text.endswith("\r\x1b[K")
