"""Directions, importance and pruning against numpy's and scipy's linear algebra."""
import numpy as np
import pytest
from scipy import linalg

import latent_ctypes as latent
from directions_calls import COSINE, PROJECTION, SINGULAR, VARIANCE, Directions, gram


@pytest.fixture(scope="module")
def library():
    with latent.Latent(threads=2) as made:
        yield made


def with_signs(right):
    """The sign that makes the entry of largest magnitude of every row positive."""
    most = np.abs(right).argmax(1)
    return np.sign(right[np.arange(len(right)), most])


SHAPES = [(1, 1), (1, 12), (12, 1), (7, 5), (5, 7), (40, 40), (100, 64), (64, 100), (300, 17)]


@pytest.mark.parametrize("outputs,inputs", SHAPES)
def test_decomposition(library, outputs, inputs):
    head = np.random.default_rng(outputs * 1000 + inputs).normal(size=(outputs, inputs))
    found = Directions(library, head)
    left, values, right = np.linalg.svd(head, full_matrices=False)
    signs = with_signs(right)
    assert (found.outputs, found.inputs, found.count) == (outputs, inputs, min(outputs, inputs))
    assert found.rank == np.linalg.matrix_rank(head)
    assert np.allclose(found.values, values, rtol=0, atol=1e-13 * values[0])
    assert np.allclose(found.right, right * signs[:, None], atol=1e-9)
    assert np.allclose(found.left, left * signs, atol=1e-9)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_element_types(library, kind):
    wide = np.random.default_rng(3).normal(size=(20, 30)).astype(kind)
    head = wide[:, 4:23]  # rows farther apart than they are long
    found = Directions(library, head)
    assert np.allclose(found.values, linalg.svdvals(head.astype(float)), atol=1e-13)
    narrow = (wide.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    exact = (narrow.astype(np.uint32) << 16).view(np.float32).astype(float)
    assert np.allclose(Directions(library, narrow).values, linalg.svdvals(exact), atol=1e-13)


@pytest.mark.parametrize("rank", [0, 1, 5, 11])
def test_rank(library, rank):
    g = np.random.default_rng(rank)
    head = g.normal(size=(30, rank)) @ g.normal(size=(rank, 11))
    found = Directions(library, head)
    assert found.rank == np.linalg.matrix_rank(head) == rank
    values = found.values
    if rank == 11:
        cut = (values[4] + values[5]) / 2 / values[0]
        assert Directions(library, head, tolerance=cut).rank == 5


@pytest.mark.parametrize("scale", [1e290, 1e-290, 1e150, 1e-150])
def test_scales(library, scale):
    head = np.random.default_rng(4).normal(size=(9, 7))
    plain, scaled = Directions(library, head), Directions(library, head * scale)
    assert np.allclose(scaled.values / scale, plain.values, rtol=1e-13)
    assert np.allclose(scaled.right, plain.right, atol=1e-12)
    points = np.random.default_rng(5).normal(size=(50, 7))
    labels = (points @ head.T).argmax(1)
    for a, b in zip(plain.curve(points, labels), scaled.curve(points, labels)):
        assert np.allclose(a, b, rtol=1e-12)


@pytest.mark.parametrize("outputs,inputs", SHAPES)
def test_heads(library, outputs, inputs):
    g = np.random.default_rng(outputs + inputs)
    head = g.normal(size=(outputs, inputs))
    found = Directions(library, head)
    room = 1e-13 * found.values[0]
    assert np.allclose(found.head(np.arange(found.count)), head, atol=room)
    assert np.array_equal(found.head([]), np.zeros(head.shape))
    kept = g.permutation(found.count)[:found.count // 2 + 1]
    expected = (found.left[:, kept] * found.values[kept]) @ found.right[kept]
    assert np.allclose(found.head(kept), expected, atol=room)
    assert np.array_equal(found.head(kept), found.head(kept[::-1]))


@pytest.mark.parametrize("outputs,inputs", SHAPES)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_importance(library, outputs, inputs, kind):
    g = np.random.default_rng(outputs - inputs + 500)
    head, points = g.normal(size=(outputs, inputs)), g.normal(1, 2, (257, inputs)).astype(kind)
    points[5] = points[200] = 0
    found = Directions(library, head)
    p = points.astype(float) @ found.right.T
    length = np.linalg.norm(points.astype(float), axis=1)
    cosine = np.abs(p / np.where(length == 0, 1, length)[:, None]).mean(0)
    expected = {COSINE: found.values * cosine, PROJECTION: found.values * np.abs(p).mean(0),
                SINGULAR: found.values, VARIANCE: found.values ** 2 * p.var(0)}
    for kind_of, importance in expected.items():
        for chunks in ([points], [points[:64], points[64:65], points[65:]]):
            arrays, result = found.importance(kind_of, *chunks)
            assert (result.samples, result.zeros) == (257, 2)
            assert np.allclose(arrays["importance"], importance, rtol=1e-11)
            assert np.array_equal(arrays["order"], np.argsort(-arrays["importance"],
                                                              kind="stable"))
            assert np.allclose(arrays["cosine"], cosine, rtol=1e-11)
            assert np.allclose(arrays["projection"], np.abs(p).mean(0), rtol=1e-11)
            assert np.allclose(arrays["variance"], p.var(0), rtol=1e-11)
            assert np.isclose(result.top_ratio, importance.max() / np.median(importance))
            assert np.isclose(result.top_share, importance.max() / importance.sum())


def near_ties(logits, room):
    """Samples of which some two logits are nearer than rounding could tell."""
    ordered = np.sort(logits, axis=1)
    return (np.diff(ordered, axis=1) < room).any(1)


@pytest.mark.parametrize("outputs,inputs", [(2, 3), (10, 20), (65, 33), (200, 30), (30, 200)])
@pytest.mark.parametrize("with_bias", [False, True])
def test_curve(library, outputs, inputs, with_bias):
    """Every level from a head of its own, by numpy; the last one from the head itself."""
    g = np.random.default_rng(outputs + 3 * inputs)
    head, points = g.normal(size=(outputs, inputs)), g.normal(size=(150, inputs))
    bias = g.normal(size=outputs) if with_bias else np.zeros(outputs)
    labels = np.where(g.uniform(size=150) < 0.7, (points @ head.T + bias).argmax(1),
                      g.integers(0, outputs, 150))
    found = Directions(library, head)
    order, top = g.permutation(found.count), min(3, outputs)
    full = points @ head.T + bias
    heads = [np.zeros(head.shape)] + [
        (found.left[:, order[:k]] * found.values[order[:k]]) @ found.right[order[:k]]
        for k in range(1, found.rank)] + [head]
    levels = [points @ w.T + bias for w in heads]
    # Level 0 without a bias is all ties; elsewhere there are none that rounding could turn round.
    assert not any(near_ties(z, 1e-12).any() for z in levels[0 if with_bias else 1:])
    correct, correct_top, changed, energy = found.curve(
        points, labels, bias if with_bias else None, order, top)
    for k, logits in enumerate(levels):
        place = np.argsort(np.argsort(-logits, axis=1, kind="stable"), axis=1)
        place = place[np.arange(150), labels]
        assert correct[k] == (place == 0).sum()
        assert correct_top[k] == (place < top).sum()
        assert changed[k] == (logits.argmax(1) != full.argmax(1)).sum()
    squares = np.concatenate([[0], np.cumsum(found.values[order] ** 2)])
    assert np.allclose(energy, squares / squares[-1], rtol=1e-13)


@pytest.mark.parametrize("inputs", [1, 7, 24, 65, 130])
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_gram(library, inputs, kind):
    points = np.random.default_rng(inputs).normal(size=(700, inputs)).astype(kind)
    wide = points.astype(np.longdouble)
    expected = wide.T @ wide
    found = gram(library, points)
    assert np.allclose(found, expected.astype(float), rtol=0,
                       atol=1e-13 * np.diag(expected).max().astype(float))
    assert np.array_equal(found, found.T)
    assert np.array_equal(found, gram(library, points[:1], points[1:300], points[300:]))


@pytest.mark.parametrize("outputs,inputs,rows",
                         [(6, 9, 50), (9, 6, 50), (20, 20, 7), (40, 30, 300)])
def test_aware(library, outputs, inputs, rows):
    g = np.random.default_rng(outputs * inputs)
    head = g.normal(size=(outputs, inputs))
    points = g.normal(size=(rows, inputs)) * 2.0 ** -np.arange(inputs).clip(max=10)
    found = Directions(library, head)
    left, right, error, plain = found.aware(gram(library, points))
    outcome = points @ head.T
    total = (outcome ** 2).sum()
    # The best rank r approximation of all outcomes is by their singular vectors (Eckart and Young),
    # and a layer reaches it.
    values = linalg.svdvals(outcome)
    best = np.concatenate([np.cumsum(values[::-1] ** 2)[::-1], np.zeros(found.rank + 1)])
    assert np.allclose(error, best[:found.rank + 1], rtol=0, atol=1e-12 * total)
    assert np.allclose(left.T @ left, np.eye(found.rank), atol=1e-12)
    for r in range(found.rank + 1):
        layer = left[:, :r] @ right[:r]
        assert np.allclose(layer, left[:, :r] @ (left[:, :r].T @ head), atol=1e-12)
        assert np.isclose(error[r], ((outcome - points @ layer.T) ** 2).sum(), rtol=0,
                          atol=1e-12 * total)
        kept = found.head(np.arange(r))
        assert np.isclose(plain[r], ((outcome - points @ kept.T) ** 2).sum(), rtol=0,
                          atol=1e-12 * total)
        assert error[r] <= plain[r] + 1e-12 * total


def test_sentences(library):
    head, points = np.eye(3), np.ones((4, 3))
    found = Directions(library, head)
    for call, sentence in [
            (lambda: found.head([0, 3]), "kept[1] is 3, but the rank is 3"),
            (lambda: found.curve(points, [0, 1, 3, 2]), "labels[2] is 3, but the head has 3 outputs"),
            (lambda: found.curve(points, [0, 1, 2, 2], order=[2, 2, 0]),
             "order[1] is 2, which came before"),
            (lambda: found.curve(points[:, :2], [0, 1, 2, 2]),
             "points has 2 columns, but the head has 3 inputs"),
            (lambda: Directions(library, np.full((2, 2), np.nan)), "head[0][0] is NaN"),
            (lambda: found.importance(COSINE), "importance has been given no activations yet"),
            (lambda: found.aware(-np.eye(3)),
             "gram has the negative eigenvalue -1: it is no matrix of second moments")]:
        with pytest.raises(latent.LatentError) as raised:
            call()
        assert raised.value.sentence == sentence
