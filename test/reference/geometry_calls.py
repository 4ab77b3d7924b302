"""An encoder in numpy as the library's callbacks, and the calls of encoder.h, jacobian.h and
lipschitz.h for the tests in Python."""
import ctypes

import numpy as np

from latent_ctypes import (F32, F64, LatentError, _address, _f64, _i32, _i64, _pointer, _size,
                           _Sized, _u64)

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
