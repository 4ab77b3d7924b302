"""k* of a large set: against faiss, the processor's limits, bare products, and its own memory."""
import numpy as np

import peer_latent
import peer_peak
import peer_sgemm
from compiled import build
from kstar_methods import (best_of, difference_note, faster, lists, measure_all, measured,
                           peer_environment, work_note)
from outcome import Question, Row, Target
from peer_latent import AMX
from question_kstar import check_kstar
from timing import Entry

PART = 10         # faiss searches for every tenth sample, unless it is asked for all
FASTER_THAN_FAISS = 25
SHARE = 0.45      # of the peak of the unit that the screen takes
LARGEST = 1.2     # times the input's size
CHECKED = 2000    # samples compared with brute force


def rate(multiply_adds, seconds):
    return "%.0f GMAC/s" % (multiply_adds / seconds / 1e9)


def memory_target(ours, input_bytes):
    text = "working memory at most %g × the input's %.0f MB" % (LARGEST, input_bytes / 1e6)
    if not measured(ours):
        return Target(text + ": not measured")
    context = ours.answer["context_peak"]
    most = max(context, ours.memory or 0)
    process = "not known" if ours.memory is None else "%.2f×" % (ours.memory / input_bytes)
    return Target("%s: process %s, latent_context_memory_peak %.2f×" % (
        text, process, context / input_bytes), most <= LARGEST * input_bytes)


def share_target(ours, peaks, work):
    """What part of the peak of the screen's unit is put to use, counting each pair once."""
    text = "at least %.0f %% of the unit's peak with operands from level 2" % (100 * SHARE)
    if not measured(ours, peaks):
        return Target(text + ": not measured")
    rates = {unit: figures[0] for unit, figures in peaks.answer["rates"].items()}
    unit = peer_peak.unit_of(ours.answer["isa"], ours.answer["screen"], rates)
    if not unit:
        return Target("%s: there is no peak of %s on %s" % (text, ours.answer["screen"],
                                                           ours.answer["isa"]))
    share = work / ours.best / rates[unit]
    return Target("%s: %.1f %% of %s, %.0f GMAC/s" % (text, 100 * share, unit, rates[unit] / 1e9),
                  share >= SHARE)


def _entries(samples, threads, scratch, tenth, every, python):
    environment = peer_environment(threads)
    entries = {
        "ours": Entry("liblatent {}", peer_latent.Kstar, {**samples.arguments, "threads": threads}),
        "products": Entry("cblas_sgemm {}, N²·d/2 multiply-adds", peer_sgemm.Products,
                          {"points_file": samples.points_file, "threads": threads, "tenth": tenth},
                          environment),
        "faiss": lists(samples, threads, every),
        "peaks": Entry("peaks", peer_peak.Peaks, {
            "peak_file": build(scratch, "peer_peak"), "figures": [(peer_peak.LEVEL2, threads)]})}
    if python:
        entries["faiss 2"] = lists(samples, threads, every, python=python)
    return entries


def _rows(found, work, every, tenth):
    ours, products, rows = found["ours"], found["products"], []
    rows.append(Row.of(ours, ours, note="%s; %s" % (rate(work, ours.best), work_note(ours))
                       if measured(ours) else ""))
    if measured(products):
        scale = work / products.answer["multiply_adds"]
        rows.append(Row.of(products, ours, scale, rate(work, products.best * scale) + (
            ", a tenth of it measured and scaled" if tenth else "")))
    else:
        rows.append(Row.of(products))
    for key in ("faiss", "faiss 2"):
        if key in found:
            note = (difference_note(key, ours.answer["kstar"], found[key].answer["kstar"])
                    if measured(ours, found[key]) else "")
            rows.append(Row.of(found[key], ours, every, note))
    return rows


def ask(samples, threads, runs, scratch, say, tenth=False, full=False, isa=0, python=None):
    """Question 2. `tenth`: sgemm does a tenth; `full`: faiss does all."""
    every = 1 if full else PART
    found = measure_all(_entries(samples, threads, scratch, tenth, every, python), runs, say)
    ours = found["ours"]
    count, columns = samples.points.shape
    work = count * count * columns / 2
    question = Question("product", "2. k* of a large set: Fashion-MNIST train, %s, %d threads" % (
        samples.shape, threads))
    question.note_failures(found.values())
    if measured(ours):
        say("checking against brute force")
        rows = np.random.default_rng(1).permutation(count)[:CHECKED]
        question.checks = [check_kstar(samples.points, samples.labels, ours.answer["kstar"], rows)]
    question.rows = _rows(found, work, every, tenth)
    question.targets = [faster(ours, best_of(found, "faiss"), FASTER_THAN_FAISS,
                               "faiss, k = 100", isa == AMX, every),
                        share_target(ours, found["peaks"], work),
                        memory_target(ours, samples.points.nbytes)]
    return [question]
