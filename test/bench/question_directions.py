"""Directions of a head: against the products that they take, one evaluation, and NumPy's SVD."""
import numpy as np

import peer_directions
import peer_numpy
from kstar_methods import peer_environment
from outcome import Check, Question, Row, Target
from timing import Entry, measure

IMPORTANCE_TARGET = 1.3  # times the product
CURVE_TARGET, LEVELS_TARGET = 4.0, 100  # times one evaluation; times as fast as one for each level
LEVELS = (16, 128, 384, 768)  # that a product for each level is measured at
CHECKED = 2000  # samples of the curve that are evaluated at some levels in float64
CHECKED_LEVELS = (0, 1, 7, 64, 200, 500, 768)


def _ratio_target(text, ours, peer, most, scale=1):
    if ours.state != "measured" or peer.state != "measured":
        return Target(text + ": not measured")
    ratio = ours.best / (peer.best * scale)
    return Target("%s: %.2f× (at most %g)" % (text, ratio, most), ratio <= most)


def _check_importance(data, answer):
    right, sizes = answer["right"], answer["values"]
    points = data.samples.points.astype(np.float64)
    cosines = np.abs(points @ right.T) / np.linalg.norm(points, axis=1)[:, None]
    error = np.abs(answer["importance"] / (sizes * cosines.mean(axis=0)) - 1).max()
    return Check("importance: largest relative difference from NumPy in float64 %.1e" % error,
                 bool(error < 1e-12))


def ask_importance(data, threads, runs, say):
    """Question 7."""
    files = {"weights_file": data.weights_file, "points_file": data.samples.points_file}
    environment = peer_environment(threads)
    measured = measure([
        Entry("liblatent {}, float64", peer_directions.Importance, {**files, "threads": threads}),
        Entry("NumPy {}: the product alone, dgemm", peer_numpy.Product, {**files, "double": True},
              environment),
        Entry("NumPy {}: the product alone, sgemm", peer_numpy.Product, {**files, "double": False},
              environment)], runs, say)
    question = Question("importance", "7. Importance of 768 directions: synthetic activations, %s "
                        "float32, %d threads" % (data.samples.shape, threads))
    question.note_failures(measured)
    question.rows = [Row.of(m, measured[0]) for m in measured]
    question.targets = [_ratio_target("beside the product in float64", measured[0], measured[1],
                                      IMPORTANCE_TARGET)]
    if measured[0].state == "measured":
        question.checks = [_check_importance(data, measured[0].answer)]
    return question


def _check_curve(data, answer):
    """Each level from scratch, in float64, for some samples: counts of their part must come out."""
    chosen = np.arange(CHECKED)
    points, labels = data.samples.points[chosen].astype(np.float64), data.samples.labels[chosen]
    bias, order = np.load(data.bias_file), answer["order"]
    projected, sizes = points @ answer["right"].T, answer["values"]
    correct = []
    for level in CHECKED_LEVELS:
        kept = order[:level]
        logits = (projected[:, kept] * sizes[kept]) @ answer["left"][:, kept].T + bias
        correct.append(int((logits.argmax(axis=1) == labels).sum()))
    return correct


def _curve_of_part(data, threads):
    """The library's counts for the samples that are checked."""
    method = peer_directions.Pruning(data.weights_file, threads, data.samples.points_file,
                                     data.samples.labels_file, data.bias_file, True)
    method.points, method.labels = method.points[:CHECKED].copy(), method.labels[:CHECKED].copy()
    method.run()
    return method.answer()


def ask_curve(data, threads, runs, say):
    """Question 8."""
    files = {"weights_file": data.weights_file, "points_file": data.samples.points_file,
             "bias_file": data.bias_file}
    ours = {**files, "labels_file": data.samples.labels_file, "threads": threads}
    environment = peer_environment(threads)
    measured = measure([
        Entry("liblatent {}: top-1, top-5, changed", peer_directions.Pruning,
              {**ours, "changed": True}),
        Entry("liblatent {}: top-1, top-5", peer_directions.Pruning, {**ours, "changed": False}),
        Entry("NumPy {}: one full evaluation, sgemm", peer_numpy.Evaluation, files, environment),
        Entry("NumPy {}: one sgemm for each of 769 levels", peer_numpy.Evaluation,
              {**files, "levels": LEVELS}, environment, most_runs=1)], runs, say)
    question = Question("pruning", "8. Pruning curve, all 769 levels: synthetic activations, %s "
                        "float32, 1,000 classes, %d threads" % (data.samples.shape, threads))
    question.note_failures(measured)
    scale = (min(np.load(data.weights_file, mmap_mode="r").shape) + 1) / len(LEVELS)
    question.rows = [Row.of(m, measured[0]) for m in measured[:3]]
    question.rows.append(Row.of(measured[3], measured[0], scale, note="%d levels measured, scaled" %
                                len(LEVELS)))
    question.targets = [
        _ratio_target("whole curve beside one evaluation", measured[0], measured[2], CURVE_TARGET),
        _ratio_target("without changed predictions", measured[1], measured[2], CURVE_TARGET)]
    if measured[0].state == "measured":
        if measured[3].state == "measured":
            faster = measured[3].best * scale / measured[0].best
            question.targets.append(Target("%.0f times as fast as one sgemm per level (at least %d)"
                                           % (faster, LEVELS_TARGET), faster >= LEVELS_TARGET))
        say("checking levels from scratch")
        part = _curve_of_part(data, threads)
        found = [int(part["correct"][level]) for level in CHECKED_LEVELS]
        question.checks = [
            Check("top-1 of %d samples at %d levels equals float64 from scratch" % (
                CHECKED, len(CHECKED_LEVELS)), found == _check_curve(data, part))]
    return question


def ask_decomposition(data, threads, runs, say):
    """Question 9."""
    files = {"weights_file": data.weights_file}
    measured = measure([
        Entry("liblatent {}", peer_directions.Decomposition, {**files, "threads": threads}),
        Entry("NumPy {}", peer_numpy.Decomposition, files, peer_environment(threads))],
        2 * runs, say)
    question = Question("svd", "9. Thin singular value decomposition, 1,000 × 768, float64, %d "
                        "threads" % threads)
    question.note_failures(measured)
    question.rows = [Row.of(m, measured[0]) for m in measured]
    question.targets = [_ratio_target("beside NumPy on the same OpenBLAS", measured[0], measured[1],
                                      1.05)]
    if all(m.state == "measured" for m in measured):
        ours, theirs = measured[0].answer["values"], measured[1].answer["values"]
        error = np.abs(ours - theirs).max() / theirs[0]
        question.checks = [Check("singular values: largest difference %.1e of the first" % error,
                                 bool(error < 1e-13))]
    return question


def ask(data, threads, runs, say):
    yield ask_importance(data, threads, runs, say)
    yield ask_curve(data, threads, runs, say)
    yield ask_decomposition(data, threads, runs, say)
