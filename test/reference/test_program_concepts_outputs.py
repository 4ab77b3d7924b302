"""What latent-concepts writes: tables, JSON, plots."""
import json
import re
import xml.etree.ElementTree as ElementTree

import numpy
import pytest

from concepts_program import problem, read_json, run, run_ok, save

ROW = (r"^(\S+(?: \S+)*?) +(\d+)(?: +([+−]))? +(\d\.\d{4})  (?:([█▏▎▍▌▋▊▉]+) +)?(\S+) %"
       r"(?: +(\S+) +(\S+))?(  ●)?$")


def larger(seed, **options):
    """More concepts than the table lists."""
    case = problem(seed, samples=500, features=12, concepts=40, **options)
    random = numpy.random.default_rng(seed)
    for c in range(0, 36, 2):  # encoded by one feature or another
        case["concepts"][:, c] = case["points"][:, c % 5] > random.uniform(0.8, 1)
    return case


@pytest.mark.parametrize("sign", ["as-is", "both"])
@pytest.mark.parametrize("permutations", [0, 9])
def test_the_best_encoded_concepts(tmp_path, sign, permutations):
    words = save(tmp_path, larger(1, basis=6)) + ["--sign", sign, "--permutations", permutations,
                                                  "--threshold", 0.4]
    result, table = read_json(tmp_path, *words), run_ok(tmp_path, *words)
    rows = re.findall(ROW, table, re.M)
    assert len(rows) == 20 and "… 18 more; --json has all" in table
    for row, best in zip(rows, result["best"]):
        assert row[0] == str(best["concept"]) and int(row[1]) == best["direction"]
        assert row[2] == ("" if sign == "as-is" else "+" if best["sign"] > 0 else "−")
        assert float(row[3]) == pytest.approx(best["ap"], abs=5.1e-5)
        share = best["present"] / (best["present"] + best["absent"])
        assert float(row[5]) == pytest.approx(100 * share, abs=5.1e-3)
        if permutations:
            assert float(row[6]) == pytest.approx(best["chance"]["mean"], abs=5.1e-5)
            assert float(row[7]) == pytest.approx(best["chance"]["p_value"], rel=1e-2)
        assert (row[6] == "") == (permutations == 0)
        assert (row[8] != "") == best["encoded"]
    assert max(map(len, table.splitlines())) <= 100


def test_summary(tmp_path):
    words = save(tmp_path, larger(2)) + ["--names", "names"]
    (tmp_path / "names").write_text("".join("concept number %d\n" % c for c in range(40)))
    result, table = read_json(tmp_path, *words), run_ok(tmp_path, *words)
    assert table.startswith("40 concepts in 12 features of 500 samples\n")
    assert "AP) above 0.9\n" in table
    told = {name: int(number) for name, number in re.findall(r"^  (\S.*?) {2,}(\d+)", table, re.M)}
    poly = result["polysemanticity"]
    beyond = sum(best["ap"] > best["chance"]["largest"] for best in result["best"][:-2])
    assert told == {"unique concepts": result["unique_concepts"],
                    "pairs with directions": result["encoded_pairs"],
                    "encoding directions": result["encoding_directions"],
                    "concepts per direction": poly["max"], "degenerate concepts": 2,
                    "beyond chance": beyond,
                    "directions by concepts": 0}
    assert ", %.2f on average" % poly["mean"] in table
    told = re.search("directions by concepts  (.*)", table)[1]
    assert told == "  ".join("%d:%d" % (k, n) for k, n in enumerate(poly["histogram"]) if n)
    assert 18 <= result["unique_concepts"] < 40 and poly["max"] > 2


def test_the_most_polysemantic_directions(tmp_path):
    words = save(tmp_path, larger(3)) + ["--names", "names"]
    (tmp_path / "names").write_text("".join("n%d\n" % c for c in range(40)))
    result, table = read_json(tmp_path, *words, "--ap", "o.npy"), run_ok(tmp_path, *words)
    rows = re.findall(r"^ +(\d+) +(\d+)  (n.*)$", table[table.index("polysemantic"):], re.M)
    counts = numpy.array(result["concepts_of_direction"])
    order = [d for d in numpy.argsort(-counts, kind="stable")[:5] if counts[d] > 0]
    assert [int(row[0]) for row in rows] == order
    encoded = numpy.load(tmp_path / "o.npy") > 0.9
    for (direction, count, names) in rows:
        best_first = [best["concept"] for best in result["best"][:-2]
                      if encoded[int(direction), best["concept"]]]
        assert int(count) == len(best_first)
        assert names == ", ".join("n%d" % c for c in best_first)


def test_an_ap_at_the_threshold_does_not_encode(tmp_path):
    # One present sample in place 1, and one in place 2 of the ranking.
    case = {"points": numpy.array([[4.0], [3], [2], [1]]),
            "concepts": numpy.array([[1, 0], [0, 1], [0, 0], [0, 0]])}
    table = run_ok(tmp_path, *save(tmp_path, case), "--threshold", 0.5)
    assert [line for line in table.splitlines() if re.match(" +0 +1  ", line)] == [
        "         0         1  0"]


def test_long_lists_of_names_end_with_dots(tmp_path):
    words = save(tmp_path, larger(4)) + ["--names", "names"]
    (tmp_path / "names").write_text("".join("a name of many letters %d\n" % c for c in range(40)))
    table = run_ok(tmp_path, *words)
    assert re.search(r"^ +\d+ +\d+  a name.*, …$", table, re.M)
    assert max(map(len, table.splitlines())) <= 100


def test_a_head_is_told(tmp_path):
    words = save(tmp_path, larger(5))
    numpy.save(tmp_path / "w.npy", numpy.random.default_rng(5).normal(size=(4, 12)))
    table = run_ok(tmp_path, *words, "--head", "w.npy", "--plot", "p.svg")
    assert table.startswith("40 concepts in 4 singular vectors of a head, for 500 samples,\n"
                            "each direction and its opposite\n")
    assert "Concepts in 4 singular vectors of a head, for 500 samples" in (
        tmp_path / "p.svg").read_text()


def test_table_in_ascii(tmp_path):
    words = save(tmp_path, larger(6)) + ["--names", "names", "--sign", "both", "--threshold", 0.4]
    (tmp_path / "names").write_text("größer\n" * 40)
    done = run(tmp_path, *words, locale="C")
    assert done.returncode == 0
    text = done.stdout.decode("ascii")
    assert "gr??er" in text and "####" in text and "... 18 more" in text and "  *\n" in text


def test_json_file_and_standard_output_agree(tmp_path):
    words = save(tmp_path, problem(7))
    result = read_json(tmp_path, *words)
    table = run_ok(tmp_path, *words, "--json", "j.json")
    assert json.loads((tmp_path / "j.json").read_text()) == result
    assert table.startswith("9 concepts in 12 features of 200 samples")


# Plots.

def texts_of(path):
    root = ElementTree.parse(path).getroot()
    return ["".join(text.itertext()).strip()
            for text in root.iter("{http://www.w3.org/2000/svg}text")]


def test_plots(tmp_path):
    words = save(tmp_path, larger(8)) + ["--names", "names"]
    (tmp_path / "names").write_text("".join("<n&%d>\n" % c for c in range(40)))
    result = read_json(tmp_path, *words, "--plot", "p.svg")
    texts = texts_of(tmp_path / "p.svg")
    unique = result["unique_concepts"]
    assert "Concepts in 12 features of 500 samples" in texts
    assert "%d of 40 concepts encoded: average precision (AP) above 0.9 in any of the features" % (
        unique) in texts
    assert "AP of all 38 sound concepts in all features" in texts
    assert "0.9: %d" % unique in texts
    assert "Concepts per direction (%d of 12 encode any)" % result["encoding_directions"] in texts
    # Rows in groups of one best direction, the groups by their best concept.
    sound = result["best"][:-2]
    groups = list(dict.fromkeys(best["direction"] for best in sound))
    rows = [best for d in groups for best in sound if best["direction"] == d]
    shown = [text for text in texts if text.startswith("<n&")]
    assert shown == ["<n&%d>" % best["concept"] for best in rows]
    assert [text for text in texts if re.fullmatch(r"\d\.\d{3}", text)] == [
        "%.3f" % best["ap"] for best in rows]
    run_ok(tmp_path, *words, "--plot", "p.png")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_hundreds_of_concepts_are_cut(tmp_path):
    words = save(tmp_path, problem(9, samples=300, features=200, concepts=400))
    result = read_json(tmp_path, *words, "--permutations", 0, "--plot", "p.svg")
    texts = texts_of(tmp_path / "p.svg")
    assert "AP of the 50 best-encoded concepts in the %d best of the 200 features" % len(
        {best["direction"] for best in result["best"][:50]}) in texts
    assert len([text for text in texts if re.fullmatch(r"\d\.\d{3}", text)]) == 50
    assert {"%.3f" % best["ap"] for best in result["best"][:50]} <= set(texts)
    assert "by the luckiest random rankings" not in texts


PLOTTED = {
    "one of each": lambda c: c.update(points=c["points"][:, :1], concepts=c["concepts"][:, :1]),
    "nothing encoded": lambda c: c.update(points=c["points"] * 0),
    "all encoded": lambda c: c.update(points=c["concepts"].astype("f4")),
    "all degenerate": lambda c: c.update(concepts=c["concepts"] * 0),
    "many directions": lambda c: c.update(points=numpy.tile(c["points"], 1000)),
}


@pytest.mark.parametrize("words", [[], ["--sign", "both"], ["--threshold", "0"],
                                   ["--threshold", "1"], ["--permutations", "0"]])
@pytest.mark.parametrize("case", PLOTTED)
def test_whatever_there_is_is_shown(tmp_path, case, words):
    inputs = problem(10, samples=60)
    PLOTTED[case](inputs)
    # Nothing on standard error: gnuplot had no complaint.
    run_ok(tmp_path, *save(tmp_path, inputs), *words, "--plot", "p.svg", "--json", "p.json")
    ElementTree.parse(tmp_path / "p.svg")
    json.loads((tmp_path / "p.json").read_text())
