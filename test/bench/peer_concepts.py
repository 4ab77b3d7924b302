"""Average precision of directions for concepts: liblatent's, and scikit-learn's in a loop."""
import ctypes

import numpy as np

from peer_latent import Library, view
from timing import Method


class Labels(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("samples", ctypes.c_int64),
                ("concepts", ctypes.c_int64), ("values", ctypes.c_void_p),
                ("stride", ctypes.c_int64), ("present_offsets", ctypes.c_void_p),
                ("present", ctypes.c_void_p), ("ignored_offsets", ctypes.c_void_p),
                ("ignored", ctypes.c_void_p)]


class Result(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("ap", ctypes.c_void_p), ("type", ctypes.c_int32),
                ("reserved", ctypes.c_int32), ("stride", ctypes.c_int64),
                ("signs", ctypes.c_void_p)]


class Probed(Method):
    """All directions for all concepts, which are given as lists; a basis if a file is named."""

    def __init__(self, points_file, offsets_file, present_file, concepts, threads,
                 basis_file=None, answered=None):
        self.latent = Library(threads)
        self.version = self.latent.version()
        self.points = np.load(points_file)
        self.offsets, self.present = np.load(offsets_file), np.load(present_file)
        self.basis = np.load(basis_file) if basis_file else None
        self.answered = answered
        directions = len(self.basis) if basis_file else self.points.shape[1]
        self.ap = np.zeros((directions, concepts))

    def run(self):
        samples, concepts = len(self.points), self.ap.shape[1]
        labels = Labels(ctypes.sizeof(Labels), samples, concepts, None, 0,
                        self.offsets.ctypes.data, self.present.ctypes.data, None, None)
        result = Result(ctypes.sizeof(Result), self.ap.ctypes.data)
        self.latent.call("latent_concepts_ap", view(self.points),
                         None if self.basis is None else view(self.basis), ctypes.byref(labels),
                         None, ctypes.byref(result))

    def answer(self):
        """The average precisions of the pairs that are compared."""
        return {"ap": self.ap[tuple(self.answered.T)], "context_peak": self.latent.memory_peak()}


class Loop(Method):
    """average_precision_score() for some pairs of a direction and a concept."""

    def __init__(self, points_file, offsets_file, present_file, pairs):
        import sklearn
        from sklearn.metrics import average_precision_score

        self.score, self.version = average_precision_score, sklearn.__version__
        points = np.load(points_file, mmap_mode="r")
        offsets, present = np.load(offsets_file), np.load(present_file)
        self.pairs = pairs
        self.columns = {d: np.ascontiguousarray(points[:, d]) for d in set(pairs[:, 0])}
        samples = np.repeat(np.arange(len(points)), np.diff(offsets))
        self.labels = {c: np.zeros(len(points), np.int8) for c in set(pairs[:, 1])}
        for c, labels in self.labels.items():
            labels[samples[present == c]] = 1

    def warm_up(self):
        d, c = self.pairs[0]
        self.score(self.labels[c], self.columns[d])

    def run(self):
        self.ap = np.array([self.score(self.labels[c], self.columns[d]) for d, c in self.pairs])

    def answer(self):
        return {"ap": self.ap}
