"""Runs latent-geometry, and computes what it should say with torch and numpy in float64."""
import json

import numpy
import pytest

from program_runs import run_program, run_program_ok

torch = pytest.importorskip("torch", reason="the oracle is torch: ./bootstrap --test installs it")

PROGRAM = "latent-geometry"


class Oracle:
    """A network of torch in float64, as a function of the pixels of flat images."""

    def __init__(self, network, side):
        self.network, self.side = network, side

    def latents(self, images):
        with torch.no_grad():
            shaped = numpy.ascontiguousarray(images).reshape(-1, self.side, self.side)
            return self.network.latents(torch.from_numpy(shaped)).numpy()

    def jacobian(self, image):
        made = torch.autograd.functional.jacobian(
            lambda x: self.network.latents(x[None])[0],
            torch.from_numpy(image.reshape(self.side, self.side)))
        return made.numpy().reshape(-1, self.side ** 2)

    def lipschitz(self, image, directions, epsilon):
        """L of directions, a row each."""
        units = directions / numpy.linalg.norm(directions, axis=1, keepdims=True)
        moved = self.latents(image.ravel() + epsilon * units) - self.latents(image)
        return numpy.linalg.norm(moved, axis=1) / epsilon

    def seen(self, image):
        """The class with the largest logit, and its probability."""
        with torch.no_grad():
            logits = self.network.head(torch.from_numpy(self.latents(image)))[0]
        shares = torch.softmax(logits, dim=0)
        return {"class": int(shares.argmax()), "probability": float(shares.max())}

    def gradient(self, image, target):
        """J^T (f(x) - t), |f(x) - t|^2 and the cosine of both."""
        x = torch.from_numpy(image.reshape(1, self.side, self.side)).clone().requires_grad_(True)
        latent = self.network.latents(x)[0]
        rest = latent - torch.from_numpy(target)
        loss = (rest ** 2).sum()
        slope, = torch.autograd.grad(loss / 2, x)
        cosine = torch.nn.functional.cosine_similarity(latent, torch.from_numpy(target), dim=0)
        return slope.numpy().ravel(), loss.item(), cosine.item()


def run(folder, *arguments, **options):
    return run_program(PROGRAM, folder, *arguments, **options)


def run_ok(folder, *arguments):
    return run_program_ok(PROGRAM, folder, *arguments)


def read_json(folder, *arguments):
    return json.loads(run_ok(folder, *arguments, "--json", "-"))
