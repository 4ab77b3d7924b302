"""Programs in C that are measured beside the library, compiled for the machine they run on."""
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def build(scratch, name):
    """Makes a library of NAME.c and returns its path."""
    library = os.path.join(os.path.abspath(scratch), "lib%s.so" % name)
    subprocess.run([*(os.environ.get("CC") or "cc").split(), "-O3", "-march=native", "-fPIC",
                    "-shared", "-pthread", os.path.join(HERE, name + ".c"), "-o", library],
                   check=True)
    return library
