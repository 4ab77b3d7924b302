"""The Vision Transformer in C against torch's own layers, in float64."""
import gzip
import json
import os
import pathlib
import struct
import subprocess
import sys

import numpy
import pytest

from program_runs import ROOT, check_interrupt, path_of

torch = pytest.importorskip("torch", reason="the oracle is torch: ./bootstrap --test installs it")
sys.path.insert(0, str(ROOT / "examples" / "vit"))
import train_vit

torch.set_num_threads(1)  # of such small matrices more threads make more work
PROGRAM = path_of("vit_latents")
MODEL = ROOT / "examples" / "fashion-vit.safetensors"
IMAGES = pathlib.Path("/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz")
LABELS = IMAGES.with_name("t10k-labels-idx1-ubyte.gz")
# Both sides round after every operation, in different orders of summation.
CLOSE = dict(rtol=1e-11, atol=1e-11)


def run(folder, *arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], cwd=folder, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=300)


def run_ok(folder, *arguments):
    """Latents and logits of the program."""
    done = run(folder, *arguments, "--latents", "h.npy", "--logits", "z.npy")
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == b"" and done.stderr == b""
    return numpy.load(folder / "h.npy"), numpy.load(folder / "z.npy")


def read_safetensors(path):
    """Tensors and free texts, as the format's description says."""
    content = path.read_bytes()
    start = 8 + struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8:start])
    texts = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = (start + offset for offset in entry["data_offsets"])
        array = numpy.frombuffer(content[begin:end], {"F32": "<f4"}[entry["dtype"]])
        tensors[name] = torch.from_numpy(array.reshape(entry["shape"]).copy())
    return tensors, texts


def network_of(path):
    """torch's network with the file's weights, in float64, and the file's free texts."""
    tensors, texts = read_safetensors(path)
    architecture = {key: type(value)(texts[key]) for key, value in train_vit.ARCHITECTURE.items()}
    network = train_vit.VisionTransformer(**architecture)
    network.load_state_dict(tensors)
    return network.double().eval(), texts


def torch_results(network, images):
    """Latents and logits, by a thousand images at a time."""
    with torch.no_grad():
        latents = [network.latents(piece) for piece in torch.from_numpy(images).split(1000)]
        return torch.cat(latents).numpy(), network.head(torch.cat(latents)).numpy()


def random_model(path, seed, **architecture):
    torch.manual_seed(seed)
    network = train_vit.VisionTransformer(**architecture)
    for parameter in network.parameters():
        parameter.data += 0.4 * torch.randn(parameter.shape)
    train_vit.write_safetensors(path, network.state_dict(), train_vit.description(architecture))
    return network.double().eval()


SMALL = dict(image=6, patch=2, dimension=6, blocks=2, heads=3, hidden=5, classes=3,
             layer_norm_epsilon=1e-5)


def test_fashion_images(tmp_path):
    """All test images: latents, logits and how many are classified correctly."""
    if not IMAGES.exists():
        pytest.skip("the images are missing: ./bootstrap installs them")
    network, texts = network_of(MODEL)
    latents, logits = torch_results(network, train_vit.read_idx(IMAGES) / 255)
    ours = run_ok(tmp_path, MODEL, IMAGES, "--float64")
    assert ours[0].dtype == ours[1].dtype == numpy.float64
    assert numpy.allclose(ours[0], latents, **CLOSE)
    assert numpy.allclose(ours[1], logits, **CLOSE)
    labels = train_vit.read_idx(LABELS)
    correct = (ours[1].argmax(axis=1) == labels).sum()
    assert correct == (logits.argmax(axis=1) == labels).sum() == int(texts["test_correct"])
    assert correct / len(labels) == float(texts["test_accuracy"]) >= 0.88


def test_fashion_model_on_noise(tmp_path):
    images = numpy.random.default_rng(1).normal(size=(50, 28, 28)) * 3
    numpy.save(tmp_path / "x.npy", images)
    ours = run_ok(tmp_path, MODEL, "x.npy", "--float64")
    for mine, theirs in zip(ours, torch_results(network_of(MODEL)[0], images)):
        assert numpy.allclose(mine, theirs, **CLOSE)


@pytest.mark.parametrize("changes", [
    {}, {"patch": 6}, {"patch": 1}, {"heads": 6}, {"heads": 1, "blocks": 1},
    {"dimension": 1, "heads": 1, "hidden": 1, "classes": 1}, {"layer_norm_epsilon": 0.5},
    {"image": 20, "patch": 4, "dimension": 24, "hidden": 33, "blocks": 5, "classes": 17}])
def test_other_architectures(tmp_path, changes):
    architecture = dict(SMALL, **changes)
    network = random_model(tmp_path / "m", 2, **architecture)
    side = architecture["image"]
    images = numpy.random.default_rng(3).normal(size=(150, side, side))
    numpy.save(tmp_path / "x.npy", images)
    ours = run_ok(tmp_path, "m", "x.npy", "--float64")
    for mine, theirs in zip(ours, torch_results(network, images)):
        assert mine.shape == theirs.shape
        assert numpy.allclose(mine, theirs, **CLOSE)


def torch_jacobians(network, images):
    """Derivatives of the latent vectors with respect to the pixels, by torch's autograd."""
    return numpy.stack([torch.autograd.functional.jacobian(
        lambda image: network.latents(image[None])[0], torch.from_numpy(image)).numpy()
        .reshape(-1, image.size) for image in images])


def check_jacobians(folder, model, images, network):
    numpy.save(folder / "x.npy", images)
    done = run(folder, model, "x.npy", "--jacobian", "j.npy", "--float64")
    assert done.returncode == 0, done.stderr.decode()
    expected = torch_jacobians(network, images)
    ours = numpy.load(folder / "j.npy")
    assert ours.shape == (expected.shape[0] * expected.shape[1], expected.shape[2])
    assert numpy.allclose(ours.reshape(expected.shape), expected, rtol=1e-9,
                          atol=1e-12 * max(1, abs(expected).max()))


@pytest.mark.parametrize("changes", [
    {}, {"patch": 6}, {"patch": 1}, {"heads": 6}, {"layer_norm_epsilon": 0.5},
    {"dimension": 1, "heads": 1, "hidden": 1},
    # More features than pixels: by columns instead of rows.
    {"dimension": 45}, {"dimension": 40, "heads": 2, "patch": 3},
    {"image": 12, "patch": 4, "dimension": 24, "hidden": 33, "blocks": 5}])
def test_jacobians(tmp_path, changes):
    architecture = dict(SMALL, **changes)
    network = random_model(tmp_path / "m", 12, **architecture)
    side = architecture["image"]
    check_jacobians(tmp_path, "m", numpy.random.default_rng(13).normal(size=(3, side, side)),
                    network)


def test_jacobians_of_the_fashion_model(tmp_path):
    if not IMAGES.exists():
        pytest.skip("the images are missing: ./bootstrap installs them")
    check_jacobians(tmp_path, MODEL, train_vit.read_idx(IMAGES)[:4] / 255, network_of(MODEL)[0])


def test_forms_of_images(tmp_path):
    """Bytes are divided by 255; shape and element type of the file change nothing."""
    random_model(tmp_path / "m", 4, **SMALL)
    pixels = numpy.random.default_rng(5).integers(0, 256, (7, 6, 6)).astype(numpy.uint8)
    numpy.save(tmp_path / "double.npy", pixels / 255)
    expected = run_ok(tmp_path, "m", "double.npy", "--float64")
    numpy.save(tmp_path / "bytes.npy", pixels)
    numpy.save(tmp_path / "flat.npy", pixels.reshape(7, 36))
    with gzip.open(tmp_path / "images.gz", "wb") as file:
        file.write(struct.pack(">4B3I", 0, 0, 8, 3, 7, 6, 6) + pixels.tobytes())
    for name in ["bytes.npy", "flat.npy", "images.gz"]:
        for mine, theirs in zip(run_ok(tmp_path, "m", name, "--float64"), expected):
            assert numpy.array_equal(mine, theirs)
    for mine, theirs in zip(run_ok(tmp_path, "m", "bytes.npy"), expected):
        assert mine.dtype == numpy.float32
        assert numpy.array_equal(mine, theirs.astype(numpy.float32))
    single = (pixels / 255).astype(numpy.float32)
    numpy.save(tmp_path / "single.npy", single)
    numpy.save(tmp_path / "double.npy", single.astype(float))
    for mine, theirs in zip(run_ok(tmp_path, "m", "single.npy", "--float64"),
                            run_ok(tmp_path, "m", "double.npy", "--float64")):
        assert numpy.array_equal(mine, theirs)


# What is refused, and what is left behind.

def assert_refused(folder, status, pieces, *arguments):
    """A sentence on standard error, and no file made."""
    before = sorted(os.listdir(folder))
    done = run(folder, *arguments)
    message = done.stderr.decode()
    assert done.returncode == status, message
    assert done.stdout == b""
    assert message.startswith("vit_latents: ") and message.count("\n") == 1
    for piece in pieces:
        assert piece in message
    assert sorted(os.listdir(folder)) == before


def test_bad_images(tmp_path):
    random_model(tmp_path / "m", 6, **SMALL)
    images = numpy.zeros((4, 6, 6))
    for bad, reason in [(images[:, :5], "[count, 6, 6] or [count, 36]"), (images[0], "[count"),
                        (images[:0], "no images"), (images.astype(int), "holds int64"),
                        (numpy.where(numpy.arange(144).reshape(4, 6, 6) == 75, numpy.nan, 0),
                         "pixel 3 of image 2 is NaN"),
                        (images.astype("f4") - numpy.inf, "pixel 0 of image 0 is infinite")]:
        numpy.save(tmp_path / "bad.npy", bad)
        status = 1 if "pixel " in reason else 2
        assert_refused(tmp_path, status, ["bad.npy: ", reason], "m", "bad.npy", "--latents", "h")


def test_bad_models(tmp_path):
    random_model(tmp_path / "good", 7, **SMALL)
    numpy.save(tmp_path / "x.npy", numpy.zeros((1, 6, 6)))
    good = (tmp_path / "good").read_bytes()
    for bad, reason in [(good[:-1], "truncated"), (good + b"x", "belong to no tensor"),
                        (good[:100], "truncated inside its header"),
                        (good.replace(b'"heads":"3"', b'"heads":"5"'), "among 5 heads"),
                        (good.replace(b"linear1.bias", b"linear1.biaz"), "no tensor"),
                        (good.replace(b'"F32"', b'"F64"', 1), "take"),
                        (good[:-4] + struct.pack("<f", numpy.inf), "element 2 is infinite"),
                        (b"PK\3\4 a zip file", "is no .safetensors file"), (b"", "is empty")]:
        assert bad != good
        (tmp_path / "bad").write_bytes(bad)
        assert_refused(tmp_path, 2, ["bad: ", reason], "bad", "x.npy", "--latents", "h")


@pytest.mark.parametrize("words", [
    [], ["m"], ["m", "x.npy"], ["m", "x.npy", "x.npy", "--latents", "h"],
    ["m", "x.npy", "--latents"], ["m", "x.npy", "--unknown"],
    ["m", "x.npy", "--latents", "absent/h"], ["absent", "x.npy", "--latents", "h"],
    ["m", "absent", "--latents", "h"]])
def test_wrong_usage(tmp_path, words):
    random_model(tmp_path / "m", 8, **SMALL)
    numpy.save(tmp_path / "x.npy", numpy.zeros((1, 6, 6)))
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert done.stdout == b"" and b"vit_latents: " in done.stderr
    assert sorted(os.listdir(tmp_path)) == ["m", "x.npy"]


def test_help_and_full_disk(tmp_path):
    done = run(tmp_path, "--help")
    assert done.returncode == 0 and done.stderr == b""
    for option in [b"--latents", b"--logits", b"--jacobian", b"--float64", b"--help"]:
        assert option in done.stdout
    random_model(tmp_path / "m", 9, **SMALL)
    numpy.save(tmp_path / "x.npy", numpy.zeros((2000, 6, 6)))
    assert_refused(tmp_path, 1, ["/dev/full", "No space left"], "m", "x.npy", "--logits",
                   "/dev/full")


def test_interrupt(tmp_path):
    numpy.save(tmp_path / "x.npy", numpy.zeros((40000, 28, 28), numpy.uint8))
    check_interrupt("vit_latents", tmp_path, str(MODEL), "x.npy", "--latents", "h.npy")


def test_augmented_images_are_moved_or_mirrored():
    """Each is one of the eighteen that a pixel's move in each direction and a mirror make."""
    assert train_vit.SHIFT == 1
    image = numpy.random.default_rng(10).random((28, 28)).astype(numpy.float32)
    padded = numpy.pad(image, 1)
    moved = [padded[i:i + 28, j:j + 28] for i in range(3) for j in range(3)]
    variants = {piece.tobytes() for piece in moved + [piece[:, ::-1] for piece in moved]}
    copies = torch.from_numpy(image).expand(2000, 28, 28)
    made = train_vit.augmented(copies, torch.Generator().manual_seed(11)).numpy()
    assert {piece.tobytes() for piece in made} == variants
