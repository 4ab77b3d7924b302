"""latent-moments when something is wrong, and when it is stopped."""
import gzip
import math
import os
import subprocess

import numpy
import pytest

from moments_program import activations, run
from program_runs import assert_one_sentence, check_help, check_interrupt, idx, path_of


def assert_refused(folder, status, pieces, *arguments):
    """One sentence, and no file made."""
    before = sorted(os.listdir(folder))
    done = run(folder, *arguments, "--json", "out.json", "--plot", "out.svg")
    assert_one_sentence("latent-moments", done, status, pieces)
    assert sorted(os.listdir(folder)) == before


BAD_FILES = {
    "Fortran": lambda h: numpy.asfortranarray(h),
    "big-endian": lambda h: h.astype(">f4"),
    "Python objects": lambda h: h.astype(object),
    "1 dimension": lambda h: h[:, 0],
    "3 dimensions": lambda h: h.reshape(20, 7, 1),
    "0 dimensions": lambda h: numpy.float64(3),
    "no rows": lambda h: h[:0],
    "no columns": lambda h: h[:, :0],
    "<c16": lambda h: h.astype(complex),
    "row 3, column 2 is not exact": lambda h: numpy.where(
        numpy.arange(140).reshape(20, 7) == 23, 2 ** 53 + 1, 0),
}


@pytest.mark.parametrize("reason", BAD_FILES)
def test_bad_files(tmp_path, reason):
    values = activations(1, rows=20, columns=40)[:, :7]
    numpy.save(tmp_path / "h.npy", values)
    numpy.save(tmp_path / "bad.npy", BAD_FILES[reason](values))
    assert_refused(tmp_path, 2, ["bad.npy", reason], "bad.npy")
    assert_refused(tmp_path, 2, ["bad.npy", reason], "h.npy", "bad.npy")


def test_missing_and_damaged_files(tmp_path):
    numpy.save(tmp_path / "h.npy", activations(2))
    whole = (tmp_path / "h.npy").read_bytes()
    for content, reason in [(whole[:-1], "truncated"), (gzip.compress(whole)[:-20], "gzip"),
                            (b"", "empty"), (b"hello, world", "neither")]:
        (tmp_path / "bad").write_bytes(content)
        assert_refused(tmp_path, 2, ["bad: ", reason], "h.npy,bad")
    assert_refused(tmp_path, 2, ["absent: No such file"], "h.npy", "absent")
    assert_refused(tmp_path, 2, ["empty file name"], "h.npy,")


def test_files_of_different_width(tmp_path):
    numpy.save(tmp_path / "wide.npy", numpy.zeros((3, 7)))
    numpy.save(tmp_path / "narrow.npy", numpy.zeros((3, 2)))
    assert_refused(tmp_path, 2, ["wide.npy has 7 columns, but narrow.npy has 2"], "wide.npy",
                   "wide.npy", "narrow.npy")
    (tmp_path / "narrow.gz").write_bytes(gzip.compress(idx(numpy.zeros((3, 2, 1), "u1"), 8)))
    assert_refused(tmp_path, 2, ["wide.npy has 7 columns, but narrow.gz has 2"],
                   "wide.npy,narrow.gz")


@pytest.mark.parametrize("value, name", [(math.nan, "NaN"), (math.inf, "infinity"),
                                         (-math.inf, "-infinity")])
def test_nonfinite_values_are_named(tmp_path, value, name):
    values = activations(3).astype("f4")
    numpy.save(tmp_path / "good.npy", values)
    values[17, 39] = values[18, 2] = value
    numpy.save(tmp_path / "bad.npy", values)
    assert_refused(tmp_path, 1, ["bad.npy: row 17, column 39 is %s;" % name, "--nan-policy"],
                   "good.npy", "bad.npy")
    # Where rows are converted, and beyond the first chunk of 2^23 elements.
    wide = numpy.zeros((10, 1 << 20), ">f4")
    wide[9, 77] = value
    (tmp_path / "wide.gz").write_bytes(gzip.compress(idx(wide, 13), 1))
    assert_refused(tmp_path, 1, ["wide.gz: row 9, column 77 is %s;" % name], "wide.gz")


def test_too_little_memory(tmp_path):
    numpy.save(tmp_path / "h.npy", activations(4))
    assert_refused(tmp_path, 2, ["--memory", "300 samples", "4799"], "h.npy", "--memory", "4799")
    assert_refused(tmp_path, 1, ["budget"], "h.npy", "--memory", "4800")
    assert_refused(tmp_path, 1, ["budget"], "h.npy", "--memory", "1", "--axis", "features")


def test_results_of_before_survive_a_failure(tmp_path):
    numpy.save(tmp_path / "h.npy", numpy.full((3, 3), math.inf))
    (tmp_path / "out.json").write_text("before")
    assert run(tmp_path, "h.npy", "--json", "out.json").returncode == 1
    assert (tmp_path / "out.json").read_text() == "before"


@pytest.mark.parametrize("words, piece", [
    ([], "at least one file"), (["h.npy", "--axis", "rows"], "samples nor features nor both"),
    (["h.npy", "--bias", "true"], "biased nor unbiased"),
    (["h.npy", "--nan-policy", "ignore"], "raise nor omit nor propagate"),
    (["h.npy", "--threads", "two"], "--threads"), (["h.npy", "--threads", "-2"], "--threads"),
    (["h.npy", "--memory", "8X"], "--memory"), (["h.npy", "--memory", "0"], "--memory"),
    (["h.npy", "--magnitude", "0"], "--magnitude"), (["h.npy", "--magnitude", "nan"], "positive"),
    (["h.npy", "--magnitude", "inf"], "finite"), (["h.npy", "--sigma", "-6"], "--sigma"),
    (["h.npy", "--sigma", "6x"], "no number"), (["h.npy", "--share", "1.01"], "up to 1"),
    (["h.npy", "--share", "0"], "above 0"), (["h.npy", "--ratio", ""], "--ratio"),
    (["h.npy", "--top", "-1"], "--top"), (["h.npy", "--top", "1.5"], "no whole number"),
    (["h.npy", "--plot", "h.pdf"], ".svg or .png"), (["h.npy", "--json", "absent/h"], "absent/h"),
    (["h.npy", "--save", "absent/s"], "absent/s"), (["h.npy", "--load"], "load"),
    (["h.npy", "--plot", "absent/h.svg"], "absent/h.svg"), (["h.npy", "--json", "."], "directory"),
    (["h.npy", "--unknown"], "unknown"), (["h.npy", "--top"], "top"),
    (["h.npy", "--m", "6"], "ambiguous")])
def test_wrong_usage(tmp_path, words, piece):
    numpy.save(tmp_path / "h.npy", activations(5))
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert done.stdout == b"" and piece in done.stderr.decode()
    assert sorted(os.listdir(tmp_path)) == ["h.npy"]


def test_a_missing_gnuplot_is_known_before_the_computation(tmp_path):
    numpy.save(tmp_path / "h.npy", activations(6))
    done = subprocess.run([path_of("latent-moments"), "h.npy", "--plot", "h.svg"], cwd=tmp_path,
                          env={"PATH": "/nonexistent"}, capture_output=True, timeout=60)
    assert_one_sentence("latent-moments", done, 2, ["gnuplot"])


def test_a_full_disk(tmp_path):
    numpy.save(tmp_path / "h.npy", activations(7))
    with open("/dev/full", "wb") as full:
        done = subprocess.run([path_of("latent-moments"), "h.npy"], cwd=tmp_path, stdout=full,
                              stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"standard output" in done.stderr
    done = run(tmp_path, "h.npy", "--json", "/dev/full")
    assert done.returncode == 1 and b"/dev/full" in done.stderr


def test_help_and_version(tmp_path):
    check_help("latent-moments", tmp_path, [
        "axis", "bias", "fisher", "nan-policy", "magnitude", "sigma", "share", "ratio", "top",
        "save", "load", "threads", "memory", "json", "plot", "help", "version"])


def test_interrupt(tmp_path):
    # One file as a stream of 80 GB.
    numpy.save(tmp_path / "h.npy", numpy.ones((10000, 500), "f4"))
    (tmp_path / "out.json").write_text("before")
    check_interrupt("latent-moments", tmp_path, *["h.npy"] * 4000, "--threads", "1", "--json",
                    "out.json", "--plot", "out.svg")
    assert (tmp_path / "out.json").read_text() == "before"
