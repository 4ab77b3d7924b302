"""Runs latent-concepts, and computes what it should say with scikit-learn and numpy in float64."""
import json
import math

import numpy
from sklearn.metrics import average_precision_score

from program_runs import run_program, run_program_ok

PROGRAM = "latent-concepts"


# What it should say.

def average_precision(scores, concept):
    """Of the samples that are not ignored; 0 if none is present. Rounding may take scikit-learn
    above 1."""
    counted = concept >= 0
    if not (concept == 1).any():
        return 0.0
    return min(average_precision_score(concept[counted], scores[counted]), 1.0)


def average_precisions(points, concepts, basis=None, both=False):
    """AP of every direction (row) for every concept, and the signs that have it."""
    points = points.astype("f8")
    scores = points if basis is None else points @ basis.astype("f8").T
    def of(sign):
        return numpy.array([[average_precision(sign * scores[:, d], concepts[:, c])
                             for c in range(concepts.shape[1])] for d in range(scores.shape[1])])
    up = of(1)
    if not both:
        return up, numpy.ones(up.shape, int)
    down = of(-1)
    return numpy.maximum(up, down), numpy.where(up >= down, 1, -1)


def singular_vectors(weights):
    """Of a head, up to its rank; the largest entry of each is positive."""
    v = numpy.linalg.svd(weights.astype("f8"), full_matrices=False)[2]
    v = v[:numpy.linalg.matrix_rank(weights.astype("f8"))]
    return v * numpy.sign(v[numpy.arange(len(v)), numpy.abs(v).argmax(axis=1)])[:, None]


def degenerate(concepts):
    return ~(concepts == 1).any(axis=0) | ~(concepts == 0).any(axis=0)


def expected(points, concepts, basis=None, both=False, threshold=0.9):
    """The JSON but for names and chance; `best` by concept."""
    ap, signs = average_precisions(points, concepts, basis, both)
    bad = degenerate(concepts)
    encoded = (ap > threshold) & ~bad
    per_direction = encoded.sum(axis=1)
    levels = numpy.arange(101) / 100
    best = []
    for c in range(concepts.shape[1]):
        d = None if bad[c] else int(ap[:, c].argmax())
        best.append({"concept": c, "direction": d, "sign": None if bad[c] else int(signs[d, c]),
                     "ap": math.nan if bad[c] else ap[d, c], "encoded": bool(encoded[:, c].any()),
                     "directions": int(encoded[:, c].sum()),
                     "present": int((concepts[:, c] == 1).sum()),
                     "absent": int((concepts[:, c] == 0).sum()),
                     "ignored": int((concepts[:, c] == -1).sum())})
    return {
        "samples": len(points), "directions": len(ap), "concepts": concepts.shape[1],
        "threshold": threshold, "encoded_pairs": int(encoded.sum()),
        "unique_concepts": int(encoded.any(axis=0).sum()), "degenerate_concepts": int(bad.sum()),
        "polysemanticity": {
            "mean": float(per_direction[per_direction > 0].mean()) if encoded.any() else math.nan,
            "max": int(per_direction.max()), "histogram": numpy.bincount(per_direction).tolist()},
        "best": best, "sign": "both" if both else "as-is",
        "encoding_directions": int((per_direction > 0).sum()),
        "concepts_of_direction": per_direction.tolist(),
        "curve": {
            "threshold": levels.tolist(),
            "unique_concepts": [int(((ap > t) & ~bad).any(axis=0).sum()) for t in levels],
            "encoded_pairs": [int(((ap > t) & ~bad).sum()) for t in levels]}}


def assert_close(actual, wanted):
    """Equal, floats to twelve digits; NaN is null."""
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            assert_close(actual[key], value)
    elif isinstance(wanted, list):
        assert len(actual) == len(wanted)
        for a, w in zip(actual, wanted):
            assert_close(a, w)
    elif isinstance(wanted, float) and math.isnan(wanted):
        assert actual is None
    elif isinstance(wanted, float):
        assert math.isclose(actual, wanted, rel_tol=1e-12, abs_tol=1e-12), (actual, wanted)
    else:
        assert actual == wanted


def assert_says(result, wanted):
    """The JSON is as expected, and its best concepts come first, degenerate ones last."""
    keys = [-math.inf if b["ap"] is None else b["ap"] for b in result["best"]]
    assert keys == sorted(keys, reverse=True)
    by_concept = sorted(result["best"], key=lambda b: b["concept"])
    assert_close({**result, "best": by_concept}, wanted)


# Running the program.

def run(folder, *arguments, **options):
    return run_program(PROGRAM, folder, *arguments, **options)


def run_ok(folder, *arguments):
    return run_program_ok(PROGRAM, folder, *arguments)


def read_json(folder, *arguments):
    return json.loads(run_ok(folder, *arguments, "--json", "-"))


def save(folder, problem):
    """Writes h.npy and c.npy, and v.npy if there is a basis; returns the words for them."""
    numpy.save(folder / "h.npy", problem["points"])
    numpy.save(folder / "c.npy", problem["concepts"])
    if problem.get("basis") is None:
        return ["h.npy", "c.npy"]
    numpy.save(folder / "v.npy", problem["basis"])
    return ["h.npy", "c.npy", "--basis", "v.npy"]


def problem(seed, samples=200, features=12, concepts=9, basis=0):
    """Features that are zero or above, some of which show a concept well; concepts ignore some
    samples, and the last two are degenerate."""
    random = numpy.random.default_rng(seed)
    points = numpy.maximum(random.normal(size=(samples, features)), 0)
    labels = numpy.empty((samples, concepts), "i1")
    for c in range(concepts):
        noise = random.normal(size=samples) * 0.1 * c
        labels[:, c] = points[:, c * 5 % features] + noise > 0.6 + 0.1 * c
    labels[random.random(labels.shape) < 0.1] = -1
    labels[:, -1] = numpy.minimum(labels[:, -1], 0)  # present nowhere
    labels[labels[:, -2] == 0, -2] = 1  # absent nowhere
    return {"points": points, "concepts": labels,
            "basis": random.normal(size=(basis, features)) if basis else None}
