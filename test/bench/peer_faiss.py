"""faiss IndexFlatL2: k nearest neighbours by brute force in float32."""
import numpy as np

from peer_lists import KstarFromLists
from timing import Method


def _library(threads):
    import faiss

    faiss.omp_set_num_threads(threads)
    return faiss


def _index(faiss, references):
    index = faiss.IndexFlatL2(references.shape[1])
    index.add(references)
    return index


class Lists(Method):
    """The k nearest references of every query."""

    def __init__(self, queries_file, references_file, k, threads):
        self.faiss = _library(threads)
        self.version = self.faiss.__version__
        self.queries, self.references = np.load(queries_file), np.load(references_file)
        self.k, self.index, self.indices = k, None, None

    def prepare(self):
        self.index = _index(self.faiss, self.references)

    def run(self):
        _, self.indices = self.index.search(self.queries, self.k)

    def answer(self):
        return {"indices": self.indices}


class Kstar(KstarFromLists):
    def __init__(self, threads, **data):
        self.faiss = _library(threads)
        self.version = self.faiss.__version__
        super().__init__(**data)

    def prepare(self):
        self.index = _index(self.faiss, self.points)

    def search(self):
        return self.index.search(self.queries, self.k)[1]
