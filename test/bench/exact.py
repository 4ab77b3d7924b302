"""Brute force in float64: the answers that a method has to give.

Independent of the library: it follows the definition of distance in include/latent/distance.h with
NumPy. Where the data are whole numbers so small that every sum of products is exact in float64 in
any order, such as pixels, a matrix product gives the same bits, and is much faster.
"""
import numpy as np

LANES = 16
BLOCK_BYTES = 1 << 27


def documented_sum(terms):
    """The sum over the last axis in the documented order: 16 partial sums, then pairwise."""
    lanes = np.zeros(terms.shape[:-1] + (LANES,))
    for first in range(0, terms.shape[-1], LANES):
        part = terms[..., first:first + LANES]
        lanes[..., :part.shape[-1]] += part
    for half in (8, 4, 2, 1):
        lanes = lanes[..., :half] + lanes[..., half:]
    return lanes[..., 0]


def documented_distances(queries, references, block=1024):
    """Euclidean distances, row by row, in the documented order."""
    result = np.empty((len(queries), len(references)))
    for first in range(0, len(references), block):
        part = references[first:first + block].astype(np.float64)
        for q, query in enumerate(queries):
            difference = part - query.astype(np.float64)
            result[q, first:first + block] = documented_sum(difference * difference)
    return np.sqrt(result)


def sums_are_exact(*arrays):
    """Whether |a|² + |b|² and 2ab are whole numbers below 2^53, with all their partial sums."""
    for array in arrays:
        largest = max(abs(float(array.max())), abs(float(array.min())))
        if 4 * largest * largest * array.shape[1] >= 2**53 or (array != np.rint(array)).any():
            return False
    return True


def _product_distances(queries, references, block=4096):
    """The same for data that sums_are_exact() accepts: |a|² + |b|² - 2ab without rounding."""
    left = queries.astype(np.float64)
    result = np.empty((len(queries), len(references)))
    for first in range(0, len(references), block):
        right = references[first:first + block].astype(np.float64)
        part = result[:, first:first + block]
        np.matmul(left, right.T, out=part)
        part *= -2
        part += (right * right).sum(axis=1)
        part += (left * left).sum(axis=1)[:, None]
    return np.sqrt(result)


def _blocks(queries, references):
    """Yields (positions in queries, distances to all references), some rows at a time."""
    exact = sums_are_exact(queries, references)
    distances = _product_distances if exact else documented_distances
    step = max(1, BLOCK_BYTES // (8 * len(references)))
    for first in range(0, len(queries), step):
        places = np.arange(first, min(first + step, len(queries)))
        yield places, distances(queries[places], references)


def kstar(points, labels, rows):
    """k* of the chosen rows, a same-label sample at exactly the nearest foreign distance not
    counting."""
    result = np.empty(len(rows), np.int64)
    for places, distance in _blocks(points[rows], points):
        own = rows[places]
        distance[np.arange(len(own)), own] = np.inf  # no sample is its own neighbour
        foreign = labels[own][:, None] != labels
        nearest = np.where(foreign, distance, np.inf).min(axis=1)
        result[places] = 1 + (~foreign & (distance < nearest[:, None])).sum(axis=1)
    return result


def nearest(queries, references, k):
    """Row numbers of the k nearest references of each query, ties by row number."""
    result = np.empty((len(queries), k), np.int64)
    for places, distance in _blocks(queries, references):
        farthest = np.partition(distance, k - 1, axis=1)[:, k - 1]
        for place, row, limit in zip(places, distance, farthest):
            near = np.flatnonzero(row <= limit)
            result[place] = near[np.lexsort((near, row[near]))][:k]
    return result
