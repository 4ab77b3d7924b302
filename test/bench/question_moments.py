"""Skewness and kurtosis of samples and features: against scipy, and against reading the matrix."""
import statistics

import numpy as np

import peer_moments
import peer_scipy
from compiled import build
from outcome import Check, Question, Row, Target
from timing import Entry, Measurement, measure

ROUNDS = 10  # calls of each method in a run
SCIPY_TARGET = 80
SUM_TARGETS = {"samples": 2.2, "features": 2.5, "both": 3.0}
MEMORY_TARGET = 4 << 20
TOLERANCE = 1e-12
CHECKED = 64  # samples and features compared with the moments in long double
TITLES = {"sum": "read-only sum, float32", "samples": "liblatent {}, samples",
          "features": "liblatent {}, features", "both": "liblatent {}, both in one pass"}


def long_moments(values):
    """Skewness and kurtosis of every row, in two passes in long double."""
    values = values.astype(np.longdouble)
    away = values - values.mean(axis=1, keepdims=True)
    second = (away**2).mean(axis=1)
    return (away**3).mean(axis=1) / second**1.5, (away**4).mean(axis=1) / second**2


def largest_error(points, figures, axis):
    """Of some samples' or features' figures: relative for kurtosis, absolute for skewness."""
    chosen = np.linspace(0, points.shape[axis] - 1, CHECKED).astype(int)
    skewness, kurtosis = long_moments(np.take(points, chosen, axis) if axis == 0 else
                                      np.take(points, chosen, axis).T)
    return float(max(abs(figures["skewness"][chosen] - skewness).max(),
                     abs(figures["kurtosis"][chosen] / kurtosis - 1).max()))


def split(measurement):
    """A measurement of its own for each of the methods that took turns in one process."""
    parts = {}
    for name in peer_moments.Moments.NAMES:
        parts[name] = Measurement(TITLES[name], measurement.state, measurement.reason,
                                  measurement.version)
        if measurement.state == "measured":
            parts[name].seconds = measurement.answer["seconds"][name]
            parts[name].cpu_seconds = [None] * len(parts[name].seconds)
    return parts


def ratio_of_medians(parts, name):
    """Median over the rounds of the time beside the sum's in the same round."""
    return statistics.median(ours / read for ours, read in
                             zip(parts[name].seconds, parts["sum"].seconds))


def targets(parts, peer, peaks):
    if parts["sum"].state != "measured":
        return [Target("liblatent could not be measured")]
    found = []
    if peer.state == "measured":
        times = peer.best / parts["samples"].best
        found.append(Target("samples: %.0f times as fast as scipy in float64 (at least %d)" % (
            times, SCIPY_TARGET), times >= SCIPY_TARGET))
    for name, most in SUM_TARGETS.items():
        times = ratio_of_medians(parts, name)
        found.append(Target("%s: %.2f times the read-only sum, median of rounds; best to best "
                            "%.2f (at most %.1f)" % (name, times, parts[name].best /
                                                     parts["sum"].best, most), times <= most))
    most = max(peaks.values())
    found.append(Target("memory beyond outputs: %.2f MiB (less than 4)" % (most / 2**20),
                        most < MEMORY_TARGET))
    return found


def checks(points, answer, peers):
    results = []
    for name, axis in (("samples", 0), ("features", 1)):
        error = largest_error(points, answer[name], axis)
        theirs = [largest_error(points, peer.answer, axis) for peer in peers[name]
                  if peer.state == "measured"]
        results.append(Check("%s: largest error of %d in long double %.1e%s" % (
            name, CHECKED, error, "; scipy's " + ", ".join("%.1e" % e for e in theirs)
            if theirs else ""), error < TOLERANCE))
    return results


def _entries(files, sum_file, threads):
    beside = {"points_file": files.points_file, "sum_file": sum_file, "rounds": ROUNDS}
    scipy = [Entry("scipy {}, %s, %s" % (name, kind), peer_scipy.SkewnessAndKurtosis,
                   {"points_file": files.points_file, "axis": axis, "double": kind == "float64"},
                   most_runs=2)
             for name, axis in (("samples", 1), ("features", 0)) for kind in ("float64", "float32")]
    return [Entry("liblatent {}", peer_moments.Moments, {**beside, "threads": threads}),
            Entry("liblatent {}", peer_moments.Moments, {**beside, "threads": 1})] + scipy


def ask(data, threads, runs, scratch, say):
    """Question 6."""
    measured = measure(_entries(data, build(scratch, "peer_sum"), threads), runs, say)
    ours, alone, peers = measured[0], measured[1], measured[2:]
    parts, single = split(ours), split(alone)
    question = Question("moments", "6. Skewness and kurtosis: synthetic activations, %s float32, "
                        "%d threads" % (data.shape, threads))
    question.note_failures(measured)
    baseline = parts["samples"]
    for name, part in parts.items():
        note = ""
        if part.state == "measured" and single[name].state == "measured":
            note = "1 thread %.1f ms" % (1e3 * single[name].best)
        if part.state == "measured" and name == "sum":
            note += ", %.0f GB/s" % (data.points.nbytes / part.best / 1e9)
        question.rows.append(Row.of(part, baseline, note=note))
    question.rows += [Row.of(peer, baseline if "samples" in peer.name else parts["features"])
                      for peer in peers]
    if ours.state == "measured":
        question.checks = checks(data.points, ours.answer,
                                 {"samples": peers[:2], "features": peers[2:]})
        question.targets = targets(parts, peers[0], ours.answer["peaks"])
    return [question]
