"""Which machine, which OpenBLAS, which library, and how quiet it was."""
import ctypes
import os
import platform
import sys
import time

OPENBLAS = "libopenblas.so.0"


def openblas():
    library = ctypes.CDLL(OPENBLAS)
    library.openblas_get_config.restype = ctypes.c_char_p
    library.openblas_get_corename.restype = ctypes.c_char_p
    words = library.openblas_get_config().decode().split()
    kind = {0: "serial", 1: "pthreads", 2: "OpenMP"}.get(library.openblas_get_parallel(), "?")
    return {"version": words[1], "core": library.openblas_get_corename().decode(), "build": kind}


def _cpu_model():
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def describe(library):
    """Everything that a reader of the figures has to know; `library` is the loaded liblatent."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"date": time.strftime("%Y-%m-%d %H:%M"), "cpu": _cpu_model(),
            "cpus": len(os.sched_getaffinity(0)), "memory": memory,
            "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
            "openblas": openblas(), "liblatent": library.version(), "isa": library.isa_name(),
            "load": os.getloadavg()[0]}


def let_openblas_choose():
    """Starts this program again if its environment chooses OpenBLAS's kernels, which OpenBLAS has
    read by now."""
    if os.environ.pop("OPENBLAS_CORETYPE", None) is not None:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


class Others:
    """How much of the machine went to others from the making of this object on."""

    def __init__(self):
        self.begin = self._now()

    @staticmethod
    def _now():
        """Seconds since the start of the system: all CPUs busy, taken by the hypervisor, and used
        by this process and its children that have ended; then the clock."""
        with open("/proc/stat") as lines:
            ticks = [int(word) for word in lines.readline().split()[1:9]]
        tick = os.sysconf("SC_CLK_TCK")
        user, nice, system, _, _, irq, softirq, steal = ticks
        own = os.times()
        return ((user + nice + system + irq + softirq) / tick, steal / tick, sum(own[:4]),
                time.monotonic())

    def shares(self):
        """Shares of the CPUs' time: (other programs, the hypervisor)."""
        busy, steal, own, clock = (b - a for a, b in zip(self.begin, self._now()))
        whole = clock * os.cpu_count()
        return max(0, busy - own) / whole, steal / whole


def line(machine):
    blas = machine["openblas"]
    return ("{date}, {cpu}, {cpus} CPUs, {gib:.0f} GiB, {system}\n"
            "liblatent {liblatent} ({isa}), OpenBLAS {version} ({core} kernels, {build}), "
            "load average {load:.2f} before the first run").format(
                gib=machine["memory"] / 2**30, **machine, **blas)
