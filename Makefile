# liblatent. `make help` lists the targets; variables may be given on the command line.

CC        ?= cc
CFLAGS    ?= -O2 -g
PREFIX    ?= /usr/local
LIBDIR    ?= $(PREFIX)/lib
BINDIR    ?= $(PREFIX)/bin
INCLUDEDIR ?= $(PREFIX)/include
MANDIR    ?= $(PREFIX)/share/man
DOCDIR    ?= $(PREFIX)/share/doc/liblatent
DESTDIR   ?=
PYTHON    ?= /usr/bin/python3

# Where everything that is made goes: the check modes build the same tree elsewhere.
BUILD     ?= build
LIB       ?= lib
# address, undefined or thread: builds with that sanitizer.
SANITIZE  ?=

VERSION := $(shell sed -n 's/^.define LATENT_VERSION_STRING "\(.*\)"/\1/p' include/latent/macros.h)
# Before 1.0 every minor version may break the interface; from then on only major ones.
MAJOR     := $(word 1,$(subst ., ,$(VERSION)))
SOVERSION := $(MAJOR)$(if $(filter 0,$(MAJOR)),.$(word 2,$(subst ., ,$(VERSION))))

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wcast-qual -Wwrite-strings -Wvla -Werror
# -ffp-contract=off: sums are defined to the last rounding, so no multiply-add may be fused.
ALL_CFLAGS := -std=c11 $(WARNINGS) -fvisibility=hidden -fPIC -ffp-contract=off -pthread \
              -MMD -MP -Iinclude $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS := $(LDFLAGS) -pthread
ifneq ($(SANITIZE),)
ALL_CFLAGS  += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
ALL_LDFLAGS += -fsanitize=$(SANITIZE)
endif
LIBS := -llapacke -lopenblas -lm

LIB_OBJECTS     := $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard src/*/*.c)))
COMMON_OBJECTS  := $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard examples/common/*.c)))
HARNESS_OBJECTS := $(patsubst %.c,$(BUILD)/obj/%.o,$(sort $(wildcard test/harness/*.c)))
PROGRAMS := $(patsubst examples/%.c,$(BUILD)/bin/%,$(sort $(wildcard examples/*.c)))
# Those worth installing; the others are to be read.
TOOLS    := $(filter $(BUILD)/bin/latent-%,$(PROGRAMS))
TESTS    := $(patsubst test/%.c,$(BUILD)/test/%,$(sort $(wildcard test/unit/*.c test/property/*.c \
              test/reference/*.c test/fault/*.c test/abi/*.c)))
SHARED := $(LIB)/liblatent.so
STATIC := $(LIB)/liblatent.a

## all: the shared and static library, and the programs (default)
all: $(SHARED) $(STATIC) $(PROGRAMS) $(BUILD)/liblatent.pc

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# Each instruction set's inner loops are compiled for it and chosen at run time; on other machines those
# files are empty.
MACHINE := $(shell $(CC) -dumpmachine)
ifneq ($(filter x86_64%,$(MACHINE)),)
# Nothing traps inside the library, so both sides of a choice may be computed: loops without branches.
AVX2   := -O3 -mavx2 -mfma -mf16c -fno-trapping-math
AVX512 := $(AVX2) -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512
kernels := $(BUILD)/obj/src/kernels
$(kernels)/avx2.o $(kernels)/screens_avx2.o:     ISA_CFLAGS := $(AVX2)
$(kernels)/avx512.o $(kernels)/screens_avx512.o: ISA_CFLAGS := $(AVX512)
$(kernels)/screens_vnni.o:                       ISA_CFLAGS := $(AVX512) -mavx512vnni
$(kernels)/screens_amx.o: ISA_CFLAGS := $(AVX512) -mamx-tile -mamx-int8 -mamx-bf16
endif
# Of ARM's, those that the compiler knows: without it their files are empty, and their sets are never
# chosen (GCC has both since version 10, clang since 11).
ifneq ($(filter aarch64% arm64%,$(MACHINE)),)
knows = $(shell echo | $(CC) $(CFLAGS) -Werror $(1) -x c -S - -o /dev/null 2>/dev/null && echo $(1))
DOT  := $(call knows,-march=armv8.2-a+dotprod)
BF16 := $(call knows,-march=armv8.2-a+dotprod+bf16+i8mm)
ALL_CFLAGS += $(if $(DOT),-DLATENT__NEON_DOT) $(if $(BF16),-DLATENT__NEON_BF16)
kernels := $(BUILD)/obj/src/kernels
$(kernels)/neon.o:              ISA_CFLAGS := -O3 -fno-trapping-math
$(kernels)/screens_neon_dot.o:  ISA_CFLAGS := -O3 $(DOT)
$(kernels)/screens_neon_bf16.o: ISA_CFLAGS := -O3 $(BF16)
endif
$(BUILD)/obj/src/%.o: ALL_CFLAGS += -Isrc
$(BUILD)/obj/test/%.o: ALL_CFLAGS += -Isrc -Itest -Iexamples
$(BUILD)/obj/examples/%.o: ALL_CFLAGS += -Iexamples

# Commands are shown short; V=1 shows them whole.
ifeq ($(V),)
say = @printf '  %-4s %s\n' '$(1)' '$@' &&
else
say =
endif

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CFLAGS) $(ISA_CFLAGS) -c $< -o $@

# The version script lists what test/abi/symbols.list lists, and hides the rest.
$(BUILD)/liblatent.map: test/abi/symbols.list
	@mkdir -p $(@D)
	@(echo 'LATENT_$(SOVERSION) {'; echo '  global:'; sed '/^#/d;/^$$/d;s/.*/    &;/' $<; \
	 echo '  local: *;'; echo '};') > $@

$(LIB)/liblatent.so.$(VERSION): $(LIB_OBJECTS) $(BUILD)/liblatent.map
	@mkdir -p $(@D)
	$(call say,LD)$(CC) -shared $(ALL_LDFLAGS) -Wl,-soname,liblatent.so.$(SOVERSION) \
	    -Wl,--version-script=$(BUILD)/liblatent.map -Wl,--no-undefined-version \
	    $(if $(SANITIZE),,-Wl,-z$(comma)defs) $(LIB_OBJECTS) $(LIBS) -o $@
comma := ,

$(SHARED): $(LIB)/liblatent.so.$(VERSION)
	@ln -sf liblatent.so.$(VERSION) $(LIB)/liblatent.so.$(SOVERSION)
	@ln -sf liblatent.so.$(SOVERSION) $@

$(STATIC): $(LIB_OBJECTS)
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $^

# Programs use the shared library as anybody's program does: in ../lib when installed, and here in
# ../../lib.
$(BUILD)/bin/%: $(BUILD)/obj/examples/%.o $(COMMON_OBJECTS) $(SHARED)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(ALL_LDFLAGS) $< $(COMMON_OBJECTS) -L$(LIB) -llatent -ljansson -lz -lm \
	    -Wl,-rpath,'$$ORIGIN/../lib:$$ORIGIN/../../lib' -o $@

# Tests link the static library, whose internal functions they may call.
$(BUILD)/test/%: $(BUILD)/obj/test/%.o $(HARNESS_OBJECTS) $(COMMON_OBJECTS) $(STATIC)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(ALL_LDFLAGS) $< $(HARNESS_OBJECTS) $(COMMON_OBJECTS) $(STATIC) $(LIBS) \
	    -lcmocka -ljansson -lz -o $@

# Always made anew: PREFIX may be another one than last time.
$(BUILD)/liblatent.pc: pkgconfig/liblatent.pc.in FORCE
	@mkdir -p $(@D)
	@sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
	    -e 's|@VERSION@|$(VERSION)|' $< > $@

include test/test.mk
include test/bench/bench.mk
include docs/docs.mk

## demo: images of clothes, and what a network makes of them: tables, JSON, pictures in build/demo
demo: all
	examples/demo.sh $(BUILD)

## install: library, headers, pkg-config file, programs and man pages under PREFIX (DESTDIR before it)
install: all docs
	install -d '$(DESTDIR)$(LIBDIR)/pkgconfig' '$(DESTDIR)$(INCLUDEDIR)/latent' '$(DESTDIR)$(BINDIR)'
	install -m 644 $(STATIC) '$(DESTDIR)$(LIBDIR)'
	install -m 755 $(LIB)/liblatent.so.$(VERSION) '$(DESTDIR)$(LIBDIR)'
	ln -sf liblatent.so.$(VERSION) '$(DESTDIR)$(LIBDIR)/liblatent.so.$(SOVERSION)'
	ln -sf liblatent.so.$(SOVERSION) '$(DESTDIR)$(LIBDIR)/liblatent.so'
	install -m 644 $(BUILD)/liblatent.pc '$(DESTDIR)$(LIBDIR)/pkgconfig'
	install -m 644 include/latent.h '$(DESTDIR)$(INCLUDEDIR)'
	install -m 644 include/latent/*.h '$(DESTDIR)$(INCLUDEDIR)/latent'
	install -m 755 $(TOOLS) '$(DESTDIR)$(BINDIR)'
	$(MAKE) --no-print-directory install-docs

## uninstall: removes what install put under PREFIX
uninstall: uninstall-docs
	rm -f '$(DESTDIR)$(LIBDIR)'/liblatent.so* '$(DESTDIR)$(LIBDIR)/liblatent.a' \
	    '$(DESTDIR)$(LIBDIR)/pkgconfig/liblatent.pc' '$(DESTDIR)$(INCLUDEDIR)/latent.h' \
	    $(patsubst $(BUILD)/bin/%,'$(DESTDIR)$(BINDIR)/%',$(TOOLS))
	rm -rf '$(DESTDIR)$(INCLUDEDIR)/latent'

## format: clang-format on every C file
format:
	clang-format -i $$(git ls-files '*.c' '*.h')

## clean: removes everything that was made
clean:
	rm -rf build lib

## help: this list
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST) | sort

.PHONY: all demo install uninstall format clean help FORCE
.DEFAULT_GOAL := all
# Keep objects that one program alone needs.
.SECONDARY: $(PROGRAMS:$(BUILD)/bin/%=$(BUILD)/obj/examples/%.o) $(TESTS:$(BUILD)/%=$(BUILD)/obj/%.o)
