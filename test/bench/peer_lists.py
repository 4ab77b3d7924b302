"""k* from lists of nearest neighbours, as far as they tell it."""
import numpy as np

from timing import Method


class KstarFromLists(Method):
    """k* of every `every`-th sample from its k nearest; 0 where none of them is foreign. Derived
    classes search."""

    def __init__(self, points_file, labels_file, k, every=1):
        self.points, self.labels = np.load(points_file), np.load(labels_file)
        self.queries = np.ascontiguousarray(self.points[::every])
        self.k, self.own, self.kstar = k, self.labels[::every], None

    def search(self):
        """Row numbers of the k nearest samples of each query, the nearest first."""
        raise NotImplementedError

    def run(self):
        foreign = self.labels[self.search()] != self.own[:, None]
        # The sample itself comes first, so the place of the first foreign one, from 0, is its rank.
        self.kstar = np.where(foreign.any(axis=1), foreign.argmax(axis=1), 0)

    def answer(self):
        return {"kstar": self.kstar}
