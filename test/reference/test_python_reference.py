"""The library against numpy, scipy and scikit-learn, called as a Python program calls it."""
import gzip
import os

import numpy as np
import pytest
from scipy.stats import skew
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

import latent_ctypes as latent

FASHION = "/usr/share/datasets/fashion-mnist"


@pytest.fixture(scope="module")
def library():
    with latent.Latent(threads=2) as made:
        yield made


def digits():
    data = load_digits()
    return data.data, data.target


def fashion(rows):
    def read(name, offset):
        for ending, opener in ((".gz", gzip.open), ("", open)):
            path = os.path.join(FASHION, name + ending)
            if os.path.exists(path):
                with opener(path, "rb") as file:
                    return np.frombuffer(file.read(), np.uint8, offset=offset)
        pytest.skip("dataset-fashion-mnist is not installed")
    images = read("t10k-images-idx3-ubyte", 16).reshape(-1, 784)
    return images[:rows].astype(np.float64), read("t10k-labels-idx1-ubyte", 8)[:rows]


def blobs(seed, rows, columns, concepts):
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, concepts, rows)
    labels[:2] = 0, 1
    return generator.normal(size=(concepts, columns))[labels] + generator.normal(
        size=(rows, columns)), labels


def squared_distances(points):
    """Exact for whole numbers: every product and sum is below 2^53."""
    squares = (points * points).sum(1)
    return squares[:, None] + squares[None] - 2 * (points @ points.T)


def kstar(distances, labels, ties):
    """Definition 1.1 of k*, from a whole matrix of distances."""
    same = labels[:, None] == labels[None]
    nearest = np.where(same, np.inf, distances).min(1)
    below = distances <= nearest[:, None] if ties else distances < nearest[:, None]
    np.fill_diagonal(below, False)
    return 1 + (same & below).sum(1), np.where(same, np.inf, distances).argmin(1), nearest


@pytest.mark.parametrize("data", [digits, lambda: fashion(1500)], ids=["digits", "Fashion-MNIST"])
@pytest.mark.parametrize("ties", [latent.EXCLUDE, latent.INCLUDE])
def test_kstar_of_whole_numbers(library, data, ties):
    points, labels = data()
    expected, foreign, nearest = kstar(squared_distances(points), labels, ties)
    for kind in (np.float32, np.float64):
        rank, index, distance, _ = library.kstar(points.astype(kind), labels, ties=ties)
        assert np.array_equal(rank, expected)
        assert np.array_equal(index, foreign)
        assert np.array_equal(distance, np.sqrt(nearest))


def test_kstar_of_narrow_types(library):
    points, labels = digits()
    expected, _, _ = kstar(squared_distances(points), labels, False)
    upper_halves = (points.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    assert np.array_equal(library.kstar(points.astype(np.float16), labels)[0], expected)
    assert np.array_equal(library.kstar(upper_halves, labels)[0], expected)


@pytest.mark.parametrize("metric", [latent.EUCLIDEAN, latent.COSINE])
def test_kstar_of_random_points(library, metric):
    """No two distances are near enough for the order of summation to matter."""
    points, labels = blobs(5, 700, 19, 6)
    if metric == latent.COSINE:
        unit = points / np.linalg.norm(points, axis=1)[:, None]
        distances = 1 - unit @ unit.T
    else:
        distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    expected, foreign, nearest = kstar(distances, labels, False)
    rank, index, distance, tied = library.kstar(points, labels, metric=metric)
    assert np.array_equal(rank, expected) and np.array_equal(index, foreign)
    assert np.allclose(distance, nearest, rtol=1e-12, atol=1e-14)
    assert tied == 0


def test_strided_views(library):
    points, labels = blobs(6, 300, 31, 4)
    expected = library.kstar(np.ascontiguousarray(points[::2, 3:20]), labels[::2])[0]
    assert np.array_equal(library.kstar(points[::2, 3:20], labels[::2])[0], expected)


def test_queries(library):
    points, labels = digits()
    queries, query_labels, points, labels = (points[:300], labels[:300], points[300:],
                                             labels[300:])
    distances = ((queries[:, None] - points[None]) ** 2).sum(2)
    same = query_labels[:, None] == labels[None]
    nearest = np.where(same, np.inf, distances).min(1)
    expected = 1 + (same & (distances < nearest[:, None])).sum(1)
    assert np.array_equal(library.kstar_queries(queries, query_labels, points, labels), expected)


@pytest.mark.parametrize("endpoints", [False, True])
def test_summary(library, endpoints):
    points, labels = digits()
    rank = library.kstar(points, labels)[0]
    rows, overall = library.summary(rank, labels, endpoints)
    gammas = []
    for row, label in enumerate(np.unique(labels)):
        values = rank[labels == label] / np.count_nonzero(labels == label)
        ends = [0.0, 1.0] if endpoints else []
        gammas.append(skew(np.concatenate([values, ends]), bias=True))
        assert rows["label"][row] == label and rows["samples"][row] == len(values)
        assert rows["mean"][row] == pytest.approx(values.mean(), rel=1e-13)
        assert rows["std"][row] == pytest.approx(values.std(), rel=1e-13)
        assert rows["skewness"][row] == pytest.approx(gammas[-1], rel=1e-10)
        assert rows["pattern"][row] == (3 if gammas[-1] < -0.5 else 1 if gammas[-1] > 0.5 else 2)
    assert overall.gamma == pytest.approx(np.mean(gammas), rel=1e-10)
    assert overall.gamma_weighted == pytest.approx(
        np.average(gammas, weights=rows["samples"]), rel=1e-10)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_knn_against_scikit_learn(library, metric):
    points, _ = blobs(7, 900, 23, 5)
    model = NearestNeighbors(n_neighbors=11, metric=metric, algorithm="brute").fit(points)
    distances, indices = model.kneighbors()
    ours = library.knn(None, points, 11, latent.COSINE if metric == "cosine" else latent.EUCLIDEAN)
    assert np.array_equal(ours[0], indices)
    assert np.allclose(ours[1], distances, rtol=1e-6, atol=1e-7)
    queries, _ = blobs(8, 100, 23, 5)
    assert np.array_equal(
        library.knn(queries, points, 11,
                    latent.COSINE if metric == "cosine" else latent.EUCLIDEAN)[0],
        model.kneighbors(queries)[1])


def test_knn_ties_by_index(library):
    points, _ = fashion(800)
    points = np.minimum(points, 1)  # zeros and ones: most distances are shared
    squared = squared_distances(points)
    np.fill_diagonal(squared, np.inf)
    expected = np.argsort(squared, axis=1, kind="stable")[:, :25]
    indices, distances = library.knn(None, points.astype(np.float32), 25)
    assert np.array_equal(indices, expected)
    assert np.array_equal(distances, np.sqrt(np.take_along_axis(squared, expected, 1)))


def test_agreement_and_hubness(library):
    points, labels = digits()
    indices, _ = library.knn(None, points, 10)
    share = library.agreement(indices, labels, labels)
    assert np.array_equal(share, (labels[indices] == labels[:, None]).mean(1))
    counts, skewness = library.hubness(indices, len(points))
    assert np.array_equal(counts, np.bincount(indices.ravel(), minlength=len(points)))
    assert skewness == pytest.approx(skew(counts, bias=True), rel=1e-12)


def test_errors_reach_the_caller(library):
    points, labels = blobs(9, 40, 5, 3)
    points[17, 3] = np.nan
    with pytest.raises(latent.LatentError, match=r"points\[17\]\[3\] is NaN") as error:
        library.kstar(points, labels)
    assert error.value.status == -5
    with pytest.raises(latent.LatentError, match=r"labels has one distinct value \(7\)") as error:
        library.kstar(np.nan_to_num(points), np.full(40, 7))
    assert error.value.status == -6


def test_version(library):
    assert library.library.latent_version().count(b".") == 2
