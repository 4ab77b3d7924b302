"""scikit-learn: k nearest neighbours by brute force in float32."""
import numpy as np

from peer_lists import KstarFromLists
from timing import Method


def _search(k):
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=k, algorithm="brute")


def _version():
    import sklearn

    return sklearn.__version__


class BruteForce(Method):
    def __init__(self, queries_file, references_file, k):
        self.version, self.nearest = _version(), _search(k)
        self.queries, self.references = np.load(queries_file), np.load(references_file)
        self.indices = None

    def prepare(self):
        self.nearest.fit(self.references)

    def run(self):
        _, self.indices = self.nearest.kneighbors(self.queries)

    def answer(self):
        return {"indices": self.indices}


class Kstar(KstarFromLists):
    def __init__(self, k, **data):
        self.version, self.nearest = _version(), _search(k)
        super().__init__(k=k, **data)

    def prepare(self):
        self.nearest.fit(self.points)

    def search(self):
        return self.nearest.kneighbors(self.queries)[1]
