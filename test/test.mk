# The tests and their modes. test/run counts over all programs and prints "N passed, N failed".

RUN := $(PYTHON) test/run
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst test/%.c,$(BUILD)/test/%,$(sort $(wildcard test/fuzz/*.c)))
# $(call mode,NAME): the same Makefile with its objects in a folder of their own.
mode = $(MAKE) --no-print-directory BUILD=$(BUILD)/$(1) LIB=$(BUILD)/$(1)/lib PYTHON='$(PYTHON)'
# Scripts that need what was built, as test/run takes them.
CHECK_LAYERS  := --script '$(PYTHON) test/check_layers.py'
CHECK_HEADERS := --script 'sh test/check_headers.sh'
CHECK_ABI     := --script 'sh test/check_abi.sh $(SHARED)'
CHECK_INSTALL := --script 'env MAKE="$(MAKE)" CC="$(CC)" sh test/check_install.sh BUILD=$(BUILD) LIB=$(LIB)'

# One test counts and refuses threads that the library starts.
$(BUILD)/test/fault/test_thread_start: ALL_LDFLAGS += -Wl,--wrap=pthread_create
# Another one makes LAPACK fail.
$(BUILD)/test/fault/test_lapack: ALL_LDFLAGS += \
    $(addprefix -Wl$(comma)--wrap=LAPACKE_,dgesdd_work dgesvd_work dsyevd_work)

## check: every quick test: unit, property, reference, fault, abi, headers, layers, install, Python
check: all $(TESTS)
	LATENT_LIBRARY=$(SHARED) LATENT_PROGRAMS=$(BUILD)/bin $(RUN) $(CHECK_LAYERS) $(CHECK_HEADERS) \
	    $(CHECK_ABI) $(TESTS) --pytest test/reference $(CHECK_INSTALL)

## check-programs: the C test programs alone
check-programs: $(TESTS)
	$(RUN) $(TESTS)

## check-asan: C tests with the address sanitizer, leaks included
check-asan:
	$(call mode,asan) SANITIZE=address CFLAGS='-O1 -g' check-programs

## check-ubsan: C tests with the undefined behaviour sanitizer
check-ubsan:
	$(call mode,ubsan) SANITIZE=undefined CFLAGS='-O1 -g' check-programs

# Where threads meet; OpenBLAS itself is not built for the sanitizer.
TSAN_TESTS := $(addprefix $(BUILD)/test/,unit/test_concurrency unit/test_callbacks unit/test_memory \
                unit/test_gram unit/test_encoder_calls property/test_threads property/test_moments_bits \
                unit/test_matching_batches unit/test_walk property/test_screens \
                property/test_directions_invariance fault/test_cancellation fault/test_thread_start)
check-tsan-programs: $(TSAN_TESTS)
	TSAN_OPTIONS='suppressions=test/tsan.supp die_after_fork=0 $(TSAN_OPTIONS)' LATENT_TEST_SMALL=1 \
	    LATENT_TEST_THREADS=4 OPENBLAS_NUM_THREADS=1 $(RUN) $(TSAN_TESTS)

## check-tsan: C tests of threads with the thread sanitizer
check-tsan:
	$(call mode,tsan) SANITIZE=thread CFLAGS='-O1 -g' check-tsan-programs

VALGRIND := valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
            --fair-sched=yes
VALGRIND_TESTS := $(addprefix $(BUILD)/test/,unit/test_context unit/test_structs unit/test_summary \
                    unit/test_moments_saved unit/test_gram unit/test_directions \
                    unit/test_encoder_calls unit/test_leading \
                    unit/test_matching unit/test_matching_failures unit/test_walk \
                    unit/test_span_split unit/test_screen_products unit/test_quantise \
                    reference/test_fixture reference/test_kstar_shapes reference/test_knn_shapes \
                    reference/test_moments_shapes reference/test_pruning_shapes \
                    unit/test_average_precision unit/test_concepts_limits \
                    fault/test_allocation fault/test_lapack)
check-valgrind-programs: $(VALGRIND_TESTS)
	LATENT_TEST_SMALL=1 $(RUN) --wrapper '$(VALGRIND)' $(VALGRIND_TESTS)

## check-valgrind: some C tests under valgrind
check-valgrind:
	$(call mode,valgrind) CFLAGS='-O1 -g' check-valgrind-programs

ISA_TESTS := $(addprefix $(BUILD)/test/,unit/test_blas unit/test_concurrency unit/test_directions \
               unit/test_matching unit/test_walk property/test_threads property/test_invariance \
               property/test_budget property/test_screens property/test_screen_choice \
               property/test_moments_merge property/test_directions_invariance \
               unit/test_average_precision \
               reference/test_fixture reference/test_kstar_shapes reference/test_knn_shapes \
               reference/test_moments_shapes reference/test_pruning_shapes \
               reference/test_pruning_bound fault/test_lapack)
# Those that compare pairs of rows, and leave to the caller how they are screened.
PAIR_TESTS := $(addprefix $(BUILD)/test/,property/test_threads property/test_invariance \
                reference/test_kstar_shapes reference/test_knn_shapes)
## check-isa: property and reference tests on each instruction set, screen, OpenBLAS kernel and build
check-isa: $(ISA_TESTS)
	RUN='$(RUN)' PAIRS='$(PAIR_TESTS)' sh test/check_isa.sh $(ISA_TESTS)
	$(MAKE) --no-print-directory $(if $(filter x86_64%,$(MACHINE)),check-old-x86) check-neon

# Processors that this machine is not, and the instruction set that the library has to choose on each.
emulate = RUN='$(RUN)' sh test/check_emulated.sh
OLD_X86_TESTS := $(addprefix $(BUILD)/test/,unit/test_features unit/test_kernels reference/test_fixture)
NEON_TESTS := $(patsubst test/%.c,$(BUILD)/test/%,test/unit/test_features.c \
                $(sort $(wildcard test/unit/test_*kernel*.c test/unit/test_screen*.c)) \
                $(addprefix test/reference/,test_fixture.c test_kstar_shapes.c) \
                test/property/test_invariance.c)

## check-old-x86: some C tests on emulated processors without AVX-512 and without AVX2
check-old-x86: $(OLD_X86_TESTS)
	$(emulate) qemu-x86_64 'Nehalem=reference Haswell=avx2' $(OLD_X86_TESTS)

SYSROOT := build/sysroot-arm64
ARM_CC  := aarch64-linux-gnu-gcc
check-neon-programs: all $(NEON_TESTS)
	$(emulate) 'qemu-aarch64 -L $(SYSROOT)' 'cortex-a57=neon neoverse-n1=neon_dot' \
	    $(filter %/test_features %/test_fixture %/test_kernels $(BUILD)/test/unit/test_screen%,$(NEON_TESTS))
	$(emulate) 'qemu-aarch64 -L $(SYSROOT)' max=neon_bf16 $(NEON_TESTS)

## check-neon: the library built for 64-bit ARM, and some C tests on emulated processors
check-neon:
	+@if [ -e $(SYSROOT)/complete ] && command -v $(ARM_CC) >/dev/null; then \
	    $(call mode,arm64) CC='$(ARM_CC) --sysroot=$(SYSROOT)' check-neon-programs; \
	else \
	    echo 'not tested: 64-bit ARM (./bootstrap --cross installs what that takes)'; \
	fi

## check-abi: exported and imported symbols, SONAME, struct layouts
check-abi: $(SHARED) $(patsubst test/%.c,$(BUILD)/test/%,$(wildcard test/abi/*.c))
	$(RUN) $(CHECK_ABI) $(filter $(BUILD)/test/%,$^)

## check-headers: every header alone, as C99 and as C++11
check-headers:
	$(RUN) $(CHECK_HEADERS)

## check-layers: no include of src/ points up
check-layers:
	$(RUN) $(CHECK_LAYERS)

## check-fault: failing allocations and threads, cancellation, budgets
check-fault: $(filter $(BUILD)/test/fault/%,$(TESTS))
	$(RUN) $^

## check-install: install, build and run programs with pkg-config, uninstall
check-install: all
	$(RUN) $(CHECK_INSTALL)

# libFuzzer brings main(); the rest of the tree is built for it with fuzzer-no-link.
$(BUILD)/test/fuzz/%: $(BUILD)/obj/test/fuzz/%.o $(HARNESS_OBJECTS) $(COMMON_OBJECTS) $(STATIC)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer $< $(HARNESS_OBJECTS) $(COMMON_OBJECTS) $(STATIC) \
	    $(LIBS) -lcmocka -ljansson -lz -o $@

fuzz-programs: $(FUZZERS)
	@test -n '$(FUZZERS)'
	set -e; for program in $(FUZZERS); do \
	    name=$${program##*/fuzz_}; mkdir -p $(BUILD)/corpus/$$name; \
	    $$program -max_total_time=$(FUZZ_SECONDS) -timeout=30 -verbosity=0 -print_final_stats=1 \
	        -artifact_prefix=$(BUILD)/$$name- $(BUILD)/corpus/$$name test/fuzz/corpus/$$name; \
	done

## fuzz: every fuzz target for FUZZ_SECONDS (60), with the address and undefined sanitizers
fuzz:
	$(call mode,fuzz) CC=clang SANITIZE=fuzzer-no-link,address,undefined CFLAGS='-O1 -g' \
	    FUZZ_SECONDS=$(FUZZ_SECONDS) fuzz-programs

.PHONY: check check-programs check-asan check-ubsan check-tsan check-tsan-programs check-valgrind \
        check-valgrind-programs check-isa check-old-x86 check-neon check-neon-programs check-abi check-headers check-layers check-fault \
        check-install fuzz fuzz-programs

# Links of a chain, which make would remove.
.SECONDARY: $(HARNESS_OBJECTS) $(COMMON_OBJECTS) $(FUZZERS:$(BUILD)/%=$(BUILD)/obj/%.o)
