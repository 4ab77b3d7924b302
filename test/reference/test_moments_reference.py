"""Moments, quantiles and outlier features against numpy and scipy, and saved accumulators against
the description of their format, read and written by Python's struct."""
import math
import struct
import zlib

import numpy as np
import pytest
from scipy import stats

import latent_ctypes as latent

CLOSE = dict(rtol=1e-12, atol=1e-13)
DISTRIBUTIONS = {
    "normal": lambda g, shape: g.normal(size=shape),
    "exponential": lambda g, shape: g.exponential(size=shape),
    "Student": lambda g, shape: g.standard_t(3, size=shape),
    "uniform": lambda g, shape: g.uniform(-1, 5, size=shape),
    "lognormal": lambda g, shape: g.lognormal(0, 1.5, size=shape),
    "integers": lambda g, shape: g.integers(-4, 5, size=shape).astype(float),
    "two humps": lambda g, shape: g.normal(size=shape) + 9.0 * g.integers(0, 2, size=shape),
}
SHAPES = [(60, 700), (1300, 31), (5, 6)]


@pytest.fixture(scope="module")
def library():
    with latent.Latent(threads=2) as made:
        yield made


def draw(name, shape, seed=1):
    return DISTRIBUTIONS[name](np.random.default_rng(seed), shape)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("fisher", [True, False])
def test_skewness_and_kurtosis(library, name, shape, bias, fisher):
    points = draw(name, shape)
    found = library.moments(points, bias=latent.BIASED if bias else latent.UNBIASED,
                            fisher=int(fisher))
    for axis, ours in ((1, found[0]), (0, found[1])):
        assert np.allclose(ours["skewness"], stats.skew(points, axis, bias), **CLOSE)
        assert np.allclose(ours["kurtosis"], stats.kurtosis(points, axis, fisher, bias), **CLOSE)
    kurtosis = stats.kurtosis(points, 1, fisher, bias)
    assert found[2].kurtosis_mean == pytest.approx(kurtosis.mean(), rel=1e-12)
    assert found[2].kurtosis_std == pytest.approx(kurtosis.std(), rel=1e-11)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("shape", SHAPES)
def test_describe(library, name, shape):
    points = draw(name, shape, 2)
    samples, features, overall = library.moments(points)
    for axis, ours in ((1, samples), (0, features)):
        theirs = stats.describe(points, axis=axis, ddof=0)
        assert np.all(ours["count"] == theirs.nobs)
        assert np.allclose(ours["mean"], theirs.mean, **CLOSE)
        assert np.allclose(ours["variance"], theirs.variance, **CLOSE)
    assert np.array_equal(features["min"], points.min(0))
    assert np.array_equal(features["max"], points.max(0))
    assert np.allclose(features["mean_abs"], np.abs(points).mean(0), **CLOSE)
    assert (overall.samples, overall.nonfinite) == (shape[0], 0)


# scipy's results in float16 and float32 are not asked for: in float16 its fourth powers are infinite
# from a deviation of 16 on.
@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_narrow_types(library, kind):
    points = draw("normal", (200, 300), 3).astype(kind)
    points[17, 5] = 60
    samples, features, _ = library.moments(points)
    wide = points.astype(float)
    assert np.allclose(samples["kurtosis"], stats.kurtosis(wide, 1, False), **CLOSE)
    assert np.allclose(features["skewness"], stats.skew(wide, 0), **CLOSE)
    upper = (points.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    wide = (upper.astype(np.uint32) << 16).view(np.float32).astype(float)
    samples, features, _ = library.moments(upper)
    assert np.allclose(samples["kurtosis"], stats.kurtosis(wide, 1, False), **CLOSE)
    assert np.allclose(features["kurtosis"], stats.kurtosis(wide, 0, False), **CLOSE)


@pytest.mark.parametrize("name", ["normal", "lognormal"])
@pytest.mark.parametrize("bias", [True, False])
def test_nan_policies(library, name, bias):
    points = draw(name, (300, 50), 4)
    holes = np.random.default_rng(5).uniform(size=points.shape) < 0.02
    points[holes] = np.nan
    option = latent.BIASED if bias else latent.UNBIASED
    for policy, word in ((latent.OMIT, "omit"), (latent.PROPAGATE, "propagate")):
        found = library.moments(points, nan_policy=policy, bias=option)
        for axis, ours in ((1, found[0]), (0, found[1])):
            skewness = np.ma.filled(stats.skew(points, axis, bias, word), np.nan)
            kurtosis = np.ma.filled(stats.kurtosis(points, axis, False, bias, word), np.nan)
            assert np.allclose(ours["skewness"], skewness, equal_nan=True, **CLOSE)
            assert np.allclose(ours["kurtosis"], kurtosis, equal_nan=True, **CLOSE)
        assert found[2].nonfinite == np.count_nonzero(holes)
    with pytest.raises(latent.LatentError, match=r"points\[\d+\]\[\d+\] is NaN"):
        library.moments(points)


@pytest.mark.parametrize("size", [1, 2, 3, 10, 1001])
def test_quantiles(library, size):
    values = draw("Student", (size + 3,), 6)
    values[[0, size // 2, size]] = np.nan
    if size > 5:
        values[1] = 1e300
    probabilities = np.concatenate([np.linspace(0, 1, 21), draw("uniform", (50,), 7) / 6 + 1 / 6])
    assert np.allclose(library.quantiles(values, probabilities),
                       np.nanquantile(values, probabilities), rtol=1e-14, atol=0)


def test_chunks_and_merging(library):
    points = draw("lognormal", (997, 23), 8)
    parts = np.split(points, [1, 5, 300, 301, 640])
    chain = latent.Moments(library, 23, samples=1)
    for part in parts:
        chain.update(part)
    merged = latent.Moments(library, 23, samples=1)
    for part in reversed(parts):
        one = latent.Moments(library, 23, samples=1)
        one.update(part)
        merged.merge(latent.Moments(library, saved=one.save()))
    for moments in (chain, merged):
        features, overall = moments.finish()
        assert np.allclose(features["skewness"], stats.skew(points, 0), **CLOSE)
        assert np.allclose(features["kurtosis"], stats.kurtosis(points, 0, False), **CLOSE)
        assert overall.skewness_mean == pytest.approx(stats.skew(points, 1).mean(), rel=1e-12)


def outliers_of(points, share, ratio, magnitude, sigma):
    """The three criteria as numpy says them, as bits, and the figures."""
    large = (np.abs(points) >= magnitude).sum(0)
    far = (np.abs(points - points.mean(1)[:, None]) > sigma * points.std(1)[:, None]).sum(0)
    mean_abs = np.abs(points).mean(0)
    times = mean_abs / np.median(mean_abs)
    bits = (1 * (large / len(points) >= share) + 2 * (far / len(points) >= share) +
            4 * (times >= ratio))
    return dict(criteria=bits, over_magnitude=large, over_sigma=far, mean_abs=mean_abs, ratio=times)


def test_outliers(library):
    points = draw("normal", (400, 200), 9)
    points[:, 7] *= 30
    points[::10, 31] += 9
    points[::30, 99] += 40
    for share, ratio, magnitude, sigma in ((0.06, 10, 6, 6), (0.02, 1.1, 2.5, 3), (0.3, 25, 8, 1)):
        moments = latent.Moments(library, 200, outliers=1, magnitude=magnitude, sigma=sigma)
        moments.update(points)
        ours, overall = moments.outliers(share, ratio)
        theirs = outliers_of(points, share, ratio, magnitude, sigma)
        for name in ("criteria", "over_magnitude", "over_sigma"):
            assert np.array_equal(ours[name], theirs[name])
        for name in ("mean_abs", "ratio"):
            assert np.allclose(ours[name], theirs[name], **CLOSE)
        assert np.array_equal(ours["index"], np.flatnonzero(theirs["criteria"]))
        assert overall.by_magnitude == np.count_nonzero(theirs["criteria"] & 1)


# The format, as src/moments/saved.c and docs/moments.md describe it.
HEAD = struct.Struct("<8sIIqqiiiiiidd4q10d10d")
MAGIC = b"latentM\x1a"
FIELDS = "count centre offset second third fourth exponent low high magnitude".split()


def decode(saved):
    """What the bytes say; the checksum and the announced length are asserted."""
    head = HEAD.unpack_from(saved)
    assert head[:3] == (MAGIC, 1, 0) and head[3] == len(saved)
    assert struct.unpack("<I", saved[-4:])[0] == zlib.crc32(saved[:-4])
    columns = head[4]
    assert len(saved) == HEAD.size + 104 * columns + 4
    arrays = np.frombuffer(saved, "<f8", 10 * columns, HEAD.size).reshape(10, columns)
    counts = np.frombuffer(saved, "<i8", 3 * columns, HEAD.size + 80 * columns)
    return dict(options=head[5:13], samples=head[13:17], skewness=dict(zip(FIELDS, head[17:27])),
                kurtosis=dict(zip(FIELDS, head[27:37])), features=dict(zip(FIELDS, arrays)),
                counts=counts.reshape(3, columns))


def encode(options, samples, skewness, kurtosis, features, counts):
    body = HEAD.pack(MAGIC, 1, 0, HEAD.size + 104 * counts.shape[1] + 4, counts.shape[1], *options,
                     *samples, *(skewness[f] for f in FIELDS), *(kurtosis[f] for f in FIELDS))
    body += b"".join(np.asarray(features[f], "<f8").tobytes() for f in FIELDS)
    body += counts.astype("<i8").tobytes()
    return body + struct.pack("<I", zlib.crc32(body))


def central(values, r):
    return np.mean((values - values.mean()) ** r)


def expect_moment(moment, values):
    unit = 2.0 ** moment["exponent"]
    assert moment["count"] == len(values)
    assert moment["centre"] + moment["offset"] * unit == pytest.approx(values.mean(), rel=1e-13)
    assert moment["second"] == pytest.approx(central(values / unit, 2), rel=1e-12)
    assert moment["third"] == pytest.approx(central(values / unit, 3), rel=1e-11)
    assert moment["fourth"] == pytest.approx(central(values / unit, 4), rel=1e-12)


def test_saved_bytes_hold_the_moments(library):
    points = draw("exponential", (90, 5), 10)
    points[:, 1] *= 2.0 ** 700
    points[:, 2] = 0.1
    points[:, 3] = np.nan
    points[::9, 4] = -np.inf
    moments = latent.Moments(library, 5, nan_policy=latent.OMIT, samples=1, outliers=1,
                             magnitude=1.5, sigma=1.25)
    moments.update(points[:, :5])
    found = decode(moments.save())
    assert found["options"] == (0, 0, 1, 1, 1, 0, 1.5, 1.25)
    assert found["samples"] == (90, 0, 0, 100)
    for column in (0, 1, 4):
        values = points[np.isfinite(points[:, column]), column]
        moment = {name: found["features"][name][column] for name in FIELDS}
        expect_moment(moment, values)
        assert (moment["exponent"] != 0) == (column == 1)
        assert (moment["low"], moment["high"]) == (values.min(), values.max())
        assert moment["magnitude"] == pytest.approx(np.abs(values).mean(), rel=1e-13)
    constant = [found["features"][name][2] for name in FIELDS[:-1]]
    assert constant == [90, 0.1, 0, 0, 0, 0, 0, 0.1, 0.1]
    assert [found["features"][name][3] for name in FIELDS] == [0] * 7 + [math.inf, -math.inf, 0]
    assert found["counts"][0].tolist() == [0, 0, 0, 90, 10]
    assert found["counts"][1].tolist() == [np.count_nonzero(points[:, 0] >= 1.5), 90, 0, 0,
                                           np.count_nonzero(points[:, 4] >= 1.5)]
    samples = library.moments(points, nan_policy=latent.OMIT)[0]
    expect_moment(found["skewness"], samples["skewness"])
    expect_moment(found["kurtosis"], samples["kurtosis"])


def test_bytes_of_nothing(library):
    found = decode(latent.Moments(library, 3).save())
    nothing = dict(zip(FIELDS, [0.0] * 7 + [math.inf, -math.inf, 0.0]))
    assert found["options"] == (0, 0, 0, 0, 0, 0, 6.0, 6.0)
    assert found["samples"] == (0, 0, 0, 0)
    assert found["skewness"] == nothing and found["kurtosis"] == nothing
    for name in FIELDS:
        assert found["features"][name].tolist() == [nothing[name]] * 3
    assert not found["counts"].any()


def test_bytes_written_by_hand(library):
    """Two features, the four values -1, 0, 0, 5 and three times 2^600 times 0, 1 and 2."""
    a, b = np.array([-1.0, 0.0, 0.0, 5.0]), np.array([0.0, 1.0, 2.0])
    features = dict(
        count=[4, 3], centre=[1.0, 2.0 ** 600], offset=[0, 0], exponent=[0, 600], low=[-1, 0],
        high=[5, 2.0 ** 601], magnitude=[1.5, 2.0 ** 600],
        **{name: [central(a, r), central(b, r)]
           for r, name in ((2, "second"), (3, "third"), (4, "fourth"))})
    one = dict(zip(FIELDS, (4, 2.0, 0.5, 0.25, 0.0, 0.0625, 0, 2.0, 3.0, 2.5)))
    saved = encode((0, 1, 1, 1, 1, 0, 6.0, 6.0), (4, 0, 0, 1), one, one, features,
                   np.array([[0, 1], [0, 2], [1, 0]]))
    moments = latent.Moments(library, saved=saved)
    found, overall = moments.finish()
    assert found["count"].tolist() == [4, 3]
    assert np.allclose(found["skewness"], [stats.skew(a), stats.skew(b)], **CLOSE)
    assert np.allclose(found["kurtosis"], [stats.kurtosis(a), stats.kurtosis(b)], **CLOSE)
    assert found["variance"].tolist() == [central(a, 2), math.inf]
    assert found["mean"].tolist() == [1.0, 2.0 ** 600]
    assert found["max"].tolist() == [5.0, 2.0 ** 601]
    assert (overall.samples, overall.nonfinite) == (4, 1)
    assert (overall.kurtosis_mean, overall.kurtosis_std) == (2.5, 0.5)
    assert moments.outliers()[0]["over_magnitude"].tolist() == [0, 2]
    assert moments.save() == saved
    with pytest.raises(latent.LatentError, match="checksum") as error:
        latent.Moments(library, saved=saved[:300] + b"\x55" + saved[301:])
    assert error.value.status == -14
