#!/bin/sh
# Runs test programs on every instruction set that this machine has, with OpenBLAS's kernels for
# several processors, and with the builds of OpenBLAS that are installed; and those that compare pairs of
# rows with every number format that screens them.
#   RUN="python3 test/run" PAIRS="PROGRAM..." check_isa.sh PROGRAM...
set -u
failures=0

# combination ISA VARIABLE=VALUE PROGRAM...
combination() {
    echo "== instruction set $1, $2"
    isa_set=$1 variable=$2
    shift 2
    env "$variable" LATENT_TEST_ISA="$isa_set" LATENT_TEST_THREADS=2 LATENT_TEST_SMALL=1 $RUN "$@" ||
        failures=$((failures + 1))
}

sets=reference
grep -qw avx2 /proc/cpuinfo && grep -qw f16c /proc/cpuinfo && sets="$sets avx2"
grep -qw avx512vl /proc/cpuinfo && grep -qw avx512bw /proc/cpuinfo && sets="$sets avx512"
grep -qw avx512_vnni /proc/cpuinfo && sets="$sets vnni"
kernels="Prescott Nehalem Sandybridge"
grep -qw avx2 /proc/cpuinfo && kernels="$kernels Haswell Zen"
grep -qw avx512vl /proc/cpuinfo && kernels="$kernels SkylakeX"
for isa in $sets; do
    for kernel in $kernels; do
        combination "$isa" "OPENBLAS_CORETYPE=$kernel" "$@"
    done
    for screen in float32 bfloat16 int16 int8; do
        combination "$isa" "LATENT_TEST_SCREEN=$screen" $PAIRS
    done
done
for build in openblas-pthread openblas-openmp openblas-serial; do
    folder=/usr/lib/$(${CC:-cc} -dumpmachine)/$build
    [ -d "$folder" ] && combination auto "LD_LIBRARY_PATH=$folder" "$@"
done
echo "$failures combinations failed"
[ "$failures" -eq 0 ]
