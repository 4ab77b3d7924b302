"""fashion_concepts beside the same measures in numpy and scipy, and the definitions it has."""
import gzip
import math
import pathlib

import numpy
import pytest
from scipy import ndimage

from program_runs import assert_one_sentence, idx, run_program, run_program_ok

PROGRAM = "fashion_concepts"
DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
IMAGES, LABELS = DATA / "t10k-images-idx3-ubyte.gz", DATA / "t10k-labels-idx1-ubyte.gz"

# Name: measure, limit of "absent", limit of "present", classes that are ignored.
MEASURED = {
    "bright": ("brightness", 0.65, 0.75), "dark": ("brightness", 0.5, 0.4),
    "high contrast": ("contrast", 0.2, 0.23), "low contrast": ("contrast", 0.16, 0.13),
    "mostly one grey": ("one grey", 0.6, 0.75), "textured": ("roughness", 0.12, 0.16),
    "smooth": ("roughness", 0.09, 0.07), "brighter below": ("bright below", 0.03, 0.1),
    "brighter above": ("bright below", -0.03, -0.1), "large": ("area", 0.5, 0.6),
    "small": ("area", 0.35, 0.25), "wide": ("aspect", 1, 1.25), "flat": ("aspect", 1.5, 2),
    "tall": ("aspect", 1, 0.8), "narrow": ("aspect", 0.65, 0.5),
    "fills its frame": ("fill", 0.75, 0.86), "sparse": ("fill", 0.65, 0.5),
    "symmetric": ("mirror", 0.85, 0.93), "alike upside down": ("flip", 0.75, 0.85),
    "gap below": ("gap below", 0.5, 0.9), "has holes": ("holes", 0.005, 0.03),
    "bottom-heavy": ("light below", 0.57, 0.66), "top-heavy": ("light below", 0.49, 0.44),
    "heavy on the right": ("light right", 0.55, 0.65), "wider below": ("widening", 0.2, 0.4),
    "rises to the right": ("slant", -0.15, -0.3),
    "striped across": ("stripes", 0, 0.02, [5, 7, 8, 9]),
    "streaked lengthwise": ("streaks", 0.03, 0.06, [1, 5, 7, 8, 9]),
}
# Name: classes that show it, classes that are ignored.
GROUPS = {
    "garment": ([0, 1, 2, 3, 4, 6], []), "top": ([0, 2, 4, 6], []),
    "covers the torso": ([0, 2, 3, 4, 6], []), "covers the legs": ([1, 3], [4]),
    "has sleeves": ([2, 4, 6], [0, 3]), "long sleeves": ([2, 4], [3, 6]),
    "footwear": ([5, 7, 9], []), "closed shoe": ([7, 9], []), "warm": ([2, 4, 9], [1, 6, 7]),
    "for summer": ([0, 3, 5], [6, 7, 8]),
}


def stripes(pixels, figure):
    rows = 4 * figure.sum(axis=1) >= 3 * pixels.shape[1]
    pairs = rows[1:] & rows[:-1]
    means = (pixels * figure).sum(axis=1) / numpy.maximum(figure.sum(axis=1), 1)
    both = figure[:, 1:] & figure[:, :-1] & rows[:, None]
    if rows.sum() < 8 or pairs.sum() < 6 or not both.any():
        return math.nan
    return numpy.abs(numpy.diff(means))[pairs].mean() - numpy.abs(
        numpy.diff(pixels, axis=1))[both].mean()


def measures(pixels):
    figure = pixels > 0.1
    if figure.sum() < 20:
        return None
    rows, columns = numpy.flatnonzero(figure.any(axis=1)), numpy.flatnonzero(figure.any(axis=0))
    frame = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    box, inside = pixels[frame], figure[frame]
    height, width = box.shape
    h, w, third = height // 2, width // 2, max(height // 3, 1)
    values = pixels[figure]
    differences = numpy.concatenate([
        numpy.abs(pixels[1:] - pixels[:-1])[figure[1:] & figure[:-1]],
        numpy.abs(pixels[:, 1:] - pixels[:, :-1])[figure[:, 1:] & figure[:, :-1]]])
    parts = (numpy.diff(inside[height - h:], axis=1, prepend=False) &
             inside[height - h:]).sum(axis=1)
    inner = (slice(height // 6, height - height // 6), slice(width // 6, width - width // 6))
    y, x = numpy.nonzero(figure)
    return {
        "area": figure.mean(), "brightness": values.mean(), "contrast": values.std(),
        "one grey": (numpy.abs(values - numpy.sort(values)[len(values) // 2]) < 0.08).mean(),
        "aspect": width / height, "fill": inside.mean(),
        "mirror": 1 - numpy.abs(box - box[:, ::-1]).sum() / (2 * box.sum()),
        "flip": 1 - numpy.abs(box - box[::-1]).sum() / (2 * box.sum()),
        "roughness": differences.mean() if len(differences) else math.nan,
        "stripes": stripes(box[inner], inside[inner]),
        "streaks": stripes(box[inner].T, inside[inner].T),
        "gap below": (parts > 1).mean() if h else math.nan,
        "holes": (ndimage.binary_fill_holes(figure) & ~figure).sum() / box.size,
        "light below": box[height - h:].sum() / (box[height - h:].sum() + box[:h].sum()),
        "light right": box[:, width - w:].sum() / (box[:, width - w:].sum() + box[:, :w].sum()),
        "widening": inside[height - third:].mean() - inside[:third].mean(),
        "slant": numpy.corrcoef(x, y)[0, 1],
        "bright below": box[height - h:][inside[height - h:]].mean() - box[:h][inside[:h]].mean()}


def judged(value, absent, present):
    """NaN is on no side."""
    up = present > absent
    if value >= present if up else value <= present:
        return 1
    return 0 if (value <= absent if up else value >= absent) else -1


def of_measure(values, labels, name, absent, present, ignored=()):
    column = numpy.array([-1 if v is None else judged(v[name], absent, present) for v in values])
    return numpy.where(numpy.isin(labels, ignored), -1, column)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    if not IMAGES.exists():
        pytest.skip("the images are missing: ./bootstrap installs them")
    folder = tmp_path_factory.mktemp("fashion")
    table = run_program_ok(PROGRAM, folder, IMAGES, LABELS, "--concepts", "c.npy", "--names", "n")
    names = (folder / "n").read_text().splitlines()
    images = numpy.frombuffer(gzip.open(IMAGES).read(), "u1", offset=16).reshape(-1, 28, 28)
    labels = numpy.frombuffer(gzip.open(LABELS).read(), "u1", offset=8)
    return {"concepts": numpy.load(folder / "c.npy"), "names": names, "table": table,
            "images": images, "labels": labels}


def test_shape_and_names(result):
    assert result["concepts"].dtype == numpy.int8
    assert result["concepts"].shape == (10000, len(result["names"]))
    assert result["names"][10:] == [*GROUPS, *MEASURED] and len(set(result["names"])) == 48


def test_no_concept_is_degenerate(result):
    for name, column in zip(result["names"], result["concepts"].T):
        assert (column == 1).sum() >= 50 and (column == 0).sum() >= 1000, name
    # Nor do two say the same.
    assert len(numpy.unique(result["concepts"], axis=1).T) == 48


def test_classes_and_groups(result):
    for c in range(10):
        assert numpy.array_equal(result["concepts"][:, c], result["labels"] == c)
    for name, (present, ignored) in GROUPS.items():
        wanted = numpy.where(numpy.isin(result["labels"], ignored), -1,
                             numpy.isin(result["labels"], present))
        assert numpy.array_equal(result["concepts"][:, result["names"].index(name)], wanted), name


def test_measured_concepts(result):
    values = [measures(image / 255) for image in result["images"][:2000]]
    for name, definition in MEASURED.items():
        wanted = of_measure(values, result["labels"][:2000], *definition)
        assert numpy.array_equal(result["concepts"][:2000, result["names"].index(name)],
                                 wanted), name


def test_table(result):
    lines = result["table"].splitlines()[1:]
    for c, (line, name) in enumerate(zip(lines, result["names"])):
        column = result["concepts"][:, c]
        assert line.split() == [str(c), *name.split(),
                                *(format((column == v).sum(), ",") for v in (1, 0, -1))]


def drawn():
    """Images of few pixels: nothing, 19 and 20 pixels, one row, one column, everything."""
    images = numpy.zeros((8, 28, 28), "f8")
    images[1, 3, :19] = images[2, 3, :20] = images[3, :20, 5] = 1
    images[4] = 0.5
    images[5, 4:10, 4:10] = 1
    images[5, 6:8, 6:8] = 0  # a hole
    images[6, 4:28:2, 2:26] = 1  # lines
    images[7, 27, :] = images[7, :, 27] = 0.3
    return images


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
@pytest.mark.parametrize("label", [0, 5])
def test_drawn_images(tmp_path, label):
    images, labels = drawn(), numpy.full(8, label)
    numpy.save(tmp_path / "x.npy", images)
    numpy.save(tmp_path / "y.npy", labels)
    with numpy.errstate(all="ignore"):
        values = [measures(image) for image in images]
    run_program_ok(PROGRAM, tmp_path, "x.npy", "y.npy", "--concepts", "c.npy")
    written = numpy.load(tmp_path / "c.npy")
    for c, (name, definition) in enumerate(MEASURED.items()):
        wanted = of_measure(values, labels, *definition)
        assert written[:, 20 + c].tolist() == wanted.tolist(), name
    assert (written[:2, 20:] == -1).all() and (written[4, 20:] != -1).any()


# When something is wrong.

def small(folder):
    numpy.save(folder / "x.npy", numpy.zeros((4, 28, 28), "u1"))
    numpy.save(folder / "y.npy", numpy.arange(4))
    (folder / "y.idx").write_bytes(idx(numpy.arange(4, dtype="u1"), 8))


def test_idx_labels_and_no_outputs(tmp_path):
    small(tmp_path)
    assert run_program_ok(PROGRAM, tmp_path, "x.npy", "y.idx") == run_program_ok(
        PROGRAM, tmp_path, "x.npy", "y.npy")


@pytest.mark.parametrize("name, array, reason", [
    ("x.npy", numpy.zeros((4, 28, 27), "u1"), "x.npy: does not have the shape [count, 28, 28]"),
    ("x.npy", numpy.zeros((3, 784), "u1"), "y.npy has 4 labels, but x.npy has 3 images"),
    ("x.npy", numpy.full((4, 784), math.nan), "x.npy: pixel 0 of image 0 is NaN"),
    ("y.npy", numpy.array([0, 1, 10, 2]), "y.npy: label 2 is 10, but classes are 0 to 9"),
    ("y.npy", numpy.array([0, -1, 1, 2]), "y.npy: label 1 is -1, but classes are 0 to 9"),
    ("y.npy", numpy.zeros(4), "labels must be integers")])
def test_bad_inputs(tmp_path, name, array, reason):
    small(tmp_path)
    numpy.save(tmp_path / name, array)
    done = run_program(PROGRAM, tmp_path, "x.npy", "y.npy", "--concepts", "c.npy")
    assert_one_sentence(PROGRAM, done, 1 if "NaN" in reason else 2, [reason])
    assert not (tmp_path / "c.npy").exists()


@pytest.mark.parametrize("words, reason", [
    ([], "two arguments are needed"), (["x.npy"], "two arguments are needed"),
    (["x.npy", "y.npy", "z.npy"], "two arguments"), (["x.npy", "z.npy"], "z.npy: No such file"),
    (["x.npy", "y.npy", "--concepts", "absent/c"], "absent/c"),
    (["x.npy", "y.npy", "--unknown"], "--help lists what can be said")])
def test_wrong_usage(tmp_path, words, reason):
    small(tmp_path)
    done = run_program(PROGRAM, tmp_path, *words)
    assert done.returncode == 2 and done.stdout == b"" and reason in done.stderr.decode()


def test_help_and_full_disk(tmp_path):
    small(tmp_path)
    assert "--concepts OUT.npy" in run_program_ok(PROGRAM, tmp_path, "--help")
    for option in ["--concepts", "--names"]:
        done = run_program(PROGRAM, tmp_path, "x.npy", "y.npy", option, "/dev/full")
        assert done.returncode == 1 and b"/dev/full: " in done.stderr
