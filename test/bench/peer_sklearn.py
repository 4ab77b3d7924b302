"""scikit-learn: k nearest neighbours by brute force in float32."""
import numpy as np

from timing import Method


class BruteForce(Method):
    def __init__(self, queries_file, references_file, k):
        import sklearn
        from sklearn.neighbors import NearestNeighbors

        self.version = sklearn.__version__
        self.queries, self.references = np.load(queries_file), np.load(references_file)
        self.search = NearestNeighbors(n_neighbors=k, algorithm="brute")
        self.indices = None

    def prepare(self):
        self.search.fit(self.references)

    def run(self):
        _, self.indices = self.search.kneighbors(self.queries)

    def answer(self):
        return {"indices": self.indices}
