"""k* of an embedding, without and with outlier features: against the float32 screen."""
import numpy as np

from kstar_methods import (faster, measure_all, measured, same_everywhere, variants, work_note)
from outcome import Question, Row
from question_kstar import check_kstar
from question_product import memory_target, rate

FASTER_THAN_FLOAT32 = 6
CHECKED = 20  # samples compared with brute force, which takes its time for floats


def ask(samples, threads, runs, say, title, key):
    """Question 4, for one of its two sets."""
    found = measure_all(variants(samples, threads, isa=0), runs, say)
    ours, float32 = found["ours"], found["float32"]
    count, columns = samples.points.shape
    question = Question(key, "4. k* of unit vectors in 1,000 concepts%s: synthetic, %s, %d threads"
                        % (title, samples.shape, threads))
    question.note_failures(found.values())
    work = count * count * columns / 2
    question.rows = [Row.of(m, ours, note="%s; %s" % (rate(work, m.best), work_note(m))
                            if measured(m) else "") for m in found.values()]
    if measured(ours):
        say("checking against brute force")
        rows = np.random.default_rng(1).permutation(count)[:CHECKED]
        question.checks = [check_kstar(samples.points, samples.labels, ours.answer["kstar"], rows),
                           same_everywhere(found.values())]
    question.targets = [faster(ours, float32, FASTER_THAN_FLOAT32, "the float32 screen"),
                        memory_target(ours, samples.points.nbytes)]
    return [question]
