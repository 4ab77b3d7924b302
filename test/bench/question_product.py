"""k* of a large set: against the products that it cannot do without, and against its memory."""
import numpy as np

import peer_latent
import peer_sgemm
from outcome import Question, Row, Target
from question_kstar import check_kstar, peer_environment
from timing import Entry, measure

SLOWEST = 1.25  # times what cblas_sgemm takes for N²·d/2 multiply-adds
LARGEST = 1.2   # times the input's size


def _gflops(multiply_adds, seconds):
    return "%.0f GFLOP/s" % (2 * multiply_adds / seconds / 1e9)


def _memory_target(ours, input_bytes):
    text = "working memory at most %g × the input's %.0f MB" % (LARGEST, input_bytes / 1e6)
    if ours.state != "measured":
        return Target(text + ": not measured")
    context = ours.answer["context_peak"]
    most = max(context, ours.memory or 0)
    process = "not known" if ours.memory is None else "%.2f×" % (ours.memory / input_bytes)
    return Target("%s: process %s, latent_context_memory_peak %.2f×" % (
        text, process, context / input_bytes), most <= LARGEST * input_bytes)


def _time_target(ours, products, scale):
    text = "at most %g × the time of cblas_sgemm" % SLOWEST
    if ours.state != "measured" or products.state != "measured":
        return Target(text + ": not measured")
    ratio = ours.best / (products.best * scale)
    return Target("%s: %.2f×" % (text, ratio), ratio <= SLOWEST)


def ask(samples, threads, runs, tenth, checked, say, title, key):
    """`checked`: how many samples are compared with brute force. `tenth`: sgemm does a tenth."""
    environment = peer_environment(threads)
    entries = [
        Entry("liblatent {}", peer_latent.Kstar, {**samples.arguments, "threads": threads}),
        Entry("cblas_sgemm {}, N²·d/2 multiply-adds", peer_sgemm.Products,
              {"points_file": samples.points_file, "threads": threads, "tenth": tenth},
              environment)]
    ours, products = measure(entries, runs, say)
    count, columns = samples.points.shape
    work = count * count * columns / 2
    question = Question(key, "%s, %s, %d threads" % (title, samples.shape, threads))
    question.note_failures([ours, products])
    scale, notes = 1, ["", ""]
    if products.state == "measured":
        scale = work / products.answer["multiply_adds"]
        notes[1] = _gflops(work, products.best * scale) + (
            ", a tenth of it measured and scaled" if tenth else "")
    if ours.state == "measured":
        notes[0] = _gflops(work, ours.best)
        say("checking against brute force")
        rows = np.random.default_rng(1).permutation(count)[:checked]
        question.checks = [check_kstar(samples.points, samples.labels, ours.answer["kstar"], rows)]
    question.rows = [Row.of(ours, ours, note=notes[0]),
                     Row.of(products, ours, scale, note=notes[1])]
    question.targets = [_time_target(ours, products, scale),
                        _memory_target(ours, samples.points.nbytes)]
    return [question]
