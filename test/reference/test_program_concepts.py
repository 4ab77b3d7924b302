"""latent-concepts from end to end: what it computes and reads."""
import gzip

import numpy
import pytest

from concepts_program import (assert_says, average_precisions, expected, problem,
                              read_json, run_ok, save, singular_vectors)
from directions_program import bf16, safetensors
from program_runs import idx

KEYS = ["samples", "directions", "concepts", "threshold", "encoded_pairs", "unique_concepts",
        "degenerate_concepts", "polysemanticity", "best", "sign", "permutations",
        "encoding_directions", "concepts_of_direction", "curve"]
BEST_KEYS = ["concept", "name", "direction", "sign", "ap", "encoded", "directions", "present",
             "absent", "ignored", "chance"]


# Numbers.

@pytest.mark.parametrize("basis", [0, 7, 30])
@pytest.mark.parametrize("sign", [None, "as-is", "both"])
@pytest.mark.parametrize("threshold", [None, 0.5, 0, 1])
def test_numbers(tmp_path, basis, sign, threshold):
    case = problem(1, basis=basis)
    words = save(tmp_path, case) + (["--sign", sign] if sign else []) + (
        [] if threshold is None else ["--threshold", threshold])
    result = read_json(tmp_path, *words)
    assert list(result) == KEYS
    assert [list(best) for best in result["best"]] == [BEST_KEYS] * 9
    assert list(result["polysemanticity"]) == ["mean", "max", "histogram"]
    assert_says(result, expected(**case, both=sign == "both",
                                 threshold=0.9 if threshold is None else float(threshold)))
    assert result["permutations"] == 19
    assert [best["name"] for best in result["best"]] == [None] * 9


@pytest.mark.parametrize("basis", [0, 5])
@pytest.mark.parametrize("sign", ["as-is", "both"])
def test_the_matrix(tmp_path, basis, sign):
    case = problem(2, basis=basis)
    run_ok(tmp_path, *save(tmp_path, case), "--sign", sign, "--ap", "o.npy")
    written = numpy.load(tmp_path / "o.npy")
    assert written.dtype == numpy.float64 and written.flags["C_CONTIGUOUS"]
    wanted = average_precisions(**case, both=sign == "both")[0]
    numpy.testing.assert_allclose(written, wanted, rtol=0, atol=1e-13)


@pytest.mark.parametrize("type", ["f2", "f4", "f8", "i2", "u1", "?"])
def test_types_of_activations(tmp_path, type):
    case = problem(3)
    case["points"] = (20 * case["points"]).astype(type)  # many ties
    assert_says(read_json(tmp_path, *save(tmp_path, case)), expected(**case))


@pytest.mark.parametrize("type", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"])
def test_types_of_concepts(tmp_path, type):
    case = problem(4)
    if type[0] in "u?":
        case["concepts"] = numpy.maximum(case["concepts"], 0)
    wanted = expected(**case)
    case["concepts"] = case["concepts"].astype(type)
    assert_says(read_json(tmp_path, *save(tmp_path, case)), wanted)


SHAPES = {"one concept": (50, 4, 3), "one feature": (50, 1, 5), "two samples": (2, 3, 4),
          "wide": (30, 300, 5), "many concepts": (60, 4, 300)}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(tmp_path, shape):
    case = problem(5, *SHAPES[shape])
    if shape == "one concept":
        case["concepts"] = case["concepts"][:, :1]
    words = save(tmp_path, case)
    assert_says(read_json(tmp_path, *words), expected(**case))
    run_ok(tmp_path, *words, "--plot", "p.svg", "--ap", "a.npy", "--json", "j.json")


def test_ties_and_signed_zeros(tmp_path):
    concepts = numpy.array([[1], [0], [1], [0], [0]], "i1")
    points = numpy.array([[0.0, 7], [-0.0, 7], [1, 7], [-1, 7], [0, 7]])
    case = {"points": points, "concepts": concepts}
    result = read_json(tmp_path, *save(tmp_path, case), "--ap", "o.npy")
    # One present first, the other among three zeros; the last feature ranks nothing.
    numpy.testing.assert_allclose(numpy.load(tmp_path / "o.npy")[:, 0],
                                  [1 / 2 + 1 / 2 * 2 / 4, 2 / 5], rtol=0, atol=1e-15)
    assert result["best"][0]["direction"] == 0


def test_only_degenerate_concepts(tmp_path):
    case = problem(6)
    case["concepts"][:] = -1
    case["concepts"][:, 3] = 1
    case["concepts"][:, 5] = 0
    result = read_json(tmp_path, *save(tmp_path, case))
    assert_says(result, expected(**case))
    assert result["degenerate_concepts"] == 9 and result["polysemanticity"]["mean"] is None
    assert [best["direction"] for best in result["best"]] == [None] * 9
    table = run_ok(tmp_path, "h.npy", "c.npy", "--plot", "p.svg")
    assert "No direction encodes any concept." in table
    assert "every concept is degenerate" in (tmp_path / "p.svg").read_text()


# Chance.

def test_chance(tmp_path):
    case = problem(7, samples=60, features=8)
    result = read_json(tmp_path, *save(tmp_path, case), "--permutations", 400)
    random = numpy.random.default_rng(7)
    for best in result["best"]:
        chance, labels = best["chance"], case["concepts"][:, best["concept"]]
        if best["ap"] is None:
            assert chance == {"mean": None, "largest": None, "p_value": None}
            continue
        draws = [average_precisions(random.random((60, 8)), labels[:, None])[0].max()
                 for _ in range(100)]
        error = numpy.std(draws) * (1 / 100 + 1 / 400) ** 0.5
        assert abs(chance["mean"] - numpy.mean(draws)) < 5 * error
        assert chance["largest"] > chance["mean"]
        above = round(chance["p_value"] * 401) - 1  # draws that reach the AP
        assert chance["p_value"] == pytest.approx((1 + above) / 401)
        assert (above == 0) == (best["ap"] > chance["largest"])


def test_chance_with_both_signs_is_larger(tmp_path):
    words = save(tmp_path, problem(8, samples=100)) + ["--permutations", 100]
    as_is, both = [sorted(read_json(tmp_path, *words, "--sign", sign)["best"],
                          key=lambda best: best["concept"]) for sign in ["as-is", "both"]]
    assert all(b["chance"]["mean"] > a["chance"]["mean"] for a, b in zip(as_is[:7], both[:7]))


def test_seed_and_permutations(tmp_path):
    words = save(tmp_path, problem(9))
    first = read_json(tmp_path, *words)
    assert read_json(tmp_path, *words, "--seed", 0, "--permutations", 19) == first
    other = read_json(tmp_path, *words, "--seed", 18446744073709551615)
    assert other["best"][0]["chance"] != first["best"][0]["chance"]
    less = read_json(tmp_path, *words, "--permutations", 0)
    assert less["permutations"] == 0
    assert [best["chance"] for best in less["best"]] == [None] * 9
    for result in [first, other, less]:
        for best in result["best"]:
            del best["chance"]
        del result["permutations"]
    assert first == other == less


def test_threads_and_memory_change_nothing(tmp_path):
    words = save(tmp_path, problem(10, samples=2000, basis=20))
    one = read_json(tmp_path, *words, "--threads", 1)
    assert read_json(tmp_path, *words, "--threads", 3, "--memory", "1M") == one


# Heads.

@pytest.mark.parametrize("sign", [None, "as-is", "both"])
@pytest.mark.parametrize("classes", [5, 30])
def test_head(tmp_path, sign, classes):
    case = problem(11)
    weights = numpy.random.default_rng(11).normal(size=(classes, 12))
    numpy.save(tmp_path / "w.npy", weights)
    result = read_json(tmp_path, *save(tmp_path, case), "--head", "w.npy",
                       *(["--sign", sign] if sign else []))
    case["basis"] = singular_vectors(weights)
    assert_says(result, expected(**case, both=sign != "as-is"))
    assert result["directions"] == min(classes, 12)


def test_head_without_full_rank(tmp_path):
    case = problem(12)
    random = numpy.random.default_rng(12)
    weights = random.normal(size=(10, 4)) @ random.normal(size=(4, 12))
    numpy.save(tmp_path / "w.npy", weights)
    result = read_json(tmp_path, *save(tmp_path, case), "--head", "w.npy")
    assert result["directions"] == 4
    case["basis"] = singular_vectors(weights)
    assert_says(result, expected(**case, both=True))


def test_head_in_safetensors(tmp_path):
    case = problem(13)
    bits, weights = bf16(numpy.random.default_rng(13).normal(size=(6, 12)))
    (tmp_path / "m.st").write_bytes(safetensors([("other", "F32", numpy.zeros((2, 12), "f4")),
                                                 ("fc.weight", "BF16", bits)]))
    result = read_json(tmp_path, *save(tmp_path, case), "--head", "m.st", "--head-tensor",
                       "fc.weight")
    case["basis"] = singular_vectors(weights)
    assert_says(result, expected(**case, both=True))


# Inputs.

def test_idx_and_gzip(tmp_path):
    case = problem(14)
    case["points"] = (20 * case["points"]).astype("u1")
    wanted = expected(**case)
    (tmp_path / "h.idx").write_bytes(idx(case["points"].reshape(200, 3, 4), 8))
    (tmp_path / "c.gz").write_bytes(gzip.compress(idx(case["concepts"], 9)))
    assert_says(read_json(tmp_path, "h.idx", "c.gz"), wanted)


def test_several_files_are_one_matrix(tmp_path):
    case = problem(15, basis=6)
    case["points"] = numpy.round(8 * case["points"]) / 8  # exact in each type
    words = save(tmp_path, case)
    for i, (rows, type) in enumerate([(slice(0, 1), "f2"), (slice(1, 120), "f8"),
                                      (slice(120, 200), "f4")]):
        numpy.save(tmp_path / ("h%d.npy" % i), case["points"][rows].astype(type))
    numpy.save(tmp_path / "c0.npy", case["concepts"][:77].astype("i8"))
    numpy.save(tmp_path / "c1.npy", case["concepts"][77:])
    numpy.save(tmp_path / "v0.npy", case["basis"][:2])
    numpy.save(tmp_path / "v1.npy", case["basis"][2:])
    parts = read_json(tmp_path, "h0.npy,h1.npy,h2.npy", "c0.npy,c1.npy", "--basis",
                      "v0.npy,v1.npy")
    assert parts == read_json(tmp_path, *words)


def test_names(tmp_path):
    case = problem(16)
    words = save(tmp_path, case)
    (tmp_path / "names").write_text("größer\n\n\"quoted\"\r\nlast\n")
    result = read_json(tmp_path, *words, "--names", "names")
    named = {best["concept"]: best["name"] for best in result["best"]}
    assert named == {0: "größer", 1: None, 2: "\"quoted\"", 3: "last", **dict.fromkeys(range(4, 9))}
    for best in result["best"]:
        best["name"] = None
    assert result == read_json(tmp_path, *words)


def test_blocks_of_directions_concatenate(tmp_path):
    case = problem(17, basis=11)
    run_ok(tmp_path, *save(tmp_path, case), "--ap", "whole.npy")
    for i, part in enumerate([case["basis"][:4], case["basis"][4:]]):
        numpy.save(tmp_path / "v.npy", part)
        run_ok(tmp_path, "h.npy", "c.npy", "--basis", "v.npy", "--ap", "part%d.npy" % i)
    parts = [numpy.load(tmp_path / ("part%d.npy" % i)) for i in range(2)]
    assert numpy.array_equal(numpy.concatenate(parts), numpy.load(tmp_path / "whole.npy"))
