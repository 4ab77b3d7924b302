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

sets=
grep -qw avx2 /proc/cpuinfo && grep -qw f16c /proc/cpuinfo && sets="$sets avx2"
grep -qw avx512vl /proc/cpuinfo && grep -qw avx512bw /proc/cpuinfo && sets="$sets avx512"
grep -qw avx512_vnni /proc/cpuinfo && sets="$sets vnni"
grep -qw amx_int8 /proc/cpuinfo && grep -qw amx_bf16 /proc/cpuinfo && sets="$sets amx"
kernels="Prescott Nehalem Sandybridge"
grep -qw avx2 /proc/cpuinfo && kernels="$kernels Haswell Zen"
grep -qw avx512vl /proc/cpuinfo && kernels="$kernels SkylakeX"
if grep -qw asimd /proc/cpuinfo; then # 64-bit ARM
    sets="$sets neon" kernels="ARMV8 CORTEXA57 NEOVERSEN1"
    grep -qw asimddp /proc/cpuinfo && sets="$sets neon_dot"
    grep -qw bf16 /proc/cpuinfo && grep -qw i8mm /proc/cpuinfo && sets="$sets neon_bf16"
fi
# OpenBLAS makes the products of the float32 screen alone, and no set's loops know which kernel made a
# product. So every kernel meets one set, and every set one kernel, the last that the machine has, and
# every screen.
for kernel in $kernels; do
    combination reference "OPENBLAS_CORETYPE=$kernel" "$@"
done
for isa in $sets; do
    combination "$isa" "OPENBLAS_CORETYPE=$kernel" "$@"
done
for isa in reference $sets; do
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
