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

BIASED, UNBIASED = 0, 1
RAISE, OMIT, PROPAGATE = 0, 1, 2
SAMPLE_FIGURES = dict(count=np.int64, mean=float, variance=float, skewness=float, kurtosis=float)
FEATURE_FIGURES = dict(SAMPLE_FIGURES, min=float, max=float, mean_abs=float)
OUTLIER_FIGURES = dict(mean_abs=float, ratio=float, over_magnitude=np.int64, over_sigma=np.int64,
                       share_magnitude=float, share_sigma=float, criteria=np.int32, index=np.int64)


FIT_FIGURES = dict(models=np.int64, slope=float, intercept=float, slope_error=float,
                   intercept_error=float, r_squared=float, residual_std=float, reference_mean=float)


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
                ("cpu_count", _i64), ("screen", _i32)]


class KstarOptions(_Sized):
    _fields_ = [("size", _size), ("metric", ctypes.c_int), ("ties", ctypes.c_int)]


class KstarExtra(_Sized):
    _fields_ = [("size", _size), ("foreign_index", _pointer), ("foreign_distance", _pointer),
                ("tied_pairs", _i64), ("rescored_pairs", _i64), ("nearest_screen", _i32),
                ("count_screen", _i32)]


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


class MomentsOptions(_Sized):
    _fields_ = [("size", _size), ("bias", _i32), ("fisher", _i32), ("nan_policy", _i32),
                ("samples", _i32), ("outliers", _i32), ("reserved", _i32), ("magnitude", _f64),
                ("sigma", _f64)]


class MomentsSamples(_Sized):
    _fields_ = [("size", _size)] + [(name, _pointer) for name in SAMPLE_FIGURES]


class MomentsFeatures(_Sized):
    _fields_ = ([("size", _size)] + [(name, _pointer) for name in FEATURE_FIGURES] +
                [("degenerate", _i64)])


class MomentsOverall(_Sized):
    _fields_ = ([("size", _size)] +
                [(name, _i64) for name in ("samples", "degenerate", "undefined", "nonfinite")] +
                [(name, _f64) for name in ("kurtosis_mean", "kurtosis_std", "skewness_mean",
                                           "skewness_std")])


class OutliersOptions(_Sized):
    _fields_ = [("size", _size), ("share", _f64), ("ratio", _f64)]


class Outliers(_Sized):
    _fields_ = ([("size", _size)] + [(name, _pointer) for name in OUTLIER_FIGURES] +
                [(name, _i64) for name in ("count", "by_magnitude", "by_sigma", "by_ratio")] +
                [("median", _f64)])


class RobustnessOptions(_Sized):
    _fields_ = [("size", _size), ("missing", _i32), ("reserved", _i32)]


class RobustnessFits(_Sized):
    _fields_ = ([("size", _size)] + [(name, _pointer) for name in FIT_FIGURES] +
                [("residuals", _pointer)])


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
    library.latent_moments_columns.restype = _i64
    library.latent_moments_columns.argtypes = [_pointer]
    library.latent_moments_saved_bytes.restype = _i64
    library.latent_moments_saved_bytes.argtypes = [_pointer]
    library.latent_moments_destroy.restype = None
    library.latent_moments_destroy.argtypes = [_pointer]
    return library


def _address(array):
    return None if array is None else array.ctypes.data_as(_pointer)


def _figures(names, rows):
    """Arrays by name, and the addresses for a struct."""
    arrays = {name: np.empty(rows, kind) for name, kind in names.items()}
    return arrays, {name: _address(array) for name, array in arrays.items()}


def view(array, kind=None):
    """A view of a 2-D numpy array, which stays the caller's; uint16 means bfloat16."""
    kinds = {np.dtype(np.float16): F16, np.dtype(np.uint16): BF16, np.dtype(np.float32): F32,
             np.dtype(np.float64): F64}
    assert array.ndim == 2 and array.strides[1] == array.itemsize
    return Matrix(array.ctypes.data_as(_pointer), array.shape[0], array.shape[1],
                  array.strides[0] // array.itemsize, kind or kinds[array.dtype])


class Moments:
    """An accumulator, with the calls that take one."""

    def __init__(self, latent, columns=None, saved=None, **options):
        self.latent, self.pointer = latent, _pointer()
        library = latent.library
        if saved is None:
            status = library.latent_moments_create(
                latent.context, _i64(columns), ctypes.byref(MomentsOptions(**options)),
                ctypes.byref(self.pointer))
        else:
            status = library.latent_moments_load(latent.context, saved, _i64(len(saved)),
                                                 ctypes.byref(self.pointer))
        latent.check(status)

    def __del__(self):
        self.latent.library.latent_moments_destroy(self.pointer)

    def update(self, points):
        self.latent.check(self.latent.library.latent_moments_update(
            self.latent.context, self.pointer, ctypes.byref(view(points)), None))

    def merge(self, other):
        self.latent.check(self.latent.library.latent_moments_merge(
            self.latent.context, self.pointer, other.pointer))

    def finish(self, overall=True):
        """Returns a dict of arrays by feature, and the overall struct."""
        arrays, addresses = _figures(FEATURE_FIGURES, self.columns())
        found, everything = MomentsFeatures(**addresses), MomentsOverall()
        self.latent.check(self.latent.library.latent_moments_finish(
            self.latent.context, self.pointer, ctypes.byref(found),
            ctypes.byref(everything) if overall else None))
        return dict(arrays, degenerate=found.degenerate), everything

    def outliers(self, share=0.0, ratio=0.0):
        arrays, addresses = _figures(OUTLIER_FIGURES, self.columns())
        found = Outliers(**addresses)
        self.latent.check(self.latent.library.latent_moments_outliers(
            self.latent.context, self.pointer,
            ctypes.byref(OutliersOptions(share=share, ratio=ratio)), ctypes.byref(found)))
        arrays["index"] = arrays["index"][:found.count]
        return arrays, found

    def columns(self):
        return self.latent.library.latent_moments_columns(self.pointer)

    def save(self):
        room = ctypes.create_string_buffer(
            self.latent.library.latent_moments_saved_bytes(self.pointer))
        self.latent.check(self.latent.library.latent_moments_save(
            self.latent.context, self.pointer, room, _i64(len(room))))
        return room.raw


class Latent:
    """A context and its calls, with numpy arrays in and out."""

    def __init__(self, **options):
        self.library = _load()
        self.context = _pointer()
        self.check(self.library.latent_context_create(
            ctypes.byref(self.context), ctypes.byref(ContextOptions(**options))))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.library.latent_context_destroy(self.context)

    def check(self, status):
        if status:
            raise LatentError(status, self.library.latent_context_error(self.context).decode())

    def kstar(self, points, labels, metric=EUCLIDEAN, ties=EXCLUDE):
        """Returns k*, the nearest foreign rows, their distances, and the number of tied pairs."""
        labels = np.ascontiguousarray(labels, np.int32)
        rank, foreign = np.empty(len(labels), np.int64), np.empty(len(labels), np.int64)
        distance = np.empty(len(labels))
        extra = KstarExtra(foreign_index=_address(foreign), foreign_distance=_address(distance))
        self.check(self.library.latent_kstar(
            self.context, ctypes.byref(view(points)), _address(labels),
            ctypes.byref(KstarOptions(metric=metric, ties=ties)), _address(rank),
            ctypes.byref(extra)))
        return rank, foreign, distance, extra.tied_pairs

    def kstar_queries(self, queries, query_labels, points, labels, metric=EUCLIDEAN):
        query_labels = np.ascontiguousarray(query_labels, np.int32)
        labels = np.ascontiguousarray(labels, np.int32)
        rank = np.empty(len(query_labels), np.int64)
        self.check(self.library.latent_kstar_queries(
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
        self.check(self.library.latent_kstar_summary(
            self.context, _address(rank), _address(labels), _i64(len(labels)),
            ctypes.byref(SummaryOptions(endpoints=endpoints)), ctypes.byref(concepts),
            ctypes.byref(overall)))
        assert concepts.count == rows
        return arrays, overall

    def knn(self, queries, points, k, metric=EUCLIDEAN):
        rows = len(points if queries is None else queries)
        indices, distances = np.empty((rows, k), np.int64), np.empty((rows, k))
        self.check(self.library.latent_knn(
            self.context, None if queries is None else ctypes.byref(view(queries)),
            ctypes.byref(view(points)), _i64(k), ctypes.byref(KnnOptions(metric=metric)),
            _address(indices), _address(distances)))
        return indices, distances

    def agreement(self, indices, query_labels, labels):
        query_labels = np.ascontiguousarray(query_labels, np.int32)
        labels = np.ascontiguousarray(labels, np.int32)
        share = np.empty(len(indices))
        self.check(self.library.latent_knn_agreement(
            self.context, _address(indices), _i64(indices.shape[0]), _i64(indices.shape[1]),
            _address(query_labels), _address(labels), _i64(len(labels)), _address(share)))
        return share

    def hubness(self, indices, references):
        counts, skewness = np.empty(references, np.int64), _f64()
        self.check(self.library.latent_hubness(
            self.context, _address(indices), _i64(indices.shape[0]), _i64(indices.shape[1]),
            _i64(references), _address(counts), ctypes.byref(skewness)))
        return counts, skewness.value

    def moments(self, points, kind=None, **options):
        """Returns a dict of arrays by sample, one by feature, and the overall struct."""
        samples, sample_addresses = _figures(SAMPLE_FIGURES, points.shape[0])
        features, feature_addresses = _figures(FEATURE_FIGURES, points.shape[1])
        by_sample, by_feature = MomentsSamples(**sample_addresses), MomentsFeatures(
            **feature_addresses)
        overall = MomentsOverall()
        self.check(self.library.latent_moments_compute(
            self.context, ctypes.byref(view(points, kind)), ctypes.byref(MomentsOptions(**options)),
            ctypes.byref(by_sample), ctypes.byref(by_feature), ctypes.byref(overall)))
        return samples, dict(features, degenerate=by_feature.degenerate), overall

    def quantiles(self, values, probabilities):
        values, probabilities = (np.ascontiguousarray(x, float) for x in (values, probabilities))
        found = np.empty(len(probabilities))
        self.check(self.library.latent_moments_quantiles(
            self.context, _address(values), _i64(len(values)), _address(probabilities),
            _i64(len(probabilities)), _address(found)))
        return found

    def robustness_fit(self, reference, shifted, missing=False):
        """Returns a dict of arrays by shift; `residuals` is like `shifted`."""
        reference = np.ascontiguousarray(reference, float)
        arrays, addresses = _figures(FIT_FIGURES, shifted.shape[1])
        arrays["residuals"] = np.empty(shifted.shape)
        fits = RobustnessFits(residuals=_address(arrays["residuals"]), **addresses)
        self.check(self.library.latent_robustness_fit(
            self.context, _address(reference), ctypes.byref(view(shifted)),
            ctypes.byref(RobustnessOptions(missing=missing)), ctypes.byref(fits)))
        return arrays

    def robustness_predict(self, fits, accuracies):
        """Returns beta, the error of the line, and that of a further model, by accuracy and shift."""
        accuracies = np.ascontiguousarray(accuracies, float)
        shape = len(accuracies), len(fits["slope"])
        found = [np.empty(shape) for _ in range(3)]
        lines = RobustnessFits(**{name: _address(array) for name, array in fits.items()})
        self.check(self.library.latent_robustness_predict(
            self.context, ctypes.byref(lines), _i64(shape[1]), _address(accuracies),
            _i64(shape[0]), *map(_address, found)))
        return found

    def robustness_effective(self, fits, reference, shifted, missing=False):
        """Returns the effective robustness by model and shift, and its mean by model."""
        reference = np.ascontiguousarray(reference, float)
        effective, mean = np.empty(shifted.shape), np.empty(len(shifted))
        lines = RobustnessFits(**{name: _address(array) for name, array in fits.items()})
        self.check(self.library.latent_robustness_effective(
            self.context, ctypes.byref(lines), _address(reference), ctypes.byref(view(shifted)),
            ctypes.byref(RobustnessOptions(missing=missing)), _address(effective),
            _address(mean)))
        return effective, mean
