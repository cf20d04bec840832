# SPDX-License-Identifier: GPL-2.0
#
# V=1 shows the commands.

MAKEFLAGS += --no-print-directory $(if $(V),,-s)
Q := $(if $(V),,@)
say = @printf '  %-7s %s\n'

.PHONY: help
help:
	@echo 'make demo        a guest, the default policy, another policy swapped in (sets up all it needs)'
	@echo 'make test        every test (sets up all it needs)'
	@echo
	@echo 'make soak        what takes hours, such as ten million random calls of a guest'
	@echo 'make fuzz        15 minutes of libFuzzer on what the loader reads (FUZZ_SECONDS=N,'
	@echo '                 FUZZ_TARGETS="cases conf rules events object")'
	@echo 'make bench       what a call costs, by who decides it (sets up all it needs)'
	@echo 'make bench-docs, bench-record: the same, to docs/benchmarks.md; as what tests compare with'
	@echo 'make bench-native: the same in nanoseconds, on an arm64 machine with KVM and the hook'
	@echo 'make bench-monitor: how many events a second smccc_loader monitor keeps up with (as root)'
	@echo
	@echo 'make setup       install the Debian packages that are missing'
	@echo 'make kernel      the kernels of the emulated host: patched, unpatched, debug'
	@echo 'make rootfs      its root file system'
	@echo 'make bpf         the policies: build/bpf'
	@echo 'make host        loader and tests for this machine: build/host'
	@echo 'make arm64       loader, VMM and tests for the emulated host: build/arm64'
	@echo 'make install     the loader, the policies and their headers, to PREFIX ($(PREFIX));'
	@echo '                 DESTDIR goes before it'
	@echo 'make shellcheck  check the shell scripts'
	@echo 'make fmt-check   check the format of the C sources'
	@echo 'make fmt         format them'
	@echo 'make clean       remove build/ (not the cache of kernels and file systems)'

.PHONY: setup kernel rootfs
setup:
	$(Q)scripts/setup

kernel: setup
	$(Q)kernel/build image patched >/dev/null
	$(Q)kernel/build image unpatched >/dev/null
	$(Q)kernel/build image debug >/dev/null

rootfs: setup
	$(Q)tests/rig/rootfs >/dev/null

# --- policies

POLICIES := $(wildcard bpf/*.bpf.c bpf/examples/*.bpf.c tests/policies/*.bpf.c)
OBJECTS := $(POLICIES:%.bpf.c=build/bpf/%.bpf.o)
OBJECTS := $(addprefix build/bpf/,$(notdir $(OBJECTS)))
BPF_CFLAGS := -g -O2 -target bpf -mcpu=v3 -Wall -Werror -MMD -MP -I bpf
vpath %.bpf.c bpf bpf/examples tests/policies
# Those of tests/hostile: a policy for each name that its sources ask for.
hostile = $(shell awk '/^.ifdef/ { print $$2 }' tests/hostile/policies/$(1).bpf.c)
HOSTILE := $(foreach kind,refused contained,$(patsubst %,build/bpf/hostile/$(kind)/%.bpf.o,\
	     $(call hostile,$(kind))))
# What shows that the benchmark's guard notices.
SLOWER := build/bpf/slower/bench-constant.bpf.o

.PHONY: bpf
bpf: setup
	$(Q)libbpf=$$(kernel/build libbpf host) && \
		$(MAKE) LIBBPF="$$libbpf" bpf-objects

.PHONY: bpf-objects
bpf-objects: $(OBJECTS) $(HOSTILE) $(SLOWER)

build/bpf/%.bpf.o: %.bpf.c Makefile
	$(say) CLANG $@
	$(Q)mkdir -p $(@D)
	$(Q)clang $(BPF_CFLAGS) -I $(LIBBPF)/include -c -o $@ $<

$(SLOWER): BPF_CFLAGS += -DSLOWER
$(SLOWER): bench-constant.bpf.c Makefile
	$(say) CLANG $@
	$(Q)mkdir -p $(@D)
	$(Q)clang $(BPF_CFLAGS) -I $(LIBBPF)/include -c -o $@ $<

$(HOSTILE): build/bpf/hostile/%.bpf.o: Makefile
	$(say) CLANG $@
	$(Q)mkdir -p $(@D)
	$(Q)clang $(BPF_CFLAGS) -I $(LIBBPF)/include -D$(notdir $*) -c -o $@ \
		tests/hostile/policies/$(*D).bpf.c

build/bpf/hostile/refused/%.bpf.o: tests/hostile/policies/refused.bpf.c
build/bpf/hostile/contained/%.bpf.o: tests/hostile/policies/contained.bpf.c

-include $(OBJECTS:.o=.d) $(HOSTILE:.o=.d) $(SLOWER:.o=.d)

# --- programs

CROSS_COMPILE := $(if $(filter aarch64,$(shell uname -m)),,aarch64-linux-gnu-)

# Where the loader looks for its files: in ../share/smccc-bpf.
PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share/smccc-bpf

.PHONY: host arm64 install install-files
host: setup
	$(Q)libbpf=$$(kernel/build libbpf host) && set -- \
		OUT=$(CURDIR)/build/host LIBBPF="$$libbpf" CROSS_COMPILE= SYSROOT= && \
		$(MAKE) -C loader "$$@" && \
		$(MAKE) -C tests "$$@" host

arm64: setup bpf
	$(Q)libbpf=$$(kernel/build libbpf arm64) && sysroot=$$(tests/rig/rootfs)/sysroot && set -- \
		OUT=$(CURDIR)/build/arm64 LIBBPF="$$libbpf" CROSS_COMPILE=$(CROSS_COMPILE) \
		SYSROOT="$$sysroot" && \
		$(MAKE) -C loader "$$@" && \
		$(MAKE) -C loader "$$@" test-files && \
		$(MAKE) -C tests/vmm "$$@" all test && \
		$(MAKE) -C tests "$$@" arm64 && \
		$(MAKE) "$$@" DESTDIR=$(CURDIR)/build/arm64/installed PREFIX=/usr install-files

install: host bpf
	$(Q)libbpf=$$(kernel/build libbpf host) && \
		$(MAKE) OUT=build/host LIBBPF="$$libbpf" install-files install-man
	$(Q)echo 'installed: $(DESTDIR)$(PREFIX)/bin/smccc_loader, $(SHARE)'

# Where systemd and udev look for what is installed, in PREFIX=/usr and in /usr/local.
UNITS = $(DESTDIR)$(PREFIX)/lib/systemd/system
RULES = $(DESTDIR)$(PREFIX)/lib/udev/rules.d
COMPLETIONS = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
MAN = $(DESTDIR)$(PREFIX)/share/man

# libbpf's headers, too: policies in source are compiled where there may be others, or none.
install-files:
	$(Q)install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/include/bpf $(SHARE)/examples
	$(Q)install $(OUT)/smccc_loader $(DESTDIR)$(PREFIX)/bin
	$(Q)install -D -m 644 -t $(DESTDIR)$(PREFIX)/include loader/smcccpolicy.h
	$(Q)install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib $(OUT)/libsmcccpolicy.a
	$(Q)install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig
	$(Q)sed 's,@PREFIX@,$(PREFIX),' $(OUT)/smcccpolicy.pc \
		>$(DESTDIR)$(PREFIX)/lib/pkgconfig/smcccpolicy.pc
	$(Q)install -m 644 build/bpf/policy.bpf.o bpf/policy.bpf.c bpf/policy.cases bpf/*.h $(SHARE)
	$(Q)install -m 644 bpf/examples/* $(SHARE)/examples
	$(Q)install -m 644 $(LIBBPF)/include/bpf/*.h $(SHARE)/include/bpf
	$(Q)install -d $(UNITS) $(RULES) $(COMPLETIONS) $(DESTDIR)/etc/smccc
	$(Q)for unit in smccc-policy.service smccc-policy@.service; do \
		sed 's|@BINDIR@|$(PREFIX)/bin|' packaging/$$unit.in packaging/hardening.conf \
			>$(UNITS)/$$unit && chmod 644 $(UNITS)/$$unit || exit; \
	done
	$(Q)install -m 644 packaging/70-smccc-policy.rules $(RULES)
	$(Q)install -m 644 packaging/smccc_loader.bash $(COMPLETIONS)/smccc_loader
	$(Q)[ -e $(DESTDIR)/etc/smccc/policies.conf ] || \
		install -m 644 packaging/policies.conf $(DESTDIR)/etc/smccc

# The pages are made of this machine's loader's help.
.PHONY: man install-man
man: host
	$(Q)mkdir -p build/man
	$(Q)scripts/man build/host/smccc_loader docs/smccc_loader.8.in >build/man/smccc_loader.8
	$(Q)cp docs/smccc-policy.7 build/man

install-man: man
	$(Q)install -d $(MAN)/man7 $(MAN)/man8
	$(Q)install -m 644 build/man/smccc_loader.8 $(MAN)/man8
	$(Q)install -m 644 build/man/smccc-policy.7 $(MAN)/man7

# --- what the README names

.PHONY: demo test
demo: setup rootfs bpf arm64
	$(Q)kernel/build image patched >/dev/null
	$(Q)tests/rig/run --timeout 120 -- build/arm64/demo build/arm64/smccc_loader \
		build/bpf/policy.bpf.o build/bpf/other-hypervisor.bpf.o
	$(Q)echo 'make demo: done. Both policies are in bpf/; change one and run it again.'

test: setup kernel rootfs bpf host arm64
	$(Q)tests/run

.PHONY: soak
soak: setup kernel rootfs bpf host arm64
	$(Q)kernel/build image kcsan >/dev/null
	$(Q)tests/run --soak

# For each night. It goes on where the last one ended, in the cache; $(FUZZ_SECONDS) s in all.
FUZZ_SECONDS ?= 900
.PHONY: fuzz
fuzz: setup bpf
	$(Q)CORPUS="$${XDG_CACHE_HOME:-$$HOME/.cache}"/smccc-bpf/fuzzed \
		tests/libfuzzer/run build/libfuzzer $(FUZZ_SECONDS) $(FUZZ_TARGETS)

# --- what a call costs

.PHONY: bench bench-docs bench-record bench-native bench-monitor
bench: setup kernel rootfs bpf arm64
	$(Q)tests/bench/run

bench-docs bench-record: bench-%: setup kernel rootfs bpf arm64
	$(Q)tests/bench/run --$*

bench-native: setup bpf arm64
	$(Q)tests/bench/run --native

bench-monitor: setup bpf host
	$(Q)tests/monitor/bench build

# --- checks of the sources

C_SOURCES = $(shell git ls-files '*.c' '*.h' ':!bpf/vmlinux.h')
SHELL_SCRIPTS = $(shell git grep -lE '^(\#!/bin/bash|\# shellcheck shell=)' -- ':!*.md')

.PHONY: shellcheck fmt-check fmt clean
shellcheck:
	$(Q)shellcheck $(SHELL_SCRIPTS)

fmt-check:
	$(Q)clang-format --dry-run -Werror $(C_SOURCES)

fmt:
	$(Q)clang-format -i $(C_SOURCES)

clean:
	$(Q)rm -rf build
