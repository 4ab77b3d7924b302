"""What the tests of the benchmark share: a small data set, running it, hiding peers."""
import gzip
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

HERE = pathlib.Path(__file__).resolve().parent
LIBRARY = os.path.abspath(os.environ.get("LATENT_LIBRARY", "lib/liblatent.so"))

# Every call succeeds, and every k* is 1 and every neighbour 0.
WRONG_LIBRARY = """
#include <stdint.h>
#include <string.h>
typedef struct { const void *data; int64_t rows, columns, stride; int type; } matrix;
int latent_context_create(void **c, const void *o) { *c = (void *)o; return 0; }
const char *latent_version(void) { return "0"; }
const char *latent_context_error(const void *c) { return c ? "" : " "; }
int latent_context_isa(const void *c) { return c ? 1 : 0; }
int64_t latent_context_memory_peak(const void *c) { return c ? 1 : 0; }
int latent_context_screen(const void *c) { return c ? 1 : 0; }
int64_t latent_context_rescored_pairs(const void *c) { return c ? 1 : 0; }
int latent_kstar(void *c, const matrix *p, const int32_t *l, const void *o, int64_t *k, void *e) {
    for (int64_t i = 0; i < p->rows; i++) k[i] = 1;
    return c && l && !o && !e ? 0 : -2;
}
int latent_knn(void *c, const matrix *q, const matrix *r, int64_t k, const void *o, int64_t *i,
               double *d) {
    memset(i, 0, (size_t)(q->rows * k) * sizeof *i);
    return c && r && !o && d ? 0 : -2;
}
"""


def write_idx(path, array):
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    path.write_bytes(gzip.compress(header + array.astype(np.uint8).tobytes(), 1))


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """A small Fashion-MNIST: blurred patterns of four kinds."""
    folder = tmp_path_factory.mktemp("images")
    random = np.random.default_rng(5)
    kinds = random.integers(0, 120, (4, 28, 28))
    for part, count in (("t10k", 300), ("train", 500)):
        labels = random.integers(0, 4, count)
        write_idx(folder / (part + "-labels-idx1-ubyte.gz"), labels)
        write_idx(folder / (part + "-images-idx3-ubyte.gz"),
                  kinds[labels] + random.integers(0, 130, (count, 28, 28)))
    return folder


@pytest.fixture(scope="session")
def wrong_library(tmp_path_factory):
    """The library whose answers are wrong, compiled."""
    folder = tmp_path_factory.mktemp("wrong")
    source, library = folder / "wrong.c", folder / "libwrong.so"
    source.write_text(WRONG_LIBRARY)
    subprocess.run([*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", str(source), "-o",
                    str(library)], check=True)
    return library


def start(program, images, output, library=LIBRARY, words=(), **environment):
    """Runs bench.py or curve.py once; returns its status and all that it wrote."""
    command = [sys.executable, "-B", str(HERE / program), "--data", str(images), "--output",
               str(output), "--runs", "1", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600,
                          env={**os.environ, "LATENT_LIBRARY": str(library), **environment})
    return done.returncode, done.stdout + done.stderr


def hide(folder, *modules):
    """A folder for PYTHONPATH in which these modules are not installed."""
    for module in modules:
        (folder / (module + ".py")).write_text("raise ModuleNotFoundError('No module %s')" % module)
    return str(folder)
