"""Average precision against scikit-learn's average_precision_score, pair by pair."""
import warnings

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

import latent_ctypes as latent
from concepts_calls import AS_IS, BOTH, Marks, counts, precisions


@pytest.fixture(scope="module")
def library():
    with latent.Latent(threads=2) as made:
        yield made


def reference(scores, marks):
    """scikit-learn on the samples that take part; 0 where none is present, which it warns of."""
    part = marks != -1
    if not (marks == 1).any():
        return 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return average_precision_score(marks[part] == 1, scores[part])


def references(scores, marks):
    return np.array([[reference(s, m) for m in marks.T] for s in scores.T])


def relu(g, shape):
    scores = np.maximum(g.normal(size=shape) - g.uniform(0, 2), 0)
    return np.where(g.random(shape) < 0.3, np.copysign(scores, -1 * (scores == 0) + 0.5), scores)


SCORES = {
    "normal": lambda g, shape: g.normal(size=shape),
    "relu": relu,
    "integers": lambda g, shape: g.integers(-3, 4, shape).astype(float),
    "zeros": lambda g, shape: g.choice([0.0, -0.0, 1.0], shape),
    "tied": lambda g, shape: np.full(shape, g.normal()),
    "few": lambda g, shape: g.choice(g.normal(size=1 + g.integers(9)), shape),
    "subnormal": lambda g, shape: g.integers(-9, 10, shape) * 5e-324,
    "large": lambda g, shape: g.choice([-1.7e308, 1.7e308, 1e308, 0, 1], shape),
    "near": lambda g, shape: 1 + g.integers(0, 40, shape) * 2.0 ** -52,
    "float32": lambda g, shape: g.normal(size=shape).astype(np.float32),
    "float16": lambda g, shape: g.normal(size=shape).astype(np.float16),
}


def some_marks(g, shape, ignored):
    """Concepts from very rare to nearly everywhere; each ignores samples of its own, or none."""
    share = g.choice([0.5, 0.1, 0.01, 0.002, 0.9, 0.995], shape[1])
    marks = (g.random(shape) < share).astype(np.int8)
    marks[g.integers(shape[0]), :] = g.random(shape[1]) < 0.8
    if ignored:
        marks[g.random(shape) < g.choice([0, 0.3, 0.9], shape[1])] = -1
    return marks


@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize("kind", SCORES)
def test_pairs(library, kind, ignored):
    """Together some 4,000 pairs, of rankings of 1 to 1,000 samples."""
    g = np.random.default_rng(list(SCORES).index(kind) * 2 + ignored)
    for samples in (1, 2, 9, 100, 257, 1000):
        scores = SCORES[kind](g, (samples, 5))
        marks = some_marks(g, (samples, 6), ignored)
        expected = references(scores.astype(float), marks)
        opposite = references(-scores.astype(float), marks)
        for lists in (False, True):
            ap, signs = precisions(library, scores, Marks(marks, lists))
            assert np.abs(ap - expected).max() <= 1e-13
            assert (signs == 1).all()
            ap, signs = precisions(library, scores, Marks(marks, lists), sign=BOTH)
            assert np.abs(ap - np.maximum(expected, opposite)).max() <= 1e-13
            sure = np.abs(expected - opposite) > 1e-12
            assert np.array_equal(signs[sure], np.where(expected >= opposite, 1, -1)[sure])


def test_fixtures(library):
    """Rankings whose average precisions can be worked out by hand."""
    for scores, marks, expected in [
            ([.9, .9, .2, .1], [1, 0, 1, 0], 7 / 12),
            ([.191519, .622109, .437728, .785359, .779976, .272593], [1, 1, 0, 1, 0, 0], 13 / 18),
            ([.276464, .801872, .958139, .875933, .357817, .500995], [1, 1, 0, 1, 0, 0], 5 / 9)]:
        ap, _ = precisions(library, np.reshape(scores, (-1, 1)), Marks(np.reshape(marks, (-1, 1))))
        assert abs(ap[0, 0] - expected) < 1e-15
        assert abs(ap[0, 0] - average_precision_score(marks, scores)) < 1e-15


@pytest.mark.parametrize("seed", range(3))
def test_long_ranking(library, seed):
    """A rare concept and a common one among 200,000 samples, most of whose scores are 0."""
    g = np.random.default_rng(seed)
    scores = np.maximum(g.normal(size=(200_000, 2)) - seed, 0)
    marks = (g.random((200_000, 3)) < [0.3, 0.001, 0.99]).astype(np.int8)
    marks[scores[:, 0] > 2.5, 1] = 1
    marks[g.random(marks.shape) < 0.05] = -1
    ap, _ = precisions(library, scores, Marks(marks, lists=True))
    assert np.abs(ap - references(scores, marks)).max() <= 1e-13


@pytest.mark.parametrize("samples,inputs,directions", [(400, 3, 9), (130, 70, 55), (77, 300, 25)])
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_exact_basis(library, samples, inputs, directions, kind):
    """Products of small whole numbers are exact in whatever order: ties are ties for numpy, too."""
    g = np.random.default_rng(samples + inputs)
    points = g.integers(-4, 5, (samples, inputs)).astype(kind)
    basis = g.integers(-4, 5, (directions, inputs)).astype(np.float32)
    scores = points.astype(float) @ basis.astype(float).T
    marks = some_marks(g, (samples, 5), True)
    ap, _ = precisions(library, points, Marks(marks), basis)
    assert np.abs(ap - references(scores, marks)).max() <= 1e-13
    assert len(np.unique(scores)) < scores.size


@pytest.mark.parametrize("sign", [AS_IS, BOTH])
def test_inexact_basis(library, sign):
    """No two scores are so near that rounding decides."""
    g = np.random.default_rng(5)
    points, basis = g.normal(size=(500, 64)).astype(np.float32), g.normal(size=(40, 64))
    scores = points.astype(np.longdouble) @ basis.astype(np.longdouble).T
    assert np.diff(np.sort(scores, axis=0), axis=0).min() > 1e-12
    marks = some_marks(g, (500, 8), False)
    expected = references(scores.astype(float), marks)
    if sign == BOTH:
        expected = np.maximum(expected, references(-scores.astype(float), marks))
    ap, _ = precisions(library, points, Marks(marks), basis, sign)
    assert np.abs(ap - expected).max() <= 1e-13


def test_bfloat16(library):
    g = np.random.default_rng(6)
    bits = (g.normal(size=(300, 4)).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    scores = (bits.astype(np.uint32) << 16).view(np.float32)
    marks = some_marks(g, (300, 5), True)
    ap, _ = precisions(library, bits, Marks(marks))
    assert np.abs(ap - references(scores.astype(float), marks)).max() <= 1e-13


def test_parts(library):
    """One column, and some rows; float32 results are rounded."""
    g = np.random.default_rng(7)
    points, marks = g.normal(size=(90, 13)), Marks(some_marks(g, (90, 7), True), True)
    ap, _ = precisions(library, points, marks)
    column, _ = precisions(library, points, marks, first_concept=4, concepts=1)
    rows, _ = precisions(library, points, marks, first_direction=5)
    narrow, _ = precisions(library, points, marks, kind=np.float32)
    assert np.array_equal(column, ap[:, 4:5]) and np.array_equal(rows, ap[5:])
    assert np.array_equal(narrow, ap.astype(np.float32))


@pytest.mark.parametrize("lists", [False, True])
def test_counts(library, lists):
    marks = some_marks(np.random.default_rng(8), (70, 60), True)
    marks[:, 3], marks[:, 4], marks[:, 5] = 0, 1, -1
    present, absent, ignored, degenerate, total = counts(library, Marks(marks, lists))
    assert np.array_equal(present, (marks == 1).sum(0))
    assert np.array_equal(absent, (marks == 0).sum(0))
    assert np.array_equal(ignored, (marks == -1).sum(0))
    assert np.array_equal(degenerate, (present == 0) | (absent == 0))
    assert total == degenerate.sum() >= 3


def test_sentences(library):
    points, marks = np.arange(6.0).reshape(3, 2), np.array([[0, 1], [1, 0], [0, 0]])
    wrong = np.where(marks == 1, 2, marks)
    for call, sentence in [
            (lambda: precisions(library, points, Marks(wrong)),
             "labels->values[0][1] is 2; it must be 1, 0 or -1"),
            (lambda: precisions(library, points[:2], Marks(marks)),
             "labels->samples is 3, but activations has 2 rows"),
            (lambda: precisions(library, points * np.nan, Marks(marks)),
             "activations[0][0] is NaN"),
            (lambda: precisions(library, points, Marks(marks), np.ones((4, 3))),
             "basis has 3 columns, but activations has 2"),
            (lambda: precisions(library, points, Marks(marks), first_concept=2, concepts=1),
             "options->first_concept is 2, outside 0 to 1")]:
        with pytest.raises(latent.LatentError) as raised:
            call()
        assert raised.value.sentence == sentence
