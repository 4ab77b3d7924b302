#!/bin/sh
# Installs, builds a few programs against what was installed with pkg-config, runs them, uninstalls,
# and looks whether anything is left. Speaks TAP. MAKE and CC come from the environment; variables
# for make are the arguments.
#   check_install.sh [VARIABLE=VALUE]...
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
number=0
failures=0

# step NAME COMMAND...: passes when the command succeeds.
step() {
    name=$1
    shift
    number=$((number + 1))
    if "$@" > "$work/log" 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' "$work/log"
        failures=1
    fi
}

make_() {
    "${MAKE:-make}" --no-print-directory "$@"
}

# The first C program of README.md, as pasted.
readme_program() {
    awk '/^```c$/ { inside = 1; found = 1; next } /^```/ && inside { exit } inside
         END { exit !found }' README.md > "$work/readme.c" && grep -q main "$work/readme.c"
}

# build SOURCE PROGRAM: as a user would.
build() {
    flags=$(PKG_CONFIG_PATH="$prefix/lib/pkgconfig" pkg-config --cflags --libs liblatent) || return 1
    # $flags is a list of options.
    ${CC:-cc} -std=c99 -Wall -Wextra -Werror "$1" -o "$2" $flags -lm
}

# run PROGRAM: as a user would; it finds the library, and says something.
run() {
    LD_LIBRARY_PATH="$prefix/lib" "$1" > "$work/output" && [ -s "$work/output" ]
}

version_matches() {
    [ "$(PKG_CONFIG_PATH="$prefix/lib/pkgconfig" pkg-config --modversion liblatent)" = \
        "$(sed -n 's/^#define LATENT_VERSION_STRING "\(.*\)"/\1/p' include/latent/macros.h)" ]
}

# Nothing but folders under $1.
nothing_left() {
    find "$1" ! -type d | tee "$work/left"
    [ ! -s "$work/left" ]
}

# Every file lies under DESTDIR/usr.
staged() {
    find "$1" ! -type d | grep -q "^$1/usr/lib/liblatent.so" &&
        ! find "$1" ! -type d | grep -v "^$1/usr/"
}

step "install under a prefix" make_ install PREFIX="$prefix" DESTDIR= "$@"
step "pkg-config knows the version" version_matches
step "README.md has a C program" readme_program
step "the README's program builds" build "$work/readme.c" "$work/readme"
step "the README's program runs" run "$work/readme"
for example in kstar_minimal encoder_minimal; do
    step "$example builds" build "examples/$example.c" "$work/$example"
    step "$example runs" run "$work/$example"
done
step "latent-kstar starts" "$prefix/bin/latent-kstar" --help
step "latent-moments starts" "$prefix/bin/latent-moments" --help
step "latent-directions starts" "$prefix/bin/latent-directions" --help
step "latent-concepts starts" "$prefix/bin/latent-concepts" --help
step "latent-geometry starts" "$prefix/bin/latent-geometry" --help
step "latent-robustness starts" "$prefix/bin/latent-robustness" --help
step "man pages are installed" test -n "$(find "$prefix/share/man" -name 'latent*' 2> /dev/null)"
step "uninstall" make_ uninstall PREFIX="$prefix" DESTDIR= "$@"
step "nothing is left" nothing_left "$prefix"
step "staged install" make_ install PREFIX=/usr DESTDIR="$work/stage" "$@"
step "staged files are where they belong" staged "$work/stage"
step "staged uninstall" make_ uninstall PREFIX=/usr DESTDIR="$work/stage" "$@"
step "nothing is left of the stage" nothing_left "$work/stage"
echo "1..$number"
exit $failures
