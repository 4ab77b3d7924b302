"""Runs latent-moments, and computes what it should say with numpy and scipy in float64."""
import json
import warnings

import numpy
import pytest
from scipy import stats

from program_runs import run_program, run_program_ok

PERCENTS = [0, 5, 25, 50, 75, 95, 100]


# What it should say.

def masked(values, policy):
    """Infinities count as NaN; where they propagate, a row with one is NaN altogether."""
    values = numpy.where(numpy.isfinite(values), values, numpy.nan)
    if policy == "propagate":
        values[numpy.isnan(values).any(axis=1)] = numpy.nan
    return values


def moments_of(values, axis, bias=True, fisher=False):
    """Skewness and kurtosis along an axis, NaN left out; NaN for constants and for too few."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        options = {"axis": axis, "bias": bias, "nan_policy": "omit"}
        skewness = numpy.ma.filled(stats.skew(values, **options), numpy.nan).astype(float)
        kurtosis = numpy.ma.filled(stats.kurtosis(values, fisher=fisher, **options),
                                   numpy.nan).astype(float)
        few = numpy.isfinite(values).sum(axis=axis)
        constant = numpy.nanmax(values, axis=axis) == numpy.nanmin(values, axis=axis)
    skewness[constant | (few == 0)] = numpy.nan
    kurtosis[constant | (few == 0)] = numpy.nan
    if not bias:
        skewness[few < 3] = numpy.nan
        kurtosis[few < 4] = numpy.nan
    return skewness, kurtosis


def summary(values):
    values = values[~numpy.isnan(values)]
    if len(values) == 0:
        return {"mean": None, "std": None, "quantiles": {str(p): None for p in PERCENTS}}
    return {"mean": values.mean(), "std": values.std(),
            "quantiles": {str(p): numpy.quantile(values, p / 100) for p in PERCENTS}}


def outlier_features(values, magnitude=6, sigma=6, share=0.06, ratio=10):
    """From the largest mean |h| on; `values` without NaN."""
    mean_abs = numpy.abs(values).mean(axis=0)
    median = numpy.median(mean_abs)
    large = (numpy.abs(values) >= magnitude).mean(axis=0)
    deviation = numpy.abs(values - values.mean(axis=1, keepdims=True))
    far = (deviation > sigma * values.std(axis=1, keepdims=True)).mean(axis=0)
    found = []
    for i in sorted(range(len(mean_abs)), key=lambda i: (-mean_abs[i], i)):
        times = mean_abs[i] / median if median > 0 else numpy.inf if mean_abs[i] > 0 else 0
        criteria = [name for name, met in [("magnitude", large[i] >= share),
                                           ("sigma", far[i] >= share),
                                           ("ratio", times >= ratio)] if met]
        if criteria:
            found.append({"index": i, "mean_abs": mean_abs[i],
                          "ratio": times if numpy.isfinite(times) else None,
                          "share_over_6": large[i], "share_over_6_sigma": far[i],
                          "criteria": criteria})
    return found


def assert_close(actual, expected):
    """Equal, floats to 12 digits."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert_close(actual[key], value)
    elif isinstance(expected, (list, numpy.ndarray)):
        assert len(actual) == len(expected)
        for a, e in zip(actual, expected):
            assert_close(a, e)
    elif isinstance(expected, float) and numpy.isnan(expected):
        assert actual is None
    elif isinstance(expected, float):
        assert actual == pytest.approx(expected, rel=1e-12, abs=1e-12)
    else:
        assert actual == expected


# Running the program.

def run(folder, *arguments, **options):
    return run_program("latent-moments", folder, *arguments, **options)


def run_ok(folder, *arguments):
    return run_program_ok("latent-moments", folder, *arguments)


def read_json(folder, *arguments):
    return json.loads(run_ok(folder, *arguments, "--json", "-"))


def measure(folder, values, *options):
    """Returns the JSON for an array."""
    numpy.save(folder / "h.npy", values)
    return read_json(folder, "h.npy", *options)


def activations(seed, rows=300, columns=40):
    """Activations of which 5 features stand out, each in another way."""
    random = numpy.random.default_rng(seed)
    values = random.normal(size=(rows, columns)) * random.uniform(0.2, 1, columns)
    values[:, 7] += 40
    values[:, 12] = -9 + random.normal(size=rows)
    values[: rows // 10, 20] = 30
    values[:, 31] = 8 * random.normal(size=rows)
    values[5::10, 3] = 7
    return values
