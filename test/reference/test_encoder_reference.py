"""What all calls on an encoder have in common: callbacks that fail, limits, batches, seeds, sentences."""
import numpy as np
import pytest

import latent_ctypes as latent
from encoder_samples import generator, two_layers, same
from geometry_calls import (DIFFERENCES, JVP, Ascent, Code, Constants, Encoder, Leading, check,
                            jacobian, linear, norm, spectrum)


@pytest.fixture(scope="module")
def library():
    with latent.Latent() as made:
        yield made


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
