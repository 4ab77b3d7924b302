"""Matching of a random network against the published loop in torch, and against the search that
matching.h describes, in numpy."""
import numpy as np
import pytest
import torch

import latent_ctypes as latent
from geometry_calls import Encoder
from matching_calls import CAPPED, CONVERGED, GIVEN, NO_BOUNDS, STALLED, match

N, M, WIDTH, PAIRS = 30, 8, 24, 6


@pytest.fixture(scope="module")
def library():
    with latent.Latent(threads=2) as made:
        yield made


class Network:
    """B tanh(A x + a) + b, in torch, and as callbacks whose derivatives autograd finds."""

    def __init__(self, kind=torch.float64, seed=0):
        g = torch.Generator().manual_seed(seed)
        self.first, self.second = torch.nn.Linear(N, WIDTH), torch.nn.Linear(WIDTH, M)
        self.module = torch.nn.Sequential(self.first, torch.nn.Tanh(), self.second).to(kind)
        for parameter in self.module.parameters():
            parameter.data = torch.randn(parameter.shape, generator=g, dtype=kind) / 3
            parameter.requires_grad_(False)
        number = np.float64 if kind == torch.float64 else np.float32
        self.encoder = Encoder(N, M, self.forward, vjp=self.vjp, kind=number)

    def forward(self, x):
        return self.module(torch.from_numpy(x)).numpy()

    def vjp(self, x, u):
        x = torch.from_numpy(x).requires_grad_()
        return torch.autograd.grad(self.module(x), x, torch.from_numpy(u))[0].numpy()


def data(kind=np.float64):
    g = np.random.default_rng(1)
    return g.uniform(size=(PAIRS, N)).astype(kind), g.uniform(size=(PAIRS, N)).astype(kind)


def torch_loop(network, start, target_input, rate, steps):
    """Gradient descent on the mean squared error with clipping, pair by pair."""
    x0, goal = torch.from_numpy(start), network.module(torch.from_numpy(target_input))
    x, rows = x0.clone(), []
    for k in range(steps + 1):
        x.requires_grad_()
        outputs = network.module(x)
        mean_squared = torch.nn.functional.mse_loss(outputs, goal)
        loss = ((outputs - goal) ** 2).sum()
        cosine = torch.nn.functional.cosine_similarity(outputs, goal, dim=0)
        rows.append([loss.item(), cosine.item(), (x - x0).abs().mean().item()])
        if (loss < 1e-4 and cosine > 0.97) or k == steps:
            break
        gradient, = torch.autograd.grad(mean_squared, x)
        with torch.no_grad():
            x = torch.clip(x - rate * gradient, x0.min(), x0.max())
    return x.detach().numpy(), np.array(rows)


@pytest.mark.parametrize("steps", [40, 15000])
def test_published_loop(library, steps):
    network, (starts, ends), rate = Network(), data(), 0.2
    found, result = match(library, network.encoder, starts, ends, trace_rows=steps + 1,
                          max_steps=0 if steps == 15000 else steps, step=2 * rate / M)
    states = set()
    for p in range(PAIRS):
        x, rows = torch_loop(network, starts[p], ends[p], rate, steps)
        taken = len(rows) - 1
        assert found["steps"][p] == taken
        for i, name in enumerate(("loss", "cosine", "change")):
            trace = found["trace_" + name][p]
            assert np.allclose(trace[:taken + 1], rows[:, i], rtol=1e-12, atol=1e-14)
            assert np.isnan(trace[taken + 1:]).all()
        state = CONVERGED if rows[-1, 0] < 1e-4 and rows[-1, 1] > 0.97 else CAPPED
        assert found["state"][p] == state
        assert np.allclose(found["x"][p], x, rtol=0, atol=1e-12)
        assert np.isclose(found["distance"][p], np.linalg.norm(x - starts[p]), rtol=1e-12)
        assert np.allclose(found["outputs"][p], network.forward(x), rtol=0, atol=1e-12)
        states.add(state)
    assert states == {CONVERGED} if steps == 15000 else CAPPED in states
    assert result.converged == (found["state"] == CONVERGED).sum()


def test_float32(library):
    """The same loop in single precision stays near, as long as steps are few."""
    network, (starts, ends) = Network(torch.float32), data(np.float32)
    found, _ = match(library, network.encoder, starts, ends, step=0.05, max_steps=30)
    for p in range(PAIRS):
        x, rows = torch_loop(network, starts[p], ends[p], 0.05 * M / 2, 30)
        assert found["steps"][p] == len(rows) - 1
        assert np.allclose(found["x"][p], x, rtol=0, atol=1e-5)
        assert np.isclose(found["loss"][p], rows[-1, 0], rtol=1e-3)


def project(z, x0, lower, upper, radius):
    """The nearest point of box and ball, by bisection for what the ball leaves of z - x0."""
    point = np.clip(z, lower, upper)
    if radius == 0 or np.linalg.norm(point - x0) <= radius:
        return point
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        point = np.clip(x0 + middle * (z - x0), lower, upper)
        low, high = ((middle, high) if np.linalg.norm(point - x0) <= radius else (low, middle))
    return point


def spectral_search(network, x0, goal, lower, upper, radius, most):
    """The search of matching.h; returns the losses and steps of its iterates, and the last one."""
    x, losses, steps, before = x0, [], [0.0], None
    for k in range(most + 1):
        outputs = network.forward(x[None])[0]
        losses.append(((outputs - goal) ** 2).sum())
        cosine = outputs @ goal / np.linalg.norm(outputs) / np.linalg.norm(goal)
        if k == most or (losses[-1] < 1e-4 and cosine > 0.97):
            break
        g = network.vjp(x[None], (outputs - goal)[None])[0]
        reference = losses[-1] / (g @ g)
        alpha = reference
        if before is not None:
            s, y = x - before[0], g - before[1]
            if s @ y > 0:
                alpha = np.clip(s @ s / (s @ y), reference * 1e-6, reference * 1e6)
        direction = project(x - alpha * g, x0, lower, upper, radius) - x
        slope, lam = g @ direction, 1.0
        if not slope < 0:
            break
        while True:
            trial = network.forward((x + lam * direction)[None])[0]
            half = ((trial - goal) ** 2).sum() / 2
            if half <= max(losses[-10:]) / 2 + 1e-4 * lam * slope:
                break
            lowest = -lam * slope / 2 / (half - losses[-1] / 2 - lam * slope)
            lam *= np.clip(lowest, 0.1, 0.5)
        before, x = (x, g), x + lam * direction
        steps.append(lam * alpha)
    return np.array(losses), np.array(steps), x


@pytest.mark.parametrize("bounds,radius", [(0, 0.0), (GIVEN, 0.0), (NO_BOUNDS, 0.0), (0, 0.4),
                                           (NO_BOUNDS, 0.3)])
def test_adaptive_steps(library, bounds, radius):
    network, (starts, ends), most = Network(), data(), 25
    limits = dict(lower=-0.5, upper=1.25) if bounds == GIVEN else {}
    found, _ = match(library, network.encoder, starts, ends, trace_rows=most + 1, max_steps=most,
                     bounds=bounds, radius=radius, **limits)
    for p in range(PAIRS):
        lower, upper = {0: (starts[p].min(), starts[p].max()), GIVEN: (-0.5, 1.25),
                        NO_BOUNDS: (-np.inf, np.inf)}[bounds]
        losses, steps, x = spectral_search(network, starts[p], network.forward(ends[p][None])[0],
                                           lower, upper, radius, most)
        # Rounding grows from step to step, as it does in any such search.
        assert abs(found["steps"][p] - (len(losses) - 1)) <= (found["state"][p] == STALLED)
        same = min(len(losses), 12)
        assert np.allclose(found["trace_loss"][p][:same], losses[:same], rtol=1e-6, atol=1e-12)
        assert np.allclose(found["trace_step"][p][:same], steps[:same], rtol=1e-6)
        assert found["loss"][p] == np.nanmin(found["trace_loss"][p])
        if found["state"][p] == CONVERGED:
            assert np.allclose(found["x"][p], x, rtol=0, atol=1e-4)
        assert found["x"][p].min() >= lower and found["x"][p].max() <= upper
        if radius:
            assert found["distance"][p] <= radius * (1 + 1e-12)


def test_adaptive_steps_need_fewer(library):
    """Than fixed ones, of a size that still converges."""
    network, (starts, ends) = Network(), data()
    plain, _ = match(library, network.encoder, starts, ends, step=0.05)
    rows = network.encoder.usage.forward_rows + network.encoder.usage.vjp_rows
    adaptive, result = match(library, network.encoder, starts, ends)
    fewer = network.encoder.usage.forward_rows + network.encoder.usage.vjp_rows
    assert (plain["state"] == CONVERGED).all() and result.converged == PAIRS
    assert fewer < rows / 2


def test_constrained_minimum(library):
    """In a small ball the best that can be had satisfies first-order conditions: the negative gradient
    points outward, along x - x0."""
    network, (starts, ends) = Network(), data()
    found, _ = match(library, network.encoder, starts, ends, radius=0.2, bounds=NO_BOUNDS,
                     tolerance=-1.0, max_steps=300)
    for p in range(PAIRS):
        goal = network.forward(ends[p][None])[0]
        g = network.vjp(found["x"][p][None], (found["outputs"][p] - goal)[None])[0]
        away = found["x"][p] - starts[p]
        assert np.isclose(np.linalg.norm(away), 0.2, rtol=1e-9)
        assert -g @ away / np.linalg.norm(g) / np.linalg.norm(away) > 1 - 1e-6
