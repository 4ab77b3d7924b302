"""scipy: moments, and k* by its distances."""
import numpy as np

from timing import Method

BLOCK = 100  # samples whose distances are in memory at a time


class SkewnessAndKurtosis(Method):
    """`double`: of the points as float64, converted beforehand, which is what accuracy takes."""

    def __init__(self, points_file, axis, double):
        import scipy
        from scipy import stats

        self.stats, self.axis = stats, axis
        self.version = scipy.__version__
        points = np.load(points_file)
        self.points = points.astype(np.float64) if double else points
        self.skewness = self.kurtosis = None

    def run(self):
        self.skewness = self.stats.skew(self.points, axis=self.axis)
        self.kurtosis = self.stats.kurtosis(self.points, axis=self.axis, fisher=False)

    def answer(self):
        return {"skewness": self.skewness, "kurtosis": self.kurtosis}


class Kstar(Method):
    """k* of every `every`-th sample from all its distances, which cdist() computes in float64."""

    def __init__(self, points_file, labels_file, every=1):
        import scipy
        from scipy.spatial.distance import cdist

        self.version, self.cdist = scipy.__version__, cdist
        self.points, self.labels = np.load(points_file).astype(float), np.load(labels_file)
        self.every, self.kstar = every, None

    def warm_up(self):
        self.rank(0)

    def rank(self, first):
        """k* of the samples of a block, no sample being its own neighbour."""
        rows = np.arange(first, len(self.points), self.every)[:BLOCK]
        distances = self.cdist(self.points[rows], self.points)
        distances[np.arange(len(rows)), rows] = np.inf
        foreign = self.labels[rows][:, None] != self.labels
        nearest = np.where(foreign, distances, np.inf).min(axis=1)
        return 1 + (~foreign & (distances < nearest[:, None])).sum(axis=1)

    def run(self):
        self.kstar = np.concatenate([self.rank(first) for first in
                                     range(0, len(self.points), BLOCK * self.every)])

    def answer(self):
        return {"kstar": self.kstar}
