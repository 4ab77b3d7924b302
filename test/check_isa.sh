#!/bin/sh
# Runs test programs on every instruction set that this machine has, with OpenBLAS's kernels for
# several processors, and with the builds of OpenBLAS that are installed.
#   RUN="python3 test/run" check_isa.sh PROGRAM...
set -u
failures=0

# combination ISA VARIABLE=VALUE
combination() {
    echo "== instruction set $1, $2"
    env "$2" LATENT_TEST_ISA="$1" LATENT_TEST_THREADS=2 LATENT_TEST_SMALL=1 $RUN $programs ||
        failures=$((failures + 1))
}

programs=$*
sets=
grep -qw avx2 /proc/cpuinfo && grep -qw f16c /proc/cpuinfo && sets="$sets avx2"
grep -qw avx512vl /proc/cpuinfo && grep -qw avx512bw /proc/cpuinfo && sets="$sets avx512"
grep -qw avx512_vnni /proc/cpuinfo && sets="$sets vnni"
grep -qw amx_int8 /proc/cpuinfo && grep -qw amx_bf16 /proc/cpuinfo && sets="$sets amx"
kernels="Prescott Nehalem Sandybridge"
grep -qw avx2 /proc/cpuinfo && kernels="$kernels Haswell Zen"
grep -qw avx512vl /proc/cpuinfo && kernels="$kernels SkylakeX"
# OpenBLAS makes the products of the float32 screen alone, the only one that plain C has a use for;
# and no set's loops know which kernel made a product. So every kernel meets one set, and every set
# one kernel, the last that the machine has.
for kernel in $kernels; do
    combination reference "OPENBLAS_CORETYPE=$kernel"
done
for set in $sets; do
    combination "$set" "OPENBLAS_CORETYPE=$kernel"
done
for build in openblas-pthread openblas-openmp openblas-serial; do
    folder=/usr/lib/$(${CC:-cc} -dumpmachine)/$build
    [ -d "$folder" ] && combination auto "LD_LIBRARY_PATH=$folder"
done
echo "$failures combinations failed"
[ "$failures" -eq 0 ]
