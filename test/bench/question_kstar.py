"""k* of 10,000 images: against the authors' method and faiss, and 1 thread against several."""
import numpy as np

import exact
import peer_faiss
import peer_latent
import peer_torch
from outcome import Check, Question, Row, Target
from timing import Entry, measure

FAISS_K = 100
FASTER_THAN_AUTHORS = 8


def peer_environment(threads):
    """The number of threads for libraries that take it from there; liblatent is told by call."""
    return {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}


def check_kstar(points, labels, kstar, rows, name="liblatent"):
    """Whether k* of the chosen rows is what brute force in float64 gives."""
    wrong = rows[exact.kstar(points, labels, rows) != kstar[rows]]
    text = "%s equals float64 brute force on %s of %s samples" % (
        name, "{:,}".format(len(rows) - len(wrong)), "{:,}".format(len(rows)))
    if len(wrong):
        text += "; the first that does not is %d" % wrong[0]
    return Check(text, len(wrong) == 0)


def _faiss_note(kstar, theirs):
    unanswered = theirs == 0
    return "no answer for %.1f %% of samples (k* > %d, up to %d); %d of the others differ" % (
        100 * unanswered.mean(), FAISS_K - 1, kstar.max(), (~unanswered & (theirs != kstar)).sum())


def _authors_note(kstar, theirs):
    return "{:,} of {:,} samples differ".format((theirs != kstar).sum(), len(kstar))


def _entries(samples, threads):
    arguments, environment = samples.arguments, peer_environment(threads)
    return [
        Entry("liblatent {}", peer_latent.Kstar, {**arguments, "threads": threads}),
        Entry("authors' method, torch {}", peer_torch.AuthorsMethod,
              {**arguments, "threads": threads}, environment, most_runs=3),
        Entry("faiss {} IndexFlatL2, k = %d" % FAISS_K, peer_faiss.KstarFromLists,
              {**arguments, "k": FAISS_K, "threads": threads}, environment),
        Entry("liblatent {}, 1 thread", peer_latent.Kstar, {**arguments, "threads": 1})]


def faster(ours, theirs, factor, name):
    """The target that liblatent is `factor` times as fast as a peer."""
    text = ("not slower than %s" % name if factor == 1 else
            "at least %g times as fast as %s" % (factor, name))
    if "measured" != ours.state or "measured" != theirs.state:
        return Target(text + ": not measured")
    ratio = theirs.best / ours.best
    return Target("%s: %.2f×" % (text, ratio), ratio >= factor)


def _compare(samples, ours, authors, faiss):
    """Checks our k*, in full and where the authors' differ; returns (checks, notes by title)."""
    kstar, points, labels = ours.answer["kstar"], samples.points, samples.labels
    checks = [check_kstar(points, labels, kstar, np.arange(len(points)))]
    notes = {}
    if authors.state == "measured":
        theirs = authors.answer["kstar"]
        notes[authors.title] = _authors_note(kstar, theirs)
        differing = np.flatnonzero(theirs != kstar)
        if len(differing):
            checks.append(check_kstar(points, labels, kstar, differing,
                                      "where the authors' method differs, liblatent"))
    if faiss.state == "measured":
        notes[faiss.title] = _faiss_note(kstar, faiss.answer["kstar"])
    return checks, notes


def _scaling(samples, ours, single, threads):
    """Question 5, from the same rounds as question 1."""
    question = Question("threads", "5. The same with 1 thread and with %d: k*, %s" % (
        threads, samples.shape))
    question.rows = [Row.of(ours, ours), Row.of(single, ours)]
    question.note_failures([ours, single])
    if ours.state == single.state == "measured":
        same = np.array_equal(ours.answer["kstar"], single.answer["kstar"])
        question.checks = [Check("the same k* with 1 and with %d threads" % threads, same)]
        question.rows[1].note = "%d threads are %.2f times as fast" % (
            threads, single.best / ours.best)
    return question


def ask(samples, threads, runs, say):
    """Questions 1 and 5."""
    entries = _entries(samples, threads)
    measurements = measure(entries if threads > 1 else entries[:-1], runs, say)
    ours, authors, faiss = measurements[:3]
    question = Question("kstar", "1. k* of every sample: Fashion-MNIST test, %s, %d threads" % (
        samples.shape, threads))
    question.note_failures(measurements[:3])
    notes = {}
    if ours.state == "measured":
        say("checking against brute force")
        question.checks, notes = _compare(samples, ours, authors, faiss)
    question.rows = [Row.of(m, ours, note=notes.get(m.title, "")) for m in measurements[:3]]
    question.targets = [faster(ours, authors, FASTER_THAN_AUTHORS, "the authors' method"),
                        faster(ours, faiss, 1, "faiss")]
    if threads == 1:
        return [question]
    return [question, _scaling(samples, ours, measurements[3], threads)]
