"""latent-moments in parts: what one run saves, another one loads."""
import os

import numpy
import pytest

from moments_program import (activations, assert_close, measure, moments_of, read_json, run,
                             run_ok, summary)
from program_runs import assert_one_sentence


def save_parts(folder, values, *options):
    """Saves accumulators of three parts; returns their names."""
    names = []
    for i, part in enumerate(numpy.split(values, [90, 110])):
        numpy.save(folder / ("%d.npy" % i), part)
        names.append("%d.moments" % i)
        run_ok(folder, "%d.npy" % i, "--save", names[-1], *options)
    return names


def without_quantiles(result):
    return {key: {k: v for k, v in value.items() if k != "quantiles"}
            if key in ("kurtosis", "skewness") else value
            for key, value in result.items() if key != "quantile_samples"}


@pytest.mark.parametrize("options", [[], ["--bias", "unbiased", "--fisher", "--sigma", "3"]])
def test_parts_make_the_whole(tmp_path, options):
    values = activations(31)
    values[40] = 2.5
    whole = measure(tmp_path, values, "--axis", "both", *options)
    names = save_parts(tmp_path, values, *options)
    for words in [["--load", ",".join(names)], [w for n in names for w in ("--load", n)]]:
        loaded = read_json(tmp_path, *words, "--axis", "both", *options)
        assert loaded["quantile_samples"] == 0
        assert loaded["kurtosis"]["quantiles"] is loaded["skewness"]["quantiles"] is None
        assert_close(loaded, without_quantiles(whole))
    table = run_ok(tmp_path, "--load", ",".join(names), *options)
    assert "moments of 300 samples" in table and "All samples were loaded" in table


def test_quantiles_are_of_this_run(tmp_path):
    values = activations(32)
    whole = measure(tmp_path, values)
    names = save_parts(tmp_path, values)
    words = ["2.npy", "--load", names[0], "--load", names[1]]
    result = read_json(tmp_path, *words)
    assert_close(result, without_quantiles(whole))
    skewness, kurtosis = moments_of(values[110:], 1)
    assert result["quantile_samples"] == 190
    assert_close(result["kurtosis"]["quantiles"], summary(kurtosis)["quantiles"])
    assert_close(result["skewness"]["quantiles"], summary(skewness)["quantiles"])
    assert "190 samples that were not loaded" in run_ok(tmp_path, *words)


def test_a_chain_of_runs(tmp_path):
    values = activations(33)
    whole = measure(tmp_path, values)
    save_parts(tmp_path, values)
    run_ok(tmp_path, "1.npy", "--load", "0.moments", "--save", "01.moments")
    assert_close(read_json(tmp_path, "2.npy", "--load", "01.moments"), without_quantiles(whole))


def assert_refused(folder, status, pieces, *arguments):
    before = sorted(os.listdir(folder))
    done = run(folder, *arguments, "--save", "out.moments", "--json", "out.json")
    assert_one_sentence("latent-moments", done, status, pieces)
    assert sorted(os.listdir(folder)) == before


def test_parts_that_do_not_fit(tmp_path):
    save_parts(tmp_path, activations(34))
    whole = (tmp_path / "0.moments").read_bytes()
    flipped = whole[:200] + bytes([whole[200] ^ 1]) + whole[201:]
    for content in [whole[:-1], whole + b"x", b"hello, world", flipped]:
        (tmp_path / "bad").write_bytes(content)
        assert_refused(tmp_path, 2, ["bad: "], "0.npy", "--load", "1.moments,bad")
    assert_refused(tmp_path, 2, ["absent: No such file"], "0.npy", "--load", "absent")
    numpy.save(tmp_path / "narrow.npy", numpy.ones((3, 7)))
    assert_refused(tmp_path, 2, ["0.moments: ", "saved for 40 columns, but there are 7"],
                   "narrow.npy", "--load", "0.moments")
    for words, name in [(["--fisher"], "fisher"), (["--bias", "unbiased"], "bias"),
                        (["--nan-policy", "omit"], "nan_policy"),
                        (["--magnitude", "5"], "magnitude"), (["--sigma", "5"], "sigma")]:
        assert_refused(tmp_path, 2, ["0.moments: was saved with other options", name], "--load",
                       "0.moments", *words)


def test_nothing_is_saved_after_an_error(tmp_path):
    numpy.save(tmp_path / "h.npy", numpy.full((3, 3), numpy.nan))
    assert_refused(tmp_path, 1, ["h.npy: row 0, column 0 is NaN"], "h.npy")
