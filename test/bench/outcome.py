"""What a question found, and how it is shown."""
import dataclasses
import sys


def say(text):
    """Progress, for people who watch."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + text)
        sys.stderr.flush()


@dataclasses.dataclass
class Row:
    """One method's line. `ratio`: its best time divided by liblatent's; `cpu`: CPU time of all
    threads in the best run; `seconds`: every run, not scaled."""

    method: str
    best: float = None
    median: float = None
    ratio: float = None
    cpu: float = None
    memory: int = None
    note: str = ""
    seconds: list = dataclasses.field(default_factory=list)

    @classmethod
    def of(cls, measurement, baseline=None, scale=1, note=""):
        """The line of a measurement; `scale` for one that did only a part of the work."""
        if measurement.state != "measured":
            lines = measurement.reason.strip().splitlines() or [""]
            return cls(measurement.name, note=measurement.state + ": " + lines[-1])
        best = measurement.best * scale
        cpu = measurement.best_cpu
        measured = baseline is not None and baseline.state == "measured"
        return cls(measurement.name, best, measurement.median * scale,
                   best / baseline.best if measured else None, None if cpu is None else cpu * scale,
                   measurement.memory, note, measurement.seconds)


@dataclasses.dataclass
class Target:
    text: str
    met: bool = None  # None: could not be measured


@dataclasses.dataclass
class Check:
    text: str
    passed: bool


@dataclasses.dataclass
class Question:
    key: str
    title: str
    rows: list = dataclasses.field(default_factory=list)
    targets: list = dataclasses.field(default_factory=list)
    checks: list = dataclasses.field(default_factory=list)
    failures: list = dataclasses.field(default_factory=list)
    table: list = dataclasses.field(default_factory=list)  # lines of cells, in the place of rows

    @property
    def wrong(self):
        return bool(self.failures) or not all(check.passed for check in self.checks)

    def note_failures(self, measurements):
        self.failures += ["%s: %s" % (m.name, m.reason.strip())
                          for m in measurements if m.state == "failed"]


def seconds(value):
    if value is None:
        return "–"
    if value < 0.1:
        return "%.2f ms" % (1e3 * value)
    return "%.*f s" % (3 if value < 1 else 2 if value < 100 else 1, value)


def size(value):
    return "–" if value is None else "%.0f MB" % (value / 1e6)


def times(value):
    return "–" if value is None else "%.*f×" % (2 if value < 10 else 1, value)


def _cells(row):
    return [row.method, seconds(row.best), seconds(row.median), times(row.ratio),
            seconds(row.cpu), size(row.memory), row.note]


def layout(question):
    """The question as text: a table, then what was checked and which targets were met."""
    lines = question.table or [
        ["method", "best", "median", "ratio", "CPU time", "memory", ""],
        *(_cells(row) for row in question.rows)]
    remark = 0 if question.table else 1  # in the last column, as long as it likes
    columns = len(lines[0]) - remark
    widths = [max(len(line[c]) for line in lines) for c in range(columns)]
    text = [question.title, ""]
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:columns], widths[1:])]
        text.append(("  " + "  ".join(cells + line[columns:])).rstrip())
    text.append("")
    for check in question.checks:
        text.append("  %-7s %s" % ("correct" if check.passed else "WRONG", check.text))
    for target in question.targets:
        verdict = {True: "met", False: "MISSED", None: "–"}[target.met]
        text.append("  %-7s %s" % (verdict, target.text))
    for failure in question.failures:
        text.append("  FAILED  " + failure.replace("\n", "\n          "))
    return "\n".join(text) + "\n"
