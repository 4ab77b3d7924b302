"""Runs the programs, and writes files for them.

LATENT_BIN or LATENT_PROGRAMS names the folder of the programs; the default is build/bin.
"""
import os
import pathlib
import re
import signal
import struct
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = os.environ.get("LATENT_BIN") or os.environ.get("LATENT_PROGRAMS") or ROOT / "build" / "bin"


def path_of(program):
    return str(pathlib.Path(FOLDER).resolve() / program)


def run_program(program, folder, *arguments, **options):
    environment = dict(os.environ, LC_ALL=options.pop("locale", "C.UTF-8"))
    return subprocess.run([path_of(program), *map(str, arguments)], cwd=folder, env=environment,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=300, **options)


def run_program_ok(program, folder, *arguments):
    done = run_program(program, folder, *arguments)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""  # no progress bar where there is no terminal
    return done.stdout.decode()


def assert_one_sentence(program, done, status, pieces):
    """One sentence on standard error that holds the pieces, and nothing on standard output."""
    message = done.stderr.decode()
    assert done.returncode == status, message
    assert done.stdout == b""
    assert message.startswith(program + ": ") and message.count("\n") == 1
    for piece in pieces:
        assert piece in message


def idx(array, code):
    """The bytes of an IDX file."""
    head = struct.pack(">BBBB", 0, 0, code, array.ndim)
    return head + struct.pack(">%dI" % array.ndim, *array.shape) + array.tobytes()


def check_help(program, folder, options):
    text = run_program_ok(program, folder, "--help")
    for option in options:
        assert "--" + option in text
    assert max(map(len, text.splitlines())) <= 100
    header = (ROOT / "include" / "latent" / "macros.h").read_text()
    version = re.search(r'LATENT_VERSION_STRING "(.*)"', header)[1]
    assert version in run_program_ok(program, folder, "--version")


def catches_interrupt(process):
    status = pathlib.Path("/proc/%d/status" % process.pid).read_text()
    caught = int(re.search(r"SigCgt:\s*(\w+)", status)[1], 16)
    return caught >> (signal.SIGINT - 1) & 1


def check_interrupt(program, folder, *arguments):
    """Presses Ctrl-C 0.3 s into the computation, which must end at once and leave no file."""
    before = sorted(os.listdir(folder))
    process = subprocess.Popen([path_of(program), *arguments], cwd=folder, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    while not catches_interrupt(process):
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    start = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - start < 3
    assert process.returncode == 130
    assert out == b"" and b"stopped" in err
    assert sorted(os.listdir(folder)) == before
