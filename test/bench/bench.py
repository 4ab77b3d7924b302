"""Measures liblatent beside its peers, and checks every answer.

    LATENT_LIBRARY=lib/liblatent.so python3 test/bench/bench.py [options]

Prints a table for each question and writes OUTPUT/QUESTION.json. The exit status is 1 if a method
failed or an answer is wrong, and 2 if nothing could be measured; a missed target is only reported.
docs/performance.md says what is measured and how.
"""
import argparse
import dataclasses
import json
import os
import sys
import tempfile
import time

import machine
import outcome
import peer_latent
import question_concepts
import question_directions
import question_geometry
import question_kstar
import question_moments
import question_neighbors
import question_product
import samples

QUICK_RUNS, RUNS, LARGE_RUNS = 2, 5, 3
NOISE = 0.05  # share of the CPUs that others may have
CHECKED_PIXELS, CHECKED_FLOATS = 2000, 20  # samples of large sets compared with brute force


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="questions 1 and 5, fewer runs")
    parser.add_argument("--full", action="store_true", help="question 4 too")
    parser.add_argument("--only", metavar="LIST",
                        help="questions to ask, such as 1,3 (5 is in 1, 8 and 9 are in 7, 11 is in 10, 13 is in 12)")
    parser.add_argument("--threads", type=int, default=2, help="of every method (default 2)")
    parser.add_argument("--runs", type=int, help="of every method after the warm-up, slow peers "
                        "fewer (default %d, for questions 2 to 4 %d)" % (RUNS, LARGE_RUNS))
    parser.add_argument("--tenth", action="store_true",
                        help="question 2: do a tenth of cblas_sgemm's work and scale its time")
    parser.add_argument("--data", default=samples.FOLDER, help="folder of Fashion-MNIST")
    parser.add_argument("--output", default="build/bench", help="folder for JSON and the table")
    arguments = parser.parse_args(words)
    if arguments.threads < 1 or (arguments.runs or 1) < 1:
        parser.error("--threads and --runs take a number from 1")
    chosen = arguments.only or ("1" if arguments.quick else "1,2,3,4,6,7,10,12" if arguments.full else
                                "1,2,3,6,7,10,12")
    arguments.questions = [word.strip() for word in chosen.split(",")]
    if not set(arguments.questions) <= {"1", "2", "3", "4", "5", "6", "7", "10", "12"}:
        parser.error("--only takes 1 to 7, 10 and 12")
    return arguments


def say(text):
    """Progress, for people who watch."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + text)
        sys.stderr.flush()


def questions(arguments, scratch):
    """Asks what was asked for, one after the other, and yields what was found."""
    threads, few = arguments.threads, arguments.runs or LARGE_RUNS
    asked = arguments.questions
    if not {"1", "3", "5"}.isdisjoint(asked):
        say("reading the data")
        test = samples.fashion(scratch, "t10k", arguments.data)
    if "1" in asked or "5" in asked:
        runs = arguments.runs or (QUICK_RUNS if arguments.quick else RUNS)
        yield from question_kstar.ask(test, threads, runs, say)
    if "2" in asked or "3" in asked:
        say("reading the data")
        train = samples.fashion(scratch, "train", arguments.data)
    if "2" in asked:
        yield from question_product.ask(
            train, threads, few, arguments.tenth, CHECKED_PIXELS, say,
            "2. k* beside the bare products: Fashion-MNIST train", "product")
    if "3" in asked:
        yield from question_neighbors.ask(test, train, threads, few, say)
    if "4" in asked:
        say("making the data")
        yield from question_product.ask(
            samples.clip_like(scratch), threads, few, arguments.tenth, CHECKED_FLOATS, say,
            "4. k* of unit vectors in 1,000 concepts: synthetic", "clip")
    if "6" in asked:
        say("making the data")
        yield from question_moments.ask(samples.activations(scratch), threads,
                                        arguments.runs or RUNS, scratch, say)
    if "7" in asked:
        say("making the data")
        yield from question_directions.ask(samples.head(scratch), threads, few, say)
    if "10" in asked:
        say("making the data")
        yield from question_concepts.ask(lambda: samples.probing(scratch),
                                         lambda: samples.broden_like(scratch), threads, few, say)
    if "12" in asked:
        say("making the data")
        yield from question_geometry.ask(scratch, threads, few, say)


def write_json(folder, about, question):
    with open(os.path.join(folder, question.key + ".json"), "w") as file:
        json.dump({"machine": about, **dataclasses.asdict(question)}, file, indent=1,
                  ensure_ascii=False)
        file.write("\n")


def run(arguments):
    """Returns whether everything that was measured was right."""
    os.makedirs(arguments.output, exist_ok=True)
    about = machine.describe(peer_latent.Library())
    others = machine.Others()
    text, right, begin = [], True, time.monotonic()

    def show(lines):
        say("")
        text.append(lines)
        print(lines, flush=True)

    show(machine.line(about))
    show("Best and median of runs in turn. Ratio: best time over liblatent's. CPU time: of the "
         "best run,\nall threads. Memory: the process's peak beyond the loaded data.\n")
    with tempfile.TemporaryDirectory(dir=arguments.output) as scratch:
        for question in questions(arguments, scratch):
            show(outcome.layout(question))
            write_json(arguments.output, about, question)
            right = right and not question.wrong
    programs, hypervisor = others.shares()
    show("%d s in all, load average %.2f after the last run; other programs had %.0f %% of the "
         "CPUs,\nthe hypervisor %.0f %%%s" % (
             time.monotonic() - begin, os.getloadavg()[0], 100 * programs, 100 * hypervisor,
             "" if programs + hypervisor < NOISE else ": too much for figures to keep"))
    with open(os.path.join(arguments.output, "bench.txt"), "w") as file:
        file.write("\n".join(text) + "\n")
    return right


def main():
    arguments = parse(sys.argv[1:])
    if os.environ.pop("OPENBLAS_CORETYPE", None) is not None:
        # OpenBLAS has read it by now: start again without it.
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    try:
        return 0 if run(arguments) else 1
    except OSError as error:
        sys.stderr.write("bench: %s\nbench: the data are in Debian's package "
                         "dataset-fashion-mnist, the library is made by make\n" % error)
        return 2


if __name__ == "__main__":
    sys.exit(main())
