"""scipy.stats: skewness and kurtosis along one axis."""
import numpy as np

from timing import Method


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
