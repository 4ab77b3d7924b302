#!/bin/sh
# Every public header compiles alone, in C99 and in C++11, without a warning. Speaks TAP.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
headers=$(cd "$root/include" && ls latent.h latent/*.h)
number=0
failures=0
for compiler in "gcc -std=c99 -x c" "clang -std=c99 -x c" "g++ -std=c++11 -x c++" \
    "clang++ -std=c++11 -x c++"; do
    for header in $headers; do
        number=$((number + 1))
        # Twice: the guard holds.
        printf '#include "%s"\n#include "%s"\nint main(void) { return 0; }\n' "$header" "$header" \
            > "$work/alone"
        # $compiler is a command and its options.
        if $compiler -pedantic -Wall -Wextra -Werror -fsyntax-only -I"$root/include" \
            "$work/alone" > "$work/log" 2>&1; then
            echo "ok $number - $header with ${compiler%% -x*}"
        else
            echo "not ok $number - $header with ${compiler%% -x*}"
            sed 's/^/# /' "$work/log"
            failures=1
        fi
    done
done
echo "1..$number"
exit $failures
