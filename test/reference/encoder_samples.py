"""Matrices and networks with known answers, for the tests of calls on an encoder."""
import numpy as np
import pytest

from geometry_calls import Encoder


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


def torch_tensor(x):
    import torch
    return torch.tensor(x)


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b))
