"""faiss IndexFlatL2: k nearest neighbours by brute force in float32."""
import numpy as np

from timing import Method


class _FlatIndex(Method):
    def __init__(self, references_file, threads):
        import faiss

        faiss.omp_set_num_threads(threads)
        self.faiss = faiss
        self.version = faiss.__version__
        self.references = np.load(references_file)
        self.index = None

    def prepare(self):
        self.index = self.faiss.IndexFlatL2(self.references.shape[1])
        self.index.add(self.references)


class Lists(_FlatIndex):
    """The k nearest references of every query."""

    def __init__(self, queries_file, references_file, k, threads):
        super().__init__(references_file, threads)
        self.queries, self.k = np.load(queries_file), k
        self.indices = None

    def run(self):
        _, self.indices = self.index.search(self.queries, self.k)

    def answer(self):
        return {"indices": self.indices}


class KstarFromLists(_FlatIndex):
    """k* as far as the k nearest samples tell it; 0 where none of them is foreign."""

    def __init__(self, points_file, labels_file, k, threads):
        super().__init__(points_file, threads)
        self.labels, self.k = np.load(labels_file), k
        self.kstar = None

    def run(self):
        _, indices = self.index.search(self.references, self.k)
        foreign = self.labels[indices] != self.labels[:, None]
        # The sample itself comes first, so the place of the first foreign one, from 0, is its rank.
        self.kstar = np.where(foreign.any(axis=1), foreign.argmax(axis=1), 0)

    def answer(self):
        return {"kstar": self.kstar}
