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
sets=reference
grep -qw avx2 /proc/cpuinfo && grep -qw f16c /proc/cpuinfo && sets="$sets avx2"
grep -qw avx512vl /proc/cpuinfo && grep -qw avx512bw /proc/cpuinfo && sets="$sets avx512"
kernels="Prescott Nehalem Sandybridge"
grep -qw avx2 /proc/cpuinfo && kernels="$kernels Haswell Zen"
grep -qw avx512vl /proc/cpuinfo && kernels="$kernels SkylakeX"
if grep -qw asimd /proc/cpuinfo; then # 64-bit ARM
    sets="$sets neon" kernels="ARMV8 CORTEXA57 NEOVERSEN1"
    grep -qw asimddp /proc/cpuinfo && sets="$sets neon_dot"
    grep -qw bf16 /proc/cpuinfo && grep -qw i8mm /proc/cpuinfo && sets="$sets neon_bf16"
fi
for set in $sets; do
    for kernel in $kernels; do
        combination "$set" "OPENBLAS_CORETYPE=$kernel"
    done
done
for build in openblas-pthread openblas-openmp openblas-serial; do
    folder=/usr/lib/$(${CC:-cc} -dumpmachine)/$build
    [ -d "$folder" ] && combination auto "LD_LIBRARY_PATH=$folder"
done
echo "$failures combinations failed"
[ "$failures" -eq 0 ]
