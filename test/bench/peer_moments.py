"""liblatent's moments and a bare sum of the same matrix, in turn in one process.

They take milliseconds and are bound by memory, so they are measured on the same pages, and each
call is timed on its own.
"""
import ctypes
import time

import numpy as np

from peer_latent import Library, view
from timing import Method

ARRAYS = {"samples": ("count", "mean", "variance", "skewness", "kurtosis"),
          "features": ("count", "mean", "variance", "skewness", "kurtosis", "min", "max",
                       "mean_abs")}
SAMPLE_FIGURES = ("skewness", "kurtosis")


def _struct(name):
    fields = [("size", ctypes.c_size_t)] + [(f, ctypes.c_void_p) for f in ARRAYS[name]]
    if name == "features":
        fields.append(("degenerate", ctypes.c_int64))
    return type(name, (ctypes.Structure,), {"_fields_": fields})


STRUCTS = {name: _struct(name) for name in ARRAYS}


class Results:
    """A struct of the library that points to arrays of its own."""

    def __init__(self, name, entries, figures):
        self.arrays = {figure: np.zeros(entries, np.int64 if figure == "count" else np.float64)
                       for figure in figures}
        self.struct = STRUCTS[name](ctypes.sizeof(STRUCTS[name]))
        for figure, array in self.arrays.items():
            setattr(self.struct, figure, array.ctypes.data)


class Moments(Method):
    """The four in turn, `rounds` times in each run; `answer` has the seconds of every call."""

    NAMES = ("sum", "samples", "features", "both")

    def __init__(self, points_file, sum_file, threads, rounds):
        self.latent = Library(threads)
        self.version = self.latent.version()
        self.points, self.threads, self.rounds = np.load(points_file), threads, rounds
        self.samples = Results("samples", len(self.points), SAMPLE_FIGURES)
        self.features = Results("features", self.points.shape[1], ARRAYS["features"])
        library = ctypes.CDLL(sum_file)
        self.read = library.read_only_sum
        self.read.restype = ctypes.c_float
        self.seconds = {name: [] for name in self.NAMES}
        self.peaks = {}

    def compute(self, samples, features):
        self.latent.call("latent_moments_compute", view(self.points), None,
                         ctypes.byref(self.samples.struct) if samples else None,
                         ctypes.byref(self.features.struct) if features else None, None)

    def call(self, name):
        if name == "sum":
            self.read(ctypes.c_void_p(self.points.ctypes.data),
                      ctypes.c_int64(self.points.size), self.threads)
        else:
            self.compute(name != "features", name != "samples")
            self.peaks[name] = self.latent.memory_peak()

    def warm_up(self):
        for name in self.NAMES:
            self.call(name)

    def run(self):
        for _ in range(self.rounds):
            for name in self.NAMES:
                begin = time.perf_counter()
                self.call(name)
                self.seconds[name].append(time.perf_counter() - begin)

    def answer(self):
        return {"seconds": self.seconds, "peaks": self.peaks, "samples": self.samples.arrays,
                "features": self.features.arrays}
