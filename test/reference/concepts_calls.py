"""The calls of concepts.h and encoding.h for the tests in Python."""
import ctypes

import numpy as np

from latent_ctypes import F32, F64, _address, _f64, _i32, _i64, _pointer, _size, _Sized, view

AS_IS, BOTH = 0, 1


class Labels(_Sized):
    _fields_ = [("size", _size), ("samples", _i64), ("concepts", _i64), ("values", _pointer),
                ("stride", _i64), ("present_offsets", _pointer), ("present", _pointer),
                ("ignored_offsets", _pointer), ("ignored", _pointer)]


class Counts(_Sized):
    _fields_ = ([("size", _size)] +
                [(name, _pointer) for name in ("present", "absent", "ignored", "degenerate")] +
                [("degenerate_concepts", _i64)])


class Options(_Sized):
    _fields_ = ([("size", _size), ("sign", _i32), ("reserved", _i32)] +
                [(name, _i64) for name in ("first_direction", "directions", "first_concept",
                                           "concepts")])


class Result(_Sized):
    _fields_ = [("size", _size), ("ap", _pointer), ("type", _i32), ("reserved", _i32),
                ("stride", _i64), ("signs", _pointer)]


class Report(_Sized):
    _fields_ = ([("size", _size)] +
                [(name, _pointer) for name in ("best_ap", "best_direction",
                                               "directions_of_concept", "encoded",
                                               "concepts_of_direction", "histogram")] +
                [(name, _i64) for name in ("encoded_pairs", "unique_concepts",
                                           "degenerate_concepts", "encoding_directions")] +
                [("mean_concepts", _f64), ("most_concepts", _i64)])


class NullOptions(_Sized):
    _fields_ = [("size", _size), ("sign", _i32), ("reserved", _i32), ("permutations", _i64)]


class Chance(_Sized):
    _fields_ = [("size", _size)] + [(name, _pointer) for name in ("mean", "largest", "p_value")]


class Overlap(_Sized):
    _fields_ = [("size", _size), ("regions", _i64 * 8), ("totals", _i64 * 3), ("any", _i64),
                ("all", _i64), ("jaccard", _f64), ("pairs", _f64 * 3)]


class Marks:
    """Labels of a matrix of 1, 0 and -1: dense, or as lists."""

    def __init__(self, matrix, lists=False):
        self.matrix = np.ascontiguousarray(matrix, np.int8)
        self.samples, self.concepts = self.matrix.shape
        shape = dict(samples=self.samples, concepts=self.concepts)
        if lists:
            self.arrays = [a for mark in (1, -1) for a in self._lists(mark)]
            self.labels = Labels(**shape, **dict(zip(
                ("present_offsets", "present", "ignored_offsets", "ignored"),
                map(_address, self.arrays))))
        else:
            self.labels = Labels(values=_address(self.matrix), **shape)
        self.pointer = ctypes.byref(self.labels)

    def _lists(self, mark):
        rows, columns = np.nonzero(self.matrix == mark)
        offsets = np.searchsorted(rows, np.arange(self.samples + 1))
        return offsets.astype(np.int64), columns.astype(np.int32)


def _call(latent, name, *arguments):
    latent.check(getattr(latent.library, name)(latent.context, *arguments))


def counts(latent, marks):
    """Returns present, absent, ignored and degenerate by concept, and how many are degenerate."""
    found = np.empty((3, marks.concepts), np.int64)
    degenerate = np.empty(marks.concepts, np.uint8)
    struct = Counts(present=_address(found[0]), absent=_address(found[1]),
                    ignored=_address(found[2]), degenerate=_address(degenerate))
    _call(latent, "latent_concepts_count", marks.pointer, ctypes.byref(struct))
    return (*found, degenerate, struct.degenerate_concepts)


def precisions(latent, points, marks, basis=None, sign=AS_IS, kind=float, **part):
    """Returns average precisions and signs; `part` are fields of the options."""
    directions = (points if basis is None else basis).shape[0 if basis is not None else 1]
    rows = part.get("directions") or directions - part.get("first_direction", 0)
    columns = part.get("concepts") or marks.concepts - part.get("first_concept", 0)
    ap, signs = np.empty((rows, columns), kind), np.empty((rows, columns), np.int8)
    result = Result(ap=_address(ap), type=F32 if ap.dtype == np.float32 else F64,
                    signs=_address(signs))
    _call(latent, "latent_concepts_ap", ctypes.byref(view(points)),
          None if basis is None else ctypes.byref(view(basis)), marks.pointer,
          ctypes.byref(Options(sign=sign, **part)), ctypes.byref(result))
    return ap, signs


def encoded(latent, ap, degenerate=None, threshold=0.9):
    """Returns a dict of arrays, and the struct."""
    directions, concepts = ap.shape
    arrays = dict(best_ap=np.empty(concepts), best_direction=np.empty(concepts, np.int64),
                  directions_of_concept=np.empty(concepts, np.int64),
                  encoded=np.empty(concepts, np.uint8),
                  concepts_of_direction=np.empty(directions, np.int64),
                  histogram=np.empty(concepts + 1, np.int64))
    report = Report(**{name: _address(array) for name, array in arrays.items()})
    _call(latent, "latent_concepts_encoded", ctypes.byref(view(ap)), _address(degenerate),
          _f64(threshold), ctypes.byref(report))
    return arrays, report


def curve(latent, ap, thresholds, degenerate=None):
    """Returns unique concepts and encoded pairs by threshold."""
    thresholds = np.ascontiguousarray(thresholds, float)
    found = np.empty((2, len(thresholds)), np.int64)
    _call(latent, "latent_concepts_curve", ctypes.byref(view(ap)), _address(degenerate),
          _address(thresholds), _i64(len(thresholds)), _address(found[0]), _address(found[1]))
    return found


def chance(latent, marks, directions, observed=None, sign=AS_IS, permutations=0):
    """Returns mean, largest and p-value by concept; without `observed` the last is all NaN."""
    found = np.full((3, marks.concepts), np.nan)
    struct = Chance(mean=_address(found[0]), largest=_address(found[1]),
                    p_value=None if observed is None else _address(found[2]))
    _call(latent, "latent_concepts_null", marks.pointer, _i64(directions), _address(observed),
          ctypes.byref(NullOptions(sign=sign, permutations=permutations)), ctypes.byref(struct))
    return found


def overlap(latent, *models):
    models = [np.ascontiguousarray(model, np.uint8) for model in models]
    pointers = (_pointer * len(models))(*map(_address, models))
    found = Overlap()
    _call(latent, "latent_concepts_compare", pointers, _i32(len(models)), _i64(len(models[0])),
          ctypes.byref(found))
    return found
