"""Average precision of all directions for all concepts: against scikit-learn in a loop."""
import numpy as np

import peer_concepts
from outcome import Check, Question, Row, Target, size
from timing import Entry, measure

LOOP_TARGET = 1500
MEMORY_TARGET = 1 << 30
PAIRS, BRODEN_PAIRS = 512, 40  # that scikit-learn is measured at
TOLERANCE = 1e-13


def _pairs(directions, concepts, count):
    """Pairs of a direction and a concept, spread over both."""
    random = np.random.default_rng(5)
    return np.stack([random.integers(0, directions, count), random.integers(0, concepts, count)], 1)


def _compare(ours, theirs):
    error = np.abs(ours.answer["ap"] - theirs.answer["ap"]).max()
    return Check("largest difference from scikit-learn, %d pairs: %.1e" % (
        len(theirs.answer["ap"]), error), bool(error < TOLERANCE))


def _loop_row(loop, baseline, scale, pairs):
    return Row.of(loop, baseline, scale, note="%d pairs measured, scaled" % pairs)


def ask_all(data, threads, runs, say):
    """Question 10."""
    directions, concepts = data.points_shape[1], data.concepts
    pairs = _pairs(directions, concepts, PAIRS)
    ours = {**data.arguments, "concepts": concepts, "answered": pairs}
    measured = measure([
        Entry("liblatent {}", peer_concepts.Probed, {**ours, "threads": threads}),
        Entry("liblatent {}, 1 thread", peer_concepts.Probed, {**ours, "threads": 1}),
        Entry("scikit-learn {} in a loop", peer_concepts.Loop,
              {**data.arguments, "pairs": pairs}, most_runs=2)], 2 * runs, say)
    question = Question("concepts", "10. Average precision, %s: synthetic, %d %% present, %d "
                        "threads" % (data.shape, round(100 * data.share), threads))
    question.note_failures(measured)
    scale = directions * concepts / PAIRS
    question.rows = [Row.of(m, measured[0]) for m in measured[:2]]
    question.rows.append(_loop_row(measured[2], measured[0], scale, PAIRS))
    if measured[0].state == measured[2].state == "measured":
        times = measured[2].best * scale / measured[0].best
        question.targets = [Target("%.0f times as fast as scikit-learn in a loop (at least %d)" % (
            times, LOOP_TARGET), times >= LOOP_TARGET)]
        question.checks = [_compare(measured[0], measured[2])]
    return question


def ask_broden(data, threads, say):
    """Question 11."""
    directions, concepts = data.points_shape[1], data.concepts
    pairs = _pairs(directions, concepts, BRODEN_PAIRS)
    ours = {**data.arguments, "concepts": concepts, "threads": threads, "answered": pairs}
    measured = measure([
        Entry("liblatent {}, features", peer_concepts.Probed, ours),
        Entry("liblatent {}, 2,048 directions", peer_concepts.Probed,
              {**ours, "basis_file": data.basis_file}),
        Entry("scikit-learn {} in a loop", peer_concepts.Loop,
              {**data.arguments, "pairs": pairs})], 1, say)
    question = Question("broden", "11. Average precision, %s: synthetic, %.1f present of each "
                        "sample, %d threads" % (data.shape, data.share * concepts, threads))
    question.note_failures(measured)
    scale = directions * concepts / BRODEN_PAIRS
    question.rows = [Row.of(m, measured[0]) for m in measured[:2]]
    question.rows.append(_loop_row(measured[2], measured[0], scale, BRODEN_PAIRS))
    for ours in measured[:2]:
        if ours.state == "measured":
            peak = max(ours.answer["context_peak"], ours.memory or 0)
            question.targets.append(Target("%s: %s beyond inputs, results included (less than "
                                           "1 GiB)" % (ours.name, size(peak)),
                                           peak < MEMORY_TARGET))
    if measured[0].state == measured[2].state == "measured":
        question.checks = [_compare(measured[0], measured[2])]
    return question


def ask(small, broden, threads, runs, say):
    yield ask_all(small(), threads, runs, say)
    yield ask_broden(broden(), threads, say)
