"""latent-moments from end to end: what it computes, reads and writes."""
import gzip
import json
import re
import struct
import xml.etree.ElementTree as ElementTree

import numpy
import pytest
from scipy import stats

from moments_program import (activations, assert_close, masked, measure, moments_of,
                             outlier_features, read_json, run, run_ok, summary)
from program_runs import idx

KEYS = ["samples", "features", "kurtosis", "skewness", "quantile_samples", "degenerate",
        "undefined", "nonfinite", "median_mean_abs", "outlier_features", "feature_moments",
        "options"]
OUTLIER_KEYS = ["index", "mean_abs", "ratio", "share_over_6", "share_over_6_sigma", "criteria"]


def assert_samples(result, values, **options):
    """`result` says what scipy says about the samples of `values`."""
    skewness, kurtosis = moments_of(values, 1, **options)
    assert_close(result["kurtosis"], summary(kurtosis))
    assert_close(result["skewness"], summary(skewness))


# Numbers.

@pytest.mark.parametrize("type", ["f2", "f4", "f8"])
def test_floats(tmp_path, type):
    values = activations(1).astype(type)
    result = measure(tmp_path, values)
    exact = values.astype("f8")
    assert list(result) == KEYS
    assert [list(o) for o in result["outlier_features"]] == [OUTLIER_KEYS] * 5
    assert (result["samples"], result["features"]) == values.shape
    assert (result["degenerate"], result["undefined"], result["nonfinite"]) == (0, 0, 0)
    assert_samples(result, exact)
    assert_close(result["outlier_features"], outlier_features(exact))
    assert_close(result["median_mean_abs"], numpy.median(numpy.abs(exact).mean(axis=0)))
    assert {o["index"] for o in result["outlier_features"]} == {3, 7, 12, 20, 31}
    assert result["feature_moments"] is None


@pytest.mark.parametrize("type", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
def test_integers(tmp_path, type):
    values = numpy.random.default_rng(2).integers(0, 100, (150, 13)).astype(type)
    if type == "i4":
        values[0, 0] = (1 << 24) + 1  # float32 would round it
    assert_samples(measure(tmp_path, values), values.astype("f8"))


@pytest.mark.parametrize("words, options", [
    (["--bias", "biased"], {}), (["--bias", "unbiased"], {"bias": False}),
    (["--fisher"], {"fisher": True}),
    (["--fisher", "--bias", "unbiased"], {"fisher": True, "bias": False})])
def test_estimators(tmp_path, words, options):
    values = activations(3)
    result = measure(tmp_path, values, "--axis", "both", *words)
    assert_samples(result, values, **options)
    skewness, kurtosis = moments_of(values, 0, **options)
    assert_close(result["feature_moments"], {"skewness": skewness, "kurtosis": kurtosis})


def test_features(tmp_path):
    values = activations(4)
    values[:, 9] = 5
    both = measure(tmp_path, values, "--axis", "both")
    skewness, kurtosis = moments_of(values, 0)
    assert_close(both["feature_moments"], {
        "count": [300] * 40, "mean": values.mean(axis=0), "variance": values.var(axis=0),
        "skewness": skewness, "kurtosis": kurtosis, "min": values.min(axis=0),
        "max": values.max(axis=0), "mean_abs": numpy.abs(values).mean(axis=0), "degenerate": 1})
    alone = read_json(tmp_path, "h.npy", "--axis", "features")
    assert (both.pop("quantile_samples"), alone.pop("quantile_samples")) == (300, 0)
    for key in ["kurtosis", "skewness"]:
        assert alone[key].pop("quantiles") is None
        del both[key]["quantiles"]
    assert alone == both


def test_one_hot_vectors_reach_the_maximum(tmp_path):
    result = measure(tmp_path, numpy.eye(3, 512))
    d = 512
    assert result["kurtosis"]["mean"] == pytest.approx((d * d - 3 * d + 3) / (d - 1), rel=1e-12)
    assert result["kurtosis"]["std"] == pytest.approx(0, abs=1e-9)
    # The median feature is always 0, so nothing else can be measured by it.
    assert [o["ratio"] for o in result["outlier_features"]] == [None] * 3


def test_options_of_outlier_features(tmp_path):
    values = activations(5)
    words = {"magnitude": 2.5, "sigma": 1.5, "share": 0.25, "ratio": 3}
    result = measure(tmp_path, values, *[w for k, v in words.items() for w in ("--" + k, v)])
    assert_close(result["outlier_features"], outlier_features(values, **words))
    assert_close(result["options"], {"bias": "biased", "fisher": False, "nan_policy": "raise",
                                     **words})
    kinds = {c for o in result["outlier_features"] for c in o["criteria"]}
    assert kinds == {"magnitude", "sigma", "ratio"}


def test_constant_samples_enter_no_mean(tmp_path):
    values = activations(6)
    values[[3, 50, 51]] = [[2], [0], [-7.5]]
    result = measure(tmp_path, values)
    assert (result["samples"], result["degenerate"], result["undefined"]) == (300, 3, 0)
    assert_samples(result, values)


def test_no_sample_has_a_kurtosis(tmp_path):
    result = measure(tmp_path, numpy.zeros((4, 3)), "--plot", "h.svg")
    assert result["degenerate"] == 4
    assert_samples(result, numpy.zeros((4, 3)))
    assert result["outlier_features"] == [] and result["median_mean_abs"] == 0
    assert "no sample has a kurtosis" in (tmp_path / "h.svg").read_text()
    run_ok(tmp_path, "h.npy")


@pytest.mark.parametrize("policy", ["omit", "propagate"])
def test_nan_policies(tmp_path, policy):
    values = activations(7)
    values[2, 3], values[2, 4], values[9, 0], values[70, 10] = [numpy.nan, numpy.inf, -numpy.inf,
                                                                numpy.nan]
    result = measure(tmp_path, values, "--nan-policy", policy, "--axis", "both")
    assert result["nonfinite"] == 4
    assert result["undefined"] == (3 if policy == "propagate" else 0)
    assert_samples(result, masked(values, policy))
    columns = masked(values.T, policy).T
    skewness, kurtosis = moments_of(columns, 0)
    assert_close(result["feature_moments"], {"skewness": skewness, "kurtosis": kurtosis})


def test_a_large_mean_costs_no_digits(tmp_path):
    values = numpy.round(activations(8) * 64) / 64
    shifted = values + 2.0 ** 30  # exact
    result = measure(tmp_path, shifted)
    kurtosis = stats.kurtosis(values, axis=1, fisher=False)
    assert result["kurtosis"]["mean"] == pytest.approx(kurtosis.mean(), rel=1e-11)


def test_threads_change_nothing(tmp_path):
    values = activations(9, rows=5000)
    assert measure(tmp_path, values, "--threads", 1) == measure(tmp_path, values, "--threads", 3,
                                                                "--memory", "4M")


# Inputs.

@pytest.mark.parametrize("cuts", [[], [1], [299], [100, 101, 250]])
def test_several_files_are_one_stream(tmp_path, cuts):
    values = numpy.round(activations(10) * 8) / 8  # exact in every type below
    types = ["f4", "f8", "f2", "f4"]
    names = []
    for i, part in enumerate(numpy.split(values, cuts)):
        names.append("part%d.npy" % i)
        numpy.save(tmp_path / names[-1], part.astype(types[i]))
    together = read_json(tmp_path, ",".join(names))
    assert_samples(together, values)
    assert_close(together["outlier_features"], outlier_features(values))
    assert read_json(tmp_path, *names) == together
    assert read_json(tmp_path, names[0], *([",".join(names[1:])] if cuts else [])) == together


def test_a_file_in_several_chunks(tmp_path):
    # A chunk holds 2^23 elements: rows of 2^20 come eight at a time.
    random = numpy.random.default_rng(11)
    values = random.integers(-5, 6, (19, 1 << 20)).astype("i1")
    deviation = values - values.mean(axis=1, keepdims=True)
    square = deviation ** 2
    kurtosis = (square ** 2).mean(axis=1) / square.mean(axis=1) ** 2
    for saved in [values, values.astype("f2")]:
        result = measure(tmp_path, saved)
        assert result["samples"] == 19
        assert_close(result["kurtosis"], summary(kurtosis))


def test_idx_big_endian_and_gzip(tmp_path):
    random = numpy.random.default_rng(12)
    images = random.integers(0, 256, (90, 4, 5)).astype("u1")
    exact = images.reshape(90, 20).astype("f8")
    (tmp_path / "bytes").write_bytes(idx(images, 8))
    (tmp_path / "bytes.gz").write_bytes(gzip.compress(idx(images, 8)))
    (tmp_path / "floats").write_bytes(idx(images.astype(">f4"), 13))
    (tmp_path / "doubles").write_bytes(idx(images.astype(">f8"), 14))
    with gzip.open(tmp_path / "p.npy.gz", "wb") as stream:
        numpy.save(stream, exact)
    names = ["bytes", "bytes.gz", "floats", "doubles", "p.npy.gz"]
    for name in names:
        assert_samples(read_json(tmp_path, name), exact)
    # Compressed files before, between and after others.
    mixed = ["bytes.gz", "floats", "p.npy.gz", "doubles", "bytes.gz"]
    assert_samples(read_json(tmp_path, *mixed), numpy.concatenate([exact] * 5))


def test_unaligned_data(tmp_path):
    values = activations(13)
    for type in ["<f8", "<f2"]:
        header = ("{'descr': '%s', 'fortran_order': False, 'shape': (300, 40), }\n" % type).encode()
        header += b"" if len(header) % 2 else b" "
        (tmp_path / "h.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header))
                                         + header + values.astype(type).tobytes())
        assert_samples(read_json(tmp_path, "h.npy"), values.astype(type).astype("f8"))


# Outputs.

def numbers(line):
    return [float(word) for word in re.findall(r"-?\d+\.\d+(?:e[-+]\d+)?", line)]


def test_table(tmp_path):
    values = activations(14, rows=3000)
    result = measure(tmp_path, values)
    table = run_ok(tmp_path, "h.npy")
    assert "moments of 3,000 samples × 40 features" in table
    for key in ["kurtosis", "skewness"]:
        shown = numbers(re.search(r"^%s +.*$" % key, table, re.M)[0])
        exact = [result[key]["mean"], result[key]["std"], *result[key]["quantiles"].values()]
        assert shown == pytest.approx(exact, rel=5e-3, abs=5.1e-5)
    rows = re.findall(r"^ +[-0-9.]+ – +[-0-9.]+ +([0-9,]+)  ([█▏▎▍▌▋▊▉]*)( ◂ 3)?$", table, re.M)
    counts = [int(row[0].replace(",", "")) for row in rows]
    assert len(rows) == 14 and sum(counts) == 3000
    fullest = counts.index(max(counts))
    assert rows[fullest][1] == "█" * 40
    assert all((row[1] != "") == (count > 0) for row, count in zip(rows, counts))
    found = re.findall(r"^ +(\d+) +(\S+) +(\S+) +(\S+) % +(\S+) %   (.*)$", table, re.M)
    assert [int(row[0]) for row in found] == [o["index"] for o in result["outlier_features"]]
    for row, outlier in zip(found, result["outlier_features"]):
        assert float(row[1]) == pytest.approx(outlier["mean_abs"], abs=5.1e-5)
        assert float(row[2]) == pytest.approx(outlier["ratio"], abs=5.1e-5)
        assert float(row[3]) == pytest.approx(100 * outlier["share_over_6"], abs=0.051)
        assert float(row[4]) == pytest.approx(100 * outlier["share_over_6_sigma"], abs=0.051)
        assert row[5].split() == outlier["criteria"]
    assert max(map(len, table.splitlines())) <= 100


def test_the_histogram_marks_gaussian_values(tmp_path):
    measure(tmp_path, numpy.random.default_rng(15).normal(size=(500, 100)))
    for words, mark in [([], "◂ 3"), (["--fisher"], "◂ 0")]:
        table = run_ok(tmp_path, "h.npy", *words)
        row = re.search(r"^ +(\S+) – +(\S+) .*%s$" % mark, table, re.M)
        assert float(row[1]) <= float(mark[2:]) <= float(row[2])
        assert "logarithmic" not in table


def test_a_wide_histogram_is_logarithmic(tmp_path):
    values = numpy.random.default_rng(16).normal(size=(500, 2000))
    values[:100, 5] = 1000
    measure(tmp_path, values)
    rows = re.findall(r"^ +(\S+) – +(\S+) ", run_ok(tmp_path, "h.npy"), re.M)
    ratios = [float(high) / float(low) for low, high in rows]
    assert ratios == pytest.approx([ratios[0]] * 14, rel=1e-3)


@pytest.mark.parametrize("top", [0, 2, 5])
def test_only_so_many_features_are_listed(tmp_path, top):
    result = measure(tmp_path, activations(17), "--top", top)
    table = run_ok(tmp_path, "h.npy", "--top", top)
    assert len(result["outlier_features"]) == 5
    assert "outlier features: 5 of 40" in table
    assert len(re.findall(r"^ +\d+ .*% .*%", table, re.M)) == top
    assert ("3 more" in table) == (top == 2)


def test_table_of_features(tmp_path):
    values = activations(18)
    result = measure(tmp_path, values, "--axis", "features")
    table = run_ok(tmp_path, "h.npy", "--axis", "features", "--top", 4)
    kurtosis = result["feature_moments"]["kurtosis"]
    listed = table[table.index("features with the largest kurtosis"):]
    rows = re.findall(r"^ +(\d+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+)$", listed, re.M)
    order = sorted(range(40), key=lambda i: -kurtosis[i])
    assert [int(row[0]) for row in rows] == order[:4]
    for row in rows:
        column = values[:, int(row[0])]
        exact = [kurtosis[int(row[0])], stats.skew(column), column.mean(), column.std(),
                 column.min(), column.max()]
        assert [float(word) for word in row[1:]] == pytest.approx(exact, rel=5e-3, abs=5.1e-5)
    assert "◂" not in table  # no samples' moments, no histogram


@pytest.mark.parametrize("words, without", [
    (["--nan-policy", "omit"], 2), (["--nan-policy", "propagate"], 3),
    (["--nan-policy", "omit", "--bias", "unbiased"], 40)])
def test_table_counts_features_without_kurtosis(tmp_path, words, without):
    values = activations(20, rows=3)  # three values are too few to correct a kurtosis
    values[:, 4] = 1
    values[:, 5] = numpy.nan
    values[0, 6] = numpy.inf
    numpy.save(tmp_path / "h.npy", values)
    table = run_ok(tmp_path, "h.npy", "--axis", "features", *words)
    assert "kurtosis over the samples; %d without one" % without in table


def test_table_in_ascii(tmp_path):
    measure(tmp_path, activations(19))
    done = run(tmp_path, "h.npy", "--axis", "both", locale="C")
    assert done.returncode == 0
    text = done.stdout.decode("ascii")
    assert "####" in text and "300 samples x 40 features" in text


def test_json_file_and_standard_output_agree(tmp_path):
    result = measure(tmp_path, activations(20))
    table = run_ok(tmp_path, "h.npy", "--json", "h.json")
    assert json.loads((tmp_path / "h.json").read_text()) == result
    assert table.startswith("moments of")


def test_plots(tmp_path):
    result = measure(tmp_path, activations(21), "--plot", "h.svg")
    svg = ElementTree.parse(tmp_path / "h.svg").getroot()
    texts = {"".join(t.itertext()).strip() for t in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert "Moments of 300 samples × 40 features" in texts
    assert "Gaussian 3" in texts and "mean %.4g" % result["kurtosis"]["mean"] in texts
    assert {"7", "12"} <= texts  # the two largest features
    run_ok(tmp_path, "h.npy", "--plot", "h.png")
    assert (tmp_path / "h.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def assert_levels_fit(svg):
    """The names to the right of the last panel end in the picture, at 8 pixels a character."""
    for group in svg.iter("{http://www.w3.org/2000/svg}g"):
        place = re.match(r"translate\(([0-9.]+),", group.get("transform", ""))
        text = "".join(group.itertext()).strip()
        if place and group.get("text-anchor") == "start" and "median" in text:
            assert float(place[1]) + 8 * len(text) <= 1000, text


PLOTTED = {
    "one value": lambda v: v[:1, :1],
    "one sample": lambda v: v[:1],
    "one feature": lambda v: v[:, :1],
    "one-hot": lambda v: numpy.eye(5, 9),
    "many outliers": lambda v: v * 100,
    "tiny": lambda v: v * 1e-30,
    "huge": lambda v: v * 1e300,
    "half of it zero": lambda v: v * (numpy.arange(40) < 20),
    "nothing finite": lambda v: v * numpy.nan,
    "some NaN": lambda v: numpy.where(v > 30, numpy.nan, v),
}


@pytest.mark.parametrize("words", [[], ["--fisher"], ["--axis", "features"],
                                   ["--bias", "unbiased"]])
@pytest.mark.parametrize("kind", PLOTTED)
def test_whatever_there_is_is_shown(tmp_path, kind, words):
    numpy.save(tmp_path / "h.npy", PLOTTED[kind](activations(22)))
    # Nothing on standard error: gnuplot had no complaint.
    run_ok(tmp_path, "h.npy", "--nan-policy", "propagate", "--plot", "h.svg", "--json", "h.json",
           *words)
    assert_levels_fit(ElementTree.parse(tmp_path / "h.svg").getroot())
    json.loads((tmp_path / "h.json").read_text())
