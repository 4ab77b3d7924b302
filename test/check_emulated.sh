#!/bin/sh
# Runs test programs on processors that this machine is not, under QEMU's emulation.
#   RUN="python3 test/run" check_emulated.sh EMULATOR "PROCESSOR=INSTRUCTION_SET..." PROGRAM...
# The instruction set is the one that the library has to choose there.
set -u
emulator=$1
processors=$2
shift 2
if ! command -v "${emulator%% *}" >/dev/null; then
    echo "not tested: $processors, without ${emulator%% *} (./bootstrap --cross installs it)"
    exit 0
fi
failures=0
for processor in $processors; do
    echo "== processor ${processor%=*}, instruction set ${processor#*=}"
    env LATENT_TEST_BEST="${processor#*=}" LATENT_TEST_SMALL=1 \
        $RUN --wrapper "$emulator -cpu ${processor%=*}" "$@" || failures=$((failures + 1))
done
echo "$failures processors failed"
[ "$failures" -eq 0 ]
