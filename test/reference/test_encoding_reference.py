"""What is encoded against plain numpy, random rankings against simulations, and overlaps of
models against Python's sets."""
import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import average_precision_score

import latent_ctypes as latent
from concepts_calls import AS_IS, BOTH, Marks, chance, curve, encoded, overlap, precisions


@pytest.fixture(scope="module")
def library():
    with latent.Latent(threads=2, seed=42) as made:
        yield made


def some_precisions(directions, concepts, kind, seed):
    g = np.random.default_rng(seed)
    ap = np.where(g.random((directions, concepts)) < 0.5, g.random((directions, concepts)),
                  g.integers(0, 11, (directions, concepts)) / 10)
    return ap.astype(kind), (g.random(concepts) < 0.2).astype(np.uint8)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("directions,concepts", [(1, 1), (40, 70), (70, 40), (3, 900)])
@pytest.mark.parametrize("threshold", [0.9, 0.5, 0.0, 1.0, 0.999])
def test_report(library, kind, directions, concepts, threshold):
    ap, degenerate = some_precisions(directions, concepts, kind, directions + concepts)
    arrays, report = encoded(library, ap, degenerate, threshold)
    counted = (ap.astype(float) > threshold) & (degenerate == 0)
    wide = np.where(degenerate == 1, np.nan, ap.astype(float))
    by_direction = counted.sum(1)
    assert np.array_equal(arrays["best_ap"], wide.max(0), equal_nan=True)
    assert np.array_equal(arrays["best_direction"], np.where(degenerate, -1, ap.argmax(0)))
    assert np.array_equal(arrays["directions_of_concept"], counted.sum(0))
    assert np.array_equal(arrays["encoded"], counted.any(0))
    assert np.array_equal(arrays["concepts_of_direction"], by_direction)
    assert np.array_equal(arrays["histogram"], np.bincount(by_direction, minlength=concepts + 1))
    assert report.encoded_pairs == counted.sum()
    assert report.unique_concepts == counted.any(0).sum()
    assert report.degenerate_concepts == degenerate.sum()
    assert report.encoding_directions == (by_direction > 0).sum()
    assert report.most_concepts == by_direction.max()
    if by_direction.any():
        assert report.mean_concepts == by_direction[by_direction > 0].mean()
    else:
        assert np.isnan(report.mean_concepts)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_curve(library, kind):
    ap, degenerate = some_precisions(50, 61, kind, 3)
    thresholds = np.concatenate([np.linspace(1, 0, 41), ap.ravel()[:30].astype(float), [0.9, 0.9]])
    for flags in (None, degenerate):
        unique, pairs = curve(library, ap, thresholds, flags)
        kept = ap[:, degenerate == 0] if flags is not None else ap
        above = kept.astype(float)[None] > thresholds[:, None, None]
        assert np.array_equal(pairs, above.sum((1, 2)))
        assert np.array_equal(unique, above.any(1).sum(1))


def test_from_activations_to_report(library):
    """Features that encode what they were made for."""
    g = np.random.default_rng(9)
    marks = (g.random((300, 5)) < 0.2).astype(np.int8)
    points = g.normal(size=(300, 8))
    points[:, 2] += 10 * marks[:, 1]
    points[:, 6] -= 10 * marks[:, 4]
    for sign, expected in ((AS_IS, [1]), (BOTH, [1, 4])):
        ap, signs = precisions(library, points, Marks(marks), sign=sign)
        arrays, _ = encoded(library, ap)
        assert np.flatnonzero(arrays["encoded"]).tolist() == expected
        assert arrays["best_direction"][1] == 2
        assert signs[2, 1] == 1
        if sign == BOTH:
            assert arrays["best_direction"][4] == 6 and signs[6, 4] == -1


def simulated(g, marks, directions, draws, sign):
    """The best of `directions` random rankings, `draws` times, of one concept."""
    kept = marks[marks != -1]
    best = np.zeros(draws)
    for _ in range(directions):
        order = g.permuted(np.tile(kept, (draws, 1)), axis=1)
        for ranked in (order, order[:, ::-1])[:1 + (sign == BOTH)]:
            precision = np.cumsum(ranked, 1) / np.arange(1, len(kept) + 1)
            best = np.maximum(best, (precision * ranked).sum(1) / kept.sum())
    return best


def test_simulation():
    g = np.random.default_rng(4)
    marks = (g.random(50) < 0.3).astype(np.int8)
    scores = g.random((20, 50))
    ranked = marks[np.argsort(-scores)]
    found = (np.cumsum(ranked, 1) / np.arange(1, 51) * ranked).sum(1) / marks.sum()
    assert np.allclose(found, [average_precision_score(marks, s) for s in scores])


@pytest.mark.parametrize("sign", [AS_IS, BOTH])
@pytest.mark.parametrize("directions", [1, 6])
def test_chance(library, directions, sign):
    """Means within four and a half standard errors of both simulations."""
    g = np.random.default_rng(directions)
    marks = (g.random((80, 4)) < [0.03, 0.1, 0.5, 0.2]).astype(np.int8)
    marks[:3, :] = [[1], [0], [1]]
    marks[g.random(80) < 0.6, 3] = -1
    draws = 3000
    mean, largest, _ = chance(library, Marks(marks), directions, sign=sign, permutations=draws)
    for c in range(4):
        best = simulated(g, marks[:, c], directions, 4000, sign)
        error = best.std() * np.sqrt(1 / len(best) + 1 / draws)
        assert abs(mean[c] - best.mean()) <= 4.5 * error
        assert mean[c] < largest[c] <= 1 and largest[c] >= np.quantile(best, 0.97)
    observed = np.array([np.quantile(simulated(g, m, directions, 4000, sign), 0.8)
                         for m in marks.T])
    _, _, p = chance(library, Marks(marks), directions, observed, sign, draws)
    for c in range(4):
        share = (simulated(g, marks[:, c], directions, 4000, sign) >= observed[c]).mean()
        assert abs(p[c] - share) < 4.5 * np.sqrt(0.25 * (1 / 4000 + 1 / draws))


def expected_best_rank(n, directions):
    """E(1 / smallest rank) of one sample among n, over as many independent rankings."""
    ranks = np.arange(n + 1)
    beyond = ((n - ranks) / n) ** directions
    return ((beyond[:-1] - beyond[1:]) / ranks[1:]).sum()


@pytest.mark.parametrize("directions", [1, 2, 10, 100])
def test_chance_of_one_present_sample(library, directions):
    n, draws = 200, 2000
    marks = np.zeros((n, 1), np.int8)
    marks[17] = 1
    mean, _, _ = chance(library, Marks(marks), directions, permutations=draws)
    assert abs(mean[0] - expected_best_rank(n, directions)) < 5 * 0.35 / np.sqrt(draws)
    if directions == 1:
        assert abs(expected_best_rank(n, 1) - (1 / np.arange(1, n + 1)).mean()) < 1e-12


def test_p_values_of_random_features(library):
    """Features that have to do with nothing: p-values are uniform on k / 20, or conservative."""
    p = []
    for seed in range(15):
        g = np.random.default_rng(seed)
        marks, points = (g.random((60, 20)) < 0.3).astype(np.int8), g.normal(size=(60, 4))
        ap, _ = precisions(library, points, Marks(marks))
        with latent.Latent(seed=seed) as other:
            p.extend(chance(other, Marks(marks), 4, ap.max(0), permutations=19)[2])
    p = np.array(p)
    assert set(np.rint(p * 20).astype(int)) <= set(range(1, 21))
    assert stats.chisquare(np.bincount(np.rint(p * 20).astype(int), minlength=21)[1:]).pvalue > 1e-4


def test_chance_is_reproducible():
    g = np.random.default_rng(3)
    marks = Marks((g.random((150, 9)) < 0.2).astype(np.int8), lists=True)
    found = {}
    for seed in (1, 2):
        for threads in (1, 2, 4):
            with latent.Latent(threads=threads, seed=seed) as some:
                found[seed, threads] = chance(some, marks, 7, np.full(9, 0.4))
    for seed in (1, 2):
        assert np.array_equal(found[seed, 1], found[seed, 2])
        assert np.array_equal(found[seed, 1], found[seed, 4])
    assert not np.array_equal(found[1, 1][:2], found[2, 1][:2])


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("models", [2, 3])
def test_overlap(library, models, seed):
    g = np.random.default_rng(seed)
    concepts = int(g.integers(1, 300))
    flags = g.random((models, concepts)) < g.random((models, 1))
    sets = [set(np.flatnonzero(model)) for model in flags]
    found = overlap(library, *flags)
    for region in range(8):
        inside = set(range(concepts)) if region < 1 << models else set()
        for m, members in enumerate(sets):
            inside = inside & members if region >> m & 1 else inside - members
        assert found.regions[region] == len(inside)
    either, both = set.union(*sets), set.intersection(*sets)
    assert list(found.totals) == [len(s) for s in sets] + [0] * (3 - models)
    assert (found.any, found.all) == (len(either), len(both))
    ratios = [(both, either)] + [
        (sets[i] & sets[j], sets[i] | sets[j]) if j < models else (set(), set())
        for i, j in ((0, 1), (0, 2), (1, 2))]
    for value, (part, whole) in zip([found.jaccard, *found.pairs], ratios):
        assert value == len(part) / len(whole) if whole else np.isnan(value)
