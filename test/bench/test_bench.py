"""The benchmark has to notice wrong answers, failures and missing peers; it is run here on few
images, once with the real library and once with a library that answers wrongly."""
import gzip
import json
import os
import pathlib
import sys

import numpy as np
import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import exact  # noqa: E402
from few_images import hide, images, start, wrong_library  # noqa: E402, F401
import outcome  # noqa: E402
import question_kstar  # noqa: E402
import question_neighbors  # noqa: E402
import samples  # noqa: E402
import timing  # noqa: E402

# Six points on a line whose k* can be counted by hand, and so can their two nearest neighbours.
LINE = np.array([[0], [1], [2.1], [3.3], [4.6], [6]], np.float32)
LINE_LABELS = np.array([0, 0, 1, 0, 1, 1], np.int32)
LINE_KSTAR = np.array([2, 2, 1, 1, 1, 2])
LINE_NEAREST = np.array([[0, 1], [1, 0], [2, 1], [3, 2], [4, 3], [5, 4]])


def plain_sum(terms):
    """The documented order once more, one number after the other."""
    lanes = [0.0] * 16
    for k, term in enumerate(terms):
        lanes[k % 16] += float(term)
    while len(lanes) > 1:
        half = len(lanes) // 2
        lanes = [lanes[i] + lanes[i + half] for i in range(half)]
    return lanes[0]


@pytest.mark.parametrize("columns", [1, 7, 16, 17, 50])
def test_documented_sum(columns):
    terms = np.random.default_rng(columns).random((3, columns)) ** 9
    assert [plain_sum(row) for row in terms] == list(exact.documented_sum(terms))


def test_product_distances_have_the_documented_bits():
    pixels = np.random.default_rng(1).integers(0, 256, (30, 70)).astype(np.float32)
    assert exact.sums_are_exact(pixels)
    documented = exact.documented_distances(pixels, pixels, block=8)
    assert (exact._product_distances(pixels, pixels, block=8) == documented).all()


def test_fractions_and_large_numbers_are_not_taken_for_exact():
    assert not exact.sums_are_exact(np.full((2, 2), 0.5, np.float32))
    assert not exact.sums_are_exact(np.full((2, 2), 2.0**26, np.float32))


def test_brute_force_on_the_line():
    rows = np.arange(6)
    assert (exact.kstar(LINE, LINE_LABELS, rows) == LINE_KSTAR).all()
    assert (exact.nearest(LINE, LINE, 2) == LINE_NEAREST).all()


def test_equal_neighbours_are_ordered_by_row():
    references = np.array([[3], [1], [3], [1], [2]], np.float32)
    assert (exact.nearest(np.array([[2]], np.float32), references, 3) == [[4, 0, 1]]).all()


def test_a_tie_with_the_nearest_foreign_sample_does_not_count():
    points = np.array([[0], [1], [-1]], np.float32)
    assert list(exact.kstar(points, np.array([0, 0, 1]), np.arange(3))) == [1, 2, 1]


@pytest.mark.parametrize("place", range(6))
def test_one_wrong_kstar_is_noticed(place):
    rows = np.arange(6)
    assert question_kstar.check_kstar(LINE, LINE_LABELS, LINE_KSTAR, rows).passed
    wrong = LINE_KSTAR.copy()
    wrong[place] += 1
    check = question_kstar.check_kstar(LINE, LINE_LABELS, wrong, rows)
    assert not check.passed and "5 of 6" in check.text and str(place) in check.text


def test_two_neighbours_in_the_wrong_order_are_noticed():
    chosen = np.arange(6)
    assert question_neighbors.check_lists(LINE, LINE, LINE_NEAREST, chosen).passed
    wrong = LINE_NEAREST.copy()
    wrong[4] = wrong[4, ::-1]
    assert not question_neighbors.check_lists(LINE, LINE, wrong, chosen).passed


class Sleeper(timing.Method):
    """Touches `megabytes` and then takes its time."""

    def __init__(self, megabytes=0, error=None, exit_status=None):
        if error:
            raise error
        self.megabytes, self.exit_status = megabytes, exit_status
        self.version = os.environ.get("OMP_NUM_THREADS", "none")

    def run(self):
        if self.exit_status is not None:
            os._exit(self.exit_status)
        np.ones(self.megabytes << 17)
        timing.time.sleep(0.05)

    def answer(self):
        return {"megabytes": self.megabytes}


def test_time_and_memory_are_measured():
    small, large = timing.measure([timing.Entry("small", Sleeper, {}),
                                   timing.Entry("large", Sleeper, {"megabytes": 64}, most_runs=1)],
                                  runs=2)
    assert len(small.seconds) == 2 and len(large.seconds) == 1
    assert 0.05 <= small.best <= small.median
    assert large.answer == {"megabytes": 64}
    assert 64e6 < large.memory < 96e6 and small.memory < 16e6


def test_failing_and_missing_methods_do_not_stop_the_others():
    entries = [timing.Entry("broken", Sleeper, {"error": ValueError("no good")}),
               timing.Entry("missing", Sleeper, {"error": ModuleNotFoundError("no module")}),
               timing.Entry("crash", Sleeper, {"exit_status": 7}),
               timing.Entry("fine", Sleeper, {})]
    states = timing.measure(entries, runs=1)
    assert [m.state for m in states] == ["failed", "not installed", "failed", "measured"]
    assert "no good" in states[0].reason and "7" in states[2].reason
    question = outcome.Question("key", "title", [outcome.Row.of(m, states[3]) for m in states])
    question.note_failures(states)
    assert question.wrong and len(question.failures) == 2
    text = outcome.layout(question)
    assert "not installed: no module" in text and "FAILED" in text


def test_environment_of_a_method_is_its_own(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with_it, without = timing.measure([timing.Entry("{}", Sleeper, {}, {"OMP_NUM_THREADS": "3"}),
                                       timing.Entry("{}", Sleeper, {})], runs=1)
    assert (with_it.name, without.name) == ("3", "none")


def bench(*arguments, **more):
    return start("bench.py", *arguments, **more)


def test_images_are_read(images):
    with gzip.open(images / "t10k-labels-idx1-ubyte.gz") as file:
        raw = file.read()
    found = samples.fashion(str(images), "t10k", str(images))
    assert found.points.shape == (300, 784) and found.points.dtype == np.float32
    assert list(found.labels) == list(raw[8:]) and len(raw) == 308


def test_right_answers_without_peers(images, tmp_path):
    path = hide(tmp_path, "torch", "faiss", "sklearn")
    status, text = bench(images, tmp_path / "out", words=["--only", "1,2,3"], PYTHONPATH=path,
                         OPENBLAS_CORETYPE="Nonsense")
    assert status == 0, text
    assert text.count("not installed") == 6
    for target in ("not slower than faiss", "as fast as faiss, k = 100", "as fast as faiss"):
        assert target + ": not measured" in text
    # With a peer's other release not asked for, there is no row for it.
    assert text.count("faiss IndexFlatL2") == 3
    assert "WRONG" not in text and "FAILED" not in text and "Nonsense" not in text
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"kstar.json", "threads.json", "product.json", "neighbors.json", "bench.txt"}
    kstar = json.loads((tmp_path / "out" / "kstar.json").read_text())
    assert [row["method"] for row in kstar["rows"] if row["best"] is None] == [
        "authors' method, torch", "faiss IndexFlatL2, k = 100", "scikit-learn brute, k = 100"]
    assert kstar["machine"]["openblas"]["core"]


def test_wrong_answers_end_with_status_one(images, wrong_library, tmp_path):
    path = hide(tmp_path, "torch", "faiss", "sklearn")
    for only, key in (("1", "kstar"), ("2", "product"), ("3", "neighbors")):
        status, text = bench(images, tmp_path / "out", wrong_library, ["--only", only],
                             PYTHONPATH=path)
        assert status == 1 and "WRONG" in text, text
        found = json.loads((tmp_path / "out" / (key + ".json")).read_text())
        assert not found["checks"][0]["passed"]


def test_a_peer_that_fails_ends_with_status_one(images, tmp_path):
    (tmp_path / "torch.py").write_text("raise RuntimeError('broken torch')")
    status, text = bench(images, tmp_path / "out", words=["--only", "1", "--threads", "1"],
                         PYTHONPATH=hide(tmp_path, "faiss"))
    assert status == 1 and "broken torch" in text and "correct" in text


def test_missing_data_are_named(tmp_path):
    status, text = bench(tmp_path / "nowhere", tmp_path / "out")
    assert status == 2 and "nowhere" in text and "dataset-fashion-mnist" in text


@pytest.mark.parametrize("module, only", [("torch", "1"), ("faiss", "1"), ("sklearn", "3")])
def test_peers_agree_on_few_images(images, tmp_path, module, only):
    pytest.importorskip(module)
    others = {"torch", "faiss", "sklearn"} - {module}
    status, text = bench(images, tmp_path / "out", words=["--only", only],
                         PYTHONPATH=hide(tmp_path, *others))
    assert status == 0, text
    peer = {"torch": "torch 1", "faiss": "faiss 1", "sklearn": "scikit-learn 1"}[module]
    line = next(line for line in text.splitlines() if peer in line)
    assert "0 of 300" in line or "0 lists" in line
