"""What latent-directions writes: tables, JSON, comma-separated values, plots."""
import csv
import json
import re
import xml.etree.ElementTree as ElementTree

import numpy
import pytest

from directions_program import KINDS, problem, read_json, run, run_ok, save


def test_table(tmp_path):
    case = problem(18, 100, 120, samples=2000)
    words = save(tmp_path, case) + ["--keep", "33", "--aware"]
    result, table = read_json(tmp_path, *words), run_ok(tmp_path, *words)
    assert "a head of 100 classes × 120 features, rank 100, for 2,000 activations" in table
    rows = re.findall(r"^ +(\d+) +(\S+) +(\S+) +(\S+) +(\S+) %  (█[█▏▎▍▌▋▊▉]*)$", table, re.M)
    assert len(rows) == 10 and "… 90 more" in table
    total = sum(d["importance"] for d in result["directions"])
    for row, wanted in zip(rows, result["directions"]):
        assert int(row[0]) == wanted["index"]
        shown = [float(word) for word in row[1:5]]
        exact = [wanted["sigma"], wanted["cosine"], wanted["importance"],
                 100 * wanted["importance"] / total]
        assert shown == pytest.approx(exact, abs=5.1e-3)
    assert rows[0][5] == "█" * 30
    told = re.search(r"first one is (\S+) times .* has (\S+) %", table)
    assert float(told[1]) == pytest.approx(result["top_ratio"], rel=1e-3)
    assert float(told[2]) == pytest.approx(100 * result["top_share"], abs=0.051)
    assert max(map(len, table.splitlines())) <= 100


def test_table_of_the_curve(tmp_path):
    case = problem(19, 100, 120, samples=2000)
    words = save(tmp_path, case) + ["--keep", "33", "--aware"]
    result, table = read_json(tmp_path, *words), run_ok(tmp_path, *words)
    levels = [line.split("◂") for line in table[table.index("pruning:"):].splitlines()[3:]]
    levels = [line for line in levels if line[0].count("%") == 7]
    few = result["sufficient"]["count"]
    assert sorted({0, 1, 2, 5, 10, 20, 50, 80, 100, 33, few}) == [
        int(line[0].split()[0]) for line in levels]
    error, plain = result["aware"]["error"], result["aware"]["plain_error"]
    for line in levels:
        kept, *shown = [float(word) for word in line[0].replace("%", "").split()]
        k = int(kept)
        exact = [k / 100] + [result["curve"][key][k]
                             for key in ["energy", "top1", "top_k", "changed"]]
        exact += [error[k] / error[0], plain[k] / plain[0]]
        assert shown == pytest.approx([100 * share for share in exact], abs=0.0051)
        marks = "".join(line[1:]).split()
        assert ("suffices" in marks) == (k == few) and ("--keep" in marks) == (k == 33)


def test_the_answer(tmp_path):
    case = problem(20, 50, 60, samples=2000)
    words = save(tmp_path, case)
    result, table = read_json(tmp_path, *words), run_ok(tmp_path, *words)
    few, fifth = result["sufficient"], result["at_20_percent"]
    assert fifth["count"] == 10
    assert ("%d of 50 directions (%.1f %%) suffice for a top-1 accuracy within 1 percentage point"
            % (few["count"], 2 * few["count"])) in table
    assert "head's: %.2f %% instead of %.2f %%. With 20 %% of them (10) it is %.2f %%." % (
        100 * few["top1"], 100 * result["curve"]["top1"][-1], 100 * fifth["top1"]) in table
    result, table = read_json(tmp_path, *words[:4]), run_ok(tmp_path, *words[:4])
    few, fifth = result["sufficient"], result["at_20_percent"]
    assert "%d of 50 directions (%.1f %%) suffice to leave 99 %% of the predictions" % (
        few["count"], 2 * few["count"]) in table
    assert "(10), %.2f %% of the predictions change" % (100 * fifth["changed"]) in table


def test_table_in_ascii(tmp_path):
    for kind in KINDS:
        words = save(tmp_path, problem(21)) + ["--aware", "--importance", kind]
        done = run(tmp_path, *words, "--keep", "2", locale="C")
        assert done.returncode == 0
        text = done.stdout.decode("ascii")
        assert "7 classes x 12 features" in text and "####" in text and "<- " in text


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("aware", [True, False])
def test_csv(tmp_path, labels, aware):
    case = problem(22, labels=labels)
    words = save(tmp_path, case) + (["--aware"] if aware else [])
    result = read_json(tmp_path, *words, "--curve", "c.csv")
    with open(tmp_path / "c.csv", newline="") as file:
        header, *lines = list(csv.reader(file))
    assert header == ["kept", "direction", "energy", "top1", "top_k", "changed"] + (
        ["aware_error", "plain_error"] if aware else [])
    levels = result["curve"]
    columns = [levels[key] or [None] * 8 for key in ["energy", "top1", "top_k", "changed"]]
    if aware:
        columns += [result["aware"]["error"], result["aware"]["plain_error"]]
    order = [None] + [d["index"] for d in result["directions"]]
    for kept, line in enumerate(lines):
        wanted = [kept, order[kept]] + [column[kept] for column in columns]
        assert [float(word) if word else None for word in line] == wanted
    assert len(lines) == 8


def test_json_file_and_standard_output_agree(tmp_path):
    words = save(tmp_path, problem(23))
    result = read_json(tmp_path, *words)
    table = run_ok(tmp_path, *words, "--json", "j.json")
    assert json.loads((tmp_path / "j.json").read_text()) == result
    assert table.startswith("directions of")


def test_plots(tmp_path):
    case = problem(24, 30, 40, samples=1000)
    words = save(tmp_path, case)
    result = read_json(tmp_path, *words, "--plot", "p.svg")
    svg = ElementTree.parse(tmp_path / "p.svg").getroot()
    texts = {"".join(t.itertext()).strip() for t in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert "Directions of a head of 30 classes × 40 features" in texts
    assert "top-1 accuracy" in texts and "top-5 accuracy" in texts
    assert "whole head %.1f %%" % (100 * result["curve"]["top1"][-1]) in texts
    assert "20 %% (6 kept): top-1 %.1f %%" % (100 * result["at_20_percent"]["top1"]) in texts
    few = result["sufficient"]["count"]
    assert "%d (%.1f %%) for top-1 within 1 point" % (few, 100 * few / 30) in texts
    run_ok(tmp_path, *words[:2], "--plot", "p.png")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


PLOTTED = {
    "one activation": lambda c: c.update(points=c["points"][:1], labels=c["labels"][:1]),
    "tiny": lambda c: c.update(weights=c["weights"] * 1e-150, points=c["points"] * 1e-150),
    "huge": lambda c: c.update(weights=c["weights"] * 1e50, points=c["points"] * 1e50),
    "one direction matters": lambda c: c.update(points=c["points"] * (numpy.arange(12) == 3)),
    "equal importance": lambda c: c.update(weights=numpy.eye(7, 12),
                                           points=numpy.ones((400, 12))),
    "always right": lambda c: c.update(labels=c["labels"] * 0, bias=numpy.eye(7)[0] * 1e9),
    "never right": lambda c: c.update(labels=c["labels"] * 0 + 1, bias=numpy.eye(7)[0] * 1e9),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", PLOTTED)
def test_whatever_there_is_is_shown(tmp_path, case, kind):
    inputs = problem(25)
    PLOTTED[case](inputs)
    words = save(tmp_path, inputs) + ["--importance", kind, "--plot", "p.svg"]
    # Nothing on standard error: gnuplot had no complaint.
    run_ok(tmp_path, *words, "--json", "p.json", "--curve", "p.csv")
    ElementTree.parse(tmp_path / "p.svg")
    json.loads((tmp_path / "p.json").read_text())
