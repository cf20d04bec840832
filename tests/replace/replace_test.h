/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of smccc_loader replace share; includes cmocka as it wants to be included. */
#ifndef REPLACE_TEST_H
#define REPLACE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "smccc_ids.h"
#include "vm.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NOT_SUPPORTED	 UINT64_MAX
#define KVM_PSCI_VERSION 0x10001
#define KVM_UID		 0xb66fb428
#define OTHER_UID	 0xd0f1a2a3 /* of other-hypervisor */
#define PIN_DIR		 "/sys/fs/bpf/smccc"

/* smccc_loader's, see its --help */
enum {
	DONE = 0,
	FAILED = 1,
	USAGE = 2,
	BAD_VM = 6,
	BAD_POLICY = 7,
	NO_ATTACHMENT = 9,
};

/* Another policy, without question and comparison. */
#define NO_QUESTION "--yes", "--no-diff"

extern char *loader, *fault, *policy, *other, *carry_old, *carry_new, *no_entry;

/* Each test's VM, and its fd as an argument. */
extern struct vm vm;
extern char vm_fd[16];
/* What the loader printed last. */
extern struct child_output output;

/* Runs "prefix... loader args...", up to NULL each; the VM's fd is inherited. */
int run_under(char *const prefix[], char *const args[]);
#define run(...) run_under(NULL, (char *[]){ __VA_ARGS__, NULL })
/* With a fault in a system call: see loader/test/fault.c. */
int run_with_fault(const char *what, char *const args[]);
#define run_fault(what, ...) run_with_fault(what, (char *[]){ __VA_ARGS__, NULL })
/* With CAP_BPF and CAP_PERFMON only. */
int run_with_few_rights(char *const args[]);

/*
 * Runs "loader args..." at a terminal. When it asks, meanwhile(pid) is called, if
 * there is one, and answer is typed. What it prints is in output.out.
 */
int run_at_terminal(char *const args[], const char *answer, void (*meanwhile)(pid_t pid));
#define ask(answer, meanwhile, ...) \
	run_at_terminal((char *[]){ __VA_ARGS__, NULL }, answer, meanwhile)

/* Attaches a policy to the VM under the name "r". */
void attach(char *file);
void expect_success(int status);
/* The exit status, and all words, separated by '|', in what was printed. */
void expect_status(int status, int want, const char *words);
void expect_words(const char *words);

uint64_t guest_x0(uint64_t func_id);
/* What "r/maps/counters" says, over all CPUs; the kernel's id of a map of r. */
uint64_t counted(uint32_t func_id, uint32_t verdict);
uint32_t pinned_id(const char *map);
/* The only thing that is pinned is r, whole. */
void expect_only_r(void);

void copy_file(const char *from, const char *to);

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_vm, end_vm)
int make_vm(void **state);
int end_vm(void **state);

extern const struct CMUnitTest question_tests[], maps_tests[], gap_tests[];
extern const size_t nr_question_tests, nr_maps_tests, nr_gap_tests;

#endif
