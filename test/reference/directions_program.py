"""Runs latent-directions, and computes what it should say with numpy in float64."""
import json
import math
import struct

import numpy

from program_runs import run_program, run_program_ok

KINDS = ["cosine", "projection", "singular", "variance"]
PROGRAM = "latent-directions"


# What it should say.

def decompose(weights):
    """u, sigma and v of a head up to its rank; the largest entry of every v is positive."""
    u, sigma, v = numpy.linalg.svd(weights, full_matrices=False)
    rank = int(numpy.linalg.matrix_rank(weights))
    for i in range(rank):
        if v[i, numpy.argmax(numpy.abs(v[i]))] < 0:
            v[i], u[:, i] = -v[i], -u[:, i]
    return u[:, :rank], sigma[:rank], v[:rank]


def importances(sigma, v, points, kind):
    """Mean |cosine|, mean |projection|, variance and importance of every direction."""
    projection = points @ v.T
    norms = numpy.linalg.norm(points, axis=1, keepdims=True)
    cosine = numpy.abs(numpy.divide(projection, norms, out=numpy.zeros_like(projection),
                                    where=norms > 0)).mean(axis=0)
    away = numpy.abs(projection).mean(axis=0)
    variance = projection.var(axis=0)
    return cosine, away, variance, {"cosine": sigma * cosine, "projection": sigma * away,
                                    "singular": sigma, "variance": sigma ** 2 * variance}[kind]


def rank_of_label(logits, labels):
    """How many classes come before the label: larger logits, or equal ones of smaller number."""
    own = logits[numpy.arange(len(labels)), labels][:, None]
    before = numpy.arange(logits.shape[1])[None, :] < labels[:, None]
    return ((logits > own) | ((logits == own) & before)).sum(axis=1)


def curve(weights, bias, points, labels, order, top):
    """Every level from scratch: the head with the first K directions, and its predictions."""
    u, sigma, v = decompose(weights)
    levels = []
    for kept in range(len(sigma) + 1):
        head = sum((sigma[i] * numpy.outer(u[:, i], v[i]) for i in order[:kept]),
                   numpy.zeros(weights.shape))
        levels.append(points @ head.T + bias)
    full = levels[-1].argmax(axis=1)
    total = (sigma ** 2).sum()
    result = {"kept": list(range(len(levels))), "top1": None, "top_k": None,
              "energy": [(sigma[order[:k]] ** 2).sum() / total if total > 0 else 1.0
                         for k in range(len(levels))],
              "changed": [(logits.argmax(axis=1) != full).mean() for logits in levels]}
    if labels is not None:
        ranks = [rank_of_label(logits, labels) for logits in levels]
        result["top1"] = [(rank == 0).mean() for rank in ranks]
        result["top_k"] = [(rank < top).mean() for rank in ranks]
    return result


def sufficient(levels, samples):
    """The smallest count from which on all are within one point of the whole, in whole samples."""
    shares = numpy.array(levels["changed"] if levels["top1"] is None else levels["top1"])
    counts = numpy.round(shares * samples).astype(int)
    lost = counts if levels["top1"] is None else counts[-1] - counts
    return next(k for k in range(len(lost)) if (100 * lost[k:] <= samples).all())


def expected(weights, points, labels=None, bias=None, kind="cosine", top=None):
    """The JSON but for `keep` and `aware`."""
    weights, points = weights.astype("f8"), points.astype("f8")
    bias = numpy.zeros(len(weights)) if bias is None else bias.astype("f8")
    top = top or min(5, len(weights))
    _, sigma, v = decompose(weights)
    cosine, away, variance, importance = importances(sigma, v, points, kind)
    order = numpy.argsort(-importance, kind="stable")
    levels = curve(weights, bias, points, labels, order, top)

    def level(kept):
        return {"count": kept, **{key: levels[key] and levels[key][kept]
                                  for key in ["energy", "top1", "top_k", "changed"]}}
    total = importance.sum()
    median = numpy.median(importance) if len(importance) else math.nan
    return {
        "head": list(weights.shape), "rank": len(sigma), "samples": len(points),
        "zeros": int((points == 0).all(axis=1).sum()), "importance": kind, "top": top,
        "top_ratio": importance[order[0]] / median if median > 0 else math.nan,
        "top_share": importance[order[0]] / total if total > 0 else math.nan,
        "directions": [{"index": int(i), "sigma": sigma[i], "cosine": cosine[i],
                        "projection": away[i], "variance": variance[i],
                        "importance": importance[i]} for i in order],
        "curve": levels, "sufficient": level(sufficient(levels, len(points))),
        "at_20_percent": level(math.ceil(len(sigma) / 5))}


def aware_errors(weights, points):
    """Errors of the best layers and of plain pruning at every rank. By Eckart and Young's theorem
    the best ones are the tails of the outputs' singular values."""
    weights, points = weights.astype("f8"), points.astype("f8")
    u, sigma, v = decompose(weights)
    outputs = numpy.linalg.svd(points @ weights.T, compute_uv=False)
    best = [(outputs[r:] ** 2).sum() for r in range(len(sigma) + 1)]
    plain = [((points @ (weights - (u[:, :r] * sigma[:r]) @ v[:r]).T) ** 2).sum()
             for r in range(len(sigma) + 1)]
    return best, plain


def aware_head(weights, points, rank):
    """The best layer of a rank: outputs projected onto their leading principal directions."""
    weights, points = weights.astype("f8"), points.astype("f8")
    left = numpy.linalg.svd(weights @ points.T, full_matrices=False)[0][:, :rank]
    return left @ left.T @ weights


def pruned_head(weights, points, kept, kind="cosine"):
    u, sigma, v = decompose(weights.astype("f8"))
    importance = importances(sigma, v, points.astype("f8"), kind)[3]
    order = numpy.argsort(-importance, kind="stable")[:kept]
    return (u[:, order] * sigma[order]) @ v[order]


def assert_close(actual, wanted, relative=1e-9, absolute=1e-12):
    """Equal, floats to nine digits; NaN is null."""
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            assert_close(actual[key], value, relative, absolute)
    elif isinstance(wanted, (list, numpy.ndarray)):
        assert len(actual) == len(wanted)
        for a, w in zip(actual, wanted):
            assert_close(a, w, relative, absolute)
    elif isinstance(wanted, float) and math.isnan(wanted):
        assert actual is None
    elif isinstance(wanted, float):
        assert math.isclose(actual, wanted, rel_tol=relative, abs_tol=absolute), (actual, wanted)
    else:
        assert actual == wanted


# Running the program.

def run(folder, *arguments, **options):
    return run_program(PROGRAM, folder, *arguments, **options)


def run_ok(folder, *arguments):
    return run_program_ok(PROGRAM, folder, *arguments)


def read_json(folder, *arguments):
    return json.loads(run_ok(folder, *arguments, "--json", "-"))


def save(folder, problem):
    """Writes w.npy, h.npy, and b.npy and l.npy if there are any; returns the words for them."""
    words = ["w.npy", "h.npy"]
    numpy.save(folder / "w.npy", problem["weights"])
    numpy.save(folder / "h.npy", problem["points"])
    if problem.get("bias") is not None:
        numpy.save(folder / "b.npy", problem["bias"])
        words += ["--bias", "b.npy"]
    if problem.get("labels") is not None:
        numpy.save(folder / "l.npy", problem["labels"])
        words += ["--labels", "l.npy"]
    return words


def safetensors(tensors):
    """The bytes of a .safetensors file of (name, type, array)."""
    header, data = {}, b""
    for name, type, array in tensors:
        bytes = array.tobytes()
        header[name] = {"dtype": type, "shape": list(array.shape),
                        "data_offsets": [len(data), len(data) + len(bytes)]}
        data += bytes
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def bf16(values):
    """Values cut to bfloat16: the bits, and what they stand for."""
    bits = values.astype("<f4").view("<u4") & 0xffff0000
    return (bits >> 16).astype("<u2"), bits.view("<f4")


def problem(seed, classes=7, features=12, samples=400, bias=True, labels=True):
    """Activations around a mean of their class, which a head tells apart mostly."""
    random = numpy.random.default_rng(seed)
    means = random.normal(size=(classes, features)) / (1 + numpy.arange(features) / 4)
    label = random.integers(0, classes, samples)
    points = means[label] + 0.8 * random.normal(size=(samples, features))
    points[:, 0] += 2
    return {"weights": means, "points": points, "labels": label if labels else None,
            "bias": -(means ** 2).sum(axis=1) / 2 if bias else None}
