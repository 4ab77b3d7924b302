"""liblatent's directions of a head: decomposition, importance, pruning curve."""
import ctypes

import numpy as np

from peer_latent import Library, view
from timing import Method


class Result(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t)] + [(name, ctypes.c_void_p) for name in (
        "importance", "order", "cosine", "projection", "variance")] + [
            ("samples", ctypes.c_int64), ("zeros", ctypes.c_int64), ("top_ratio", ctypes.c_double),
            ("top_share", ctypes.c_double)]


class Curve(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t)] + [(name, ctypes.c_void_p) for name in (
        "correct", "correct_top", "changed", "energy")]


class Decomposed(Method):
    """A head, its directions, and activations if a file is named."""

    def __init__(self, weights_file, threads, points_file=None):
        self.latent = Library(threads)
        self.version = self.latent.version()
        self.weights = np.load(weights_file)
        self.points = np.load(points_file) if points_file else None
        self.directions = ctypes.c_void_p()
        library = self.latent.library
        library.latent_directions_destroy.argtypes = [ctypes.c_void_p]
        for name in ("values", "left", "right"):
            getattr(library, "latent_directions_" + name).restype = ctypes.POINTER(ctypes.c_double)
        self.decompose()

    def decompose(self):
        self.latent.library.latent_directions_destroy(self.directions)
        self.latent.call("latent_directions_create", view(self.weights), None,
                         ctypes.byref(self.directions))

    def array(self, name, shape):
        pointer = getattr(self.latent.library, "latent_directions_" + name)(self.directions)
        return np.ctypeslib.as_array(pointer, shape).copy()

    def factors(self):
        outputs, inputs = self.weights.shape
        count = min(outputs, inputs)
        return {"values": self.array("values", (count,)),
                "left": self.array("left", (outputs, count)),
                "right": self.array("right", (count, inputs))}


class Decomposition(Decomposed):
    def run(self):
        self.decompose()

    def answer(self):
        return self.factors()


class Importance(Decomposed):
    """An accumulator that takes all activations at once."""

    def run(self):
        count = min(self.weights.shape)
        self.importance, self.order = np.zeros(count), np.zeros(count, np.int64)
        sums = ctypes.c_void_p()
        result = Result(ctypes.sizeof(Result), importance=self.importance.ctypes.data,
                        order=self.order.ctypes.data)
        self.latent.library.latent_importance_destroy.argtypes = [ctypes.c_void_p]
        self.latent.call("latent_importance_create", self.directions, ctypes.byref(sums))
        self.latent.call("latent_importance_update", sums, self.directions, view(self.points))
        self.latent.call("latent_importance_finish", sums, self.directions, 0,
                         ctypes.byref(result))
        self.latent.library.latent_importance_destroy(sums)

    def answer(self):
        return {**self.factors(), "importance": self.importance, "order": self.order}


class Pruning(Importance):
    """The curve over every level, the directions in the order of their importance."""

    def __init__(self, weights_file, threads, points_file, labels_file, bias_file, changed):
        super().__init__(weights_file, threads, points_file)
        self.labels, self.bias, self.changed = np.load(labels_file), np.load(bias_file), changed
        Importance.run(self)
        self.counts = {name: np.zeros(len(self.order) + 1, np.int64)
                       for name in ("correct", "correct_top", "changed")}

    def run(self):
        curve = Curve(ctypes.sizeof(Curve), **{
            name: array.ctypes.data for name, array in self.counts.items()
            if name != "changed" or self.changed})
        self.latent.call("latent_pruning_evaluate", self.directions, view(self.points),
                         self.labels.ctypes, self.bias.ctypes, self.order.ctypes, None,
                         ctypes.byref(curve))

    def answer(self):
        return {**super().answer(), **self.counts}
