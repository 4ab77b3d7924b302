"""NumPy on OpenBLAS: products, evaluations of a head, singular values."""
import numpy as np

from timing import Method

ROWS = 5000  # at a time, so that logits of all samples need not be in memory


class Product(Method):
    """Activations times directions, in float64 of data converted beforehand or in float32."""

    def __init__(self, weights_file, points_file, double):
        self.version = np.__version__
        kind = np.float64 if double else np.float32
        right = np.linalg.svd(np.load(weights_file).astype(float), full_matrices=False)[2]
        self.right, self.points = right.astype(kind), np.load(points_file).astype(kind)

    def run(self):
        for start in range(0, len(self.points), ROWS):
            self.points[start:start + ROWS] @ self.right.T


class Evaluation(Method):
    """Logits in float32 and the largest of each row, for one head or for one at each of some
    levels of pruning."""

    def __init__(self, weights_file, points_file, bias_file, levels=()):
        self.version = np.__version__
        weights, self.points = np.load(weights_file), np.load(points_file)
        self.bias = np.load(bias_file).astype(np.float32)
        self.heads = [weights]
        if levels:
            u, s, vt = np.linalg.svd(weights.astype(float), full_matrices=False)
            self.heads = [((u[:, :k] * s[:k]) @ vt[:k]).astype(np.float32) for k in levels]

    def run(self):
        for head in self.heads:
            for start in range(0, len(self.points), ROWS):
                logits = self.points[start:start + ROWS] @ head.T
                logits += self.bias
                logits.argmax(axis=1)


class Decomposition(Method):
    """Thin, in float64."""

    def __init__(self, weights_file):
        self.version = np.__version__
        self.weights = np.load(weights_file).astype(float)

    def run(self):
        self.factors = np.linalg.svd(self.weights, full_matrices=False)

    def answer(self):
        return {"values": self.factors[1]}
