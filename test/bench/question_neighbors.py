"""The 10 nearest references of every query: against faiss and scikit-learn."""
import numpy as np

import exact
import peer_faiss
import peer_latent
import peer_sklearn
from outcome import Check, Question, Row
from question_kstar import faster, peer_environment
from timing import Entry, measure

K = 10
CHECKED = 1000  # queries that are compared with brute force


def check_lists(queries, references, indices, chosen):
    """Whether the lists of the chosen queries are, in order, what float64 brute force gives."""
    expected = exact.nearest(queries[chosen], references, indices.shape[1])
    wrong = chosen[(expected != indices[chosen]).any(axis=1)]
    text = "liblatent's lists equal float64 brute force for %s of %s queries" % (
        "{:,}".format(len(chosen) - len(wrong)), "{:,}".format(len(chosen)))
    if len(wrong):
        text += "; the first that does not is %d" % wrong[0]
    return Check(text, len(wrong) == 0)


def _note(indices, theirs):
    ordered = (indices != theirs).any(axis=1).sum()
    sets = (np.sort(indices, axis=1) != np.sort(theirs, axis=1)).any(axis=1).sum()
    return "{:,} lists differ from the exact order, {:,} of them in their members".format(
        ordered, sets)


def _entries(queries, references, threads):
    files = {"queries_file": queries.points_file, "references_file": references.points_file, "k": K}
    environment = peer_environment(threads)
    return [Entry("liblatent {}", peer_latent.Neighbors, {**files, "threads": threads}),
            Entry("faiss {} IndexFlatL2", peer_faiss.Lists, {**files, "threads": threads},
                  environment),
            Entry("scikit-learn {} brute", peer_sklearn.BruteForce, files, environment,
                  most_runs=2)]


def ask(queries, references, threads, runs, say):
    """Question 3."""
    measurements = measure(_entries(queries, references, threads), runs, say)
    ours = measurements[0]
    question = Question("neighbors", "3. %d nearest neighbours: Fashion-MNIST test × train, "
                        "%s queries × %s references × %d, %d threads" % (
                            K, "{:,}".format(len(queries.points)),
                            "{:,}".format(len(references.points)), queries.points.shape[1],
                            threads))
    question.note_failures(measurements)
    notes = [""] * len(measurements)
    if ours.state == "measured":
        say("checking against brute force")
        indices = ours.answer["indices"]
        chosen = np.random.default_rng(1).permutation(len(queries.points))[:CHECKED]
        question.checks = [check_lists(queries.points, references.points, indices, chosen)]
        notes[1:] = [_note(indices, peer.answer["indices"]) if peer.state == "measured" else ""
                     for peer in measurements[1:]]
    question.rows = [Row.of(m, ours, note=note) for m, note in zip(measurements, notes)]
    question.targets = [faster(ours, measurements[1], 1, "faiss")]
    return [question]
