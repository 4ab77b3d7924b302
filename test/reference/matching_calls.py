"""The calls of matching.h and walk.h for the tests in Python, on encoders of geometry_calls.py."""
import ctypes

import numpy as np

from geometry_calls import Usage
from latent_ctypes import _address, _f64, _i32, _i64, _pointer, _size, _Sized, view

CONVERGED, CAPPED, STALLED, DIVERGED = 1, 2, 3, 4
FROM_START, GIVEN, NO_BOUNDS = 0, 1, 2
FIGURES = dict(state=np.int32, steps=np.int64, iterate=np.int64, loss=float, cosine=float,
               change=float, distance=float)
TRACES = ("loss", "cosine", "change", "step")


class MatchingOptions(_Sized):
    _fields_ = [("size", _size), ("step", _f64), ("tolerance", _f64), ("cosine", _f64),
                ("max_steps", _i64), ("lower", _f64), ("upper", _f64), ("radius", _f64),
                ("divergence", _f64), ("bounds", _i32), ("reserved", _i32)]


class MatchingResult(_Sized):
    _fields_ = ([("size", _size), ("x", _pointer), ("outputs", _pointer)] +
                [(name, _pointer) for name in FIGURES] + [("trace_rows", _i64)] +
                [("trace_" + name, _pointer) for name in TRACES] +
                [(name, _i64) for name in ("converged", "capped", "stalled", "diverged")])


class SplitOptions(_Sized):
    _fields_ = [("size", _size), ("tolerance", _f64)]


class Parts(_Sized):
    _fields_ = ([("size", _size)] + [(name, _pointer) for name in
                                     ("within", "rest", "within_norm", "rest_norm")] +
                [("deviation", _f64)])


class WalkOptions(_Sized):
    _fields_ = [("size", _size), ("linear_tolerance", _f64), ("same_tolerance", _f64),
                ("unit", _i32), ("reserved", _i32)]


class WalkResult(_Sized):
    _fields_ = ([("size", _size)] + [(name, _pointer) for name in
                                     ("change", "deviation", "cosine", "slope", "linear_until",
                                      "same_until")] + [("differences", _i32), ("reserved", _i32)])


def _given(array):
    return None if array is None else ctypes.byref(view(array))


def match(latent, encoder, starts, inputs=None, targets=None, trace_rows=0, **options):
    """Returns a dict of arrays, traces among them, and the struct."""
    pairs = len(starts)
    arrays = {name: np.empty(pairs, kind) for name, kind in FIGURES.items()}
    arrays["x"] = np.empty((pairs, encoder.inputs))
    arrays["outputs"] = np.empty((pairs, encoder.outputs))
    if trace_rows:
        arrays.update({"trace_" + name: np.empty((pairs, trace_rows)) for name in TRACES})
    result = MatchingResult(trace_rows=trace_rows,
                            **{name: _address(array) for name, array in arrays.items()})
    encoder.usage = Usage()
    latent.check(latent.library.latent_matching_run(
        latent.context, ctypes.byref(encoder.struct), _given(starts), _given(inputs),
        _given(targets), ctypes.byref(MatchingOptions(**options)), ctypes.byref(result),
        ctypes.byref(encoder.usage)))
    return arrays, result


def split(latent, directions, displacements, tolerance=0.0):
    """Returns the parts within and the rests, their norms, and the deviation."""
    within, rest = np.empty((2, *displacements.shape))
    norms = np.empty((2, len(displacements)))
    parts = Parts(within=_address(within), rest=_address(rest), within_norm=_address(norms[0]),
                  rest_norm=_address(norms[1]))
    latent.check(latent.library.latent_walk_split(
        latent.context, _given(directions), _given(displacements),
        ctypes.byref(SplitOptions(tolerance=tolerance)), ctypes.byref(parts)))
    return within, rest, norms, parts.deviation


def walk(latent, encoder, starts, directions, lengths, **options):
    """Returns a dict of arrays, and the struct."""
    shape = len(starts), lengths.shape[1]
    arrays = {name: np.empty(shape) for name in ("change", "deviation", "cosine")}
    arrays.update({name: np.empty(shape[0]) for name in ("slope", "linear_until", "same_until")})
    result = WalkResult(**{name: _address(array) for name, array in arrays.items()})
    encoder.usage = Usage()
    latent.check(latent.library.latent_walk_along(
        latent.context, ctypes.byref(encoder.struct), _given(starts), _given(directions),
        _given(lengths), ctypes.byref(WalkOptions(**options)), ctypes.byref(result),
        ctypes.byref(encoder.usage)))
    return arrays, result
