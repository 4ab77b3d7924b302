"""Methods, each in a process of its own, run in turn, timed and weighed.

A process of its own gives each method its own OpenMP and OpenBLAS threads, its own peak of memory
and, where one is named, a Python of its own with other releases of the peers. Only one method runs
at a time; the others wait for their turn on a pipe.
"""
import copyreg
import dataclasses
import importlib
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
import traceback

import numpy as np

WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
PAUSE = 0.2  # seconds between runs: threads that still wait in a loop go to sleep
LONGEST = 1800  # seconds after which a method counts as hanging


class Method:
    """What can be measured. The constructor loads libraries and data, neither timed nor weighed."""

    version = ""

    def prepare(self):
        """What is done once per data set, such as building an index: weighed, not timed."""

    def run(self):
        """The work: timed and weighed."""
        raise NotImplementedError

    def warm_up(self):
        self.run()

    def answer(self):
        """What the last run found, as a dict that fits through a pipe."""
        return {}


@dataclasses.dataclass
class Entry:
    """A method to measure: its class, its constructor's arguments, its process's environment.

    The title's `{}` is where the version of the method's library goes.
    """

    title: str
    factory: type
    arguments: dict
    environment: dict = dataclasses.field(default_factory=dict)
    most_runs: int = 1000  # for slow ones, where two or three tell enough
    python: str = sys.executable


@dataclasses.dataclass
class Measurement:
    title: str
    state: str = "measured"  # or "not installed", "failed"
    reason: str = ""
    version: str = ""
    seconds: list = dataclasses.field(default_factory=list)
    cpu_seconds: list = dataclasses.field(default_factory=list)
    memory: int = None  # bytes beyond the loaded data; None: this system does not tell
    answer: dict = dataclasses.field(default_factory=dict)

    @property
    def name(self):
        return " ".join(self.title.format(self.version).split()).replace(" ,", ",")

    @property
    def best(self):
        return min(self.seconds)

    @property
    def median(self):
        return statistics.median(self.seconds)

    @property
    def best_cpu(self):
        """CPU time of all threads in the best run."""
        return self.cpu_seconds[self.seconds.index(self.best)]


def _status_bytes(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field + ":"))


def _weigh(method):
    """The first run, and the peak of memory that it took beyond what was there before."""
    try:
        with open("/proc/self/clear_refs", "w") as control:
            control.write("5")  # Linux: the peak starts anew from the present size
        before = _status_bytes("VmRSS")
    except OSError:
        before = None
    method.prepare()
    method.warm_up()
    return None if before is None else max(0, _status_bytes("VmHWM") - before)


def _timed(method):
    cpu, begin = time.process_time(), time.perf_counter()
    method.run()
    return time.perf_counter() - begin, time.process_time() - cpu


_COMMANDS = {"weigh": _weigh, "time": _timed, "answer": lambda method: method.answer()}


def array(kind, shape, data):
    """An array that came through a pipe."""
    return np.frombuffer(data, kind).reshape(shape)


def serve(connection):
    """The life of a method's process: make the method that the first message names, then obey
    commands until the pipe says end."""
    # NumPy 2 pickles arrays such that NumPy 1 cannot read them.
    copyreg.pickle(np.ndarray, lambda a: (array, (a.dtype.str, a.shape, a.tobytes())))
    try:
        module, name, arguments = connection.recv()
        method = getattr(importlib.import_module(module), name)(**arguments)
        connection.send(("ready", method.version))
        while (command := connection.recv()) != "end":
            connection.send(("done", _COMMANDS[command](method)))
    except ModuleNotFoundError as error:
        connection.send(("not installed", str(error)))
    except BaseException:  # whatever it is, the harness tells the reader
        connection.send(("failed", traceback.format_exc()))


class _Worker:
    def __init__(self, entry):
        self.measurement = Measurement(entry.title)
        self.most_runs = entry.most_runs
        self.pipe, other = multiprocessing.Pipe()
        # Libraries read their number of threads as they are loaded, so it is there from the start.
        self.process = subprocess.Popen([entry.python, "-B", WORKER, str(other.fileno())],
                                        pass_fds=[other.fileno()], stdin=subprocess.DEVNULL,
                                        env={**os.environ, **entry.environment})
        other.close()
        self.measurement.version = self.ask((entry.factory.__module__, entry.factory.__qualname__,
                                             entry.arguments)) or ""

    @property
    def alive(self):
        return self.measurement.state == "measured"

    def _hear(self):
        """The answer to the last command, or None after noting what went wrong."""
        try:
            word, value = (self.pipe.recv() if self.pipe.poll(LONGEST) else
                           ("failed", "no answer within %d s" % LONGEST))
        except (EOFError, ConnectionResetError):
            self._wait()
            word, value = "failed", "the process ended with status %s" % self.process.returncode
        if word in ("ready", "done"):
            return value
        self.measurement.state, self.measurement.reason = word, value
        return None

    def ask(self, command):
        try:
            self.pipe.send(command)
        except BrokenPipeError:
            pass  # the process has ended: hearing from it says so
        return self._hear()

    def _wait(self):
        """Gives the process some seconds to end by itself."""
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def end(self):
        if self.alive:
            self.pipe.send("end")
        else:
            self.process.kill()
        self._wait()


def measure(entries, runs, say=lambda text: None):
    """Runs every entry once to warm up and weigh it, then `runs` times in turn: A B C A B C …"""
    workers = []
    try:
        for entry in entries:
            say("starting a process for each method")
            workers.append(_Worker(entry))
        for worker in (w for w in workers if w.alive):
            say("warm-up: " + worker.measurement.name)
            worker.measurement.memory = worker.ask("weigh")
            time.sleep(PAUSE)
        for turn in range(runs):
            for worker in (w for w in workers if w.alive and turn < w.most_runs):
                say("run %d of %d: %s" % (turn + 1, runs, worker.measurement.name))
                result = worker.ask("time")
                if worker.alive:
                    worker.measurement.seconds.append(result[0])
                    worker.measurement.cpu_seconds.append(result[1])
                time.sleep(PAUSE)
        for worker in (w for w in workers if w.alive):
            worker.measurement.answer = worker.ask("answer")
        return [w.measurement for w in workers]
    finally:
        for worker in workers:
            worker.end()
