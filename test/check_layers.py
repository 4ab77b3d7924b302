#!/usr/bin/env python3
"""Fails on an include that points up, and on what only one room may do. Speaks TAP.

    check_layers.py [ROOT]
"""
import os
import re
import sys

# Rooms of src/ from top to bottom; rooms on one line may not include each other.
FLOORS = [
    ["api"],
    ["kstar", "knn", "moments", "directions", "concepts", "robustness", "geometry"],
    ["neighbors"],
    ["linalg"],
    ["parallel"],
    ["kernels"],
    ["base"],
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# Headers that one room alone may include.
RESERVED = {"cblas.h": "linalg", "lapacke.h": "linalg", "openblas_config.h": "linalg",
            "pthread.h": "parallel", "threads.h": "parallel"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


def sources(root, folder):
    for path, folders, files in os.walk(os.path.join(root, folder)):
        folders.sort()
        for name in sorted(files):
            if name.endswith((".c", ".h")):
                yield os.path.relpath(os.path.join(path, name), root)


def target_of(root, path, included):
    """The file of the tree that a quoted include means, or None."""
    for base in (os.path.dirname(path), "src", "include"):
        candidate = os.path.normpath(os.path.join(base, included))
        if os.path.exists(os.path.join(root, candidate)):
            return candidate
    return None


def room_of(path):
    parts = path.split(os.sep)
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def include_faults(root, path):
    """What is wrong with the includes of one file of src/."""
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read()
    room = room_of(path)
    if room not in FLOOR:
        yield "%s: the room '%s' is on no floor" % (path, room)
        return
    for quote, included in INCLUDE.findall(text):
        owner = RESERVED.get(os.path.basename(included))
        if owner and owner != room:
            yield "%s: only %s/ may include %s" % (path, owner, included)
        target = target_of(root, path, included)
        if quote == '"' and not target:
            yield "%s: no such file: %s" % (path, included)
        other = room_of(target) if target else None
        if other and other != room and FLOOR.get(other, -1) <= FLOOR[room]:
            yield "%s: %s/ may not include %s" % (path, room, target)
        if target and target.split(os.sep)[0] not in ("src", "include"):
            yield "%s: %s is outside src/ and include/" % (path, target)


def outsider_faults(root, path):
    """Programs know the public headers alone; so does the oracle that the tests trust."""
    with open(os.path.join(root, path), encoding="utf-8") as file:
        for quote, included in INCLUDE.findall(file.read()):
            target = target_of(root, path, included)
            if quote == '"' and target and room_of(target):
                yield "%s: includes %s" % (path, target)


def repeated_names(root):
    seen = {}
    for folder in ("include", "src", "examples", "test"):
        for path in sources(root, folder):
            seen.setdefault(os.path.basename(path), []).append(path)
    return ["%s: %s" % (name, ", ".join(paths)) for name, paths in sorted(seen.items())
            if len(paths) > 1]


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    in_src = list(sources(root, "src"))
    checks = [
        ("src/ has files", [] if in_src else ["src/ is empty"]),
        ("includes of src/ point down", [f for p in in_src for f in include_faults(root, p)]),
        ("programs and the oracle include public headers alone",
         [f for folder in ("examples", os.path.join("test", "harness"))
          for p in sources(root, folder) for f in outsider_faults(root, p)]),
        ("file names are unique", repeated_names(root)),
    ]
    print("1..%d" % len(checks))
    for number, (name, faults) in enumerate(checks, 1):
        print("%s %d - %s" % ("not ok" if faults else "ok", number, name))
        for fault in faults:
            print("# " + fault)
    return 1 if any(faults for _, faults in checks) else 0


if __name__ == "__main__":
    sys.exit(main())
