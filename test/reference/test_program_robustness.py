"""latent-robustness from end to end, against scipy: what it computes, reads, writes and refuses."""
import csv
import json
import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from scipy import stats

from program_runs import (ROOT, assert_one_sentence, check_help, path_of, run_program,
                          run_program_ok)

PROGRAM = path_of("latent-robustness")
MADE_UP = ROOT / "examples" / "made-up-accuracies.csv"
SMALL = "model,baseline,reference,v2\na,1,60,50\nb,1,70,62\nc,1,80,71\nd,0,65,70\n"


def run(folder, *words, **options):
    return run_program("latent-robustness", folder, *words, **options)


def run_ok(folder, *words):
    return run_program_ok("latent-robustness", folder, *words)


def as_json(folder, *words):
    return json.loads(run_ok(folder, *words, "--json", "-"))


def write(folder, text, name="t.csv"):
    (folder / name).write_text(text, encoding="utf-8", newline="")
    return name


def logit(accuracy):
    return np.log(accuracy / (100 - accuracy))


def expected(names, baseline, reference, shifted):
    """What the JSON should say of lines and models, by scipy."""
    fits, er = [], np.empty(shifted.shape)
    for s in range(shifted.shape[1]):
        enters = baseline & ~np.isnan(shifted[:, s])
        x, y = logit(reference[enters]), logit(shifted[enters, s])
        line = stats.linregress(x, y)
        rest = y - line.slope * x - line.intercept
        fits.append({"models": int(enters.sum()), "slope": line.slope, "intercept": line.intercept,
                     "slope_stderr": line.stderr, "intercept_stderr": line.intercept_stderr,
                     "r_squared": line.rvalue ** 2,
                     "residual_std": np.sqrt((rest ** 2).sum() / (enters.sum() - 2))})
        er[:, s] = shifted[:, s] - 100 / (1 + np.exp(-line.slope * logit(reference) -
                                                     line.intercept))
    mean = np.array([row[~np.isnan(row)].mean() if not np.isnan(row).all() else np.nan
                     for row in er])
    order = sorted(range(len(names)), key=lambda m: (np.isnan(mean[m]), -mean[m]))
    models = [{"model": names[m], "baseline": bool(baseline[m]), "reference": reference[m],
               "shifted": list(shifted[m]), "er": list(er[m]), "mean_er": mean[m]} for m in order]
    return fits, models


def assert_close(actual, wanted):
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            assert_close(actual[key], value)
    elif isinstance(wanted, list):
        assert len(actual) == len(wanted)
        for a, w in zip(actual, wanted):
            assert_close(a, w)
    elif isinstance(wanted, float) and np.isnan(wanted):
        assert actual is None
    elif isinstance(wanted, float):
        assert actual == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    else:
        assert actual == wanted


def random_table(folder, seed, models=30, shifts=4, holes=0.0):
    """Writes a table and returns what is in it."""
    g = np.random.default_rng(seed)
    reference = g.uniform(30, 90, models).round(2)
    z = 0.9 * logit(reference)[:, None] - g.uniform(0, 2, shifts) + g.normal(0, 0.2,
                                                                            (models, shifts))
    shifted = (100 / (1 + np.exp(-z))).round(2)
    shifted[g.uniform(size=shifted.shape) < holes] = np.nan
    baseline = g.uniform(size=models) < 0.6
    names = ["model, %d" % m if m % 3 else 'the "%d"' % m for m in range(models)]
    with open(folder / "t.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["model"] + ["s%d" % s for s in range(shifts)] + ["baseline", "reference"])
        for m in range(models):
            rows.writerow([names[m]] + ["" if np.isnan(v) else v for v in shifted[m]] +
                          [["no", "yes"][int(baseline[m])], reference[m]])
    return names, baseline, reference, shifted


@pytest.mark.parametrize("seed,shifts", [(1, 4), (2, 1), (3, 9)])
def test_against_scipy(tmp_path, seed, shifts):
    table = random_table(tmp_path, seed, shifts=shifts)
    found = as_json(tmp_path, "t.csv")
    fits, models = expected(*table)
    assert list(found) == ["reference", "shifts", "baselines", "fits", "models"]
    assert found["reference"] == "reference" and found["baselines"] == table[1].sum()
    assert found["shifts"] == [fit["shift"] for fit in found["fits"]] == [
        "s%d" % s for s in range(shifts)]
    assert_close(found["fits"], fits)
    assert_close(found["models"], models)


def test_missing(tmp_path):
    table = random_table(tmp_path, 4, holes=0.3)
    table[3][5] = np.nan  # one model was not measured at all
    text = (tmp_path / "t.csv").read_text().splitlines()
    text[6] = re.sub(r'^("[^"]*(?:""[^"]*)*"|[^,"]*),.*,(yes|no,)', r"\1,NA,nan,,NaN,\2", text[6])
    write(tmp_path, "\n".join(text))
    found = as_json(tmp_path, "t.csv", "--missing")
    fits, models = expected(*table)
    assert_close(found["fits"], fits)
    assert_close(found["models"], models)
    assert found["models"][-1]["mean_er"] is None
    assert "not measured" in run_ok(tmp_path, "t.csv", "--missing")
    refused(tmp_path, "t.csv", pieces=["line ", "column 's", "--missing"])


def test_columns(tmp_path):
    write(tmp_path, "net,size,clean,base,one,two\na,3,60,1,50,20\nb,4,70,1,62,30\nc,5,80,1,71,45\n"
                    "d,6,65,0,70,0\n")
    words = ["t.csv", "--model", "net", "--reference", "clean", "--baseline", "base"]
    found = as_json(tmp_path, *words, "--shift", "two", "--shift", "one")
    assert found["shifts"] == ["two", "one"] and found["reference"] == "clean"
    assert [m["model"] for m in found["models"]][-1] in "abcd"
    one = as_json(tmp_path, *words, "--shift", "one")
    assert one["shifts"] == ["one"] and one["fits"][0] == found["fits"][1]
    # Without a name the other columns are shifts, the size too; the first column has the names.
    everything = as_json(tmp_path, "t.csv", "--reference", "clean", "--baseline", "base")
    assert everything["shifts"] == ["size", "one", "two"]
    assert sorted(m["model"] for m in everything["models"]) == list("abcd")


def test_all_are_baselines(tmp_path):
    write(tmp_path, "model,reference,v2\na,60,50\nb,70,62\nc,80,71\n")
    assert "all of them baselines" in run_ok(tmp_path, "t.csv")
    found = as_json(tmp_path, "t.csv")
    assert found["baselines"] == 3 and all(m["baseline"] for m in found["models"])


def test_two_baselines_have_no_errors(tmp_path):
    write(tmp_path, "model,reference,v2\na,60,50\nb,70,62\n")
    fit, = as_json(tmp_path, "t.csv")["fits"]
    assert fit["slope_stderr"] is fit["intercept_stderr"] is fit["residual_std"] is None
    assert "–" in run_ok(tmp_path, "t.csv", "--plot", "p.svg")
    ElementTree.parse(tmp_path / "p.svg")


def test_table(tmp_path):
    text = run_ok(tmp_path, MADE_UP)
    lines = text.splitlines()
    found = as_json(tmp_path, MADE_UP)
    assert lines[0] == "effective robustness of 12 models under 3 shifts, against 9 baselines"
    for fit, line in zip(found["fits"], lines[4:]):
        assert line.startswith(fit["shift"])
        numbers = [float(n) for n in re.findall(r"-?\d+\.\d+", line)]
        keys = ["slope", "slope_stderr", "intercept", "intercept_stderr", "r_squared",
                "residual_std"]
        assert numbers == [round(fit[key], 4) for key in keys]
    for model, line in zip(found["models"], lines[10:]):
        assert line.startswith(model["model"]) and line.endswith("baseline") == model["baseline"]
        numbers = [float(n) for n in re.findall(r"[+-]?\d+\.\d+", line)]
        assert numbers == pytest.approx([model["reference"], *model["er"], model["mean_er"]],
                                        abs=0.00501)
    assert len({len(line) for line in lines[8:10]}) == 1  # heading and rule are equally long


def test_the_page_shows_what_is_printed(tmp_path):
    assert "```text\n%s```\n" % run_ok(tmp_path, MADE_UP) in (
        ROOT / "docs" / "robustness.md").read_text(encoding="utf-8")


def test_ascii(tmp_path):
    write(tmp_path, SMALL.replace("\na,", "\nBär 日本,"))
    assert run(tmp_path, "t.csv", locale="C").stdout.isascii()
    assert "Bär 日本" in run_ok(tmp_path, "t.csv")


@pytest.mark.parametrize("change", [lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n"),
                                    lambda t: t.replace("\n", "\n\n"), lambda t: t[:-1],
                                    lambda t: t.replace(",", " , "),
                                    lambda t: re.sub(r"(\w+)", r'"\1"', t),
                                    lambda t: t.replace(",1,", ",YES,").replace(",0,", ",False,")])
def test_ways_of_writing(tmp_path, change):
    write(tmp_path, SMALL)
    plain = run_ok(tmp_path, "t.csv", "--json", "-")
    write(tmp_path, change(SMALL), "other.csv")
    assert run_ok(tmp_path, "other.csv", "--json", "-") == plain


def test_outputs(tmp_path):
    write(tmp_path, SMALL)
    shown = run_ok(tmp_path, "t.csv", "--json", "r.json", "--plot", "p.svg")
    assert shown == run_ok(tmp_path, "t.csv")
    assert json.loads((tmp_path / "r.json").read_text()) == as_json(tmp_path, "t.csv")
    run_ok(tmp_path, "t.csv", "--plot", "p.PNG")
    assert (tmp_path / "p.PNG").read_bytes().startswith(b"\x89PNG")
    assert sorted(os.listdir(tmp_path)) == ["p.PNG", "p.svg", "r.json", "t.csv"]


@pytest.mark.parametrize("shifts", [1, 2, 4, 7, 30])
def test_plot(tmp_path, shifts):
    """One panel for each shift, whose names and models' names are text of the picture."""
    names, baseline, _, shifted = random_table(tmp_path, 5, models=20, shifts=shifts, holes=0.1)
    run_ok(tmp_path, "t.csv", "--missing", "--plot", "p.svg")
    texts = ["".join(e.itertext()).strip()
             for e in ElementTree.parse(tmp_path / "p.svg").iter("{http://www.w3.org/2000/svg}text")]
    for s in range(shifts):
        assert "s%d" % s in texts
    measured = ~np.isnan(shifted).all(1)
    assert {name for name in names if name in texts} == {
        name for name, other in zip(names, ~baseline & measured) if other}
    assert texts.count("reference") == shifts


def test_plot_of_extremes(tmp_path):
    """Accuracies of 0 and 100, hostile names, equal accuracies: the picture is drawn."""
    write(tmp_path, "model,baseline,reference,\"a'`\"\"$(x)\\n%s\"\na,1,60,50\nb,1,70,50\n"
                    "c,1,80,50\n'`\\\"%d\",0,99.9,100\ne,0,0.001,0\n".replace("'`\\\"%d\"", "'`\\%d"))
    assert "–" in run_ok(tmp_path, "t.csv", "--plot", "p.svg")
    texts = ["".join(e.itertext()).strip()
             for e in ElementTree.parse(tmp_path / "p.svg").iter("{http://www.w3.org/2000/svg}text")]
    assert "a'`\"$(x)\\n%s" in texts and "'`\\%d" in texts


# What is refused: one sentence, nothing on standard output, no file left behind.

def refused(folder, *words, status=2, pieces=()):
    before = sorted(os.listdir(folder))
    done = run(folder, *words)
    assert_one_sentence("latent-robustness", done, status, pieces)
    assert sorted(os.listdir(folder)) == before


@pytest.mark.parametrize("old,new,pieces", [
    ("c,1,80,71", "c,1,100,71", ["t.csv: line 4, column 'reference': 100 has no logit"]),
    ("c,1,80,71", "c,1,0,71", ["line 4, column 'reference': 0 has no logit"]),
    ("c,1,80,71", "c,1,80,100", ["line 4, column 'v2': 100 has no logit"]),
    ("c,1,80,71", "c,1,80,101", ["line 4, column 'v2': 101 is no accuracy"]),
    ("d,0,65,70", "d,0,65,-1", ["line 5, column 'v2': -1 is no accuracy"]),
    ("d,0,65,70", "d,0,,70", ["line 5, column 'reference': '' is no number"]),
    ("d,0,65,70", "d,0,65,", ["line 5, column 'v2': no accuracy here", "--missing"]),
    ("d,0,65,70", "d,0,65,nan", ["line 5, column 'v2'", "--missing"]),
    ("d,0,65,70", "d,0,65,inf", ["line 5, column 'v2': 'inf' is no number"]),
    ("d,0,65,70", "d,0,65,0x20", ["line 5, column 'v2': '0x20' is no number"]),
    ("d,0,65,70", "d,0,65,70%", ["line 5, column 'v2': '70%' is no number"]),
    ("d,0,65,70", "d,0,65,1e", ["line 5, column 'v2': '1e' is no number"]),
    ("d,0,65,70", "d,maybe,65,70", ["line 5, column 'baseline': 'maybe' is neither"]),
    ("d,0,65,70", ",0,65,70", ["line 5, column 'model': the model has no name"]),
    ("d,0,65,70", "\"d\ne\",0,65,70", ["line 5, column 'model': a name holds"]),
    ("d,0,65,70", "d,0,65", ["t.csv: line 5 has 3 fields, but the header has 4"]),
    ("b,1,70,62\nc,1,80,71", "b,1,60,62\nc,1,60,71", ["t.csv: column 'reference' is 60 for all",
                                                "column 'v2'", "two that differ"]),
    ("b,1,70,62\nc,1,80,71", "b,0,70,62\nc,no,80,71", ["column 'v2'", "1 baseline;", "needs two"]),
    ("reference", "clean", ["no column is named 'reference'", "--reference"]),
    (SMALL, SMALL.replace(",", ";"), ["t.csv: the header line is one column", "commas"]),
    (",v2", ",", ["column 4 has no name"]),
    (",v2", ",reference", ["columns 3 and 4 are both named 'reference'"]),
    (SMALL, "", ["t.csv: is empty"]),
    (SMALL, "\n", ["t.csv: has no header line"]),
    (SMALL, "model,reference\na,60\nb,70\n", ["no column is left for a shift"]),
    (SMALL, "model,reference,v2\na,0.6,0.5\nb,0.7,0.62\n", ["percent are needed, not shares"]),
])
def test_bad_tables(tmp_path, old, new, pieces):
    assert old in SMALL
    write(tmp_path, SMALL.replace(old, new))
    refused(tmp_path, "t.csv", "--json", "r.json", pieces=pieces)


def test_missing_needs_measured_baselines(tmp_path):
    write(tmp_path, SMALL.replace("a,1,60,50\nb,1,70,62", "a,1,60,\nb,1,70,NA"))
    refused(tmp_path, "t.csv", "--missing", pieces=["column 'v2'", "1 baseline;", "needs two"])
    # Measured, but all equally accurate; the model that differs is no baseline.
    write(tmp_path, "model,baseline,reference,v2\na,1,60,50\nb,1,60,52\nc,1,70,\nd,0,80,70\n")
    refused(tmp_path, "t.csv", "--missing", pieces=["'reference' is 60 for all", "two that differ"])


@pytest.mark.parametrize("words,pieces", [
    ([], ["one argument"]),
    (["t.csv", "u.csv"], ["one argument"]),
    (["none.csv"], ["none.csv: No such file"]),
    (["."], ["not a regular file"]),
    (["t.csv", "--model", "x"], ["--model: no column is named 'x'"]),
    (["t.csv", "--baseline", "x"], ["--baseline: no column is named 'x'"]),
    (["t.csv", "--reference", "x"], ["--reference: no column is named 'x'"]),
    (["t.csv", "--shift", "x"], ["--shift: no column is named 'x'"]),
    (["t.csv", "--shift", "v2", "--shift", "v2"], ["'v2' is taken twice"]),
    (["t.csv", "--shift", "reference"], ["'reference' is taken twice"]),
    (["t.csv", "--model", "reference"], ["one column cannot hold two"]),
    (["t.csv", "--baseline", "model"], ["one column cannot hold two"]),
    (["t.csv", "--json", "none/r.json"], ["none/r.json"]),
    (["t.csv", "--json", "."], ["cannot be written"]),
    (["t.csv", "--plot", "none/p.svg"], ["none/p.svg"]),
    (["t.csv", "--plot", "p.pdf"], [".svg or .png"]),
])
def test_wrong_usage(tmp_path, words, pieces):
    write(tmp_path, SMALL)
    refused(tmp_path, *words, pieces=pieces)


def test_unknown_options(tmp_path):
    write(tmp_path, SMALL)
    for words in (["t.csv", "--unknown"], ["t.csv", "--model"], ["t.csv", "--threads", "2"],
                  ["t.csv", "--memory", "1G"]):
        done = run(tmp_path, *words)
        assert done.returncode == 2 and done.stdout == b"" and done.stderr != b""


def test_too_many_panels(tmp_path):
    random_table(tmp_path, 6, models=20, shifts=31)
    refused(tmp_path, "t.csv", "--plot", "p.svg", pieces=["at most 30", "31"])


def test_no_gnuplot(tmp_path):
    write(tmp_path, SMALL)
    done = subprocess.run([PROGRAM, "t.csv", "--plot", "p.svg"], cwd=tmp_path,
                          env={"PATH": "/nonexistent"}, capture_output=True, timeout=60)
    assert done.returncode == 2 and b"gnuplot" in done.stderr and done.stdout == b""


def test_a_full_disk(tmp_path):
    write(tmp_path, SMALL)
    for words in ([], ["--json", "-"], ["--help"], ["--version"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "t.csv", *words], cwd=tmp_path, stdout=full,
                                  stderr=subprocess.PIPE, timeout=60)
        assert done.returncode == 1
    refused_but_shown = run(tmp_path, "t.csv", "--json", "/dev/full")
    assert refused_but_shown.returncode == 1 and b"/dev/full" in refused_but_shown.stderr


def test_interrupt(tmp_path):
    """Ctrl-C while gnuplot draws: this one presses it itself, and then draws on."""
    write(tmp_path, SMALL)
    (tmp_path / "p.svg").write_text("before")
    gnuplot = tmp_path / "gnuplot"
    gnuplot.write_text("#!/bin/sh\n[ $1 = --version ] || kill -INT $PPID\necho drawn\n")
    gnuplot.chmod(0o755)
    before = sorted(os.listdir(tmp_path))
    done = subprocess.run([PROGRAM, "t.csv", "--plot", "p.svg"], cwd=tmp_path,
                          env={"PATH": "%s:%s" % (tmp_path, os.environ["PATH"])},
                          capture_output=True, timeout=60)
    assert done.returncode == 130 and done.stderr == b""
    assert sorted(os.listdir(tmp_path)) == before
    assert (tmp_path / "p.svg").read_text() == "before"


def test_help_and_version(tmp_path):
    options = ["model", "reference", "baseline", "shift", "missing", "json", "plot", "help",
               "version"]
    check_help("latent-robustness", tmp_path, options)
    manual = (ROOT / "docs" / "man" / "latent-robustness.1").read_text()
    for option in options:
        assert "Fl -" + option in manual
