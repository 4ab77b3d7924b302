"""An encoder in numpy as the library's callbacks, and the calls of encoder.h, jacobian.h and
lipschitz.h for the tests in Python."""
import ctypes

import numpy as np

from latent_ctypes import (F32, F64, _address, _f64, _i32, _i64, _pointer, _size,
                           _Sized, _u64, view)

AUTO, VJP, JVP, DIFFERENCES = 0, 1, 2, 3

_Forward = ctypes.CFUNCTYPE(_i32, _pointer, _pointer, _i64, _pointer)
_Product = ctypes.CFUNCTYPE(_i32, _pointer, _pointer, _pointer, _i64, _pointer)


class EncoderStruct(_Sized):
    _fields_ = [("size", _size), ("inputs", _i64), ("outputs", _i64), ("type", _i32),
                ("concurrent", _i32), ("forward", _pointer), ("jvp", _pointer), ("vjp", _pointer),
                ("user", _pointer), ("max_batch", _i64), ("max_evaluations", _i64)]


class Usage(_Sized):
    _fields_ = ([("size", _size)] +
                [(kind + "_" + what, _i64) for what in ("calls", "rows")
                 for kind in ("forward", "jvp", "vjp")] + [("code", _i32), ("reserved", _i32)])


class CheckOptions(_Sized):
    _fields_ = [("size", _size), ("seed", _u64), ("pairs", _i64)]


class CheckResult(_Sized):
    _fields_ = [("size", _size)] + [(name, _f64) for name in
                                    ("transpose_error", "jvp_error", "vjp_error",
                                     "difference_error")]


class JacobianOptions(_Sized):
    _fields_ = [("size", _size), ("method", _i32), ("reserved", _i32)]


class JacobianResult(_Sized):
    _fields_ = [("size", _size), ("entries", _pointer), ("frobenius", _f64),
                ("difference_error", _f64), ("method", _i32), ("reserved", _i32)]


class Spectrum(_Sized):
    _fields_ = [("size", _size), ("values", _pointer), ("right", _pointer), ("left", _pointer),
                ("frobenius", _f64), ("stable_rank", _f64), ("difference_error", _f64),
                ("method", _i32), ("reserved", _i32)]


class LeadingOptions(_Sized):
    _fields_ = [("size", _size), ("seed", _u64), ("tolerance", _f64), ("block", _i64),
                ("basis", _i64), ("restarts", _i64)]


class Triplets(_Sized):
    _fields_ = [("size", _size), ("values", _pointer), ("right", _pointer), ("left", _pointer),
                ("residuals", _pointer), ("transposed_residuals", _pointer), ("products", _i64),
                ("restarts", _i64), ("difference_error", _f64), ("differences", _i32),
                ("reserved", _i32)]


class NormOptions(_Sized):
    _fields_ = [("size", _size), ("seed", _u64), ("probes", _i64), ("largest", _f64)]


class NormResult(_Sized):
    _fields_ = [("size", _size), ("norm", _f64), ("standard_error", _f64), ("stable_rank", _f64),
                ("stable_rank_error", _f64), ("method", _i32), ("reserved", _i32)]


class LipschitzOptions(_Sized):
    _fields_ = [("size", _size), ("epsilons", _pointer), ("epsilon_count", _i64),
                ("probabilities", _pointer), ("quantile_count", _i64)]


LIPSCHITZ_FIGURES = ("mean", "std", "min", "max")


class LipschitzResult(_Sized):
    _fields_ = [("size", _size)] + [(name, _pointer) for name in
                                    ("constants", *LIPSCHITZ_FIGURES, "quantiles", "rounding",
                                     "dominated")]


class Sampling(_Sized):
    _fields_ = [("size", _size), ("count", _i64), ("seed", _u64), ("complement_of", _pointer),
                ("complement_count", _i64)]


class AscentOptions(_Sized):
    _fields_ = [("size", _size), ("epsilon", _f64), ("seed", _u64), ("restarts", _i64),
                ("iterations", _i64), ("tolerance", _f64), ("starts", _pointer),
                ("start_count", _i64)]


class AscentResult(_Sized):
    _fields_ = [("size", _size), ("direction", _pointer), ("constants", _pointer),
                ("constant", _f64), ("best", _i64), ("converged", _i64), ("iterations", _i64),
                ("rounding", _f64)]


class Encoder:
    """Functions of batches (rows) as an encoder. `forward` maps (b, n) to (b, m); `jvp` and `vjp` take
    points and tangents or cotangents. A callback that raises Code(c) returns c."""

    def __init__(self, inputs, outputs, forward, jvp=None, vjp=None, kind=np.float64, **limits):
        self.inputs, self.outputs, self.kind = inputs, outputs, np.dtype(kind)
        self.usage = Usage()
        self._kept = [self._wrap(_Forward, forward, (inputs,), outputs),
                      self._wrap(_Product, jvp, (inputs, inputs), outputs),
                      self._wrap(_Product, vjp, (inputs, outputs), inputs)]
        self.struct = EncoderStruct(
            inputs=inputs, outputs=outputs, type=F32 if kind == np.float32 else F64,
            **{name: ctypes.cast(kept, _pointer).value if kept else None
               for name, kept in zip(("forward", "jvp", "vjp"), self._kept)}, **limits)

    def _rows(self, address, rows, width):
        flat = np.frombuffer((ctypes.c_char * (rows * width * self.kind.itemsize))
                             .from_address(address), self.kind)
        return flat.reshape(rows, width)

    def _wrap(self, prototype, function, widths, length):
        if function is None:
            return None

        def call(_, *arguments):
            *given, rows, result = arguments
            try:
                self._rows(result, rows, length)[:] = function(
                    *(self._rows(a, rows, w).copy() for a, w in zip(given, widths)))
            except Code as code:
                return code.args[0]
            return 0
        return prototype(call)

    def call(self, latent, name, point, *arguments):
        """A call whose last arguments are options and a result, and the usage, which is kept."""
        point = np.ascontiguousarray(point, float)
        self.usage = Usage()
        latent.check(getattr(latent.library, name)(
            latent.context, ctypes.byref(self.struct), _address(point),
            *(ctypes.byref(a) if isinstance(a, ctypes.Structure) else a for a in arguments),
            ctypes.byref(self.usage)))


class Code(Exception):
    """What a callback returns."""


def linear(matrix, kind=np.float64, jvp=True, vjp=True, **limits):
    matrix = np.asarray(matrix, kind)
    return Encoder(matrix.shape[1], matrix.shape[0], lambda x: x @ matrix.T,
                   (lambda x, v: v @ matrix.T) if jvp else None,
                   (lambda x, u: u @ matrix) if vjp else None, kind, **limits)


def check(latent, encoder, point, **options):
    result = CheckResult()
    encoder.call(latent, "latent_encoder_check", point, CheckOptions(**options), result)
    return result


def jacobian(latent, encoder, point, method=AUTO):
    """The entries, and the struct."""
    entries = np.full((encoder.outputs, encoder.inputs), np.nan)
    result = JacobianResult(entries=_address(entries))
    encoder.call(latent, "latent_jacobian_explicit", point, JacobianOptions(method=method), result)
    return entries, result


def spectrum(latent, encoder, point, method=AUTO):
    """Left, values, right, and the struct."""
    k = min(encoder.outputs, encoder.inputs)
    left, values, right = np.empty((encoder.outputs, k)), np.empty(k), np.empty((k, encoder.inputs))
    result = Spectrum(left=_address(left), values=_address(values), right=_address(right))
    encoder.call(latent, "latent_jacobian_spectrum", point, JacobianOptions(method=method), result)
    return left, values, right, result


class Leading:
    """The leading triplets, as arrays, and the struct."""

    def __init__(self, latent, encoder, point, count, **options):
        self.values, self.residuals, self.transposed = np.empty((3, count))
        self.left = np.empty((encoder.outputs, count))
        self.right = np.empty((count, encoder.inputs))
        self.result = Triplets(values=_address(self.values), right=_address(self.right),
                               left=_address(self.left), residuals=_address(self.residuals),
                               transposed_residuals=_address(self.transposed))
        encoder.call(latent, "latent_jacobian_leading", point, _i64(count),
                     LeadingOptions(**options), self.result)


def norm(latent, encoder, point, **options):
    result = NormResult()
    encoder.call(latent, "latent_jacobian_norm", point, NormOptions(**options), result)
    return result


class Constants:
    """Constants along rows of `directions`, or along `count` random ones, and their distribution."""

    def __init__(self, latent, encoder, point, epsilons, directions=None, count=None, seed=0,
                 complement_of=None, probabilities=()):
        epsilons = np.ascontiguousarray(epsilons, float)
        probabilities = np.ascontiguousarray(probabilities, float)
        rows, each = len(directions) if count is None else count, len(epsilons)
        self.constants = np.empty((rows, each))
        self.mean, self.std, self.min, self.max, self.rounding = np.empty((5, each))
        self.quantiles = np.empty((each, len(probabilities)))
        self.dominated = np.empty(each, np.int64)
        names = ("constants", *LIPSCHITZ_FIGURES, "quantiles", "rounding", "dominated")
        options = LipschitzOptions(epsilons=_address(epsilons), epsilon_count=each,
                                   probabilities=_address(probabilities),
                                   quantile_count=len(probabilities))
        result = LipschitzResult(**{name: _address(getattr(self, name)) for name in names})
        if count is None:
            encoder.call(latent, "latent_lipschitz_along", point, view(directions), options, result)
            return
        if complement_of is not None:
            complement_of = np.ascontiguousarray(complement_of, float)
        sampling = Sampling(count=count, seed=seed, complement_of=_address(complement_of),
                            complement_count=0 if complement_of is None else len(complement_of))
        encoder.call(latent, "latent_lipschitz_sample", point, sampling, options, result)


class Ascent:
    """The direction of the largest constant found, where all starts ended, and the struct."""

    def __init__(self, latent, encoder, point, epsilon, starts=None, **options):
        starts = None if starts is None else np.ascontiguousarray(starts, float)
        restarts = options.get("restarts") or max(8, 0 if starts is None else len(starts))
        self.direction, self.constants = np.empty(encoder.inputs), np.empty(restarts)
        self.result = AscentResult(direction=_address(self.direction),
                                   constants=_address(self.constants))
        encoder.call(latent, "latent_lipschitz_ascend", point,
                     AscentOptions(epsilon=epsilon, starts=_address(starts),
                                   start_count=0 if starts is None else len(starts), **options),
                     self.result)
