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

import bench_options
import machine
import outcome
import peer_latent
import question_concepts
import question_directions
import question_geometry
import question_kstar
import question_moments
import question_neighbors
import question_peaks
import question_product
import question_screens
import samples
from outcome import say

QUICK_RUNS, RUNS, LARGE_RUNS = 2, 5, 3
NOISE = 0.05  # share of the CPUs that others may have
QUESTIONS = {"quick": "1,14", "default": "1,2,3,6,7,10,12,14", "full": "1,2,3,4,6,7,10,12,14"}
KNOWN = {*QUESTIONS["full"].split(","), "5"}


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="questions 1, 5 and 14, fewer runs")
    parser.add_argument("--full", action="store_true",
                        help="question 4 too, and all of faiss's work in question 2")
    parser.add_argument("--only", metavar="LIST",
                        help="questions to ask, such as 1,3 (5 is in 1, 8 and 9 are in 7, 11 is in "
                        "10, 13 is in 12)")
    parser.add_argument("--runs", type=int, help="of every method after the warm-up, slow peers "
                        "fewer (default %d, for questions 2 to 4 %d)" % (RUNS, LARGE_RUNS))
    parser.add_argument("--tenth", action="store_true",
                        help="question 2: do a tenth of cblas_sgemm's work and scale its time")
    bench_options.add(parser)
    arguments = bench_options.parse(parser, words)
    chosen = arguments.only or QUESTIONS[
        "quick" if arguments.quick else "full" if arguments.full else "default"]
    arguments.questions = [word.strip() for word in chosen.split(",")]
    if not set(arguments.questions) <= KNOWN:
        parser.error("--only takes 1 to 7, 10, 12 and 14")
    return arguments


def questions(arguments, scratch, isa):
    """Asks what was asked for, one after the other, and yields what was found. `isa`: the best
    instruction set of this machine."""
    threads, few = arguments.threads, arguments.runs or LARGE_RUNS
    asked, peers = arguments.questions, {"isa": isa, "python": arguments.peers}
    if "14" in asked:
        yield from question_peaks.ask(threads, few, scratch, say)
    if not {"1", "3", "5"}.isdisjoint(asked):
        say("reading the data")
        test = samples.fashion(scratch, "t10k", arguments.data)
    if "1" in asked or "5" in asked:
        runs = arguments.runs or (QUICK_RUNS if arguments.quick else RUNS)
        yield from question_kstar.ask(test, threads, runs, say, **peers)
    if "2" in asked or "3" in asked:
        say("reading the data")
        train = samples.fashion(scratch, "train", arguments.data)
    if "2" in asked:
        yield from question_product.ask(train, threads, few, scratch, say, arguments.tenth,
                                        arguments.full, **peers)
    if "3" in asked:
        yield from question_neighbors.ask(test, train, threads, few, say, **peers)
    if "4" in asked:
        for outliers, key in ((0, "clip"), (4, "clip-outliers")):
            say("making the data")
            data = samples.clip_like(scratch, outliers=outliers)
            yield from question_screens.ask(data, threads, few, say, ", %d features × 100" %
                                            outliers if outliers else "", key)
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
    library = peer_latent.Library()
    about = machine.describe(library)
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
        for question in questions(arguments, scratch, library.isa()):
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
    machine.let_openblas_choose()
    try:
        return 0 if run(arguments) else 1
    except OSError as error:
        sys.stderr.write("bench: %s\nbench: the data are in Debian's package "
                         "dataset-fashion-mnist, the library is made by make\n" % error)
        return 2


if __name__ == "__main__":
    sys.exit(main())
