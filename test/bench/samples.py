"""The data: Fashion-MNIST from Debian's dataset-fashion-mnist, and a synthetic set."""
import dataclasses
import gzip
import os

import numpy as np

FOLDER = os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist")


@dataclasses.dataclass
class Samples:
    """Points and labels, in memory and as .npy files that the methods' processes load."""

    points: np.ndarray
    labels: np.ndarray
    points_file: str
    labels_file: str

    @property
    def shape(self):
        return "{:,} × {}".format(*self.points.shape)

    @property
    def arguments(self):
        return {"points_file": self.points_file, "labels_file": self.labels_file}


def _keep(scratch, name, points, labels):
    files = [os.path.join(scratch, name + part) for part in ("-points.npy", "-labels.npy")]
    np.save(files[0], points)
    np.save(files[1], labels)
    return Samples(points, labels, *files)


def _read_idx(path):
    """An IDX file of bytes: two zeros, 8 for unsigned bytes, the number of sizes, the sizes."""
    with gzip.open(path) as file:
        data = file.read()
    if data[:3] != b"\0\0\x08":
        raise ValueError(path + " is no IDX file of bytes")
    sizes = np.frombuffer(data, ">i4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * len(sizes)).reshape(sizes)


def fashion(scratch, part, folder=FOLDER):
    """Fashion-MNIST, part "train" or "t10k": one image a row, pixels 0 … 255 as float32."""
    images = _read_idx(os.path.join(folder, part + "-images-idx3-ubyte.gz"))
    labels = _read_idx(os.path.join(folder, part + "-labels-idx1-ubyte.gz"))
    points = images.reshape(len(images), -1).astype(np.float32)
    return _keep(scratch, part, points, labels.astype(np.int32))


def first(samples, count):
    """The first of the samples, in files of their own beside theirs."""
    return _keep(os.path.dirname(samples.points_file), "first", samples.points[:count],
                 samples.labels[:count])


def clip_like(scratch, count=50000, columns=768, concepts=1000, seed=1, outliers=0):
    """Unit vectors as an image encoder makes them: a common offset, one centre per concept, and
    spread around it, in the proportions 1 : 0.6 : 0.8 of their norms. Some features are then
    multiplied by 100 if outliers are wanted."""
    random = np.random.default_rng(seed)
    labels = (np.arange(count) % concepts).astype(np.int32)
    offset = random.standard_normal(columns, np.float32)
    centres = random.standard_normal((concepts, columns), np.float32)
    points = random.standard_normal((count, columns), np.float32)
    points *= np.float32(0.8)
    points += np.float32(0.6) * centres[labels] + offset
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    points[:, random.permutation(columns)[:outliers]] *= np.float32(100)
    return _keep(scratch, "clip", points, labels)


def activations(scratch, count=50000, columns=768, seed=1):
    """Activations as an encoder makes them: every feature with a mean and a scale of its own, and
    four outlier features whose values are some tens of times as large."""
    random = np.random.default_rng(seed)
    points = random.standard_normal((count, columns), np.float32)
    points *= np.exp(0.3 * random.standard_normal(columns)).astype(np.float32)
    points += (0.2 * random.standard_normal(columns)).astype(np.float32)
    points[:, random.permutation(columns)[:4]] += np.float32(30)
    return _keep(scratch, "activations", points, np.zeros(count, np.int32))


@dataclasses.dataclass
class Head:
    """A classification head and labelled activations for it, as files."""

    weights_file: str
    bias_file: str
    samples: Samples


def head(scratch, count=50000, columns=768, classes=1000, seed=1):
    """A linear classifier as training makes it: classes differ most along a few directions and ever
    less along the others, activations scatter alike along all, and about four in five are told
    right."""
    random = np.random.default_rng(seed)
    rotation = np.linalg.qr(random.standard_normal((columns, columns)))[0]
    spread = 1 / (1 + np.arange(columns) / 20)
    means = random.standard_normal((classes, columns)) * spread @ rotation
    labels = np.arange(count, dtype=np.int32) % classes
    points = random.standard_normal((count, columns), np.float32)
    points *= np.float32(1.0)
    points += means[labels].astype(np.float32)
    paths = [os.path.join(scratch, name) for name in ("head-weights.npy", "head-bias.npy")]
    np.save(paths[0], means.astype(np.float32))
    np.save(paths[1], -0.5 * (means**2).sum(axis=1))
    return Head(*paths, _keep(scratch, "head", points, labels))


@dataclasses.dataclass
class Probing:
    """Activations, a basis, and the concepts of each sample as lists, in files."""

    points_file: str
    basis_file: str
    offsets_file: str
    present_file: str
    points_shape: tuple
    concepts: int
    share: float  # of labels that are present

    @property
    def shape(self):
        return "{:,} samples × {:,} directions × {:,} concepts".format(*self.points_shape,
                                                                       self.concepts)

    @property
    def arguments(self):
        return {"points_file": self.points_file, "offsets_file": self.offsets_file,
                "present_file": self.present_file}


def _rectified(random, count, columns):
    """Activations, half of the features as after a ReLU: half of their values are zeros."""
    points = random.standard_normal((count, columns), np.float32)
    np.maximum(points[:, ::2], 0, out=points[:, ::2])
    return points


def _keep_probing(scratch, name, points, basis, drawn, concepts):
    """`drawn` has some concepts of each sample, with repetitions, in ascending order."""
    first = np.ones(drawn.shape, bool)
    first[:, 1:] = drawn[:, 1:] != drawn[:, :-1]
    first &= drawn < concepts
    offsets = np.concatenate([[0], np.cumsum(first.sum(axis=1))])
    paths = [os.path.join(scratch, name + part) for part in (
        "-points.npy", "-basis.npy", "-offsets.npy", "-present.npy")]
    for path, array in zip(paths, (points, basis, offsets.astype(np.int64),
                                   drawn[first].astype(np.int32))):
        np.save(path, array)
    share = offsets[-1] / (len(points) * concepts)
    return Probing(*paths, points.shape, concepts, float(share))


def probing(scratch, count=10000, columns=512, concepts=500, share=0.02, seed=1):
    """Every label is present with the same probability."""
    random = np.random.default_rng(seed)
    points = _rectified(random, count, columns)
    present = random.random((count, concepts)) < share
    drawn = np.where(present, np.arange(concepts), concepts)
    drawn.sort(axis=1)
    return _keep_probing(scratch, "probing", points, np.eye(columns, dtype=np.float32), drawn,
                         concepts)


def broden_like(scratch, count=63305, columns=2048, concepts=1197, draws=24, seed=1):
    """As large as Broden with the last layer of a ResNet-50: some 20 concepts of each image, few of
    them frequent and most rare."""
    random = np.random.default_rng(seed)
    points = _rectified(random, count, columns)
    basis = np.linalg.qr(random.standard_normal((columns, columns)))[0].astype(np.float32)
    chances = np.cumsum(1 / np.arange(1, concepts + 1))
    drawn = np.searchsorted(chances / chances[-1], random.random((count, draws)))
    drawn.sort(axis=1)
    return _keep_probing(scratch, "broden", points, basis, drawn, concepts)
