/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of smccc_loader replace share. */
#ifndef REPLACE_TEST_H
#define REPLACE_TEST_H

#include "loader_vm.h"

/* Another policy, without question and comparison. */
#define NO_QUESTION "--yes", "--no-diff"

extern char *policy, *other, *carry_old, *carry_new, *no_entry, *ranges;

#define run(...)	     loader_run(NULL, vm.fd, (char *[]){ __VA_ARGS__, NULL })
#define run_fault(what, ...) loader_run(with_fault(what), vm.fd, (char *[]){ __VA_ARGS__, NULL })
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

/* What "r/maps/counters" says, over all CPUs; the kernel's id of a map of r. */
uint64_t counted(uint32_t func_id, uint32_t verdict);
uint32_t pinned_id(const char *map);
/* The only thing that is pinned is r, whole. */
void expect_only_r(void);

void copy_file(const char *from, const char *to);

extern const struct CMUnitTest question_tests[], maps_tests[], gap_tests[];
extern const size_t nr_question_tests, nr_maps_tests, nr_gap_tests;

#endif
