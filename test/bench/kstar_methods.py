"""Who computes k*: liblatent on every instruction set and screen, and its peers."""
import numpy as np

import peer_faiss
import peer_latent
import peer_scipy
import peer_sklearn
import peer_torch
from outcome import Check, Target
from peer_latent import AMX, AVX2, AVX512, VNNI
from timing import Entry, measure

LIST = 100  # nearest samples that those who make lists look at
SOME = 20   # scipy computes k* of every 20th sample
# Instruction sets that a machine has besides its best, what they are called, and what else makes a
# process do without the better ones.
WORSE = {AMX: (VNNI, AVX512, AVX2), VNNI: (AVX512, AVX2), AVX512: (AVX2,)}
TITLES = {VNNI: "VNNI without AMX", AVX512: "AVX-512 without VNNI", AVX2: "AVX2"}
ENVIRONMENTS = {AVX2: {"OPENBLAS_CORETYPE": "Haswell"}}


def peer_environment(threads):
    """The number of threads for libraries that take it from there; liblatent is told by call."""
    return {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}


def variants(samples, threads, isa):
    """liblatent as it is, with the float32 screen, and on each worse set than `isa`, by key."""
    arguments = {**samples.arguments, "threads": threads}
    entries = {"ours": Entry("liblatent {}", peer_latent.Kstar, arguments),
               "float32": Entry("liblatent {}, float32 screen", peer_latent.Kstar,
                                {**arguments, "screen": peer_latent.FLOAT32})}
    for worse in WORSE.get(isa, ()):
        entries[worse] = Entry("liblatent {}, " + TITLES[worse], peer_latent.Kstar,
                               {**arguments, "isa": worse}, ENVIRONMENTS.get(worse, {}))
    return entries


def lists(samples, threads, every=1, **more):
    """k* from faiss's lists."""
    arguments = {**samples.arguments, "k": LIST, "every": every, "threads": threads}
    return Entry("faiss {} IndexFlatL2, k = %d" % LIST, peer_faiss.Kstar, arguments,
                 peer_environment(threads), **more)


def authors(samples, threads, **more):
    return Entry("authors' method, torch {}", peer_torch.AuthorsMethod,
                 {**samples.arguments, "threads": threads}, peer_environment(threads), most_runs=3,
                 **more)


def sorted_lists(samples, threads, **more):
    """k* from scikit-learn's lists."""
    return Entry("scikit-learn {} brute, k = %d" % LIST, peer_sklearn.Kstar,
                 {**samples.arguments, "k": LIST}, peer_environment(threads), most_runs=2, **more)


def distances(samples, every=SOME, **more):
    """k* from scipy's distances, which it computes with one thread."""
    return Entry("scipy {} cdist, 1 thread", peer_scipy.Kstar,
                 {**samples.arguments, "every": every}, most_runs=2, **more)


def peers(samples, threads, python):
    """By key: the system's, and those of another Python's releases if one is given."""
    entries = {"authors": authors(samples, threads), "faiss": lists(samples, threads),
               "sklearn": sorted_lists(samples, threads), "scipy": distances(samples)}
    if python:
        entries.update({"authors 2": authors(samples, threads, python=python),
                        "faiss 2": lists(samples, threads, python=python),
                        "sklearn 2": sorted_lists(samples, threads, python=python)})
    return entries


def measure_all(entries, runs, say):
    """Measurements by the entries' keys."""
    return dict(zip(entries, measure(list(entries.values()), runs, say)))


def measured(*measurements):
    return all(m.state == "measured" for m in measurements)


def best_of(found, key):
    """The faster release of a peer of which there may be two; the system's if neither ran."""
    both = [found[name] for name in (key, key + " 2") if name in found]
    return min((m for m in both if measured(m)), key=lambda m: m.best, default=both[0])


def work_note(measurement):
    """What liblatent says of a call: its screen, and how many pairs it evaluated in float64."""
    return "{screen}, {evaluated:,} pairs evaluated".format(**measurement.answer)


def difference_note(key, kstar, theirs):
    """Where the k* of the peer with this key are not the exact ones."""
    every = len(kstar) // len(theirs)
    kstar = kstar[::every]
    # 0 from a list: no sample of it is foreign.
    answered = theirs > 0 if key.startswith(("faiss", "sklearn")) else np.full(len(theirs), True)
    note = "{:,} samples measured, scaled; ".format(len(kstar)) if every > 1 else ""
    note += "{:,} of {:,} samples differ".format((answered & (theirs != kstar)).sum(), len(kstar))
    if not answered.all():
        note += ", no answer for %.1f %% (k* > %d, up to %d)" % (
            100 * (~answered).mean(), LIST - 1, kstar[~answered].max())
    return note


def same_everywhere(found):
    """Whether liblatent gives the same k* on every instruction set and screen."""
    ours = [m for m in found if measured(m)]
    wrong = [m.name for m in ours[1:] if not np.array_equal(m.answer["kstar"],
                                                            ours[0].answer["kstar"])]
    text = "the same k* in all of liblatent's rows"
    return Check(text + ("; not in " + ", ".join(wrong) if wrong else ""), not wrong)


def faster(ours, theirs, factor, name, applies=True, scale=1):
    """The target that liblatent is `factor` times as fast as a peer, who did 1 / scale of the work;
    only a ratio where the target is one for machines with AMX, and this one has none."""
    text = ("not slower than %s" % name if factor == 1 else
            "at least %g times as fast as %s" % (factor, name))
    if not measured(ours, theirs):
        return Target(text + ": not measured")
    ratio = theirs.best * scale / ours.best
    if not applies:
        return Target("%s: %.2f×, a target for machines with AMX" % (text, ratio))
    return Target("%s: %.2f×" % (text, ratio), ratio >= factor)
