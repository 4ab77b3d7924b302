"""Jacobians, singular triplets and Lipschitz constants against mathematics, numpy, scipy's ARPACK and
torch's automatic differentiation."""
import numpy as np
import pytest
from scipy.sparse.linalg import LinearOperator, svds

import latent_ctypes as latent
from geometry_calls import (DIFFERENCES, JVP, VJP, Ascent, Code, Constants, Encoder, Leading, check,
                            jacobian, linear, norm, spectrum)


@pytest.fixture(scope="module")
def library():
    with latent.Latent() as made:
        yield made


def generator(*seed):
    return np.random.default_rng(seed)


def with_values(values, outputs, inputs, seed=0):
    """A matrix with those singular values, and its singular vectors."""
    g = generator(seed, outputs, inputs)
    left = np.linalg.qr(g.normal(size=(outputs, len(values))))[0]
    right = np.linalg.qr(g.normal(size=(inputs, len(values))))[0].T
    right = np.ascontiguousarray(
        right * np.sign(right[np.arange(len(right)), np.abs(right).argmax(1)])[:, None])
    return (left * values) @ right, left, right


def two_layers(inputs=30, hidden=40, outputs=12, kind=np.float64):
    """tanh between two random layers; its functions, and the same in torch."""
    torch = pytest.importorskip("torch")
    g = generator(5)
    first, second = g.normal(size=(hidden, inputs)) / 5, g.normal(size=(outputs, hidden)) / 6
    bias = g.normal(size=hidden) / 3
    first, second, bias = (a.astype(kind) for a in (first, second, bias))

    def slopes(x):
        return 1 - np.tanh(x @ first.T + bias) ** 2

    tensors = [torch.tensor(a, dtype=torch.float64) for a in (first, second, bias)]
    encoder = Encoder(inputs, outputs, lambda x: np.tanh(x @ first.T + bias) @ second.T,
                      lambda x, v: (slopes(x) * (v @ first.T)) @ second.T,
                      lambda x, u: (slopes(x) * (u @ second)) @ first, kind)
    return encoder, lambda x: torch.tanh(x @ tensors[0].T + tensors[2]) @ tensors[1].T


def torch_jacobian(function, point):
    import torch
    return torch.autograd.functional.jacobian(function, torch.tensor(point)).numpy()


@pytest.mark.parametrize("kind,tolerance", [(np.float64, 1e-13), (np.float32, 2e-6)])
@pytest.mark.parametrize("method", [VJP, JVP, DIFFERENCES])
def test_explicit_against_torch(library, kind, tolerance, method):
    encoder, function = two_layers(kind=kind)
    point = generator(1).normal(size=encoder.inputs)
    expected = torch_jacobian(function, point)
    entries, result = jacobian(library, encoder, point, method)
    assert result.method == method
    error = np.abs(entries - expected).max()
    if method == DIFFERENCES:
        assert 0 < error <= result.difference_error < (1e-8 if kind == np.float64 else 1e-2)
    else:
        assert error < tolerance and result.difference_error == 0
    assert np.isclose(result.frobenius, np.linalg.norm(entries), rtol=1e-14)


@pytest.mark.parametrize("inputs,outputs,jvp,vjp,method",
                         [(9, 4, True, True, VJP), (4, 9, True, True, JVP), (6, 6, True, True, VJP),
                          (5, 9, False, True, VJP), (4, 9, False, True, DIFFERENCES),
                          (9, 4, True, False, JVP), (9, 4, False, False, DIFFERENCES)])
def test_method(library, inputs, outputs, jvp, vjp, method):
    matrix = generator(inputs, outputs).normal(size=(outputs, inputs))
    encoder = linear(matrix, jvp=jvp, vjp=vjp)
    entries, result = jacobian(library, encoder, np.ones(inputs))
    assert result.method == method
    assert np.abs(entries - matrix).max() <= (1e-8 if method == DIFFERENCES else 0)
    rows = {VJP: encoder.usage.vjp_rows, JVP: encoder.usage.jvp_rows,
            DIFFERENCES: encoder.usage.forward_rows - 2 * min(inputs, 16)}
    assert rows[method] == {VJP: outputs, JVP: inputs, DIFFERENCES: 2 * inputs}[method]


def test_differences_follow_the_scale_of_coordinates(library):
    """x_j³ with x_j over twelve orders of magnitude: a step that fits one would not fit the others."""
    point = 10.0 ** np.arange(-6, 7)
    encoder = Encoder(13, 13, lambda x: x ** 3)
    entries, result = jacobian(library, encoder, point)
    small = point < point.mean()  # whose scale is the mean: truncation t² there
    slopes = 3 * point ** 2
    error = np.abs(np.diag(entries) - slopes)
    assert (error[~small] < 1e-9 * slopes[~small]).all()
    assert error[small].max() < 1e-9 * point.mean() ** 2
    assert error.max() <= result.difference_error


@pytest.mark.parametrize("outputs,inputs", [(1, 1), (1, 8), (8, 1), (6, 9), (9, 6), (20, 20)])
def test_spectrum(library, outputs, inputs):
    k = min(outputs, inputs)
    values = 2.0 ** -np.arange(k)
    matrix, left, right = with_values(values, outputs, inputs)
    found = spectrum(library, linear(matrix), np.zeros(inputs))
    assert np.allclose(found[1], values, rtol=0, atol=1e-14)
    assert np.allclose(found[0], left, atol=1e-8) and np.allclose(found[2], right, atol=1e-8)
    assert np.isclose(found[3].frobenius ** 2, (values ** 2).sum())
    assert np.isclose(found[3].stable_rank, (values ** 2).sum())


def test_constant_encoder(library):
    encoder = linear(np.zeros((5, 7)))
    point = np.ones(7)
    assert spectrum(library, encoder, point)[3].stable_rank == 0
    for count in (1, 5):
        found = Leading(library, encoder, point, count)
        assert not found.values.any() and not found.residuals.any()
        assert np.allclose(found.right @ found.right.T, np.eye(count), atol=1e-14)
        assert np.allclose(found.left.T @ found.left, np.eye(count), atol=1e-14)
    assert norm(library, encoder, point).norm == 0
    assert not Constants(library, encoder, point, [0.1], count=4).constants.any()
    ascent = Ascent(library, encoder, point, 0.1)
    assert ascent.result.constant == 0 and ascent.result.converged == 8
    checked = check(library, encoder, point)
    assert (checked.transpose_error, checked.jvp_error, checked.vjp_error) == (0, 0, 0)


SPECTRA = dict(
    slow=1 - 0.5 * np.arange(60) / 60, fast=0.8 ** np.arange(60), root=1 / np.sqrt(1 + np.arange(60)),
    low_rank=np.r_[np.linspace(10, 4, 12), np.zeros(48)], steps=np.repeat([5.0, 4, 3, 2, 1, 0.5], 10),
    equal=np.ones(60), pairs=np.repeat(np.linspace(3, 1, 30), 2), tiny=1e-180 * 0.9 ** np.arange(60),
    huge=1e180 * 0.9 ** np.arange(60))


@pytest.mark.parametrize("shape", [(60, 60), (60, 200), (200, 60)])
@pytest.mark.parametrize("block", [1, 3])
@pytest.mark.parametrize("name", SPECTRA)
def test_leading(library, name, block, shape):
    values = SPECTRA[name]
    matrix, _, _ = with_values(values, *shape)
    for count in (1, 7, 20, 60):
        found = Leading(library, linear(matrix), np.zeros(shape[1]), count, block=block, seed=3)
        scale = values[0]
        assert np.allclose(found.values / scale, values[:count] / scale, rtol=0, atol=1e-10)
        assert np.allclose(found.right @ found.right.T, np.eye(count), atol=1e-12)
        assert np.allclose(found.left.T @ found.left, np.eye(count), atol=1e-12)
        along = np.linalg.norm(matrix / scale @ found.right.T - found.left * found.values / scale,
                               axis=0)
        back = np.linalg.norm(matrix.T / scale @ found.left - found.right.T * found.values / scale,
                              axis=0)
        assert np.allclose(along, found.residuals / scale, rtol=0.05, atol=1e-13)
        assert np.allclose(back, found.transposed / scale, rtol=0.05, atol=1e-13)
        assert max(along.max(), back.max()) < 2e-10
        assert (found.right[np.arange(count), np.abs(found.right).argmax(1)] > 0).all()


@pytest.mark.parametrize("shape", [(128, 700), (700, 128)])
@pytest.mark.parametrize("name", ["slow", "fast", "root", "normal"])
def test_leading_needs_no_more_products_than_arpack(library, name, shape):
    if name == "normal":
        matrix = generator(2).normal(size=shape)
    else:
        values = dict(slow=1 - 0.5 * np.arange(128) / 128, fast=0.93 ** np.arange(128),
                      root=1 / np.sqrt(1 + np.arange(128)))[name]
        matrix = with_values(values, *shape)[0]
    rows = [0]

    def counted(by):
        def multiply(x):
            rows[0] += x.shape[1] if x.ndim == 2 else 1
            return by @ x
        return multiply

    operator = LinearOperator(shape, dtype=float, matvec=counted(matrix), matmat=counted(matrix),
                              rmatvec=counted(matrix.T), rmatmat=counted(matrix.T))
    left, values, right = svds(operator, k=20, random_state=0)
    residual = max(np.linalg.norm(matrix @ right.T - left * values, axis=0).max(),
                   np.linalg.norm(matrix.T @ left - right.T * values, axis=0).max())
    encoder = linear(matrix)
    found = Leading(library, encoder, np.zeros(shape[1]), 20,
                    tolerance=max(residual / values.max(), 2e-15))
    assert np.allclose(found.values, np.sort(values)[::-1], rtol=1e-12)
    assert encoder.usage.jvp_rows + encoder.usage.vjp_rows == found.result.products <= rows[0]


@pytest.mark.parametrize("jvp", [True, False])
@pytest.mark.parametrize("kind,tolerance", [(np.float64, 1e-8), (np.float32, 2e-3)])
def test_leading_of_a_network(library, jvp, kind, tolerance):
    encoder, function = two_layers(kind=kind)
    if not jvp:
        encoder.struct.jvp = None
    point = generator(1).normal(size=encoder.inputs)
    expected = np.linalg.svd(torch_jacobian(function, point))
    found = Leading(library, encoder, point, 5)
    assert np.allclose(found.values, expected[1][:5], rtol=0, atol=tolerance)
    assert np.allclose(np.abs((found.right * expected[2][:5]).sum(1)), 1, atol=tolerance)
    assert found.result.differences == (not jvp)
    assert (found.result.difference_error > 0) == (not jvp)
    assert found.result.difference_error < tolerance
    assert found.residuals.max() < tolerance


def test_a_wrong_vjp_shows(library):
    """In the comparison of products, and in the residuals."""
    matrix = generator(8).normal(size=(9, 14))
    wrong = matrix.copy()
    wrong[3, 5] += 1
    point = np.ones(14)
    right = check(library, linear(matrix), point)
    assert max(right.transpose_error, right.jvp_error, right.vjp_error) < 1e-8
    encoder = Encoder(14, 9, lambda x: x @ matrix.T, lambda x, v: v @ matrix.T,
                      lambda x, u: u @ wrong)
    found = check(library, encoder, point)
    assert found.transpose_error > 0.05 and found.vjp_error > 0.05 and found.jvp_error < 1e-8
    encoder = Encoder(14, 9, lambda x: x @ matrix.T, lambda x, v: v @ wrong.T,
                      lambda x, u: u @ matrix)
    found = check(library, encoder, point)
    assert found.transpose_error > 0.05 and found.jvp_error > 0.05 and found.vjp_error < 1e-8
    assert Leading(library, encoder, point, 9).residuals.max() > 0.05


@pytest.mark.parametrize("jvp,vjp,method", [(True, True, JVP), (False, True, VJP),
                                            (False, False, DIFFERENCES)])
def test_norm(library, jvp, vjp, method):
    matrix = generator(3).normal(size=(40, 70)) * np.linspace(0.1, 2, 70)
    encoder = linear(matrix, jvp=jvp, vjp=vjp)
    expected, largest = np.linalg.norm(matrix), np.linalg.norm(matrix, 2)
    far = []
    for seed in range(1, 41):
        found = norm(library, encoder, np.ones(70), probes=50, seed=seed, largest=largest)
        assert found.method == method
        far.append((found.norm - expected) / found.standard_error)
        assert np.isclose(found.stable_rank, (found.norm / largest) ** 2)
        assert np.isclose(found.stable_rank_error,
                          2 * found.norm * found.standard_error / largest ** 2)
    assert 0.7 < np.std(far) < 1.4 and abs(np.mean(far)) < 0.6
    assert np.isnan(norm(library, encoder, np.ones(70)).stable_rank)


def test_constants_along_singular_vectors(library):
    """σ_i along v_i, 0 in the null space, whatever the length of the direction."""
    values = np.linspace(4, 1, 8)
    matrix, _, right = with_values(values, 8, 20)
    encoder, point = linear(matrix), generator(4).normal(size=20)
    lengths = 10.0 ** np.arange(-4, 4)
    found = Constants(library, encoder, point, [1.0, 1e-3], right * lengths[:, None])
    assert np.allclose(found.constants, values[:, None], rtol=1e-11)
    null = Constants(library, encoder, point, [1.0, 1e-9], count=50, complement_of=right)
    assert null.constants[:, 0].max() < 1e-13
    assert (null.constants < 10 * null.rounding).all() and (null.dominated == 50).all()
    assert (found.dominated == 0).all()


def test_mean_square_is_the_frobenius_norm(library):
    matrix = generator(6).normal(size=(15, 50))
    found = Constants(library, linear(matrix), np.zeros(50), [0.5], count=4000, seed=9)
    mean = (found.constants ** 2).mean()
    error = (found.constants ** 2).std() / np.sqrt(4000)
    assert abs(mean - np.linalg.norm(matrix) ** 2 / 50) < 4 * error


def test_distribution(library):
    matrix = generator(7).normal(size=(5, 12))
    probabilities = [0, 0.1, 0.5, 1 / 3, 1]
    found = Constants(library, linear(matrix), np.zeros(12), [0.1, 1, 10], count=101, seed=2,
                      probabilities=probabilities)
    for name in ("mean", "std", "min", "max"):
        assert np.allclose(getattr(found, name), getattr(np, name)(found.constants, axis=0),
                           rtol=1e-12)
    assert np.allclose(found.quantiles, np.quantile(found.constants, probabilities, axis=0).T,
                       rtol=1e-14)


def test_quadratic(library):
    """f = x² entry by entry: L_ε = ‖2 x û + ε û²‖."""
    encoder = Encoder(6, 6, lambda x: x ** 2)
    point, directions = generator(1).normal(size=6), generator(2).normal(size=(9, 6))
    epsilons = np.array([1e-3, 0.5, 20])
    units = directions / np.linalg.norm(directions, axis=1)[:, None]
    expected = np.linalg.norm(2 * point * units[:, None] + epsilons[:, None] * units[:, None] ** 2,
                              axis=2)
    for kind in (np.float16, np.float32, np.float64):
        given = directions.astype(kind)
        units = given.astype(float) / np.linalg.norm(given.astype(float), axis=1)[:, None]
        expected = np.linalg.norm(
            2 * point * units[:, None] + epsilons[:, None] * units[:, None] ** 2, axis=2)
        found = Constants(library, encoder, point, epsilons, given)
        assert np.allclose(found.constants, expected, rtol=1e-11)


def test_rounding_is_reported(library):
    """A float32 encoder of numbers about 1000 knows nothing about ε = 1e-6."""
    matrix = generator(9).normal(size=(30, 30))
    encoder = linear(matrix, np.float32)
    point = 1000 + generator(10).normal(size=30)
    found = Constants(library, encoder, point, [100.0, 1e-6], count=20)
    assert found.dominated.tolist() == [0, 20]
    exact = Constants(library, linear(matrix.astype(np.float32).astype(float)), point, [100.0],
                      count=20)
    assert np.abs(found.constants[:, 0] - exact.constants[:, 0]).max() < 3 * found.rounding[0]


@pytest.mark.parametrize("seed", [1, 2])
def test_ascent_reaches_the_largest_singular_value(library, seed):
    values = np.r_[3, 2, np.linspace(1.5, 0.1, 10)]
    matrix, _, right = with_values(values, 12, 40)
    found = Ascent(library, linear(matrix), np.ones(40), 0.01, seed=seed, tolerance=1e-14,
                   iterations=300)
    assert np.isclose(found.result.constant, 3, rtol=1e-9) and found.result.converged == 8
    assert abs(found.direction @ right[0]) > 1 - 1e-6
    assert found.result.constant == found.constants.max() == found.constants[found.result.best]


def test_ascent_of_a_network(library):
    """The constant is that of its direction, no smaller than along v_1 or at any start."""
    encoder, function = two_layers()
    point = generator(1).normal(size=encoder.inputs)
    first = Leading(library, encoder, point, 1).right
    found = Ascent(library, encoder, point, 1.0, starts=first, restarts=5, seed=4)
    at = function(torch_tensor(point + found.direction)) - function(torch_tensor(point))
    assert np.isclose(np.linalg.norm(at.numpy()), found.result.constant, rtol=1e-12)
    along = Constants(library, encoder, point, [1.0], first).constants[0, 0]
    assert found.constants[0] > along * (1 - 1e-15)
    assert np.isclose(np.linalg.norm(found.direction), 1, rtol=1e-14)


def torch_tensor(x):
    import torch
    return torch.tensor(x)


def test_a_step_that_overshoots_is_halved(library):
    """f = sin 3x: with ε = 1 power iteration jumps about; the halved steps climb."""
    encoder = Encoder(2, 2, lambda x: np.sin(3 * x), None, lambda x, u: 3 * np.cos(3 * x) * u)
    point = np.array([0.3, -0.2])
    angles = np.linspace(0, 2 * np.pi, 100001)
    circle = point + np.c_[np.cos(angles), np.sin(angles)]
    best = np.linalg.norm(np.sin(3 * circle) - np.sin(3 * point), axis=1).max()
    found = Ascent(library, encoder, point, 1.0, tolerance=1e-13, restarts=16)
    assert np.isclose(found.result.constant, best, rtol=1e-8)


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b))


def test_seeds(library):
    encoder = two_layers()[0]
    point = np.ones(encoder.inputs)

    def results(seed, by):
        found = Leading(by, encoder, point, 4, seed=seed)
        constants = Constants(by, encoder, point, [0.1], count=5, seed=seed).constants
        ascent = Ascent(by, encoder, point, 0.1, seed=seed, iterations=3)
        return (found.values, found.right, found.left, found.residuals, found.transposed, constants,
                ascent.direction, ascent.constants,
                np.array(norm(by, encoder, point, seed=seed).norm))
    once = results(7, library)
    assert same(once, results(7, library)) and not same(once, results(8, library))
    with latent.Latent(threads=3, seed=7) as other:
        assert same(once, results(7, other)) and same(once, results(0, other))


CALLS = {
    "explicit": lambda by, e, x: jacobian(by, e, x),
    "differences": lambda by, e, x: jacobian(by, e, x, DIFFERENCES),
    "spectrum": lambda by, e, x: spectrum(by, e, x),
    "leading": lambda by, e, x: Leading(by, e, x, 3),
    "norm": lambda by, e, x: norm(by, e, x),
    "check": lambda by, e, x: check(by, e, x),
    "constants": lambda by, e, x: Constants(by, e, x, [0.1, 1], count=9),
    "ascent": lambda by, e, x: Ascent(by, e, x, 0.1),
}


class Breaking:
    """A linear encoder one of whose calls, counted over all three callbacks, goes wrong."""

    def __init__(self, how, at, kind=np.float64, **limits):
        matrix = generator(11).normal(size=(4, 6)).astype(kind)
        self.how, self.at, self.calls, self.each = how, at, 0, dict(forward=0, jvp=0, vjp=0)
        self.encoder = Encoder(6, 4, self.wrap("forward", lambda x: x @ matrix.T),
                               self.wrap("jvp", lambda x, v: v @ matrix.T),
                               self.wrap("vjp", lambda x, u: u @ matrix), kind, max_batch=2, **limits)

    def wrap(self, name, function):
        def call(*arguments):
            self.calls += 1
            self.each[name] += 1
            result = function(*arguments)
            if self.calls == self.at:
                self.broken = "call %d of the encoder's %s" % (self.each[name], name)
                if self.how == "code":
                    raise Code(self.at + 1000)
                self.place = len(result) - 1, result.shape[1] - 2
                result[self.place] = self.how
            return result
        return call

    def sentence(self):
        if self.how == "code":
            return self.broken + " returned %d" % (self.at + 1000)
        what = {np.inf: "infinity", -np.inf: "-infinity"}.get(self.how, "NaN")
        entry = "input" if "vjp" in self.broken else "output"
        return self.broken + " gave %s at row %d, %s %d" % (what, self.place[0], entry,
                                                          self.place[1])


@pytest.mark.parametrize("how", ["code", np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("name", CALLS)
def test_every_callback_fails_in_turn(library, name, kind, how):
    at, total = 0, None
    while total is None or at < total:
        at += 1
        breaking = Breaking(how, at, kind)
        try:
            CALLS[name](library, breaking.encoder, np.ones(6))
            total = breaking.calls
            assert at > total
        except latent.LatentError as error:
            assert error.status == (-16 if how == "code" else -5)
            assert error.sentence == breaking.sentence()
            usage = breaking.encoder.usage
            assert usage.code == (at + 1000 if how == "code" else 0)
            assert usage.forward_calls + usage.jvp_calls + usage.vjp_calls == at
    assert at > 2


@pytest.mark.parametrize("name", CALLS)
def test_evaluations_are_counted_and_limited(library, name):
    free = Breaking(None, 0)
    CALLS[name](library, free.encoder, np.ones(6))
    usage = free.encoder.usage
    assert [usage.forward_calls, usage.jvp_calls, usage.vjp_calls] == list(free.each.values())
    rows = usage.forward_rows + usage.jvp_rows + usage.vjp_rows
    CALLS[name](library, Breaking(None, 0, max_evaluations=rows).encoder, np.ones(6))
    limited = Breaking(None, 0, max_evaluations=rows - 1)
    with pytest.raises(latent.LatentError) as raised:
        CALLS[name](library, limited.encoder, np.ones(6))
    assert raised.value.status == -17
    assert "encoder->max_evaluations is %d" % (rows - 1) in raised.value.sentence
    usage = limited.encoder.usage
    assert usage.forward_rows + usage.jvp_rows + usage.vjp_rows < rows


def test_batches(library):
    """Whatever their size, the results are the same; none is larger than the caller allows."""
    sizes = set()
    matrix = generator(12).normal(size=(7, 9))

    def forward(x):
        sizes.add(len(x))
        return np.array([matrix @ row for row in x])

    def results(limit):
        sizes.clear()
        encoder = Encoder(9, 7, forward, max_batch=limit)
        found = (Constants(library, encoder, np.ones(9), [0.5, 2], count=11, seed=1).constants,
                 jacobian(library, encoder, np.ones(9))[0])
        assert max(sizes) <= (limit or 256)
        return found
    for limit in (1, 2, 3, 5, 16):
        assert same(results(limit), results(0))


@pytest.mark.parametrize("vjp,what", [("leading", "a search for singular triplets"),
                                      ("ascent", "gradient ascent")])
def test_without_vjp(library, vjp, what):
    with pytest.raises(latent.LatentError) as raised:
        CALLS[vjp](library, linear(np.eye(4), vjp=False), np.ones(4))
    assert raised.value.status == -13
    assert raised.value.sentence == ("encoder->vjp is NULL, but %s needs products with the "
                                     "transposed Jacobian" % what)


def test_sentences(library):
    eye, point = linear(np.eye(3)), np.ones(3)
    for call, sentence in [
            (lambda: Leading(library, eye, point, 4),
             "count is 4; a Jacobian of 3 x 3 has 1 to 3 singular values"),
            (lambda: Leading(library, eye, point, 0),
             "count is 0; a Jacobian of 3 x 3 has 1 to 3 singular values"),
            (lambda: Constants(library, eye, point, [0.1], np.eye(3) * [[1], [0], [0]]),
             "directions[1] is zero, which is no direction"),
            (lambda: Constants(library, eye, point, [0.1], np.array([[1.0, np.inf, 0]])),
             "directions[0][1] is infinity"),
            (lambda: Constants(library, eye, point, [0.1], np.eye(2)),
             "directions has 2 columns, but the encoder has 3 inputs"),
            (lambda: Constants(library, eye, point, [0.1, 0], count=2),
             "options->epsilons[1] is 0; it must be positive and finite"),
            (lambda: Constants(library, eye, point, [0.1], count=2, complement_of=np.eye(3)),
             "sampling->complement_count is 3; it must be below the 3 inputs"),
            (lambda: Constants(library, eye, point, [0.1], count=2, probabilities=[0.5, 2]),
             "options->probabilities[1] is 2, outside 0 to 1"),
            (lambda: Ascent(library, eye, point, np.nan),
             "options->epsilon is nan; it must be positive and finite"),
            (lambda: Ascent(library, eye, point, 0.1, starts=[[1.0, 0, 0], [0, 0, 0]]),
             "row 1 of options->starts is zero, which is no direction"),
            (lambda: jacobian(library, eye, [1, np.nan, 0]), "point[1] is NaN"),
            (lambda: jacobian(library, linear(np.eye(3), np.float32), [1, 2, 1e40]),
             "point[2] is 1e+40, beyond the encoder's float32"),
            (lambda: jacobian(library, eye, point, 4),
             "options->method is 4, no method for a Jacobian"),
            (lambda: jacobian(library, linear(np.eye(3), jvp=False), point, JVP),
             "encoder->jvp is NULL, but options->method asks for it"),
            (lambda: norm(library, eye, point, probes=1),
             "options->probes is 1; it must be at least 2"),
            (lambda: Leading(library, linear(np.diag([1e200, 1, 1e-200])), point, 1, tolerance=2),
             "options->tolerance is 2; it must be 0 or more, and below 1")]:
        with pytest.raises(latent.LatentError) as raised:
            call()
        assert raised.value.sentence == sentence


def test_too_few_restarts(library):
    matrix = with_values(1 - 1e-3 * np.arange(300) / 300, 300, 300)[0]
    with pytest.raises(latent.LatentError) as raised:
        Leading(library, linear(matrix), np.zeros(300), 10, restarts=1)
    assert raised.value.status == -15
    assert raised.value.sentence.startswith("after 1 restarts ")
