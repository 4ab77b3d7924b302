"""k* of 10,000 images: against the authors' method and others, and 1 thread against several."""
import dataclasses

import numpy as np

import exact
from kstar_methods import (SOME, WORSE, best_of, difference_note, faster, measure_all, measured,
                           peers, same_everywhere, variants, work_note)
from outcome import Check, Question, Row
from peer_latent import AMX, AVX2, AVX512, VNNI

# How many times as fast as the authors' method, by instruction set; on others there is no target.
FASTER_THAN_AUTHORS = {AMX: 40, VNNI: 20, AVX512: 6, AVX2: 6}


def check_kstar(points, labels, kstar, rows, name="liblatent"):
    """Whether k* of the chosen rows is what brute force in float64 gives."""
    wrong = rows[exact.kstar(points, labels, rows) != kstar[rows]]
    text = "%s equals float64 brute force on %s of %s samples" % (
        name, "{:,}".format(len(rows) - len(wrong)), "{:,}".format(len(rows)))
    if len(wrong):
        text += "; the first that does not is %d" % wrong[0]
    return Check(text, len(wrong) == 0)


def _compare(samples, found):
    """Checks our k*, in full and where the authors' differ."""
    kstar, points, labels = found["ours"].answer["kstar"], samples.points, samples.labels
    checks = [check_kstar(points, labels, kstar, np.arange(len(points))),
              same_everywhere([m for key, m in found.items() if _is_ours(key)])]
    if measured(found["authors"]):
        differing = np.flatnonzero(found["authors"].answer["kstar"] != kstar)
        if len(differing):
            checks.append(check_kstar(points, labels, kstar, differing,
                                      "where the authors' method differs, liblatent"))
    return checks


def _is_ours(key):
    return key in ("ours", "float32") or key in WORSE[AMX]


def _row(key, measurement, ours):
    if not measured(measurement):
        return Row.of(measurement)
    if _is_ours(key):
        return Row.of(measurement, ours, note=work_note(measurement))
    note = (difference_note(key, ours.answer["kstar"], measurement.answer["kstar"])
            if measured(ours) else "")
    return Row.of(measurement, ours, SOME if key == "scipy" else 1, note)


def targets(found, isa):
    """By instruction set: that of the machine, and each that is worse."""
    authors, results = best_of(found, "authors"), []
    for key, number in [("ours", isa)] + [(worse, worse) for worse in WORSE.get(isa, ())]:
        if number in FASTER_THAN_AUTHORS:
            target = faster(found[key], authors, FASTER_THAN_AUTHORS[number], "the authors' method")
            target.text = "%s: %s" % (found[key].name, target.text)
            results.append(target)
    return results + [faster(found["ours"], best_of(found, "faiss"), 1, "faiss")]


def _scaling(samples, ours, single, threads):
    """Question 5, from the same rounds as question 1."""
    question = Question("threads", "5. The same with 1 thread and with %d: k*, %s" % (
        threads, samples.shape))
    question.rows = [Row.of(ours, ours), Row.of(single, ours)]
    question.note_failures([ours, single])
    if measured(ours, single):
        same = np.array_equal(ours.answer["kstar"], single.answer["kstar"])
        question.checks = [Check("the same k* with 1 and with %d threads" % threads, same)]
        question.rows[1].note = "%d threads are %.2f times as fast" % (
            threads, single.best / ours.best)
    return question


def ask(samples, threads, runs, say, isa, python=None):
    """Questions 1 and 5. `isa`: the machine's best set; `python`: has other releases of peers."""
    entries = {**variants(samples, threads, isa), **peers(samples, threads, python)}
    if threads > 1:
        ours = entries["ours"]
        entries["single"] = dataclasses.replace(ours, title=ours.title + ", 1 thread",
                                                arguments={**ours.arguments, "threads": 1})
    found = measure_all(entries, runs, say)
    single = found.pop("single", None)
    question = Question("kstar", "1. k* of every sample: Fashion-MNIST test, %s, %d threads" % (
        samples.shape, threads))
    question.note_failures(found.values())
    if measured(found["ours"]):
        say("checking against brute force")
        question.checks = _compare(samples, found)
    question.rows = [_row(key, m, found["ours"]) for key, m in found.items()]
    question.targets = targets(found, isa)
    return [question] + ([_scaling(samples, found["ours"], single, threads)] if single else [])
