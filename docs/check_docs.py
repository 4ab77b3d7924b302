#!/usr/bin/env python3
"""Checks that what the pages say works. Speaks TAP. Run from the repository's root.

    docs/check_docs.py LIBRARY_FOLDER MAN3_FOLDER

Every C program in a page is compiled and run, and prints the ```text block that follows it, if one
does. The Python code of a page is run from top to bottom. Links lead to files and headings that
exist. Man pages are well formed, and every public function has one. CC comes from the environment.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

PAGES = ["README.md", "CHANGELOG.md", "src/README.md", "examples/README.md"] + sorted(
    glob.glob("docs/*.md"))
README_LINES = {"c": 25, "python": 15}


class Tap:
    def __init__(self):
        self.number = self.failed = 0

    def verdict(self, name, trouble):
        """Passes when `trouble`, a text, is empty."""
        self.number += 1
        print("%s %d - %s" % ("not ok" if trouble else "ok", self.number, name))
        if trouble:
            self.failed += 1
            print("# " + "\n# ".join(trouble.strip().splitlines()))

    def end(self):
        print("1..%d" % self.number)
        return 1 if self.failed else 0


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def prose(text):
    """The text without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def blocks(text):
    """Returns (language, code) of every fenced block, in order."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run(command, **options):
    """Returns (output, trouble) of a command that should succeed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", timeout=120, **options)
    return done.stdout, "" if done.returncode == 0 else (
        "%s: exit status %d\n%s%s" % (command[0], done.returncode, done.stdout, done.stderr))


def c_program(code, expected, library, scratch):
    """Compiles and runs a program; returns what is wrong."""
    source, program = os.path.join(scratch, "page.c"), os.path.join(scratch, "page")
    with open(source, "w", encoding="utf-8") as file:
        file.write(code)
    _, trouble = run(os.environ.get("CC", "cc").split() +
                     ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-Iinclude", source,
                      "-L" + library, "-llatent", "-lm", "-Wl,-rpath," + library, "-o", program])
    if trouble:
        return trouble
    output, trouble = run([program])
    if not trouble and expected is not None and output != expected:
        trouble = "the page says\n%sbut the program prints\n%s" % (expected, output)
    return trouble


def check_code(tap, page, text, library):
    found = blocks(text)
    python = "".join(code for language, code in found if language == "python")
    with tempfile.TemporaryDirectory() as scratch:
        number = 0
        for (language, code), following in zip(found, found[1:] + [("", "")]):
            if language == "c" and "int main(" in code:
                number += 1
                expected = following[1] if following[0] == "text" else None
                tap.verdict("%s: C program %d works" % (page, number),
                            c_program(code, expected, library, scratch))
        if python:
            code = python.replace("lib/liblatent.so", os.path.join(library, "liblatent.so"))
            tap.verdict("%s: its Python works" % page, run([sys.executable, "-c", code])[1])


def anchors(text):
    """The names that a page's headings get, as usual for Markdown on the web."""
    headings = re.findall(r"^#+ (.*)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_links(tap, page, text):
    trouble = ""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        path = os.path.join(os.path.dirname(page), path) if path else page
        if not os.path.exists(path):
            trouble += "%s does not exist\n" % target
        elif anchor and anchor not in anchors(read(path)):
            trouble += "%s has no such heading\n" % target
    tap.verdict("%s: links lead somewhere" % page, trouble)


def check_readme(tap):
    text = read("README.md")
    first = {}
    for language, code in blocks(text):
        first.setdefault(language, code)
    for language, most in README_LINES.items():
        lines = len(first.get(language, "").splitlines())
        tap.verdict("README.md: its %s program has 1 to %d lines" % (language, most),
                    "" if 1 <= lines <= most else "%d lines" % lines)
    command = re.search(r"^stage check sh -c '(.*)'$", read(".ci/run"), re.MULTILINE)
    tap.verdict(".ci/run runs the README's test command",
                "" if command and "\n%s\n" % command.group(1) in text else "it does not")


def check_man(tap, man3):
    for page in sorted(glob.glob("docs/man/*.1")):
        tap.verdict("%s is well formed" % page, run(["mandoc", "-Tlint", "-Wwarning", page])[1])
    tap.verdict("docs/man has pages", "" if glob.glob("docs/man/*.1") else "none")
    pages = sorted(glob.glob(man3 + "/*.3"))
    # A page that is a link is checked where it leads.
    whole = [page for page in pages if not read(page).startswith(".so ")]
    tap.verdict("man3 pages have no errors", run(["mandoc", "-Tlint", "-Werror"] + whole)[1]
                if whole else "none")
    symbols = [line for line in read("test/abi/symbols.list").split("\n") if re.match(r"\w", line)]
    names = {os.path.basename(page)[:-2] for page in pages}
    tap.verdict("every public function has a man page",
                "".join("%s has none\n" % name for name in symbols if name not in names))
    missing = [page for page in pages if read(page).startswith(".so ") and not os.path.exists(
        os.path.join(os.path.dirname(man3), read(page).split()[1]))]
    tap.verdict("links between man pages lead somewhere", "\n".join(missing))


def main():
    library, man3 = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    tap = Tap()
    for page in PAGES:
        text = read(page)
        check_code(tap, page, text, library)
        check_links(tap, page, text)
    check_readme(tap)
    check_man(tap, man3)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
