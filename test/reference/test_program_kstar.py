"""latent-kstar from end to end: what it computes, reads and writes."""
import gzip
import json
import re
import struct
import xml.etree.ElementTree as ElementTree

import numpy
import pytest

from kstar_program import (assert_close, brute_force, clouds, expected_summary, measure, run,
                           run_ok)
from program_runs import idx

KEYS = ["points", "dimension", "metric", "concepts", "gamma", "gamma_weighted", "gamma_pooled",
        "gamma_sampled", "gamma_sampled_stderr", "perfect", "undefined"]
CONCEPT_KEYS = ["label", "name", "count", "mean", "std", "skewness", "pattern"]


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("type", ["f2", "f4", "f8"])
def test_floats(tmp_path, type, metric):
    points, labels = clouds(1)
    points = points.astype(type)
    kstar, result = measure(tmp_path, points, labels, "--metric", metric)
    expected = brute_force(points, labels, metric)
    assert kstar.dtype == numpy.int64
    assert kstar.tolist() == expected.tolist()
    assert list(result) == KEYS
    assert [list(c) for c in result["concepts"]] == [CONCEPT_KEYS] * 4
    assert (result["points"], result["dimension"], result["metric"]) == (220, 7, metric)
    assert_close(result, expected_summary(expected, labels))


@pytest.mark.parametrize("type", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8",
                                  "?"])
@pytest.mark.parametrize("ties", ["exclude", "include"])
def test_integers_with_ties(tmp_path, type, ties):
    random = numpy.random.default_rng(2)
    points = random.integers(0, 6, (150, 3)).astype(type)
    labels = random.integers(0, 3, 150).astype(type)
    kstar, result = measure(tmp_path, points, labels, "--ties", ties)
    expected = brute_force(points, labels, ties=ties)
    assert kstar.tolist() == expected.tolist()
    assert_close(result, expected_summary(expected, labels))


def test_tie_rules_differ_on_ties(tmp_path):
    points = numpy.array([[0.0], [1], [-1], [5]])
    labels = numpy.array([0, 0, 1, 1])
    assert measure(tmp_path, points, labels)[0].tolist() == [1, 2, 1, 1]
    assert measure(tmp_path, points, labels, "--ties", "include")[0].tolist() == [2, 2, 1, 1]


def test_integers_that_float32_would_round(tmp_path):
    points = numpy.array([[0], [1 << 24], [(1 << 24) + 1], [1 << 25]])
    labels = numpy.array([1, 1, 0, 0])
    kstar, _ = measure(tmp_path, points, labels)
    assert kstar.tolist() == brute_force(points, labels).tolist()


def test_fixture(tmp_path):
    points = numpy.array([[0], [1], [2.1], [3.3], [4.6], [6]])
    labels = numpy.array([0, 0, 1, 0, 1, 1])
    kstar, plain = measure(tmp_path, points, labels)
    assert kstar.tolist() == [2, 2, 1, 1, 1, 2]
    assert [c["skewness"] for c in plain["concepts"]] == pytest.approx([-0.5 ** 0.5, 0.5 ** 0.5])
    _, ends = measure(tmp_path, points, labels, "--endpoints")
    # In fifteenths label 0 has 10 10 5 0 15: deviations 2 2 -3 -8 7, m2 = 130 / 5, m3 = -180 / 5.
    expected = 36 / 26 ** 1.5
    assert [c["skewness"] for c in ends["concepts"]] == pytest.approx([-expected, expected])


def test_endpoints(tmp_path):
    points, labels = clouds(3)
    kstar, result = measure(tmp_path, points, labels, "--endpoints")
    assert_close(result["concepts"], expected_summary(kstar, labels, True)["concepts"])


def test_constants_are_null(tmp_path):
    # A perfect cluster, a single sample, and two samples that each meet another concept first.
    points = numpy.array([[100.0], [101], [0], [1], [1.5], [10]])
    labels = numpy.array([-3, -3, 5, 2, 5, 2])
    kstar, result = measure(tmp_path, points, labels)
    expected = brute_force(points, labels)
    assert kstar.tolist() == expected.tolist()
    assert_close(result, expected_summary(expected, labels))
    assert result["concepts"][0]["skewness"] is None
    assert result["concepts"][0]["pattern"] == "clustered"
    assert (result["perfect"], result["undefined"], result["gamma"]) == (1, 2, None)


def test_threads_and_memory_change_nothing(tmp_path):
    points, labels = clouds(4, rows=1500, columns=33)
    one, first = measure(tmp_path, points, labels, "--threads", 1)
    many, second = measure(tmp_path, points, labels, "--threads", 5, "--memory", "8M")
    assert one.tolist() == many.tolist()
    assert first == second


# Samples.

def test_a_sample_of_everything_is_the_coefficient(tmp_path):
    points, labels = clouds(5)
    _, exact = measure(tmp_path, points, labels)
    assert exact["gamma_sampled"] == exact["gamma"] and exact["gamma_sampled_stderr"] == 0
    sampled = json.loads(run_ok(tmp_path, "points.npy", "labels.npy", "--sample", 100,
                                "--json", "-"))
    assert list(sampled) == KEYS
    assert sampled["concepts"] == []
    assert sampled["gamma"] is sampled["gamma_weighted"] is sampled["gamma_pooled"] is None
    assert sampled["gamma_sampled"] == pytest.approx(exact["gamma"], rel=1e-12)
    assert sampled["gamma_sampled_stderr"] == 0
    assert (sampled["points"], sampled["perfect"], sampled["undefined"]) == (220, 0, 0)


def test_the_seed_chooses_the_sample(tmp_path):
    random = numpy.random.default_rng(6)
    points, labels = random.normal(size=(900, 7)), random.integers(0, 4, 900)
    _, exact = measure(tmp_path, points, labels)
    words = ["points.npy", "labels.npy", "--sample", 20, "--json", "-"]
    results = [json.loads(run_ok(tmp_path, *words, "--seed", seed)) for seed in [1, 1, 2]]
    assert results[0] == results[1]
    assert results[0]["gamma_sampled"] != results[2]["gamma_sampled"]
    assert all(r["gamma_sampled_stderr"] > 0 for r in results)
    # Beside the exact numbers stands an estimate from 100 of each concept.
    assert exact["gamma_sampled_stderr"] > 0
    assert abs(exact["gamma_sampled"] - exact["gamma"]) < 6 * exact["gamma_sampled_stderr"]


def test_a_sampled_table_has_no_concepts(tmp_path):
    points, labels = clouds(6)
    measure(tmp_path, points, labels)
    text = run_ok(tmp_path, "points.npy", "labels.npy", "--sample", 10)
    assert "Γ'" in text and "estimated from 40 points" in text
    assert "pooled" not in text and "pattern" not in text


# Inputs.

def test_idx_and_gzip(tmp_path):
    random = numpy.random.default_rng(7)
    images = random.integers(0, 256, (90, 4, 5)).astype("u1")
    labels = random.integers(0, 3, 90).astype("u1")
    expected = brute_force(images.reshape(90, 20), labels).tolist()
    (tmp_path / "images").write_bytes(idx(images, 8))
    (tmp_path / "labels").write_bytes(idx(labels, 8))
    (tmp_path / "images.gz").write_bytes(gzip.compress(idx(images, 8)))
    (tmp_path / "labels.gz").write_bytes(gzip.compress(idx(labels.astype(">i4"), 12)))
    (tmp_path / "doubles").write_bytes(idx(images.astype(">f8"), 14))
    numpy.save(tmp_path / "l.npy", labels.reshape(90, 1))
    with gzip.open(tmp_path / "p.npy.gz", "wb") as stream:
        numpy.save(stream, images.reshape(90, 20).astype("f4"))
    for points, names in [("images", "labels"), ("images.gz", "labels.gz"), ("doubles", "l.npy"),
                          ("p.npy.gz", "labels")]:
        run_ok(tmp_path, points, names, "--values", "k.npy")
        assert numpy.load(tmp_path / "k.npy").tolist() == expected


def test_several_files(tmp_path):
    points, labels = clouds(8)
    points = numpy.round(points * 20)
    numpy.save(tmp_path / "a.npy", points[:50].astype("f2"))
    numpy.save(tmp_path / "b.npy", points[50:51].astype("i2"))
    numpy.save(tmp_path / "c.npy", points[51:])
    numpy.save(tmp_path / "x.npy", labels[:120].astype("u1"))
    (tmp_path / "y.gz").write_bytes(gzip.compress(idx(labels[120:].astype(">i2"), 11)))
    run_ok(tmp_path, "a.npy,b.npy,c.npy", "x.npy,y.gz", "--values", "k.npy")
    assert numpy.load(tmp_path / "k.npy").tolist() == brute_force(points, labels).tolist()


def test_unaligned_data(tmp_path):
    points, labels = clouds(9)
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (220, 7), }\n"
    numpy.save(tmp_path / "l.npy", labels)
    (tmp_path / "p.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
                                     + points.tobytes())
    run_ok(tmp_path, "p.npy", "l.npy", "--values", "k.npy")
    assert numpy.load(tmp_path / "k.npy").tolist() == brute_force(points, labels).tolist()


def test_names(tmp_path):
    points, labels = clouds(10)
    (tmp_path / "names").write_text("zero\n\nMäntel <&> 日本\n", encoding="utf-8")
    _, result = measure(tmp_path, points, labels, "--names", "names")
    assert [c["name"] for c in result["concepts"]] == ["zero", None, "Mäntel <&> 日本", None]
    table = run_ok(tmp_path, "points.npy", "labels.npy", "--names", "names")
    assert re.search(r"^zero ", table, re.M) and re.search(r"^Mäntel <&> 日本 ", table, re.M)
    assert re.search(r"^1 ", table, re.M) and re.search(r"^3 ", table, re.M)


# Outputs.

def test_table(tmp_path):
    points, labels = clouds(11)
    _, result = measure(tmp_path, points, labels)
    table = run_ok(tmp_path, "points.npy", "labels.npy")
    rows = []
    for concept in result["concepts"]:
        row = re.search(r"^%d +(\d+) +(\S+) +(\S+) +(\S+)  (\w+) +▕([ ▁▂▃▄▅▆▇█]{20})▏$"
                        % concept["label"], table, re.M)
        assert int(row[1]) == concept["count"]
        for text, key in [(row[2], "mean"), (row[3], "std"), (row[4], "skewness")]:
            assert float(text) == pytest.approx(concept[key], abs=5.1e-5)
        assert row[5] == concept["pattern"]
        assert "█" in row[6]
        rows.append((concept["skewness"], row.start()))
    assert sorted(rows) == sorted(rows, key=lambda row: row[1])  # from clustered to fractured
    for symbol, key in [("Γ", "gamma"), ("Γ'", "gamma_sampled"), ("weighted", "gamma_weighted"),
                        ("pooled", "gamma_pooled")]:
        value = re.search(r"^%s +(\S+) " % symbol, table, re.M)[1]
        assert float(value) == pytest.approx(result[key], abs=5.1e-5)
    assert re.search(r"^time .* pairs of points per second$", table, re.M)


def test_table_in_ascii(tmp_path):
    points, labels = clouds(11)
    measure(tmp_path, points, labels)
    (tmp_path / "names").write_text("Mäntel\n", encoding="utf-8")
    done = run(tmp_path, "points.npy", "labels.npy", "--names", "names", locale="C")
    assert done.returncode == 0
    text = done.stdout.decode("ascii")
    assert "M?ntel" in text and "Gamma" in text


def test_json_on_standard_output_is_alone_there(tmp_path):
    points, labels = clouds(12)
    _, result = measure(tmp_path, points, labels)
    assert json.loads(run_ok(tmp_path, "points.npy", "labels.npy", "--json", "-")) == result


def test_many_concepts_are_cut_in_the_table_only(tmp_path):
    points, labels = clouds(13, rows=3000, columns=3, concepts=250)
    _, result = measure(tmp_path, points, labels)
    table = run_ok(tmp_path, "points.npy", "labels.npy")
    assert len(result["concepts"]) == len(numpy.unique(labels)) == 250
    assert len(re.findall("▕", table)) == 200
    assert "50 concepts more" in table


@pytest.mark.parametrize("concepts", [3, 100])
def test_plots(tmp_path, concepts):
    points, labels = clouds(14, rows=1000, concepts=concepts)
    names = ["name %d, it's `x` $(y) \\n <z> 100%%" % i for i in range(concepts)]
    (tmp_path / "names").write_text("\n".join(names))
    _, result = measure(tmp_path, points, labels, "--plot", "k.svg", "--names", "names")
    svg = ElementTree.parse(tmp_path / "k.svg").getroot()
    texts = {"".join(t.itertext()).strip() for t in svg.iter("{http://www.w3.org/2000/svg}text")}
    for concept in result["concepts"]:
        assert any(t in (concept["name"], concept["name"][:31] + "…") for t in texts)
        gamma = concept["skewness"]
        if gamma is None:
            shown = "−∞" if concept["pattern"] == "clustered" else "–"
        else:
            shown = ("%.2f" % (round(gamma, 2) + 0.0)).replace("-", "−")  # no −0.00
        assert shown in texts and concept["pattern"] in texts
    run_ok(tmp_path, "points.npy", "labels.npy", "--plot", "k.png")
    assert (tmp_path / "k.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
