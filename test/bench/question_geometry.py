"""Geometry of an encoder: singular triplets beside scipy's ARPACK, and what Lipschitz constants cost
beside the network itself."""
import os
import statistics

import numpy as np

import peer_geometry
from kstar_methods import peer_environment
from outcome import Check, Question, Row, Target
from timing import Entry, measure

OUTPUTS, INPUTS, RANK, COUNT = 1024, 150528, 32, 20
TOLERANCE = 8e-15  # of the residual: what ARPACK reaches by default
VECTORS = 200  # of n + m numbers, that may be held at a time
LIPSCHITZ = {"patches": 196, "width": 768, "layers": 12, "directions": 8, "batch": 8}
OVERHEAD = 0.05  # of the network's own time


def jacobian(scratch):
    """Factors of J = U diag(s) Vᵀ + [diag(d) 0], with d falling as 1/√i."""
    random = np.random.default_rng(2)
    path = os.path.join(scratch, "jacobian.npz")
    np.savez(path, left=np.linalg.qr(random.standard_normal((OUTPUTS, RANK)))[0],
             right=np.linalg.qr(random.standard_normal((INPUTS, RANK)))[0],
             sizes=10 * 0.9 ** np.arange(RANK), diagonal=2 / np.sqrt(1 + np.arange(OUTPUTS)))
    return path


def expected_values(path):
    """From J Jᵀ, m × m, written down: as exact as σ_i²/σ_1² in float64 is."""
    factors = np.load(path)
    left, sizes, right = (factors[name] for name in ("left", "sizes", "right"))
    diagonal = factors["diagonal"]
    low = left * sizes
    cross = low @ (right[:OUTPUTS] * diagonal[:, None]).T
    gram = low @ low.T + cross + cross.T + np.diag(diagonal ** 2)
    return np.sqrt(np.linalg.eigvalsh(gram)[::-1][:COUNT])


def ask_leading(scratch, threads, runs, say):
    """Question 12."""
    path = jacobian(scratch)
    measured = measure([
        Entry("liblatent {}", peer_geometry.Leading,
              {"factors_file": path, "count": COUNT, "tolerance": TOLERANCE, "threads": threads},
              peer_environment(threads)),
        Entry("scipy {}: svds (ARPACK)", peer_geometry.Arpack,
              {"factors_file": path, "count": COUNT}, peer_environment(threads))], runs, say)
    question = Question("leading", "12. %d leading singular triplets of a Jacobian of %d × %d given "
                        "by products, %d threads" % (COUNT, OUTPUTS, INPUTS, threads))
    question.note_failures(measured)
    question.rows = [
        Row.of(m, measured[0], note="%d products, residuals %.1e and %.1e" % (
            m.answer["rows"], *m.answer["residuals"]) if m.state == "measured" else "")
        for m in measured]
    ours, theirs = measured
    if ours.state == "measured":
        vectors = ours.answer["peak"] / (8 * (OUTPUTS + INPUTS))
        question.targets.append(Target("%.0f vectors held at a time (below %d)" % (
            vectors, VECTORS), vectors < VECTORS))
        error = np.abs(ours.answer["values"] - expected_values(path)).max()
        question.checks.append(Check("singular values: largest difference %.1e of the first from "
                                     "an eigenvalue solver" % (error / ours.answer["values"][0]),
                                     bool(error < 1e-12 * ours.answer["values"][0])))
    if all(m.state == "measured" for m in measured):
        fewer = ours.answer["rows"] <= theirs.answer["rows"]
        as_good = max(ours.answer["residuals"]) <= max(theirs.answer["residuals"])
        question.targets.insert(0, Target(
            "%d products beside ARPACK's %d, for a residual of %.1e beside %.1e" % (
                ours.answer["rows"], theirs.answer["rows"], max(ours.answer["residuals"]),
                max(theirs.answer["residuals"])), bool(fewer and as_good)))
    return question


def ask_lipschitz(threads, runs, say):
    """Question 13."""
    measured = measure([Entry("liblatent {} and the network", peer_geometry.Lipschitz,
                              {**LIPSCHITZ, "threads": threads}, peer_environment(threads))],
                       runs, say)
    question = Question("lipschitz", "13. Lipschitz constants of a network along %d random directions "
                        "of %d inputs, %d threads" % (
                            LIPSCHITZ["directions"], LIPSCHITZ["patches"] * LIPSCHITZ["width"],
                            threads))
    question.note_failures(measured)
    question.rows = [Row.of(measured[0], measured[0])]
    if measured[0].state == "measured":
        share = statistics.median(measured[0].answer["shares"])
        question.targets = [Target("%.1f %% beside the network's own time (at most %g %%)" % (
            100 * share, 100 * OVERHEAD), share <= OVERHEAD)]
        constants = measured[0].answer["constants"]
        question.checks = [Check("all constants are positive", bool((constants > 0).all()))]
    return question


def ask(scratch, threads, runs, say):
    yield ask_leading(scratch, threads, runs, say)
    yield ask_lipschitz(threads, runs, say)
