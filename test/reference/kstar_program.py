"""Runs latent-kstar, and computes what it should say by brute force in numpy.

LATENT_BIN or LATENT_PROGRAMS names the folder of the program; the default is build/bin.
"""
import json
import math
import os
import pathlib
import re
import signal
import subprocess

import numpy
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = os.environ.get("LATENT_BIN") or os.environ.get("LATENT_PROGRAMS") or ROOT / "build" / "bin"
PROGRAM = str(pathlib.Path(FOLDER).resolve() / "latent-kstar")


# What it should say.

def brute_force(points, labels, metric="euclidean", ties="exclude"):
    """k* by comparing every pair, in float64."""
    points = numpy.asarray(points, dtype=numpy.float64)
    kstar = numpy.empty(len(points), dtype=numpy.int64)
    for i, point in enumerate(points):
        if metric == "cosine":
            norms = numpy.linalg.norm(points, axis=1) * numpy.linalg.norm(point)
            distance = 1 - (points @ point) / norms
        else:
            distance = ((points - point) ** 2).sum(axis=1)
        own = labels == labels[i]
        nearest = distance[~own].min()
        own[i] = False
        closer = distance <= nearest if ties == "include" else distance < nearest
        kstar[i] = 1 + (own & closer).sum()
    return kstar


def skewness(values):
    deviation = values - values.mean()
    return (deviation ** 3).mean() / (deviation ** 2).mean() ** 1.5


def concept_gamma(values, endpoints=False):
    """gamma; -inf if all values are 1, NaN for other constants and for single samples."""
    if len(values) == 1:
        return math.nan
    if (values == values[0]).all():
        return -math.inf if values[0] == 1 else math.nan
    return skewness(numpy.concatenate([values, [0, 1]]) if endpoints else values)


def pattern_of(gamma):
    if math.isnan(gamma):
        return "undefined"
    return "clustered" if gamma < -0.5 else "fractured" if gamma > 0.5 else "overlapped"


def expected_summary(kstar, labels, endpoints=False):
    concepts, share = [], numpy.empty(len(labels))
    for label in numpy.unique(labels):
        mine = labels == label
        share[mine] = kstar[mine] / mine.sum()
        gamma = concept_gamma(share[mine], endpoints)
        concepts.append({"label": int(label), "name": None, "count": int(mine.sum()),
                         "mean": share[mine].mean(), "std": share[mine].std(),
                         "skewness": gamma if math.isfinite(gamma) else None,
                         "pattern": pattern_of(gamma)})
    finite = [(c["skewness"], c["count"]) for c in concepts if c["skewness"] is not None]
    gammas, counts = numpy.array(finite).T if finite else (numpy.array([]), numpy.array([]))
    return {"concepts": concepts,
            "gamma": gammas.mean() if finite else None,
            "gamma_weighted": (gammas * counts).sum() / counts.sum() if finite else None,
            "gamma_pooled": skewness(share),
            "perfect": sum(c["skewness"] is None and c["pattern"] == "clustered" for c in concepts),
            "undefined": sum(c["pattern"] == "undefined" for c in concepts)}


def assert_close(actual, expected):
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert_close(actual[key], value)
    elif isinstance(expected, list):
        assert len(actual) == len(expected)
        for a, e in zip(actual, expected):
            assert_close(a, e)
    elif isinstance(expected, float):
        assert actual == pytest.approx(expected, rel=1e-10, abs=1e-12)
    else:
        assert actual == expected


# Running the program.

def run(folder, *arguments, **options):
    environment = dict(os.environ, LC_ALL=options.pop("locale", "C.UTF-8"))
    return subprocess.run([PROGRAM, *map(str, arguments)], cwd=folder, env=environment,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=300, **options)


def run_ok(folder, *arguments):
    done = run(folder, *arguments)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""  # no progress bar where there is no terminal
    return done.stdout.decode()


def catches_interrupt(process):
    """Whether a process on Linux has a handler for Ctrl-C."""
    status = pathlib.Path("/proc/%d/status" % process.pid).read_text()
    caught = int(re.search(r"SigCgt:\s*(\w+)", status)[1], 16)
    return caught >> (signal.SIGINT - 1) & 1


def measure(folder, points, labels, *options):
    """Returns k* and the JSON for arrays."""
    numpy.save(folder / "points.npy", points)
    numpy.save(folder / "labels.npy", labels)
    run_ok(folder, "points.npy", "labels.npy", "--values", "k.npy", "--json", "k.json", *options)
    return numpy.load(folder / "k.npy"), json.loads((folder / "k.json").read_text())


def clouds(seed, rows=220, columns=7, concepts=4):
    random = numpy.random.default_rng(seed)
    labels = random.integers(0, concepts, rows)
    centres = random.normal(size=(concepts, columns)) * 1.2
    width = random.uniform(0.3, 1.5, concepts)
    return centres[labels] + width[labels, None] * random.normal(size=(rows, columns)), labels
