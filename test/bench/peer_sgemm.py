"""cblas_sgemm alone: the multiply-adds that all pairs of samples take, in large products."""
import ctypes

import numpy as np

from machine import OPENBLAS, openblas
from timing import Method

ROW_MAJOR, PLAIN, TRANSPOSED = 101, 111, 112
BLOCKS = 10  # blocks of rows; half of the 10 × 10 pairs of them are multiplied


class Products(Method):
    """Half of all products of two blocks of rows: N²·d/2 multiply-adds where 10 divides N."""

    def __init__(self, points_file, threads, tenth=False):
        self.library = ctypes.CDLL(OPENBLAS)
        self.library.openblas_set_num_threads(threads)
        self.version = openblas()["version"]
        self.points = np.load(points_file)
        self.side = len(self.points) // BLOCKS
        pairs = [(i, j) for i in range(BLOCKS) for j in range(i + 1, BLOCKS)]
        pairs += [(i, i) for i in range(BLOCKS // 2)]
        self.pairs = pairs[::10] if tenth else pairs
        self.product = None

    def prepare(self):
        self.product = np.empty((self.side, self.side), np.float32)

    def multiply(self, i, j):
        side, columns = self.side, self.points.shape[1]
        a, b = self.points[i * side:(i + 1) * side], self.points[j * side:(j + 1) * side]
        self.library.cblas_sgemm(ROW_MAJOR, PLAIN, TRANSPOSED, side, side, columns,
                                 ctypes.c_float(1), a.ctypes, columns, b.ctypes, columns,
                                 ctypes.c_float(0), self.product.ctypes, side)

    def warm_up(self):
        self.multiply(0, 1)

    def run(self):
        for i, j in self.pairs:
            self.multiply(i, j)

    def answer(self):
        return {"multiply_adds": len(self.pairs) * self.side**2 * self.points.shape[1]}
