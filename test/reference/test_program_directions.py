"""latent-directions from end to end: what it computes and reads."""
import gzip
import re
import xml.etree.ElementTree as ElementTree

import numpy
import pytest

from directions_program import (KINDS, assert_close, aware_errors, aware_head, bf16, expected,
                                problem, pruned_head, read_json, run_ok, safetensors, save)
from program_runs import idx

KEYS = ["head", "rank", "samples", "zeros", "importance", "top", "top_ratio", "top_share",
        "directions", "curve", "sufficient", "at_20_percent", "keep", "aware"]
DIRECTION_KEYS = ["index", "sigma", "cosine", "projection", "variance", "importance"]


# Numbers.

@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_numbers(tmp_path, kind, labels, bias):
    case = problem(1, labels=labels, bias=bias)
    result = read_json(tmp_path, *save(tmp_path, case), "--importance", kind)
    assert list(result) == KEYS
    assert [list(d) for d in result["directions"]] == [DIRECTION_KEYS] * 7
    assert_close(result, expected(**case, kind=kind))
    assert result["keep"] is None and result["aware"] is None


@pytest.mark.parametrize("of_points", ["f2", "f4", "f8", "i2", "u1"])
@pytest.mark.parametrize("of_head", ["f2", "f4", "f8", "i4"])
def test_types(tmp_path, of_head, of_points):
    case = problem(2)
    scale = 10 if of_head == "i4" else 1
    case["weights"] = (scale * case["weights"]).astype(of_head)
    points = case["points"] - case["points"].min() if of_points == "u1" else case["points"]
    case["points"] = ((20 if of_points in ("i2", "u1") else 1) * points).astype(of_points)
    case["bias"] = case["bias"].astype("f4")
    # Wide types of labels too.
    case["labels"] = case["labels"].astype(of_points if of_points[0] in "iu" else "i8")
    assert_close(read_json(tmp_path, *save(tmp_path, case)), expected(**case))


SHAPES = {"wide": (3, 40), "tall": (40, 3), "square": (9, 9), "one class": (1, 6),
          "one feature": (6, 1), "1 x 1": (1, 1)}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(tmp_path, shape):
    classes, features = SHAPES[shape]
    case = problem(3, classes, features)
    words = save(tmp_path, case)
    result = read_json(tmp_path, *words, "--aware")
    assert_close(result, expected(**case))
    best, plain = aware_errors(case["weights"], case["points"])
    assert_close(result["aware"], {"error": best, "plain_error": plain}, absolute=1e-9 * best[0])
    run_ok(tmp_path, *words, "--aware", "--plot", "p.svg", "--curve", "c.csv", "--json", "j.json")
    ElementTree.parse(tmp_path / "p.svg")


def test_a_head_without_full_rank(tmp_path):
    case = problem(4, 10, 20)
    random = numpy.random.default_rng(4)
    case["weights"] = random.normal(size=(10, 4)) @ random.normal(size=(4, 20))
    result = read_json(tmp_path, *save(tmp_path, case), "--aware")
    assert result["rank"] == 4 and result["head"] == [10, 20]
    assert_close(result, expected(**case))
    assert result["curve"]["kept"] == [0, 1, 2, 3, 4] and len(result["aware"]["error"]) == 5


@pytest.mark.parametrize("words", [[], ["--aware"], ["--aware", "--keep", "0"],
                                   ["--keep", "50%", "--importance", "singular"]])
def test_a_head_of_zeros(tmp_path, words):
    case = problem(5, 4, 6)
    case["weights"] = numpy.zeros((4, 6), "f4")
    words = save(tmp_path, case) + words
    if "--keep" in words:
        words += ["--output", "o.npy"]
    result = read_json(tmp_path, *words)
    top1 = (case["labels"] == case["bias"].argmax()).mean()
    assert_close(result["curve"], {"kept": [0], "energy": [1.0], "top1": [top1],
                                   "top_k": [1.0], "changed": [0.0]})
    assert (result["rank"], result["directions"], result["top_ratio"], result["top_share"]) == (
        0, [], None, None)
    assert "The head is zero" in run_ok(tmp_path, *words, "--plot", "z.svg", "--curve", "z.csv")
    if "--keep" in words:
        assert not numpy.load(tmp_path / "o.npy").any()
    texts = ElementTree.parse(tmp_path / "z.svg").getroot().itertext()
    assert "the head is zero" in [text.strip() for text in texts]


def test_activations_of_zeros(tmp_path):
    case = problem(6)
    case["points"][[3, 5, 390]] = 0
    words = save(tmp_path, case)
    assert_close(read_json(tmp_path, *words), expected(**case))
    assert "of which 3 are all zeros" in run_ok(tmp_path, *words)
    case["points"][:] = 0
    words = save(tmp_path, case)
    result = read_json(tmp_path, *words, "--aware")
    assert result["zeros"] == 400 and result["top_share"] is None
    assert result["aware"]["error"] == [0.0] * 8
    table = run_ok(tmp_path, *words, "--plot", "z.svg")
    assert "No direction is of any importance" in table
    assert "no direction is of any importance" in (tmp_path / "z.svg").read_text()


@pytest.mark.parametrize("top", [1, 2, 7])
def test_top(tmp_path, top):
    case = problem(7)
    words = save(tmp_path, case) + ["--top", top]
    assert_close(read_json(tmp_path, *words), expected(**case, top=top))
    assert re.search(r" top-1 +top-%d " % top, run_ok(tmp_path, *words))


def test_equal_logits_go_to_the_smaller_class(tmp_path):
    # One direction; without it all logits are 0.
    numpy.save(tmp_path / "w.npy", numpy.array([[-1.0], [1], [2]]))
    numpy.save(tmp_path / "h.npy", numpy.array([[1.0], [2], [-1]]))
    numpy.save(tmp_path / "l.npy", numpy.array([2, 2, 0]))
    result = read_json(tmp_path, "w.npy", "h.npy", "--labels", "l.npy", "--top", 2)
    assert_close(result["curve"], {"top1": [1 / 3, 1.0], "top_k": [1 / 3, 1.0],
                                   "changed": [2 / 3, 0.0]})


def test_the_bias_decides_without_directions(tmp_path):
    case = problem(8)
    case["bias"][4] = 1e6
    levels = read_json(tmp_path, *save(tmp_path, case))["curve"]
    assert set(levels["top1"]) == {(case["labels"] == 4).mean()} and set(levels["changed"]) == {0}


def test_threads_and_memory_change_no_count(tmp_path):
    words = save(tmp_path, problem(9, samples=3000)) + ["--aware", "--keep", "3"]
    one = read_json(tmp_path, *words, "--threads", 1)
    three = read_json(tmp_path, *words, "--threads", 3, "--memory", "8M")
    assert [one["curve"][key] for key in ["top1", "top_k", "changed"]] == [
        three["curve"][key] for key in ["top1", "top_k", "changed"]]
    # LAPACK may round otherwise on another number of threads.
    assert_close(three, one)


# Activation-aware pruning, and what is written.

def test_aware(tmp_path):
    case = problem(10, 8, 20)
    case["points"] *= 1 + numpy.arange(20)
    words = save(tmp_path, case)
    for rank in range(9):
        result = read_json(tmp_path, *words, "--aware", "--keep", rank, "--output", "o.npy")
        best, plain = aware_errors(case["weights"], case["points"])
        assert_close(result["aware"], {"error": best, "plain_error": plain},
                     absolute=1e-9 * best[0])
        head = numpy.load(tmp_path / "o.npy")
        numpy.testing.assert_allclose(head, aware_head(case["weights"], case["points"], rank),
                                      rtol=0, atol=1e-9)
        loss = ((case["points"] @ (head - case["weights"]).T) ** 2).sum()
        assert_close(loss, best[rank], absolute=1e-9 * best[0])
        assert_close(result["keep"], {"count": rank, "aware": True, "error": best[rank],
                                      "plain_error": plain[rank]}, absolute=1e-9 * best[0])
        assert best[rank] <= plain[rank] * (1 + 1e-9) + 1e-9 * best[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keep, count", [("0", 0), ("1", 1), ("7", 7), ("0.1%", 1), ("20%", 2),
                                         ("42.9%", 4), ("57.142857%", 4), ("100%", 7)])
def test_keep(tmp_path, kind, keep, count):
    case = problem(11)
    words = save(tmp_path, case) + ["--importance", kind]
    result = read_json(tmp_path, *words, "--keep", keep, "--output", "o.npy")
    levels = result["curve"]
    assert result["keep"] == {"count": count, "aware": False,
                              **{key: levels[key][count]
                                 for key in ["energy", "top1", "top_k", "changed"]}}
    head = numpy.load(tmp_path / "o.npy")
    assert head.dtype == numpy.float64 and head.flags["C_CONTIGUOUS"]
    numpy.testing.assert_allclose(head, pruned_head(case["weights"], case["points"], count, kind),
                                  rtol=0, atol=1e-9)
    # The head that was written does what the curve said.
    logits = case["points"] @ head.T + case["bias"]
    assert (logits.argmax(axis=1) == case["labels"]).mean() == levels["top1"][count]


def test_percentages_are_rounded_up_exactly(tmp_path):
    save(tmp_path, problem(12, 100, 100, samples=10, labels=False, bias=False))
    for keep, count in [("7%", 7), ("7.001%", 8), ("29%", 29), ("57%", 57), ("58%", 58), ("1%", 1)]:
        assert read_json(tmp_path, "w.npy", "h.npy", "--keep", keep)["keep"]["count"] == count


@pytest.mark.parametrize("of_head, written", [("f2", "f4"), ("f4", "f4"), ("f8", "f8"),
                                              ("i4", "f8")])
def test_type_of_the_pruned_head(tmp_path, of_head, written):
    case = problem(13)
    case["weights"] = (8 * case["weights"]).astype(of_head)
    words = save(tmp_path, case)
    for aware in [[], ["--aware"]]:
        run_ok(tmp_path, *words, *aware, "--keep", "100%", "--output", "o.npy")
        head = numpy.load(tmp_path / "o.npy")
        assert head.dtype == written
        numpy.testing.assert_allclose(head, case["weights"].astype("f8"),
                                      rtol=1e-6 if written == "f4" else 1e-11, atol=1e-5
                                      if written == "f4" else 1e-11)


# Inputs.

@pytest.mark.parametrize("type", ["F16", "BF16", "F32", "F64"])
def test_safetensors(tmp_path, type):
    case = problem(14)
    numpy_type = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}.get(type)

    def tensor(values):
        if type == "BF16":
            return bf16(values)
        return values.astype(numpy_type), values.astype(numpy_type)
    weights, case["weights"] = tensor(case["weights"])
    bias, case["bias"] = tensor(case["bias"])
    # Tensors before it, so that nothing is aligned.
    (tmp_path / "m.safetensors").write_bytes(safetensors([
        ("odd", "U8", numpy.zeros(3, "u1")), ("head.bias", type, bias),
        ("head.weight", type, weights), ("other", "F32", numpy.zeros((2, 3), "f4"))]))
    save(tmp_path, case)
    words = ["m.safetensors", "h.npy", "--head-tensor", "head.weight", "--labels", "l.npy",
             "--keep", "3", "--output", "o.npy"]
    result = read_json(tmp_path, *words, "--bias-tensor", "head.bias")
    assert_close(result, expected(**case))
    assert numpy.load(tmp_path / "o.npy").dtype == ("f8" if type == "F64" else "f4")
    assert read_json(tmp_path, *words, "--bias", "b.npy") == result
    del case["bias"]
    assert_close(read_json(tmp_path, *words), expected(**case))


def test_names_do_not_matter_but_contents_do(tmp_path):
    case = problem(15)
    words = save(tmp_path, case)
    result = read_json(tmp_path, *words)
    (tmp_path / "w.npy").rename(tmp_path / "w.safetensors")
    assert read_json(tmp_path, "w.safetensors", *words[1:]) == result
    (tmp_path / "w.idx").write_bytes(idx(case["weights"].astype(">f8"), 14))
    (tmp_path / "w.gz").write_bytes(gzip.compress((tmp_path / "w.safetensors").read_bytes()))
    (tmp_path / "t.gz").write_bytes(gzip.compress(safetensors([("a", "F64", case["weights"])])))
    assert read_json(tmp_path, "w.idx", *words[1:]) == result
    assert read_json(tmp_path, "w.gz", *words[1:]) == result
    assert read_json(tmp_path, "t.gz", *words[1:], "--head-tensor", "a") == result


@pytest.mark.parametrize("cuts", [[1], [399], [100, 101, 250]])
def test_several_files_are_one_stream(tmp_path, cuts):
    case = problem(16)
    case["points"] = numpy.round(case["points"] * 8) / 8  # exact in every type below
    words = save(tmp_path, case)
    types = ["f4", "f8", "f2", "f4"]
    names = []
    for i, part in enumerate(numpy.split(case["points"], cuts)):
        names.append("part%d.npy" % i)
        numpy.save(tmp_path / names[-1], part.astype(types[i]))
    for i, part in enumerate(numpy.split(case["labels"], [17])):
        (tmp_path / ("labels%d.gz" % i)).write_bytes(gzip.compress(idx(part.astype("u1"), 8)))
    rest = ["--bias", "b.npy", "--labels", "labels0.gz,labels1.gz", "--aware"]
    together = read_json(tmp_path, "w.npy", ",".join(names), *rest)
    assert_close(together, expected(**case))
    whole = read_json(tmp_path, *words, "--aware")
    assert together["curve"] == whole["curve"]  # counts of parts add up
    assert together["aware"] == whole["aware"]  # and so do second moments, bit for bit
    assert read_json(tmp_path, "w.npy", *names, *rest) == together


def test_a_stream_in_several_chunks(tmp_path):
    # A chunk holds 2^23 elements: of rows of 2^16 there are 128 in it.
    random = numpy.random.default_rng(17)
    points = random.integers(-5, 6, (300, 1 << 16)).astype("i1")
    weights = random.normal(size=(3, 1 << 16)).astype("f4")
    labels = (points.astype("f8") @ weights.astype("f8").T).argmax(axis=1)
    labels[::7] = (labels[::7] + 1) % 3
    wanted = expected(weights, points, labels)
    numpy.save(tmp_path / "w.npy", weights)
    numpy.save(tmp_path / "l.npy", labels)
    for saved in [points, points.astype("f2")]:
        numpy.save(tmp_path / "h.npy", saved)
        assert_close(read_json(tmp_path, "w.npy", "h.npy", "--labels", "l.npy"), wanted)
    (tmp_path / "h.gz").write_bytes(gzip.compress(idx(points, 9), 1))
    assert_close(read_json(tmp_path, "w.npy", "h.gz", "--labels", "l.npy"), wanted)
