"""Targets go by the instruction set, shares by the unit that a screen takes, and rows say what was
done; here with invented measurements."""
import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import compiled  # noqa: E402
import kstar_methods  # noqa: E402
import outcome  # noqa: E402
import peer_peak  # noqa: E402
import question_kstar  # noqa: E402
import question_product  # noqa: E402
import question_screens  # noqa: E402
import samples  # noqa: E402
import timing  # noqa: E402
from few_images import start, images  # noqa: E402, F401
from peer_latent import AMX, AVX2, AVX512, VNNI  # noqa: E402

NEON = 6


def took(seconds, name="x", **answer):
    return timing.Measurement(name, seconds=[seconds], cpu_seconds=[seconds], answer=answer)


def missing(name="x"):
    return timing.Measurement(name, "not installed", "No module named 'x'")


def verdicts(isa, **ratios):
    """Of question 1's targets where the authors take 100 s: `ours`, `a4` for VNNI and so on."""
    found = {int(key[1:]) if key[0] == "a" else key: took(100 / ratio)
             for key, ratio in ratios.items()}
    found.update(authors=took(100), faiss=took(90))
    return [target.met for target in question_kstar.targets(found, isa)]


@pytest.mark.parametrize("isa, ratios, expected", [
    (AMX, dict(ours=40, a4=20, a3=6, a2=6), [True, True, True, True]),
    (AMX, dict(ours=39, a4=19, a3=5.9, a2=5.9), [False, False, False, False]),
    (VNNI, dict(ours=20, a3=6, a2=5), [True, True, False]),
    (VNNI, dict(ours=19, a3=5, a2=6), [False, False, True]),
    (AVX512, dict(ours=6, a2=6), [True, True]),
    (AVX2, dict(ours=5.9), [False]),
    (NEON, dict(ours=1.2), [])])
def test_targets_go_by_instruction_set(isa, ratios, expected):
    assert verdicts(isa, **ratios) == expected + [True]  # the last: not slower than faiss


def test_slower_than_faiss_is_missed_and_without_faiss_nothing_is_said():
    found = {"ours": took(91), "authors": took(100), "faiss": took(90)}
    assert question_kstar.targets(found, NEON)[0].met is False
    found["faiss"] = missing()
    assert question_kstar.targets(found, NEON)[0].met is None


def test_the_faster_release_of_a_peer_counts():
    old, new = took(3), took(2)
    assert kstar_methods.best_of({"faiss": old, "faiss 2": new}, "faiss") is new
    assert kstar_methods.best_of({"faiss": old, "faiss 2": missing()}, "faiss") is old
    assert kstar_methods.best_of({"faiss": missing(), "faiss 2": new}, "faiss") is new
    assert kstar_methods.best_of({"faiss": old}, "faiss") is old


def test_a_target_for_amx_is_a_ratio_elsewhere():
    ours, theirs = took(1), took(2.6)
    text = "at least 25 times as fast as faiss: 26.00×"
    with_it = kstar_methods.faster(ours, theirs, 25, "faiss", True, scale=10)
    without = kstar_methods.faster(ours, theirs, 25, "faiss", False, scale=10)
    assert (with_it.text, with_it.met) == (text, True)
    assert without.text.startswith(text) and "AMX" in without.text and without.met is None


RATES = {"AVX-512 float32": [100e9], "VNNI int16": [200e9], "VNNI int8": [400e9]}


def share(seconds, screen):
    ours = took(seconds, isa="VNNI", screen=screen)
    return question_product.share_target(ours, took(1, rates=RATES), 200e9)


def test_shares_are_of_the_unit_that_the_screen_takes():
    assert share(1, "int8").met and "50.0 % of VNNI int8" in share(1, "int8").text
    assert share(1.2, "int8").met is False
    assert "100.0 % of VNNI int16" in share(1, "int16").text
    assert "100.0 % of AVX-512 float32" in share(2, "float32").text
    assert share(1, "?").met is None and share(1, "bfloat16").met is None
    assert question_product.share_target(missing(), took(1, rates=RATES), 1).met is None


def test_units_of_screens():
    units = ["AVX2 float32", "AVX2 int16", "AVX-512 float32", "AVX-512 int16", "VNNI int8"]
    assert peer_peak.unit_of("AVX2", "int16", units) == "AVX2 int16"
    assert peer_peak.unit_of("AVX-512", "int16", units) == "AVX-512 int16"
    assert peer_peak.unit_of("VNNI", "int8", units) == "VNNI int8"
    assert peer_peak.unit_of("AVX2", "float32", units) == "AVX-512 float32"
    assert peer_peak.unit_of("AMX", "int8", units) is None
    assert peer_peak.unit_of("VNNI", "?", units) is None


def test_rows_say_what_was_done():
    done = took(1, screen="int8", evaluated=12345)
    assert kstar_methods.work_note(done) == "int8, 12,345 pairs evaluated"


def test_differences_of_peers_are_counted():
    kstar = np.array([3, 1, 500, 2])
    note = kstar_methods.difference_note
    assert note("authors", kstar, kstar) == "0 of 4 samples differ"
    assert note("authors", kstar, np.array([3, 0, 500, 9])) == "2 of 4 samples differ"
    assert note("faiss 2", kstar, np.array([3, 1, 0, 2])) == (
        "0 of 4 samples differ, no answer for 25.0 % (k* > 99, up to 500)")
    assert note("scipy", kstar, np.array([3, 7])) == (
        "2 samples measured, scaled; 1 of 2 samples differ")


def test_a_row_of_liblatent_with_other_values_is_noticed():
    kstar = np.array([3, 1, 2])
    rows = [took(1, "a", kstar=kstar), missing("b"), took(1, "c", kstar=kstar.copy())]
    assert kstar_methods.same_everywhere(rows).passed
    rows[2].answer["kstar"][1] = 2
    check = kstar_methods.same_everywhere(rows)
    assert not check.passed and check.text.endswith("not in c")


def test_machines_measure_their_worse_instruction_sets_too():
    data = samples.Samples(None, None, "p", "l")
    for isa, keys in ((AMX, [VNNI, AVX512, AVX2]), (VNNI, [AVX512, AVX2]), (AVX512, [AVX2]),
                      (AVX2, []), (NEON, [])):
        entries = kstar_methods.variants(data, 2, isa)
        assert list(entries) == ["ours", "float32"] + keys
        assert [entries[key].arguments["isa"] for key in keys] == keys
    assert entries["float32"].arguments["screen"] == 1


def test_outlier_features_are_the_plain_ones_times_100(tmp_path):
    plain = samples.clip_like(str(tmp_path), 60, 20, 5).points
    scaled = samples.clip_like(str(tmp_path), 60, 20, 5, outliers=4).points
    times = scaled / plain
    assert sorted(np.rint(times.mean(axis=0))) == [1] * 16 + [100] * 4


def test_embeddings_are_checked(tmp_path):
    data = samples.clip_like(str(tmp_path), 400, 32, 20, outliers=4)
    question, = question_screens.ask(data, 2, 1, lambda text: None, ", outliers", "clip-outliers")
    assert [check.passed for check in question.checks] == [True, True] and not question.failures
    assert len(question.rows) == 2 and "the float32 screen" in question.targets[0].text


def test_peaks_are_measured_for_every_unit(tmp_path):
    figures = [(peer_peak.REGISTERS, 1), (peer_peak.LEVEL2, 2)]
    peaks = peer_peak.Peaks(compiled.build(str(tmp_path), "peer_peak"), figures)
    peaks.run()
    rates = peaks.answer()["rates"]
    assert list(rates) == peaks.units and peaks.units
    assert all(len(pair) == 2 and min(pair) > 1e6 for pair in rates.values())
    before = dict(rates)
    peaks.run()
    assert all(now >= then for unit, pair in peaks.answer()["rates"].items()
               for now, then in zip(pair, before[unit]))


def test_the_table_of_peaks(images, tmp_path):
    status, text = start("bench.py", images, tmp_path / "out", words=["--only", "14"])
    assert status == 0 and "registers, 1 thread  registers, 2 threads" in text
    assert (tmp_path / "out" / "peaks.json").exists()


def test_a_table_takes_the_place_of_rows():
    table = [["unit", "a"], ["long unit", "1"]]
    text = outcome.layout(outcome.Question("key", "title", table=table))
    assert "  unit       a\n  long unit  1\n" in text and "method" not in text
