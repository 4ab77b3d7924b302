#!/bin/sh
# The shared library exports what test/abi/symbols.list lists, needs no other library than it says,
# and imports nothing that prints, exits, reads the environment or installs handlers. Speaks TAP.
#   check_abi.sh LIBRARY
set -u
library=$1
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
failures=0

# Passes when the file of findings is empty.
verdict() {
    number=$((number + 1))
    if [ -s "$work/findings" ]; then
        echo "not ok $number - $1"
        sed 's/^/# /' "$work/findings"
        failures=1
    else
        echo "ok $number - $1"
    fi
}

sed '/^#/d; /^$/d' "$root/test/abi/symbols.list" > "$work/listed"
nm -D --defined-only "$library" | awk '$2 != "A" { print $3 }' | sed 's/@.*//' | LC_ALL=C sort \
    > "$work/exported"
[ -s "$work/exported" ] || echo "nothing exported" > "$work/exported"
LC_ALL=C sort -c "$work/listed" > "$work/findings" 2>&1
verdict "symbols.list is sorted"
diff "$work/listed" "$work/exported" > "$work/findings"
verdict "the exported symbols are the listed ones"

# Declared in the headers, and no other.
cat "$root"/include/latent/*.h | tr '\n' ' ' | grep -o 'LATENT_API [^;]*' |
    grep -o 'latent_[a-z0-9_]*(' | tr -d '(' | LC_ALL=C sort -u > "$work/declared"
diff "$work/listed" "$work/declared" > "$work/findings"
verdict "the headers declare the listed symbols"

nm -D --undefined-only "$library" | awk '{ print $NF }' | sed 's/@.*//' > "$work/imported"
grep -Ex '(v|f|vf)?printf|__(v|f|vf)?printf_chk|puts|fputs|putc|putchar|fputc|fwrite|perror|write|stdout|stderr|exit|_exit|_Exit|quick_exit|abort|__assert_fail|raise|kill|getenv|secure_getenv|setenv|putenv|signal|sigaction|sigprocmask|atexit|setlocale|rand|srand|errx?|warnx?' \
    "$work/imported" > "$work/findings"
verdict "nothing imported prints, exits, reads the environment or handles signals"

readelf -d "$library" > "$work/dynamic"
version=$(sed -n 's/^#define LATENT_VERSION_STRING "\([0-9]*\.[0-9]*\).*/\1/p' \
    "$root/include/latent/macros.h")
grep -q "SONAME.*\[liblatent\.so\.$version\]" "$work/dynamic" && : > "$work/findings" ||
    grep SONAME "$work/dynamic" > "$work/findings"
verdict "the SONAME is liblatent.so.$version"
sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' "$work/dynamic" |
    grep -Ev '^(liblapacke\.so\.3|libopenblas\.so\.0|libm\.so\.6|libc\.so\.6|ld-linux-x86-64\.so\.2)$' \
    > "$work/findings"
verdict "no library is needed but LAPACKE, OpenBLAS, libm and libc"
grep -Ex 'malloc|calloc|realloc|reallocarray|posix_memalign|memalign|valloc|strdup|strndup' \
    "$work/imported" > "$work/findings"
verdict "no memory but through the context's allocator"
# A writable variable would be state that contexts share. The one there is belongs to OpenBLAS, whose
# number of threads is the process's: what src/linalg/blas.c has to put back.
objdump -t "$library" | awk '/[ \t]O \.(data|bss)[ \t]/ { print $NF }' |
    grep -Ev '^(completed\.[0-9]+|__dso_handle|__TMC_END__|__cpu_model|__cpu_features2|process)$' \
    > "$work/findings"
verdict "no writable global data"
echo "1..$number"
exit $failures
