"""Leading singular triplets of a Jacobian given by products, by liblatent and by scipy's ARPACK, and
liblatent's Lipschitz constants of a network."""
import ctypes
import time

import numpy as np

from peer_latent import Library
from timing import Method

FORWARD = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64,
                           ctypes.c_void_p)
PRODUCT = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p,
                           ctypes.c_int64, ctypes.c_void_p)
F32, F64 = 3, 4


def _sized(name, fields):
    """A struct whose first field is its size, filled in."""
    kind = type(name, (ctypes.Structure,), {"_fields_": [("size", ctypes.c_size_t), *fields]})
    return lambda **values: kind(ctypes.sizeof(kind), **values)


_POINTER, _I64, _I32, _F64 = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32, ctypes.c_double
Encoder = _sized("Encoder", [
    ("inputs", _I64), ("outputs", _I64), ("type", _I32), ("concurrent", _I32),
    ("forward", _POINTER), ("jvp", _POINTER), ("vjp", _POINTER), ("user", _POINTER),
    ("max_batch", _I64)])
LeadingOptions = _sized("LeadingOptions", [("seed", ctypes.c_uint64), ("tolerance", _F64)])
Triplets = _sized("Triplets", [
    ("values", _POINTER), ("right", _POINTER), ("left", _POINTER), ("residuals", _POINTER),
    ("transposed", _POINTER), ("products", _I64)])
LipschitzOptions = _sized("LipschitzOptions", [("epsilons", _POINTER), ("epsilon_count", _I64)])
LipschitzResult = _sized("LipschitzResult", [("constants", _POINTER)])
Sampling = _sized("Sampling", [("count", _I64), ("seed", ctypes.c_uint64)])


def rows_at(address, rows, width, kind):
    """Rows of a callback's buffer as an array."""
    size = rows * width * np.dtype(kind).itemsize
    return np.frombuffer((ctypes.c_char * size).from_address(address), kind).reshape(rows, width)


def pointer_to(callback):
    return ctypes.cast(callback, ctypes.c_void_p).value


class Jacobian(Method):
    """J = U diag(s) Vᵀ + [diag(d) 0]: a few strong directions, and many that decay slowly."""

    def __init__(self, factors_file, count):
        factors = np.load(factors_file)
        self.output_side, self.sizes, self.input_side, self.diagonal = (
            factors[name] for name in ("left", "sizes", "right", "diagonal"))
        self.count, self.rows = count, 0
        self.outputs, self.inputs = len(self.output_side), len(self.input_side)

    def times(self, v):
        """Rows v of n numbers times Jᵀ: rows of m."""
        self.rows += len(v)
        return (v @ self.input_side * self.sizes) @ self.output_side.T + v[:, :self.outputs] * self.diagonal

    def times_transposed(self, u):
        self.rows += len(u)
        product = (u @ self.output_side * self.sizes) @ self.input_side.T
        product[:, :self.outputs] += u * self.diagonal
        return product

    def residuals(self, left, values, right):
        """Of triplets as rows: the largest ‖J v - σ u‖ and ‖Jᵀu - σ v‖ beside σ_1."""
        rows = self.rows
        along = self.times(right) - values[:, None] * left
        back = self.times_transposed(left) - values[:, None] * right
        self.rows = rows
        return [float(np.linalg.norm(a, axis=1).max() / values.max()) for a in (along, back)]


class Leading(Jacobian):
    """latent_jacobian_leading()."""

    def __init__(self, factors_file, count, tolerance, threads):
        super().__init__(factors_file, count)
        self.latent = Library(threads)
        self.version = self.latent.version()
        self.tolerance = tolerance
        n, m = self.inputs, self.outputs

        def jvp(user, inputs, tangents, batch, products):
            rows_at(products, batch, m, float)[:] = self.times(rows_at(tangents, batch, n, float))
            return 0

        def vjp(user, inputs, cotangents, batch, products):
            rows_at(products, batch, n, float)[:] = self.times_transposed(
                rows_at(cotangents, batch, m, float))
            return 0

        self.kept = FORWARD(lambda *unused: 1), PRODUCT(jvp), PRODUCT(vjp)
        self.encoder = Encoder(inputs=n, outputs=m, type=F64,
                               **dict(zip(("forward", "jvp", "vjp"), map(pointer_to, self.kept))))
        self.point = np.zeros(n)
        self.values, self.right = np.empty(count), np.empty((count, n))
        self.left = np.empty((m, count))

    def run(self):
        self.rows = 0
        self.result = Triplets(values=self.values.ctypes.data, right=self.right.ctypes.data,
                               left=self.left.ctypes.data)
        self.latent.call("latent_jacobian_leading", ctypes.byref(self.encoder),
                         self.point.ctypes, ctypes.c_int64(self.count),
                         ctypes.byref(LeadingOptions(tolerance=self.tolerance)),
                         ctypes.byref(self.result), None)

    def answer(self):
        return {"values": self.values, "rows": self.rows, "peak": self.latent.memory_peak(),
                "residuals": self.residuals(self.left.T, self.values, self.right)}


class Arpack(Jacobian):
    """scipy.sparse.linalg.svds(), with its default tolerance."""

    def __init__(self, factors_file, count):
        import scipy
        from scipy.sparse import linalg
        super().__init__(factors_file, count)
        self.version, self.svds = scipy.__version__, linalg.svds
        self.operator = linalg.LinearOperator(
            (self.outputs, self.inputs), dtype=float,
            matvec=lambda v: self.times(v.reshape(1, -1))[0],
            matmat=lambda v: self.times(v.T).T,
            rmatvec=lambda u: self.times_transposed(u.reshape(1, -1))[0],
            rmatmat=lambda u: self.times_transposed(u.T).T)

    def run(self):
        self.rows = 0
        self.left, self.values, self.right = self.svds(self.operator, self.count, random_state=0)

    def answer(self):
        return {"values": np.sort(self.values)[::-1], "rows": self.rows,
                "residuals": self.residuals(self.left.T, self.values, self.right)}


class Lipschitz(Method):
    """latent_lipschitz_sample() of a network: layers, each on all patches of an image, with the
    products of a vision transformer's. Knows how long the network itself took."""

    def __init__(self, patches, width, layers, directions, batch, threads):
        self.latent = Library(threads)
        self.version = self.latent.version()
        random = np.random.default_rng(3)
        self.weights = [(random.standard_normal((width, 4 * width), np.float32) / width ** 0.5,
                         random.standard_normal((4 * width, width), np.float32) / (2 * width ** 0.5))
                        for _ in range(layers)]
        self.patches, self.width, self.seconds = patches, width, 0.0
        self.kept = FORWARD(self.forward)
        n = patches * width
        self.encoder = Encoder(inputs=n, outputs=width, type=F32, forward=pointer_to(self.kept),
                               max_batch=batch)
        self.point = random.standard_normal(n)
        self.constants, self.epsilons = np.empty(directions), np.array([1.0])

    def forward(self, user, inputs, batch, outputs):
        begin = time.perf_counter()
        hidden = rows_at(inputs, batch * self.patches, self.width, np.float32)
        for up, down in self.weights:
            hidden = hidden + np.maximum(hidden @ up, 0) @ down
        rows_at(outputs, batch, self.width, np.float32)[:] = hidden.reshape(
            batch, self.patches, self.width).mean(axis=1)
        self.seconds += time.perf_counter() - begin
        return 0

    def run(self):
        self.seconds, begin = 0.0, time.perf_counter()
        self.latent.call(
            "latent_lipschitz_sample", ctypes.byref(self.encoder), self.point.ctypes,
            ctypes.byref(Sampling(count=len(self.constants), seed=1)),
            ctypes.byref(LipschitzOptions(epsilons=self.epsilons.ctypes.data, epsilon_count=1)),
            ctypes.byref(LipschitzResult(constants=self.constants.ctypes.data)), None)
        self.shares = getattr(self, "shares", []) + [
            (time.perf_counter() - begin) / self.seconds - 1]

    def answer(self):
        return {"constants": self.constants, "shares": self.shares[1:]}
