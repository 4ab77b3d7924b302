"""Jacobians and their singular triplets against mathematics, numpy, scipy's ARPACK and torch's
automatic differentiation."""
import numpy as np
import pytest
from scipy.sparse.linalg import LinearOperator, svds

import latent_ctypes as latent
from encoder_samples import generator, with_values, two_layers, torch_jacobian
from geometry_calls import (DIFFERENCES, JVP, VJP, Ascent, Constants, Encoder, Leading, check,
                            jacobian, linear, norm, spectrum)


@pytest.fixture(scope="module")
def library():
    with latent.Latent() as made:
        yield made


@pytest.mark.parametrize("kind,tolerance", [(np.float64, 1e-13), (np.float32, 2e-6)])
@pytest.mark.parametrize("method", [VJP, JVP, DIFFERENCES])
def test_explicit_against_torch(library, kind, tolerance, method):
    encoder, function = two_layers(kind=kind)
    point = generator(1).normal(size=encoder.inputs)
    expected = torch_jacobian(function, point)
    entries, result = jacobian(library, encoder, point, method)
    assert result.method == method
    error = np.abs(entries - expected).max()
    if method == DIFFERENCES:
        assert 0 < error <= result.difference_error < (1e-8 if kind == np.float64 else 1e-2)
    else:
        assert error < tolerance and result.difference_error == 0
    assert np.isclose(result.frobenius, np.linalg.norm(entries), rtol=1e-14)


@pytest.mark.parametrize("inputs,outputs,jvp,vjp,method",
                         [(9, 4, True, True, VJP), (4, 9, True, True, JVP), (6, 6, True, True, VJP),
                          (5, 9, False, True, VJP), (4, 9, False, True, DIFFERENCES),
                          (9, 4, True, False, JVP), (9, 4, False, False, DIFFERENCES)])
def test_method(library, inputs, outputs, jvp, vjp, method):
    matrix = generator(inputs, outputs).normal(size=(outputs, inputs))
    encoder = linear(matrix, jvp=jvp, vjp=vjp)
    entries, result = jacobian(library, encoder, np.ones(inputs))
    assert result.method == method
    assert np.abs(entries - matrix).max() <= (1e-8 if method == DIFFERENCES else 0)
    rows = {VJP: encoder.usage.vjp_rows, JVP: encoder.usage.jvp_rows,
            DIFFERENCES: encoder.usage.forward_rows - 2 * min(inputs, 16)}
    assert rows[method] == {VJP: outputs, JVP: inputs, DIFFERENCES: 2 * inputs}[method]


def test_differences_follow_the_scale_of_coordinates(library):
    """x_j³ with x_j over twelve orders of magnitude: a step that fits one would not fit the others."""
    point = 10.0 ** np.arange(-6, 7)
    encoder = Encoder(13, 13, lambda x: x ** 3)
    entries, result = jacobian(library, encoder, point)
    small = point < point.mean()  # whose scale is the mean: truncation t² there
    slopes = 3 * point ** 2
    error = np.abs(np.diag(entries) - slopes)
    assert (error[~small] < 1e-9 * slopes[~small]).all()
    assert error[small].max() < 1e-9 * point.mean() ** 2
    assert error.max() <= result.difference_error


@pytest.mark.parametrize("outputs,inputs", [(1, 1), (1, 8), (8, 1), (6, 9), (9, 6), (20, 20)])
def test_spectrum(library, outputs, inputs):
    k = min(outputs, inputs)
    values = 2.0 ** -np.arange(k)
    matrix, left, right = with_values(values, outputs, inputs)
    found = spectrum(library, linear(matrix), np.zeros(inputs))
    assert np.allclose(found[1], values, rtol=0, atol=1e-14)
    assert np.allclose(found[0], left, atol=1e-8) and np.allclose(found[2], right, atol=1e-8)
    assert np.isclose(found[3].frobenius ** 2, (values ** 2).sum())
    assert np.isclose(found[3].stable_rank, (values ** 2).sum())


def test_constant_encoder(library):
    encoder = linear(np.zeros((5, 7)))
    point = np.ones(7)
    assert spectrum(library, encoder, point)[3].stable_rank == 0
    for count in (1, 5):
        found = Leading(library, encoder, point, count)
        assert not found.values.any() and not found.residuals.any()
        assert np.allclose(found.right @ found.right.T, np.eye(count), atol=1e-14)
        assert np.allclose(found.left.T @ found.left, np.eye(count), atol=1e-14)
    assert norm(library, encoder, point).norm == 0
    assert not Constants(library, encoder, point, [0.1], count=4).constants.any()
    ascent = Ascent(library, encoder, point, 0.1)
    assert ascent.result.constant == 0 and ascent.result.converged == 8
    checked = check(library, encoder, point)
    assert (checked.transpose_error, checked.jvp_error, checked.vjp_error) == (0, 0, 0)


SPECTRA = dict(
    slow=1 - 0.5 * np.arange(60) / 60, fast=0.8 ** np.arange(60), root=1 / np.sqrt(1 + np.arange(60)),
    low_rank=np.r_[np.linspace(10, 4, 12), np.zeros(48)], steps=np.repeat([5.0, 4, 3, 2, 1, 0.5], 10),
    equal=np.ones(60), pairs=np.repeat(np.linspace(3, 1, 30), 2), tiny=1e-180 * 0.9 ** np.arange(60),
    huge=1e180 * 0.9 ** np.arange(60))


@pytest.mark.parametrize("shape", [(60, 60), (60, 200), (200, 60)])
@pytest.mark.parametrize("block", [1, 3])
@pytest.mark.parametrize("name", SPECTRA)
def test_leading(library, name, block, shape):
    values = SPECTRA[name]
    matrix, _, _ = with_values(values, *shape)
    for count in (1, 7, 20, 60):
        found = Leading(library, linear(matrix), np.zeros(shape[1]), count, block=block, seed=3)
        scale = values[0]
        assert np.allclose(found.values / scale, values[:count] / scale, rtol=0, atol=1e-10)
        assert np.allclose(found.right @ found.right.T, np.eye(count), atol=1e-12)
        assert np.allclose(found.left.T @ found.left, np.eye(count), atol=1e-12)
        along = np.linalg.norm(matrix / scale @ found.right.T - found.left * found.values / scale,
                               axis=0)
        back = np.linalg.norm(matrix.T / scale @ found.left - found.right.T * found.values / scale,
                              axis=0)
        assert np.allclose(along, found.residuals / scale, rtol=0.05, atol=1e-13)
        assert np.allclose(back, found.transposed / scale, rtol=0.05, atol=1e-13)
        assert max(along.max(), back.max()) < 2e-10
        assert (found.right[np.arange(count), np.abs(found.right).argmax(1)] > 0).all()


@pytest.mark.parametrize("shape", [(128, 700), (700, 128)])
@pytest.mark.parametrize("name", ["slow", "fast", "root", "normal"])
def test_leading_needs_no_more_products_than_arpack(library, name, shape):
    if name == "normal":
        matrix = generator(2).normal(size=shape)
    else:
        values = dict(slow=1 - 0.5 * np.arange(128) / 128, fast=0.93 ** np.arange(128),
                      root=1 / np.sqrt(1 + np.arange(128)))[name]
        matrix = with_values(values, *shape)[0]
    rows = [0]

    def counted(by):
        def multiply(x):
            rows[0] += x.shape[1] if x.ndim == 2 else 1
            return by @ x
        return multiply

    operator = LinearOperator(shape, dtype=float, matvec=counted(matrix), matmat=counted(matrix),
                              rmatvec=counted(matrix.T), rmatmat=counted(matrix.T))
    left, values, right = svds(operator, k=20, random_state=0)
    residual = max(np.linalg.norm(matrix @ right.T - left * values, axis=0).max(),
                   np.linalg.norm(matrix.T @ left - right.T * values, axis=0).max())
    encoder = linear(matrix)
    found = Leading(library, encoder, np.zeros(shape[1]), 20,
                    tolerance=max(residual / values.max(), 2e-15))
    assert np.allclose(found.values, np.sort(values)[::-1], rtol=1e-12)
    assert encoder.usage.jvp_rows + encoder.usage.vjp_rows == found.result.products <= rows[0]


@pytest.mark.parametrize("jvp", [True, False])
@pytest.mark.parametrize("kind,tolerance", [(np.float64, 1e-8), (np.float32, 2e-3)])
def test_leading_of_a_network(library, jvp, kind, tolerance):
    encoder, function = two_layers(kind=kind)
    if not jvp:
        encoder.struct.jvp = None
    point = generator(1).normal(size=encoder.inputs)
    expected = np.linalg.svd(torch_jacobian(function, point))
    found = Leading(library, encoder, point, 5)
    assert np.allclose(found.values, expected[1][:5], rtol=0, atol=tolerance)
    assert np.allclose(np.abs((found.right * expected[2][:5]).sum(1)), 1, atol=tolerance)
    assert found.result.differences == (not jvp)
    assert (found.result.difference_error > 0) == (not jvp)
    assert found.result.difference_error < tolerance
    assert found.residuals.max() < tolerance


def test_a_wrong_vjp_shows(library):
    """In the comparison of products, and in the residuals."""
    matrix = generator(8).normal(size=(9, 14))
    wrong = matrix.copy()
    wrong[3, 5] += 1
    point = np.ones(14)
    right = check(library, linear(matrix), point)
    assert max(right.transpose_error, right.jvp_error, right.vjp_error) < 1e-8
    encoder = Encoder(14, 9, lambda x: x @ matrix.T, lambda x, v: v @ matrix.T,
                      lambda x, u: u @ wrong)
    found = check(library, encoder, point)
    assert found.transpose_error > 0.05 and found.vjp_error > 0.05 and found.jvp_error < 1e-8
    encoder = Encoder(14, 9, lambda x: x @ matrix.T, lambda x, v: v @ wrong.T,
                      lambda x, u: u @ matrix)
    found = check(library, encoder, point)
    assert found.transpose_error > 0.05 and found.jvp_error > 0.05 and found.vjp_error < 1e-8
    assert Leading(library, encoder, point, 9).residuals.max() > 0.05


@pytest.mark.parametrize("jvp,vjp,method", [(True, True, JVP), (False, True, VJP),
                                            (False, False, DIFFERENCES)])
def test_norm(library, jvp, vjp, method):
    matrix = generator(3).normal(size=(40, 70)) * np.linspace(0.1, 2, 70)
    encoder = linear(matrix, jvp=jvp, vjp=vjp)
    expected, largest = np.linalg.norm(matrix), np.linalg.norm(matrix, 2)
    far = []
    for seed in range(1, 41):
        found = norm(library, encoder, np.ones(70), probes=50, seed=seed, largest=largest)
        assert found.method == method
        far.append((found.norm - expected) / found.standard_error)
        assert np.isclose(found.stable_rank, (found.norm / largest) ** 2)
        assert np.isclose(found.stable_rank_error,
                          2 * found.norm * found.standard_error / largest ** 2)
    assert 0.7 < np.std(far) < 1.4 and abs(np.mean(far)) < 0.6
    assert np.isnan(norm(library, encoder, np.ones(70)).stable_rank)


def test_too_few_restarts(library):
    matrix = with_values(1 - 1e-3 * np.arange(300) / 300, 300, 300)[0]
    with pytest.raises(latent.LatentError) as raised:
        Leading(library, linear(matrix), np.zeros(300), 10, restarts=1)
    assert raised.value.status == -15
    assert raised.value.sentence.startswith("after 1 restarts ")
