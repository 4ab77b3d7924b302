"""The processor's own limits: multiply-adds a second of each unit, measured by peer_peak.c."""
import ctypes

from timing import Method

REGISTERS, LEVEL2 = 0, 1
SECONDS, REPEATS = 0.025, 4  # of one measurement, and how many in a run: their best counts


class Peaks(Method):
    """`figures`: which to take, as pairs of a source of operands and a number of threads. The
    answer's rates are the best of all runs, by unit, in the order of the figures."""

    def __init__(self, peak_file, figures):
        library = ctypes.CDLL(peak_file)
        library.peak_name.restype = ctypes.c_char_p
        self.rate = library.peak_rate
        self.rate.restype = ctypes.c_double
        self.figures, self.units, self.rates = figures, [], {}
        while name := library.peak_name(len(self.units)):
            self.units.append(name.decode())

    def run(self):
        for _ in range(REPEATS):
            for number, unit in enumerate(self.units):
                rates = [self.rate(number, source, threads, ctypes.c_double(SECONDS))
                         for source, threads in self.figures]
                best = self.rates.get(unit, rates)
                self.rates[unit] = [max(pair) for pair in zip(rates, best)]

    def warm_up(self):
        pass

    def answer(self):
        return {"rates": {unit: rates for unit, rates in self.rates.items() if min(rates) > 0}}


def unit_of(isa, screen, units):
    """The unit that a screen takes on an instruction set, of those that the machine has, or None.

    Single precision is OpenBLAS's, which takes what the machine has, whatever liblatent is told.
    """
    wanted = {("AVX2", "int16"): "AVX2 int16", ("AVX-512", "int16"): "AVX-512 int16",
              ("VNNI", "int16"): "VNNI int16", ("VNNI", "int8"): "VNNI int8",
              ("AMX", "int16"): "VNNI int16", ("AMX", "int8"): "AMX int8",
              ("AMX", "bfloat16"): "AMX bfloat16", ("NEON dot", "int8"): "NEON dot int8",
              ("NEON matrix", "int8"): "NEON matrix int8",
              ("NEON matrix", "bfloat16"): "NEON matrix bfloat16"}.get((isa, screen))
    if screen == "float32":
        wanted = next((unit for unit in ("AVX-512 float32", "AVX2 float32", "NEON float32")
                       if unit in units), None)
    return wanted if wanted in units else None
