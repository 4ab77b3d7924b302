"""Lipschitz constants along directions against mathematics, numpy and torch."""
import numpy as np
import pytest

import latent_ctypes as latent
from encoder_samples import generator, with_values, two_layers, torch_tensor
from geometry_calls import Ascent, Constants, Encoder, Leading, linear


@pytest.fixture(scope="module")
def library():
    with latent.Latent() as made:
        yield made


def test_constants_along_singular_vectors(library):
    """σ_i along v_i, 0 in the null space, whatever the length of the direction."""
    values = np.linspace(4, 1, 8)
    matrix, _, right = with_values(values, 8, 20)
    encoder, point = linear(matrix), generator(4).normal(size=20)
    lengths = 10.0 ** np.arange(-4, 4)
    found = Constants(library, encoder, point, [1.0, 1e-3], right * lengths[:, None])
    assert np.allclose(found.constants, values[:, None], rtol=1e-11)
    null = Constants(library, encoder, point, [1.0, 1e-9], count=50, complement_of=right)
    assert null.constants[:, 0].max() < 1e-13
    assert (null.constants < 10 * null.rounding).all() and (null.dominated == 50).all()
    assert (found.dominated == 0).all()


def test_mean_square_is_the_frobenius_norm(library):
    matrix = generator(6).normal(size=(15, 50))
    found = Constants(library, linear(matrix), np.zeros(50), [0.5], count=4000, seed=9)
    mean = (found.constants ** 2).mean()
    error = (found.constants ** 2).std() / np.sqrt(4000)
    assert abs(mean - np.linalg.norm(matrix) ** 2 / 50) < 4 * error


def test_distribution(library):
    matrix = generator(7).normal(size=(5, 12))
    probabilities = [0, 0.1, 0.5, 1 / 3, 1]
    found = Constants(library, linear(matrix), np.zeros(12), [0.1, 1, 10], count=101, seed=2,
                      probabilities=probabilities)
    for name in ("mean", "std", "min", "max"):
        assert np.allclose(getattr(found, name), getattr(np, name)(found.constants, axis=0),
                           rtol=1e-12)
    assert np.allclose(found.quantiles, np.quantile(found.constants, probabilities, axis=0).T,
                       rtol=1e-14)


def test_quadratic(library):
    """f = x² entry by entry: L_ε = ‖2 x û + ε û²‖."""
    encoder = Encoder(6, 6, lambda x: x ** 2)
    point, directions = generator(1).normal(size=6), generator(2).normal(size=(9, 6))
    epsilons = np.array([1e-3, 0.5, 20])
    units = directions / np.linalg.norm(directions, axis=1)[:, None]
    expected = np.linalg.norm(2 * point * units[:, None] + epsilons[:, None] * units[:, None] ** 2,
                              axis=2)
    for kind in (np.float16, np.float32, np.float64):
        given = directions.astype(kind)
        units = given.astype(float) / np.linalg.norm(given.astype(float), axis=1)[:, None]
        expected = np.linalg.norm(
            2 * point * units[:, None] + epsilons[:, None] * units[:, None] ** 2, axis=2)
        found = Constants(library, encoder, point, epsilons, given)
        assert np.allclose(found.constants, expected, rtol=1e-11)


def test_rounding_is_reported(library):
    """A float32 encoder of numbers about 1000 knows nothing about ε = 1e-6."""
    matrix = generator(9).normal(size=(30, 30))
    encoder = linear(matrix, np.float32)
    point = 1000 + generator(10).normal(size=30)
    found = Constants(library, encoder, point, [100.0, 1e-6], count=20)
    assert found.dominated.tolist() == [0, 20]
    exact = Constants(library, linear(matrix.astype(np.float32).astype(float)), point, [100.0],
                      count=20)
    assert np.abs(found.constants[:, 0] - exact.constants[:, 0]).max() < 3 * found.rounding[0]


@pytest.mark.parametrize("seed", [1, 2])
def test_ascent_reaches_the_largest_singular_value(library, seed):
    values = np.r_[3, 2, np.linspace(1.5, 0.1, 10)]
    matrix, _, right = with_values(values, 12, 40)
    found = Ascent(library, linear(matrix), np.ones(40), 0.01, seed=seed, tolerance=1e-14,
                   iterations=300)
    assert np.isclose(found.result.constant, 3, rtol=1e-9) and found.result.converged == 8
    assert abs(found.direction @ right[0]) > 1 - 1e-6
    assert found.result.constant == found.constants.max() == found.constants[found.result.best]


def test_ascent_of_a_network(library):
    """The constant is that of its direction, no smaller than along v_1 or at any start."""
    encoder, function = two_layers()
    point = generator(1).normal(size=encoder.inputs)
    first = Leading(library, encoder, point, 1).right
    found = Ascent(library, encoder, point, 1.0, starts=first, restarts=5, seed=4)
    at = function(torch_tensor(point + found.direction)) - function(torch_tensor(point))
    assert np.isclose(np.linalg.norm(at.numpy()), found.result.constant, rtol=1e-12)
    along = Constants(library, encoder, point, [1.0], first).constants[0, 0]
    assert found.constants[0] > along * (1 - 1e-15)
    assert np.isclose(np.linalg.norm(found.direction), 1, rtol=1e-14)


def test_a_step_that_overshoots_is_halved(library):
    """f = sin 3x: with ε = 1 power iteration jumps about; the halved steps climb."""
    encoder = Encoder(2, 2, lambda x: np.sin(3 * x), None, lambda x, u: 3 * np.cos(3 * x) * u)
    point = np.array([0.3, -0.2])
    angles = np.linspace(0, 2 * np.pi, 100001)
    circle = point + np.c_[np.cos(angles), np.sin(angles)]
    best = np.linalg.norm(np.sin(3 * circle) - np.sin(3 * point), axis=1).max()
    found = Ascent(library, encoder, point, 1.0, tolerance=1e-13, restarts=16)
    assert np.isclose(found.result.constant, best, rtol=1e-8)
