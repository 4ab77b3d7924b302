"""The curve: checked answers, methods that stop in time, other releases of peers, the picture."""
import json
import pathlib
import stat
import sys
import types

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import curve  # noqa: E402
import curve_picture  # noqa: E402
import timing  # noqa: E402
from few_images import hide, images, start, wrong_library  # noqa: E402, F401

# A faiss of another release, which searches with NumPy.
OTHER_FAISS = """
import numpy as np
__version__ = "99.1"
def omp_set_num_threads(threads):
    pass
class IndexFlatL2:
    def __init__(self, columns):
        pass
    def add(self, points):
        self.points = points.astype(float)
    def search(self, queries, k):
        distances = ((queries[:, None].astype(float) - self.points)**2).sum(axis=2)
        return None, distances.argsort(axis=1, kind="stable")[:, :k]
"""


@pytest.fixture()
def other_python(tmp_path):
    """A Python whose only peer is the other faiss."""
    modules = tmp_path / "other"
    modules.mkdir()
    hide(modules, "torch", "sklearn")
    (modules / "faiss.py").write_text(OTHER_FAISS)
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\nPYTHONPATH=%s exec %s "$@"\n' % (modules, sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


def measured(seconds, memory=0):
    return timing.Measurement("x", seconds=[seconds], cpu_seconds=[seconds], memory=memory)


def test_lines_stop_before_they_take_too_long():
    line = curve.Line("x")
    assert line.expect(1000, 10, 1e9) == 0 and not line.stopped
    line.add(1000, measured(2, 100 << 20), None)
    assert line.expect(2000, 10, 1e9) == 8 and not line.stopped
    line.expect(3000, 10, 1e9)
    assert line.stopped == {"count": 3000, "why": "18 s"}


def test_lines_stop_before_they_take_too_much():
    line = curve.Line("x")
    line.add(1000, measured(0.1, 10**9), None)
    line.expect(2000, 10, 3e9)
    assert line.stopped == {"count": 2000, "why": "4 GB"} and len(line.points) == 1


def test_the_curve(images, tmp_path, other_python):
    path = tmp_path / "none"
    path.mkdir()
    status, text = start("curve.py", images, tmp_path / "out", PYTHONPATH=hide(
        path, "torch", "faiss", "sklearn"), words=["--sizes", "150,300,9999", "--peers",
                                                   other_python, "--picture",
                                                   str(tmp_path / "there" / "picture.png")])
    assert status == 0, text
    found = json.loads((tmp_path / "out" / "curve.json").read_text())
    lines = {line["key"]: line for line in found["lines"]}
    assert all(check["passed"] for check in found["checks"]) and len(found["checks"]) == 4
    assert [point["count"] for point in lines["ours"]["points"]] == [150, 300]
    assert "pairs evaluated" in lines["float32"]["points"][0]["note"]
    assert lines["scipy"]["points"][1]["note"] == "0 of 300 samples differ"
    assert lines["faiss 2"]["name"] == "faiss 99.1 IndexFlatL2, k = 100"
    assert lines["faiss 2"]["points"][1]["note"].startswith("0 of 300 samples differ")
    for key in ("authors", "faiss", "sklearn", "authors 2", "sklearn 2"):
        assert lines[key]["stopped"] == {"count": 150, "why": "not installed"}
        assert not lines[key]["points"]
    svg = (tmp_path / "out" / "curve.svg").read_text()
    assert svg.startswith("<?xml") and "torch" not in svg
    assert (tmp_path / "there" / "picture.png").read_bytes()[1:4] == b"PNG"


def test_methods_beyond_the_limits_are_left_out(images, tmp_path):
    path = hide(tmp_path, "torch", "faiss", "sklearn")
    status, text = start("curve.py", images, tmp_path / "out", PYTHONPATH=path, words=[
        "--sizes", "150,300", "--most-seconds", "1e-9"])
    assert status == 0, text
    for line in json.loads((tmp_path / "out" / "curve.json").read_text())["lines"]:
        assert [point["count"] for point in line["points"]] in ([], [150])
        assert line["stopped"]


def test_wrong_answers_on_the_curve_end_with_status_one(images, wrong_library, tmp_path):
    path = hide(tmp_path, "torch", "faiss", "sklearn")
    status, text = start("curve.py", images, tmp_path / "out", wrong_library,
                         ["--sizes", "200"], PYTHONPATH=path)
    assert status == 1 and "WRONG" in text


def test_only_measured_points_are_drawn(monkeypatch):
    drawn = []
    axes = types.SimpleNamespace(plot=lambda x, y, **style: drawn.append((x, y, style["label"])))
    curve_picture._draw_line(axes, {
        "key": "authors", "name": "authors' method", "stopped": {"count": 20000, "why": "7.2 GB"},
        "points": [{"count": 1000, "best": 0.5}, {"count": 2000, "best": 2.5}]})
    assert drawn == [([1000, 2000], [0.5, 2.5], "authors' method; 20,000 would take 7.2 GB")]


@pytest.mark.parametrize("words", [["--sizes", "10"], ["--peers", "/nowhere/python"],
                                   ["--runs", "0"]])
def test_bad_options_are_refused(words):
    with pytest.raises(SystemExit) as refused:
        curve.parse(words)
    assert refused.value.code == 2


def test_other_releases_have_rows_of_their_own(images, tmp_path, other_python):
    path = tmp_path / "none"
    path.mkdir()
    status, text = start("bench.py", images, tmp_path / "out", words=[
        "--only", "1,2,3", "--peers", other_python],
                         PYTHONPATH=hide(path, "torch", "faiss", "sklearn"))
    assert status == 0, text
    rows = [line for line in text.splitlines() if "faiss 99.1 IndexFlatL2" in line]
    assert len(rows) == 3 and "0 of 300 samples differ" in rows[0]
    assert "50 samples measured, scaled; 0 of 50 samples differ" in rows[1]
    assert "0 lists differ" in rows[2] and text.count("authors' method, torch  ") == 2
