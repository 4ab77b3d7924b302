"""Effective robustness against scipy.stats.linregress on logits, numpy, and exact fractions."""
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

import latent_ctypes as latent

CLOSE = dict(rtol=1e-12, atol=0)


@pytest.fixture(scope="module")
def library():
    with latent.Latent() as made:
        yield made


def logit(accuracy):
    return np.log(accuracy / (100 - accuracy))


def percent(z):
    return 100 / (1 + np.exp(-z))


def draw(models, shifts, seed, noise=0.3, low=-2.0, high=3.0):
    """Random lines with scatter: reference, shifted."""
    g = np.random.default_rng(seed)
    x = g.uniform(low, high, models)
    z = g.uniform(-0.5, 1.5, shifts) * x[:, None] + g.uniform(-2, 1, shifts)
    return percent(x), percent(z + noise * g.normal(size=(models, shifts)))


@pytest.mark.parametrize("models,shifts,seed", [(3, 1, 1), (4, 7, 2), (9, 3, 3), (30, 5, 4),
                                                (204, 8, 5), (3000, 2, 6)])
@pytest.mark.parametrize("noise", [0.02, 0.3, 3.0])
def test_fits(library, models, shifts, seed, noise):
    reference, shifted = draw(models, shifts, seed, noise)
    fits = library.robustness_fit(reference, shifted)
    for s in range(shifts):
        line = stats.linregress(logit(reference), logit(shifted[:, s]))
        ours = {name: fits[name][s] for name in latent.FIT_FIGURES}
        assert ours["models"] == models
        assert np.isclose(ours["slope"], line.slope, **CLOSE)
        assert np.isclose(ours["intercept"], line.intercept, rtol=1e-12, atol=1e-14)
        # scipy takes them from 1 - r², which costs it digits where r² is near 1.
        room = 1e-12 + 1e-15 / (1 - line.rvalue ** 2)
        assert np.isclose(ours["slope_error"], line.stderr, rtol=room, atol=0)
        assert np.isclose(ours["intercept_error"], line.intercept_stderr, rtol=room, atol=0)
        assert np.isclose(ours["r_squared"], line.rvalue ** 2, **CLOSE)
        rest = logit(shifted[:, s]) - line.slope * logit(reference) - line.intercept
        assert np.allclose(fits["residuals"][:, s], rest, rtol=1e-12, atol=1e-13)
        assert np.isclose(ours["residual_std"], math.sqrt((rest ** 2).sum() / (models - 2)),
                          rtol=1e-12, atol=0)
        assert np.isclose(ours["reference_mean"], logit(reference).mean(), rtol=1e-12, atol=1e-15)


def test_where_scipy_says_otherwise(library):
    """Two models: scipy's errors are 0, ours do not exist. Equal accuracies: its correlation is 0."""
    reference, shifted = draw(2, 1, 7)
    fits = library.robustness_fit(reference, shifted)
    line = stats.linregress(logit(reference), logit(shifted[:, 0]))
    assert np.isclose(fits["slope"][0], line.slope, **CLOSE)
    assert np.isclose(fits["intercept"][0], line.intercept, rtol=1e-12, atol=1e-14)
    assert line.stderr == line.intercept_stderr == 0
    assert np.isnan(fits["slope_error"][0]) and np.isnan(fits["intercept_error"][0])
    assert np.isnan(fits["residual_std"][0])
    fits = library.robustness_fit(draw(5, 1, 8)[0], np.full((5, 1), 62.5))
    assert fits["slope"][0] == 0 and np.isnan(fits["r_squared"][0])


def exact_line(x, y):
    """Slope and mean square of the residuals of float64 numbers in exact arithmetic."""
    x, y, n = [Fraction(v) for v in x], [Fraction(v) for v in y], len(x)
    dx, dy = [v - sum(x) / n for v in x], [v - sum(y) / n for v in y]
    slope = sum(a * b for a, b in zip(dx, dy)) / sum(a * a for a in dx)
    rest = sum((b - slope * a) ** 2 for a, b in zip(dx, dy)) / (n - 2)
    return float(slope), math.sqrt(rest)


@pytest.mark.parametrize("spread", [1e-1, 1e-5, 1e-9, 1e-12])
def test_close_models(library, spread):
    """Accuracies that agree in many digits: a common offset costs the fit none."""
    g = np.random.default_rng(9)
    reference = 99.5 + spread * g.uniform(0, 0.1, 12)
    shifted = 0.1 + spread * g.uniform(0, 0.05, (12, 1))
    fits = library.robustness_fit(reference, shifted)
    # As the library takes them, by the C library's logarithm: numpy's may differ in the last bit.
    x = [math.log(a / (100 - a)) for a in reference]
    y = [math.log(a) - math.log(100 - a) for a in shifted[:, 0]]
    slope, deviation = exact_line(x, y)
    assert np.isclose(fits["slope"][0], slope, rtol=1e-12)
    assert np.isclose(fits["residual_std"][0], deviation, rtol=1e-12)


@pytest.mark.parametrize("models,shifts,seed", [(5, 1, 10), (40, 6, 11)])
def test_predictions(library, models, shifts, seed):
    reference, shifted = draw(models, shifts, seed)
    fits = library.robustness_fit(reference, shifted)
    accuracies = np.concatenate([np.linspace(0.5, 99.5, 50), [1e-9, 100 - 1e-9]])
    beta, line_error, model_error = library.robustness_predict(fits, accuracies)
    for s in range(shifts):
        line = stats.linregress(logit(reference), logit(shifted[:, s]))
        z = line.slope * logit(accuracies) + line.intercept
        expected = percent(z)
        assert np.allclose(beta[:, s], expected, rtol=1e-11, atol=0)
        # The covariance of slope and intercept, by the design matrix.
        design = np.stack([logit(reference), np.ones(models)], 1)
        rest = logit(shifted[:, s]) - design @ np.linalg.lstsq(
            design, logit(shifted[:, s]), rcond=None)[0]
        variance = (rest ** 2).sum() / (models - 2)
        covariance = variance * np.linalg.inv(design.T @ design)
        at = np.stack([logit(accuracies), np.ones(len(accuracies))], 1)
        spread = np.einsum("ij,jk,ik->i", at, covariance, at)
        derivative = 100 * np.exp(-z) / (1 + np.exp(-z)) ** 2
        assert np.allclose(line_error[:, s], derivative * np.sqrt(spread), rtol=1e-9, atol=0)
        assert np.allclose(model_error[:, s], derivative * np.sqrt(spread + variance), rtol=1e-9,
                           atol=0)


def test_errors_are_what_repetition_shows(library):
    """The delta method's errors against the scatter of refitted lines: true to some percent."""
    g = np.random.default_rng(12)
    x, at = g.uniform(-1, 2, 40), np.array([30.0, 60.0, 85.0])
    betas, further, said = [], [], []
    for _ in range(2000):
        z = 0.8 * x - 0.5 + 0.1 * g.normal(size=40)
        fits = library.robustness_fit(percent(x), percent(z).reshape(-1, 1))
        beta, line_error, model_error = library.robustness_predict(fits, at)
        betas.append(beta[:, 0])
        further.append(percent(0.8 * logit(at) - 0.5 + 0.1 * g.normal(size=3)) - beta[:, 0])
        said.append((line_error[:, 0], model_error[:, 0]))
    line_error, model_error = np.mean(said, axis=0)
    assert np.allclose(np.std(betas, axis=0), line_error, rtol=0.06)
    assert np.allclose(np.std(further, axis=0), model_error, rtol=0.06)


@pytest.mark.parametrize("models,shifts,seed", [(2, 1, 13), (25, 6, 14)])
def test_effective(library, models, shifts, seed):
    fits = library.robustness_fit(*draw(40, shifts, seed))
    reference, shifted = draw(models, shifts, seed + 100)
    effective, mean = library.robustness_effective(fits, reference, shifted)
    beta = percent(fits["slope"] * logit(reference)[:, None] + fits["intercept"])
    assert np.allclose(effective, shifted - beta, rtol=1e-12, atol=1e-12)
    assert np.allclose(mean, (shifted - beta).mean(1), rtol=1e-12, atol=1e-12)


def test_missing(library):
    reference, shifted = draw(50, 4, 15)
    holes = np.random.default_rng(16).uniform(size=shifted.shape) < 0.4
    holes[7] = True
    with_holes = np.where(holes, np.nan, shifted)
    fits = library.robustness_fit(reference, with_holes, missing=True)
    for s in range(4):
        there = ~holes[:, s]
        line = stats.linregress(logit(reference[there]), logit(shifted[there, s]))
        assert fits["models"][s] == there.sum()
        assert np.isclose(fits["slope"][s], line.slope, **CLOSE)
        assert np.isclose(fits["intercept_error"][s], line.intercept_stderr, **CLOSE)
        assert np.array_equal(np.isnan(fits["residuals"][:, s]), ~there)
    effective, mean = library.robustness_effective(fits, reference, with_holes, missing=True)
    assert np.array_equal(np.isnan(effective), holes)
    assert np.isnan(mean[7])
    rest = ~holes.all(1)
    assert np.allclose(mean[rest], np.nanmean(effective[rest], 1), rtol=1e-12, atol=1e-13)
    with pytest.raises(latent.LatentError, match=r"shifted\[\d+\]\[\d+\] is NaN"):
        library.robustness_fit(reference, with_holes)


def test_sentence(library):
    reference, shifted = draw(5, 2, 17)
    reference[3] = 100
    with pytest.raises(latent.LatentError) as raised:
        library.robustness_fit(reference, shifted)
    assert raised.value.sentence == "reference[3] is 100, which has no logit"
