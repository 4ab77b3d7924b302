"""The most multiply-adds a second that each unit of the processor makes."""
import peer_peak
from compiled import build
from kstar_methods import measured
from outcome import Question
from peer_peak import LEVEL2, REGISTERS, Peaks
from timing import Entry, measure


def ask(threads, runs, scratch, say):
    """Question 14."""
    counts = [1, threads] if threads > 1 else [1]
    figures = [(source, count) for source in (REGISTERS, LEVEL2) for count in counts]
    peaks, = measure([Entry("peaks", Peaks, {"peak_file": build(scratch, "peer_peak"),
                                             "figures": figures})], runs, say)
    question = Question("peaks", "14. Peaks of this machine, in GMAC/s: 10⁹ multiply-adds a "
                        "second, best of %d" % (runs * peer_peak.REPEATS))
    question.note_failures([peaks])
    names = {REGISTERS: "registers", LEVEL2: "level 2"}
    question.table = [["unit"] + ["%s, %d thread%s" % (names[source], count, "s" * (count > 1))
                                  for source, count in figures]]
    if measured(peaks):
        question.table += [[unit] + ["%.1f" % (value / 1e9) for value in rates]
                           for unit, rates in peaks.answer["rates"].items()]
    return [question]
