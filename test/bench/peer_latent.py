"""liblatent itself, through ctypes, as a program in Python uses it."""
import ctypes
import os

import numpy as np

from timing import Method

PATH = os.environ.get("LATENT_LIBRARY", "lib/liblatent.so")
LATENT_F32 = 3
ISA_NAMES = {1: "reference", 2: "AVX2", 3: "AVX-512", 4: "VNNI", 5: "AMX", 6: "NEON",
             7: "NEON dot", 8: "NEON matrix"}
SCREEN_NAMES = {1: "float32", 2: "bfloat16", 3: "int16", 4: "int8"}
AUTO, AVX2, AVX512, VNNI, AMX = 0, 2, 3, 4, 5
FLOAT32 = 1


class Matrix(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("rows", ctypes.c_int64), ("columns", ctypes.c_int64),
                ("stride", ctypes.c_int64), ("type", ctypes.c_int)]


class ContextOptions(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("threads", ctypes.c_int32), ("isa", ctypes.c_int32),
                ("memory_budget", ctypes.c_int64), ("seed", ctypes.c_uint64),
                ("allocate", ctypes.c_void_p), ("release", ctypes.c_void_p),
                ("allocator_user", ctypes.c_void_p), ("progress", ctypes.c_void_p),
                ("progress_user", ctypes.c_void_p), ("progress_interval", ctypes.c_double),
                ("cpus", ctypes.c_void_p), ("cpu_count", ctypes.c_int64),
                ("screen", ctypes.c_int32)]


def view(points):
    rows, columns = points.shape
    return ctypes.byref(Matrix(points.ctypes.data, rows, columns, columns, LATENT_F32))


class Library:
    """The loaded library with one context."""

    def __init__(self, threads=1, isa=AUTO, screen=AUTO, path=PATH):
        self.library = ctypes.CDLL(path)
        self.library.latent_version.restype = ctypes.c_char_p
        self.library.latent_context_error.restype = ctypes.c_char_p
        self.library.latent_context_memory_peak.restype = ctypes.c_int64
        self.library.latent_context_rescored_pairs.restype = ctypes.c_int64
        self.context = ctypes.c_void_p()
        options = ContextOptions(ctypes.sizeof(ContextOptions), threads, isa, screen=screen)
        status = self.library.latent_context_create(ctypes.byref(self.context),
                                                    ctypes.byref(options))
        if status:
            raise RuntimeError("latent_context_create returned %d" % status)

    def call(self, name, *arguments):
        status = getattr(self.library, name)(self.context, *arguments)
        if status:
            message = self.library.latent_context_error(self.context).decode()
            raise RuntimeError("%s returned %d: %s" % (name, status, message))

    def version(self):
        return self.library.latent_version().decode()

    def isa(self):
        """The number of the instruction set in use."""
        return self.library.latent_context_isa(self.context)

    def isa_name(self):
        return ISA_NAMES.get(self.isa(), "?")

    def memory_peak(self):
        return self.library.latent_context_memory_peak(self.context)

    def work(self):
        """What the context says of its last call."""
        screen = self.library.latent_context_screen(self.context)
        return {"context_peak": self.memory_peak(), "isa": self.isa_name(),
                "screen": SCREEN_NAMES.get(screen, "?"),
                "evaluated": self.library.latent_context_rescored_pairs(self.context)}


class Kstar(Method):
    """latent_kstar() of all samples, on a given instruction set and screen if they are named."""

    def __init__(self, points_file, labels_file, threads, isa=AUTO, screen=AUTO):
        self.latent = Library(threads, isa, screen)
        self.version = self.latent.version()
        self.points, self.labels = np.load(points_file), np.load(labels_file)
        self.kstar = np.zeros(len(self.points), np.int64)

    def run(self):
        self.latent.call("latent_kstar", view(self.points), self.labels.ctypes, None,
                         self.kstar.ctypes, None)

    def answer(self):
        return {"kstar": self.kstar, **self.latent.work()}


class Neighbors(Method):
    """latent_knn() with indices and distances."""

    def __init__(self, queries_file, references_file, k, threads):
        self.latent = Library(threads)
        self.version = self.latent.version()
        self.queries, self.references = np.load(queries_file), np.load(references_file)
        self.k = k
        self.indices = np.zeros((len(self.queries), k), np.int64)
        self.distances = np.zeros((len(self.queries), k))

    def run(self):
        self.latent.call("latent_knn", view(self.queries), view(self.references),
                         ctypes.c_int64(self.k), None, self.indices.ctypes, self.distances.ctypes)

    def answer(self):
        return {"indices": self.indices, **self.latent.work()}
