"""Splits and walks against numpy's and scipy's linear algebra, and against torch."""
import numpy as np
import pytest
import torch
from scipy import linalg

import latent_ctypes as latent
from geometry_calls import Encoder, linear
from matching_calls import match, split, walk

N, M = 40, 12


@pytest.fixture(scope="module")
def library():
    with latent.Latent(threads=2) as made:
        yield made


@pytest.mark.parametrize("r", [1, 7, 39, 40])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_split(library, r, kind):
    g = np.random.default_rng(r)
    directions = np.linalg.qr(g.normal(size=(N, N)))[0][:r].astype(kind)
    displacements = g.normal(size=(23, N)).astype(kind)
    within, rest, norms, deviation = split(library, directions, displacements)
    wide = directions.astype(float)
    products = wide @ wide.T
    assert np.isclose(deviation, np.abs(products - np.eye(r)).max(), atol=1e-15)
    # float32's directions span a space that scipy knows an exact basis of.
    basis = linalg.orth(wide.T)
    expected = displacements @ basis @ basis.T
    assert np.allclose(within, expected, atol=1e-12)
    assert np.allclose(within + rest, displacements, atol=1e-14)
    assert np.abs(rest @ wide.T).max() <= 1e-13
    assert np.allclose(norms, [np.linalg.norm(within, axis=1), np.linalg.norm(rest, axis=1)],
                       rtol=1e-14, atol=1e-15)


def test_singular_directions(library):
    """Along v_i a linear encoder changes by exactly sigma_i t; along its null space not at all."""
    matrix = np.random.default_rng(3).normal(size=(M, N))
    _, sigma, right = np.linalg.svd(matrix)
    lengths = np.array([[0.1, 1.0, 10.0]])
    starts = np.random.default_rng(4).normal(size=(N, N))
    found, result = walk(library, linear(matrix), starts, right, lengths)
    slopes = np.concatenate([sigma, np.zeros(N - M)])
    assert np.allclose(found["slope"], slopes, atol=1e-13)
    assert np.allclose(found["change"], slopes[:, None] * lengths, atol=1e-12)
    assert (found["linear_until"][:M] == 10).all() and (found["same_until"][M:] == 10).all()
    assert (found["same_until"][:M] < 10).all()
    assert result.differences == 0


def test_network(library):
    """D(t), what is not linear, cosines and slopes of a random network, by torch in float64."""
    g = torch.Generator().manual_seed(5)
    first = torch.randn(30, N, generator=g, dtype=torch.float64) / 5
    second = torch.randn(M, 30, generator=g, dtype=torch.float64) / 5

    def network(x):
        return torch.tanh(x @ first.T) @ second.T

    def plain(x):
        return network(torch.from_numpy(x)).numpy()

    def product(x, v):
        return torch.autograd.functional.jvp(network, torch.from_numpy(x),
                                             torch.from_numpy(v))[1].numpy()

    starts, directions = torch.randn(2, 9, N, generator=g, dtype=torch.float64).numpy()
    lengths = np.geomspace(1e-3, 3, 12).reshape(1, -1)
    for encoder, room in ((Encoder(N, M, plain, jvp=product), 1e-13), (Encoder(N, M, plain), 1e-7)):
        for unit in (0, 1):
            found, result = walk(library, encoder, starts, directions, lengths, unit=unit,
                                 linear_tolerance=0.05, same_tolerance=0.2)
            u = directions / np.linalg.norm(directions, axis=1, keepdims=True) ** unit
            base, slope = plain(starts), product(starts, u)
            ends = plain(starts[:, None] + lengths[0][None, :, None] * u[:, None])
            change = np.linalg.norm(ends - base[:, None], axis=2)
            t_slope = lengths * np.linalg.norm(slope, axis=1)[:, None]
            deviation = ends - base[:, None] - lengths[0][None, :, None] * slope[:, None]
            cosine = np.einsum("pti,pi->pt", ends, base) / np.linalg.norm(
                ends, axis=2) / np.linalg.norm(base, axis=1)[:, None]
            assert np.allclose(found["slope"], np.linalg.norm(slope, axis=1), rtol=room)
            assert np.allclose(found["change"], change, rtol=1e-11)
            assert np.allclose(found["deviation"], np.linalg.norm(deviation, axis=2), rtol=1e-9,
                               atol=10 * room)
            assert np.allclose(found["cosine"], cosine, rtol=1e-13)
            norms = np.linalg.norm(base, axis=1)[:, None]
            for name, holds in (("linear_until", np.abs(change - t_slope) <= 0.05 * t_slope),
                                ("same_until", change <= 0.2 * norms)):
                steps = np.cumprod(holds, axis=1).sum(1)
                until = np.concatenate([[0], lengths[0]])[steps]
                assert np.array_equal(found[name], until)
                assert 0 < steps.sum() < holds.size
            assert result.differences == (encoder.struct.jvp is None)


def test_matching_leaves_the_row_space(library):
    """Of a displacement that matching found for a linear encoder, the part in the row space does it:
    descent never leaves it, and the rest is nothing."""
    g = np.random.default_rng(6)
    matrix, starts, ends = g.normal(size=(M, N)) / 5, g.normal(size=(4, N)), g.normal(size=(4, N))
    encoder = linear(matrix)
    found, result = match(library, encoder, starts, ends, bounds=2, tolerance=1e-20)
    assert result.converged == 4
    right = np.linalg.svd(matrix)[2][:M]
    _, _, norms, _ = split(library, right, found["x"] - starts)
    assert (norms[0] > 0.1).all() and (norms[1] <= 1e-12).all()
    # The shortest displacement that matches: the pseudoinverse's.
    shortest = (ends - starts) @ matrix.T @ np.linalg.pinv(matrix).T
    assert np.allclose(found["x"] - starts, shortest, atol=1e-8)
