"""The library's functions for the tests in Python: ctypes structs as the headers declare them.

LATENT_LIBRARY names the library; lib/liblatent.so is the default.
"""
import ctypes
import os

import numpy as np

F16, BF16, F32, F64 = 1, 2, 3, 4
EUCLIDEAN, COSINE = 0, 1
EXCLUDE, INCLUDE = 0, 1

_pointer = ctypes.c_void_p
_i32, _i64, _u64, _f64, _size = (ctypes.c_int32, ctypes.c_int64, ctypes.c_uint64,
                                 ctypes.c_double, ctypes.c_size_t)


class _Sized(ctypes.Structure):
    """A struct whose first field is its size."""

    def __init__(self, **fields):
        super().__init__(size=ctypes.sizeof(self), **fields)


class Matrix(ctypes.Structure):
    _fields_ = [("data", _pointer), ("rows", _i64), ("columns", _i64), ("stride", _i64),
                ("type", ctypes.c_int)]


class ContextOptions(_Sized):
    _fields_ = [("size", _size), ("threads", _i32), ("isa", ctypes.c_int),
                ("memory_budget", _i64), ("seed", _u64), ("allocate", _pointer),
                ("release", _pointer), ("allocator_user", _pointer), ("progress", _pointer),
                ("progress_user", _pointer), ("progress_interval", _f64), ("cpus", _pointer),
                ("cpu_count", _i64)]


class KstarOptions(_Sized):
    _fields_ = [("size", _size), ("metric", ctypes.c_int), ("ties", ctypes.c_int)]


class KstarExtra(_Sized):
    _fields_ = [("size", _size), ("foreign_index", _pointer), ("foreign_distance", _pointer),
                ("tied_pairs", _i64), ("rescored_pairs", _i64)]


class SummaryOptions(_Sized):
    _fields_ = [("size", _size), ("threshold", _f64), ("endpoints", _i32), ("population", _pointer)]


class Concepts(_Sized):
    _fields_ = [("size", _size), ("capacity", _i64), ("count", _i64), ("label", _pointer),
                ("samples", _pointer), ("mean", _pointer), ("std", _pointer),
                ("skewness", _pointer), ("pattern", _pointer)]


class Overall(_Sized):
    _fields_ = [("size", _size), ("concepts", _i64), ("perfect", _i64), ("undefined", _i64),
                ("gamma", _f64), ("gamma_weighted", _f64), ("gamma_pooled", _f64)]


class KnnOptions(_Sized):
    _fields_ = [("size", _size), ("metric", ctypes.c_int)]


class LatentError(Exception):
    def __init__(self, status, sentence):
        super().__init__("%d: %s" % (status, sentence))
        self.status, self.sentence = status, sentence


def _load():
    library = ctypes.CDLL(os.path.abspath(os.environ.get("LATENT_LIBRARY", "lib/liblatent.so")))
    library.latent_context_error.restype = ctypes.c_char_p
    library.latent_context_error.argtypes = [_pointer]
    library.latent_context_destroy.restype = None
    library.latent_context_destroy.argtypes = [_pointer]
    library.latent_version.restype = ctypes.c_char_p
    return library


def _address(array):
    return None if array is None else array.ctypes.data_as(_pointer)


def view(array, kind=None):
    """A view of a 2-D numpy array, which stays the caller's; uint16 means bfloat16."""
    kinds = {np.dtype(np.float16): F16, np.dtype(np.uint16): BF16, np.dtype(np.float32): F32,
             np.dtype(np.float64): F64}
    assert array.ndim == 2 and array.strides[1] == array.itemsize
    return Matrix(array.ctypes.data_as(_pointer), array.shape[0], array.shape[1],
                  array.strides[0] // array.itemsize, kind or kinds[array.dtype])


class Latent:
    """A context and its calls, with numpy arrays in and out."""

    def __init__(self, **options):
        self.library = _load()
        self.context = _pointer()
        self._check(self.library.latent_context_create(
            ctypes.byref(self.context), ctypes.byref(ContextOptions(**options))))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.library.latent_context_destroy(self.context)

    def _check(self, status):
        if status:
            raise LatentError(status, self.library.latent_context_error(self.context).decode())

    def kstar(self, points, labels, metric=EUCLIDEAN, ties=EXCLUDE):
        """Returns k*, the nearest foreign rows, their distances, and the number of tied pairs."""
        labels = np.ascontiguousarray(labels, np.int32)
        rank, foreign = np.empty(len(labels), np.int64), np.empty(len(labels), np.int64)
        distance = np.empty(len(labels))
        extra = KstarExtra(foreign_index=_address(foreign), foreign_distance=_address(distance))
        self._check(self.library.latent_kstar(
            self.context, ctypes.byref(view(points)), _address(labels),
            ctypes.byref(KstarOptions(metric=metric, ties=ties)), _address(rank),
            ctypes.byref(extra)))
        return rank, foreign, distance, extra.tied_pairs

    def kstar_queries(self, queries, query_labels, points, labels, metric=EUCLIDEAN):
        query_labels = np.ascontiguousarray(query_labels, np.int32)
        labels = np.ascontiguousarray(labels, np.int32)
        rank = np.empty(len(query_labels), np.int64)
        self._check(self.library.latent_kstar_queries(
            self.context, ctypes.byref(view(queries)), _address(query_labels),
            ctypes.byref(view(points)), _address(labels),
            ctypes.byref(KstarOptions(metric=metric)), _address(rank), None))
        return rank

    def summary(self, rank, labels, endpoints=False):
        """Returns a dict of arrays by concept, and the overall struct."""
        labels = np.ascontiguousarray(labels, np.int32)
        rows = len(np.unique(labels))
        types = dict(label=np.int32, samples=np.int64, mean=float, std=float, skewness=float,
                     pattern=np.int32)
        arrays = {name: np.empty(rows, kind) for name, kind in types.items()}
        concepts = Concepts(capacity=rows, **{n: _address(a) for n, a in arrays.items()})
        overall = Overall()
        self._check(self.library.latent_kstar_summary(
            self.context, _address(rank), _address(labels), _i64(len(labels)),
            ctypes.byref(SummaryOptions(endpoints=endpoints)), ctypes.byref(concepts),
            ctypes.byref(overall)))
        assert concepts.count == rows
        return arrays, overall

    def knn(self, queries, points, k, metric=EUCLIDEAN):
        rows = len(points if queries is None else queries)
        indices, distances = np.empty((rows, k), np.int64), np.empty((rows, k))
        self._check(self.library.latent_knn(
            self.context, None if queries is None else ctypes.byref(view(queries)),
            ctypes.byref(view(points)), _i64(k), ctypes.byref(KnnOptions(metric=metric)),
            _address(indices), _address(distances)))
        return indices, distances

    def agreement(self, indices, query_labels, labels):
        query_labels = np.ascontiguousarray(query_labels, np.int32)
        labels = np.ascontiguousarray(labels, np.int32)
        share = np.empty(len(indices))
        self._check(self.library.latent_knn_agreement(
            self.context, _address(indices), _i64(indices.shape[0]), _i64(indices.shape[1]),
            _address(query_labels), _address(labels), _i64(len(labels)), _address(share)))
        return share

    def hubness(self, indices, references):
        counts, skewness = np.empty(references, np.int64), _f64()
        self._check(self.library.latent_hubness(
            self.context, _address(indices), _i64(indices.shape[0]), _i64(indices.shape[1]),
            _i64(references), _address(counts), ctypes.byref(skewness)))
        return counts, skewness.value
