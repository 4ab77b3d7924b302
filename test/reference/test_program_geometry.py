"""What latent-geometry says, against torch's autograd and numpy in float64."""
import json

import numpy
import pytest

from geometry_program import Oracle, read_json, run_ok
from test_vit_reference import IMAGES, MODEL, SMALL, network_of, random_model, train_vit

FAMILIES = ("right", "gaussian", "projected", "ascent")


@pytest.fixture
def case(tmp_path):
    """A small network m, three images x.npy, and the oracle."""
    oracle = Oracle(random_model(tmp_path / "m", 1, **SMALL), 6)
    images = numpy.random.default_rng(2).random((3, 6, 6))
    numpy.save(tmp_path / "x.npy", images)
    return tmp_path, oracle, images


def check_spread(entry, family):
    values = numpy.array(entry["values"])
    quantiles = numpy.quantile(values, [0, 0.05, 0.5, 0.95, 1])
    told = [entry[key] for key in ("minimum", "q05", "median", "q95", "maximum")]
    assert numpy.allclose(told, quantiles, rtol=1e-12), family
    assert numpy.isclose(entry["mean"], values.mean(), rtol=1e-12), family


def test_spectrum(case):
    folder, oracle, images = case
    for i in range(3):
        told = read_json(folder, "m", "x.npy", "--image", i)
        jacobian = oracle.jacobian(images[i])
        sigma = numpy.linalg.svd(jacobian, compute_uv=False)
        assert told["pixels"] == 36 and told["features"] == 6
        assert numpy.allclose(told["jacobian"]["sigma"], sigma, rtol=1e-9, atol=1e-11 * sigma[0])
        assert numpy.isclose(told["jacobian"]["frobenius"], numpy.linalg.norm(jacobian))
        assert numpy.isclose(told["jacobian"]["stable_rank"], (sigma**2).sum() / sigma[0]**2)
        seen = oracle.seen(images[i])
        assert told["seen"]["class"] == seen["class"]
        assert numpy.isclose(told["seen"]["probability"], seen["probability"])


def test_leading_triplets(case):
    folder, oracle, images = case
    told = read_json(folder, "m", "x.npy", "--leading", 2)["jacobian"]
    jacobian = oracle.jacobian(images[0])
    sigma = numpy.linalg.svd(jacobian, compute_uv=False)
    assert numpy.allclose(told["sigma"], sigma[:2], rtol=1e-8)
    assert len(told["residual"]) == 2 and max(told["residual"]) < 1e-8 * sigma[0]
    error = abs(told["frobenius"] - numpy.linalg.norm(jacobian))
    assert error < 6 * told["frobenius_error"]


def test_lipschitz_constants(case):
    folder, oracle, images = case
    told = read_json(folder, "m", "x.npy", "--image", 1, "--epsilon", "0.5,0.001", "--samples",
                     3000)["lipschitz"]
    jacobian = oracle.jacobian(images[1])
    _, sigma, right = numpy.linalg.svd(jacobian, full_matrices=False)
    for family in FAMILIES:
        assert [entry["epsilon"] for entry in told[family]] == [0.001, 0.5]
        for entry in told[family]:
            check_spread(entry, family)
    for entry in told["right"]:
        # The sign of a singular vector is the library's: the largest entry is positive.
        signs = numpy.sign(right[numpy.arange(6), abs(right).argmax(axis=1)])
        expected = oracle.lipschitz(images[1], right * signs[:, None], entry["epsilon"])
        kept = sigma > 1e-6 * sigma[0]  # the vector of a value that is 0 is anyone's
        assert kept.sum() >= 5
        assert numpy.allclose(numpy.array(entry["values"])[kept], expected[kept], rtol=1e-6)
    small = told["gaussian"][0]
    squares = numpy.square(small["values"])
    expected = (jacobian**2).sum() / 36  # of L² over uniform directions
    assert abs(squares.mean() - expected) < 5 * squares.std() / numpy.sqrt(3000)
    assert small["maximum"] <= sigma[0] * 1.01
    assert told["projected"][0]["maximum"] < 0.05 * small["median"]
    assert told["ascent"][0]["maximum"] >= 0.999 * sigma[0]
    for at in (0, 1):
        assert told["ascent"][at]["maximum"] >= told["gaussian"][at]["maximum"]


def test_seeds(case):
    folder = case[0]
    words = ["m", "x.npy", "--samples", 20, "--epsilon", "0.1"]
    first = read_json(folder, *words)["lipschitz"]
    again = read_json(folder, *words, "--threads", 1)["lipschitz"]
    other = read_json(folder, *words, "--seed", 7)["lipschitz"]
    assert first == again
    assert first["gaussian"][0]["values"] != other["gaussian"][0]["values"]
    assert first["right"] == other["right"]


@pytest.mark.parametrize("step", [None, 0.01])
def test_matching(case, step):
    folder, oracle, images = case
    words = ["m", "x.npy", "--target", 2, "--max-steps", 40, "--samples", 1, "--restarts", 0]
    told = read_json(folder, *words, *(["--step", step] if step else []))
    matching, target = told["matching"], oracle.latents(images[2])[0]
    assert matching["state"] in ("converged", "capped", "stalled")
    x = images[0].ravel()
    _, loss, cosine = oracle.gradient(x, target)
    assert numpy.isclose(matching["loss"][0], loss) and numpy.isclose(matching["cosine"][0], cosine)
    result = numpy.array(matching["result"])
    _, loss, cosine = oracle.gradient(result, target)
    best = matching["best"]
    assert numpy.isclose(matching["loss"][best], loss, rtol=1e-8)
    assert numpy.isclose(matching["cosine"][best], cosine, rtol=1e-8)
    assert matching["loss"][best] == min(matching["loss"]) < matching["loss"][0]
    assert numpy.isclose(matching["mean_change"][best], abs(result - x).mean(), rtol=1e-9)
    assert numpy.isclose(matching["distance"], numpy.linalg.norm(result - x), rtol=1e-9)
    assert result.min() >= x.min() and result.max() <= x.max()
    if step:
        for i in range(matching["steps"]):  # the published iteration, by torch
            slope, loss, _ = oracle.gradient(x, target)
            assert numpy.isclose(matching["loss"][i], loss, rtol=1e-8)
            x = numpy.clip(x - step * slope, images[0].min(), images[0].max())


def test_direction_of_the_match(case):
    folder, oracle, images = case
    # The last of the six singular values is 0: layer normalisation takes a dimension away.
    told = read_json(folder, "m", "x.npy", "--target", 1, "--max-steps", 10, "--epsilon", "0.1",
                     "--leading", 5)
    moved = numpy.array(told["matching"]["result"]) - images[0].ravel()
    expected = oracle.lipschitz(images[0], moved[None], 0.1)
    assert numpy.allclose(told["lipschitz"]["displacement"][0]["values"], expected, rtol=1e-8)
    right = numpy.linalg.svd(oracle.jacobian(images[0]), full_matrices=False)[2][:5]
    within = ((right @ moved)**2).sum() / (moved**2).sum()
    assert numpy.isclose(told["matching"]["within"], within, rtol=1e-6)


def test_table_and_pictures(case):
    folder = case[0]
    (folder / "names").write_text("left\nright\nmiddle\n")
    text = run_ok(folder, "m", "x.npy", "--target", 1, "--names", "names", "--plot", "p.svg",
                  "--picture", "q.png")
    table = text.decode() if isinstance(text, bytes) else text
    told = read_json(folder, "m", "x.npy", "--target", 1)
    assert "%.4f" % told["jacobian"]["sigma"][0] in table
    assert ("left", "right", "middle")[told["seen"]["class"]] in table
    assert "converged" in table or "capped" in table or "stalled" in table
    assert (folder / "p.svg").read_text().rstrip().endswith("</svg>")
    assert (folder / "q.png").read_bytes().startswith(b"\x89PNG")


# What differs from SMALL, the grey of two images, words, and the state that there must be.
SHOWN = {
    "more features than pixels": ({"dimension": 45}, None, ["--target", 1], None),
    "a constant network": ({"dimension": 1, "heads": 1, "hidden": 1}, None, ["--target", 1], None),
    "the image itself": ({}, None, ["--target", 0], "converged"),
    "an equal image": ({}, 0.5, ["--target", 1], "converged"),
    "bounds that leave no room": ({}, 0.0, ["--target", 2], None),
    "one step": ({}, None, ["--target", 1, "--max-steps", 1], "capped"),
    "one length": ({}, None, ["--epsilon", "1", "--samples", 1, "--restarts", 0], None),
    "one triplet": ({}, None, ["--leading", 1], None),
    "nothing but rounding": ({}, None, ["--epsilon", "1e-17,1e-15"], None),
}


@pytest.mark.parametrize("format", ["svg", "png"])
@pytest.mark.parametrize("case", SHOWN)
def test_whatever_there_is_is_shown(tmp_path, case, format):
    changes, grey, words, state = SHOWN[case]
    random_model(tmp_path / "m", 1, **dict(SMALL, **changes))
    images = numpy.random.default_rng(2).random((3, 6, 6))
    if grey is not None:
        images[:2] = grey
    numpy.save(tmp_path / "x.npy", images)
    if "--target" in words:
        words = words + ["--picture", "q." + format] + ([] if state == "capped" else
                                                        ["--max-steps", 30])
    # Nothing on standard error: gnuplot had no complaint.
    run_ok(tmp_path, "m", "x.npy", *words, "--plot", "p." + format, "--json", "j.json")
    told = json.loads((tmp_path / "j.json").read_text())
    if state:
        assert told["matching"]["state"] == state
    if "--target" in words and format == "svg":
        heading = "until the network sees" if state == "converged" else "towards what the network"
        assert state is None or heading in (tmp_path / "q.svg").read_text()


def test_fashion_image(tmp_path):
    """An image of the test set, and the network of the demo."""
    if not IMAGES.exists():
        pytest.skip("the images are missing: ./bootstrap installs them")
    told = read_json(tmp_path, MODEL, IMAGES, "--image", 3, "--samples", 1, "--restarts", 0)
    image = train_vit.read_idx(IMAGES)[3] / 255
    sigma = numpy.linalg.svd(Oracle(network_of(MODEL)[0], 28).jacobian(image), compute_uv=False)
    assert numpy.allclose(told["jacobian"]["sigma"], sigma, rtol=1e-8, atol=1e-10 * sigma[0])
