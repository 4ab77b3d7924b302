"""The 10 nearest references of every query: against faiss and scikit-learn."""
import dataclasses

import numpy as np

import exact
import peer_faiss
import peer_latent
import peer_sklearn
from kstar_methods import best_of, faster, measure_all, measured, peer_environment, work_note
from outcome import Check, Question, Row
from peer_latent import AMX
from timing import Entry

K = 10
FASTER_THAN_FAISS = 4
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


def _entries(queries, references, threads, python):
    files = {"queries_file": queries.points_file, "references_file": references.points_file, "k": K}
    environment = peer_environment(threads)
    entries = {
        "ours": Entry("liblatent {}", peer_latent.Neighbors, {**files, "threads": threads}),
        "faiss": Entry("faiss {} IndexFlatL2", peer_faiss.Lists, {**files, "threads": threads},
                       environment),
        "sklearn": Entry("scikit-learn {} brute", peer_sklearn.BruteForce, files, environment,
                         most_runs=2)}
    if python:
        entries.update({key + " 2": dataclasses.replace(entries[key], python=python)
                        for key in ("faiss", "sklearn")})
    return entries


def ask(queries, references, threads, runs, say, isa=0, python=None):
    """Question 3. `isa`: the machine's best set; `python`: has other releases of peers."""
    found = measure_all(_entries(queries, references, threads, python), runs, say)
    ours = found["ours"]
    question = Question("neighbors", "3. %d nearest neighbours: Fashion-MNIST test × train, "
                        "%s queries × %s references × %d, %d threads" % (
                            K, "{:,}".format(len(queries.points)),
                            "{:,}".format(len(references.points)), queries.points.shape[1],
                            threads))
    question.note_failures(found.values())
    notes = {}
    if measured(ours):
        say("checking against brute force")
        indices = ours.answer["indices"]
        chosen = np.random.default_rng(1).permutation(len(queries.points))[:CHECKED]
        question.checks = [check_lists(queries.points, references.points, indices, chosen)]
        notes = {key: _note(indices, m.answer["indices"]) for key, m in found.items()
                 if key != "ours" and measured(m)}
        notes["ours"] = work_note(ours)
    question.rows = [Row.of(m, ours, note=notes.get(key, "")) for key, m in found.items()]
    faiss = best_of(found, "faiss")
    question.targets = [faster(ours, faiss, 1, "faiss"),
                        faster(ours, faiss, FASTER_THAN_FAISS, "faiss", isa == AMX)]
    return [question]
