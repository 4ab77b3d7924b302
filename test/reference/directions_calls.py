"""The calls of directions.h, importance.h and pruning.h for the tests in Python."""
import ctypes

import numpy as np

from latent_ctypes import _address, _f64, _i32, _i64, _pointer, _size, _Sized, view

COSINE, PROJECTION, SINGULAR, VARIANCE = 0, 1, 2, 3
ARRAYS = dict(importance=float, order=np.int64, cosine=float, projection=float, variance=float)


class DirectionsOptions(_Sized):
    _fields_ = [("size", _size), ("tolerance", _f64)]


class ImportanceResult(_Sized):
    _fields_ = ([("size", _size)] + [(name, _pointer) for name in ARRAYS] +
                [("samples", _i64), ("zeros", _i64), ("top_ratio", _f64), ("top_share", _f64)])


class PruningOptions(_Sized):
    _fields_ = [("size", _size), ("top", _i32), ("reserved", _i32)]


class PruningCurve(_Sized):
    _fields_ = [("size", _size)] + [(name, _pointer) for name in
                                    ("correct", "correct_top", "changed", "energy")]


class AwareResult(_Sized):
    _fields_ = [("size", _size)] + [(name, _pointer) for name in
                                    ("left", "right", "error", "plain_error")]


def _call(latent, name, *arguments):
    latent.check(getattr(latent.library, name)(latent.context, *arguments))


class Directions:
    """A decomposed head, as numpy arrays, with the calls that take one."""

    def __init__(self, latent, head, tolerance=0.0, kind=None):
        self.latent, self.pointer = latent, _pointer()
        _call(latent, "latent_directions_create", ctypes.byref(view(head, kind)),
              ctypes.byref(DirectionsOptions(tolerance=tolerance)), ctypes.byref(self.pointer))
        self.outputs, self.inputs, self.count, self.rank = (
            self._get(name, _i64) for name in ("outputs", "inputs", "count", "rank"))
        self.values = self._array("values", (self.count,))
        self.right = self._array("right", (self.count, self.inputs))
        self.left = self._array("left", (self.outputs, self.count))

    def _get(self, name, kind):
        function = getattr(self.latent.library, "latent_directions_" + name)
        function.restype, function.argtypes = kind, [_pointer]
        return function(self.pointer)

    def _array(self, name, shape):
        found = self._get(name, ctypes.POINTER(_f64))
        return np.ctypeslib.as_array(found, shape).copy()

    def __del__(self):
        destroy = self.latent.library.latent_directions_destroy
        destroy.restype, destroy.argtypes = None, [_pointer]
        destroy(self.pointer)

    def head(self, kept):
        kept = np.ascontiguousarray(kept, np.int64)
        found = np.empty((self.outputs, self.inputs))
        _call(self.latent, "latent_directions_head", self.pointer, _address(kept),
              _i64(len(kept)), _address(found))
        return found

    def importance(self, kind, *chunks):
        """Returns a dict of arrays, and the struct."""
        pointer = _pointer()
        _call(self.latent, "latent_importance_create", self.pointer, ctypes.byref(pointer))
        arrays = {name: np.empty(self.count, of) for name, of in ARRAYS.items()}
        result = ImportanceResult(**{name: _address(array) for name, array in arrays.items()})
        destroy = self.latent.library.latent_importance_destroy
        destroy.restype, destroy.argtypes = None, [_pointer]
        try:
            for chunk in chunks:
                _call(self.latent, "latent_importance_update", pointer, self.pointer,
                      ctypes.byref(view(chunk)))
            _call(self.latent, "latent_importance_finish", pointer, self.pointer, _i32(kind),
                  ctypes.byref(result))
        finally:
            destroy(pointer)
        return arrays, result

    def curve(self, points, labels, bias=None, order=None, top=0):
        """Returns correct, correct_top, changed and energy, rank + 1 entries each."""
        labels = np.ascontiguousarray(labels, np.int32)
        bias = None if bias is None else np.ascontiguousarray(bias, float)
        order = None if order is None else np.ascontiguousarray(order, np.int64)
        counts = np.empty((3, self.rank + 1), np.int64)
        energy = np.empty(self.rank + 1)
        curve = PruningCurve(correct=_address(counts[0]), correct_top=_address(counts[1]),
                             changed=_address(counts[2]), energy=_address(energy))
        _call(self.latent, "latent_pruning_evaluate", self.pointer, ctypes.byref(view(points)),
              _address(labels), _address(bias), _address(order),
              ctypes.byref(PruningOptions(top=top)), ctypes.byref(curve))
        return (*counts, energy)

    def aware(self, gram):
        """Returns left, right, error and plain_error."""
        gram = np.ascontiguousarray(gram, float)
        found = (np.empty((self.outputs, self.rank)), np.empty((self.rank, self.inputs)),
                 np.empty(self.rank + 1), np.empty(self.rank + 1))
        _call(self.latent, "latent_pruning_aware", self.pointer, _address(gram),
              ctypes.byref(AwareResult(**dict(zip(("left", "right", "error", "plain_error"),
                                                  map(_address, found))))))
        return found


def gram(latent, *chunks):
    total = np.zeros((chunks[0].shape[1],) * 2)
    for chunk in chunks:
        _call(latent, "latent_pruning_gram", ctypes.byref(view(chunk)), _address(total))
    return total
