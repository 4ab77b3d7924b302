"""Time of k* against the number of samples, for every method.

    LATENT_LIBRARY=lib/liblatent.so python3 test/bench/curve.py [options]

Measures the first N samples of Fashion-MNIST's training set for some N, all methods in turn, and
writes OUTPUT/curve.json and OUTPUT/curve.svg. A method stops where its next point would take too
long or too much memory, going by how it grew so far. The exit status is as that of bench.py.
"""
import argparse
import dataclasses
import importlib.util
import json
import os
import sys
import tempfile

import numpy as np

import bench_options
import curve_picture
import kstar_methods
import machine
import peer_latent
import samples
from kstar_methods import measured
from outcome import say, seconds
from question_kstar import check_kstar

SIZES = (1000, 2000, 5000, 10000, 20000, 40000, 60000)
CHECKED = 200  # samples of each set compared with brute force
LONG = 10      # seconds from which on a method is run once after its warm-up


def numbers(text):
    return sorted(int(word.replace("_", "")) for word in text.split(","))


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=numbers, default=SIZES, metavar="LIST",
                        help="numbers of samples (default %s)" % ",".join(map(str, SIZES)))
    parser.add_argument("--runs", type=int, default=3, help="of which the best counts (default 3)")
    parser.add_argument("--most-seconds", type=float, default=60, help="of a point (default 60)")
    parser.add_argument("--most-gigabytes", type=float, default=8, help="of a point (default 8)")
    bench_options.add(parser)
    parser.add_argument("--picture", metavar="FILE", help="another place for the picture")
    parser.add_argument("--draw", action="store_true",
                        help="draw what OUTPUT/curve.json has, and measure nothing")
    arguments = bench_options.parse(parser, words)
    if min(arguments.sizes) < 100:
        parser.error("--sizes takes numbers from 100")
    return arguments


def entries(data, threads, isa, python):
    """All methods by key; whoever does only a part elsewhere does all here."""
    every = {**kstar_methods.variants(data, threads, isa),
             **kstar_methods.peers(data, threads, python)}
    every["scipy"] = kstar_methods.distances(data, every=1)
    return {str(key): entry for key, entry in every.items()}


class Line:
    """A method's points so far. One that failed or is not installed has none, and says why."""

    def __init__(self, key):
        self.key, self.name, self.points, self.stopped, self.reason = key, "", [], None, ""

    def stop(self, count, why):
        self.stopped = {"count": count, "why": why}

    def expect(self, count, most_seconds, most_bytes):
        """Seconds that the next point would take, growing with N² from the last; stops the line
        where that or the memory would be too much."""
        if not self.points:
            return 0
        last = self.points[-1]
        growth = (count / last["count"])**2
        seconds, memory = last["best"] * growth, (last["memory"] or 0) * growth
        if memory > most_bytes:
            self.stop(count, "%.2g GB" % (memory / 1e9))
        elif seconds > most_seconds:
            self.stop(count, "%.0f s" % seconds)
        return seconds

    def add(self, count, measurement, exact):
        """`exact`: k*, if known."""
        self.name = measurement.name
        if not measured(measurement):
            self.reason = measurement.reason.strip()
            self.stop(count, measurement.state)
            return
        point = {"count": count, "best": measurement.best, "seconds": measurement.seconds,
                 "cpu": measurement.best_cpu, "memory": measurement.memory}
        if exact is not None:
            point["note"] = (kstar_methods.work_note(measurement) if "screen" in measurement.answer
                             else kstar_methods.difference_note(self.key, exact,
                                                                measurement.answer["kstar"]))
        self.points.append(point)


def measure_point(count, data, lines, arguments, isa):
    """All methods that go on, at one number of samples; returns the checks."""
    asked = {}
    for key, entry in entries(data, arguments.threads, isa, arguments.peers).items():
        line = lines.setdefault(key, Line(key))
        if line.stopped:
            continue
        expected = line.expect(count, arguments.most_seconds, arguments.most_gigabytes * 1e9)
        if not line.stopped:
            asked[key] = dataclasses.replace(entry, most_runs=1 if expected > LONG else
                                             arguments.runs)
    found = kstar_methods.measure_all(asked, arguments.runs, say)
    ours = found.get("ours")
    exact = ours.answer["kstar"] if ours and measured(ours) else None
    for key, measurement in found.items():
        lines[key].add(count, measurement, exact)
    if exact is None:
        return []
    rows = np.random.default_rng(1).permutation(count)[:CHECKED]
    return [check_kstar(data.points, data.labels, exact, rows),
            kstar_methods.same_everywhere([m for m in found.values() if "screen" in m.answer])]


def run(arguments):
    """Measures what was asked for; yields what is to be written to curve.json after each number of
    samples, since all of them take long."""
    library = peer_latent.Library()
    about, lines, checks = machine.describe(library), {}, []
    with tempfile.TemporaryDirectory(dir=arguments.output) as scratch:
        train = samples.fashion(scratch, "train", arguments.data)
        for count in (count for count in arguments.sizes if count <= len(train.points)):
            data = samples.first(train, count)
            for check in measure_point(count, data, lines, arguments, library.isa()):
                text = "N = {:,}: {}".format(count, check.text)
                checks.append({"text": text, "passed": check.passed})
                print(("correct " if check.passed else "WRONG   ") + text, flush=True)
            for line in lines.values():
                if line.points and line.points[-1]["count"] == count:
                    print("  %-45s %s" % (line.name, seconds(line.points[-1]["best"])), flush=True)
            yield {"machine": about, "threads": arguments.threads, "runs": arguments.runs,
                   "columns": train.points.shape[1], "most_seconds": arguments.most_seconds,
                   "most_gigabytes": arguments.most_gigabytes,
                   "lines": [vars(line) for line in lines.values()], "checks": checks}


def main():
    arguments = parse(sys.argv[1:])
    machine.let_openblas_choose()
    if not importlib.util.find_spec("matplotlib"):
        sys.stderr.write("curve: the picture takes python3-matplotlib (./bootstrap --bench)\n")
        return 2
    os.makedirs(arguments.output, exist_ok=True)
    path = os.path.join(arguments.output, "curve.json")
    try:
        for found in () if arguments.draw else run(arguments):
            with open(path, "w") as file:
                json.dump(found, file, indent=1, ensure_ascii=False)
                file.write("\n")
        with open(path) as file:
            found = json.load(file)
    except OSError as error:
        sys.stderr.write("curve: %s\ncurve: the data are in Debian's package "
                         "dataset-fashion-mnist, the library is made by make\n" % error)
        return 2
    for picture in [os.path.join(arguments.output, "curve.svg")] + [arguments.picture] * bool(
            arguments.picture):
        curve_picture.draw(found, picture)
    failed = [line for line in found["lines"] if (line["stopped"] or {}).get("why") == "failed"]
    for line in failed:
        sys.stderr.write("curve: %s: %s\n" % (line["name"], line["reason"]))
    return 0 if not failed and all(check["passed"] for check in found["checks"]) else 1


if __name__ == "__main__":
    sys.exit(main())
