/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of an interrupted smccc_loader share. */
#ifndef KILLED_TEST_H
#define KILLED_TEST_H

#include "loader_run.h"
#include "vm.h"

/* What decides the guest's calls, as the guest can tell. */
enum in_force {
	NOTHING,
	DENYING,   /* second.bpf.o */
	TALKING,   /* other-hypervisor.bpf.o, cookie 1 */
	TALKING_2, /* cookie 2 */
};

enum in_force guest_says(void);

extern char *denying, *talking, *source, *data_dir;
extern char vm_fd[16];
/* of this process */
extern char pin_dir[64];

#define ATTACH(file)                                                                           \
	((char *[]){ "--vm-fd", vm_fd, "--name", "k", "--cookie", "1", "--data-dir", data_dir, \
		     file, NULL })
#define REPLACE_BY(file) \
	((char *[]){ "replace", "k", "--yes", "--no-diff", "--cookie", "1", file, NULL })
#define SET_COOKIE(cookie) ((char *[]){ "replace", "k", "--cookie", cookie, NULL })
#define DETACH		   ((char *[]){ "detach", "k", NULL })
#define CLEAN		   ((char *[]){ "clean", NULL })

/* Runs "loader args...", up to NULL, with the VM's fd; its exit status, or 128 + a signal. */
int run(char *const args[]);
void expect_one_line_of_error(int status);

enum calls {
	CALLS_ALL,
	CALLS_BPF,	/* bpf(2) */
	CALLS_CHANGING, /* those that change something, from the first on that outlives the loader */
};

/* Where signals come: CALLS_CHANGING unless --long is given. */
extern enum calls interesting;

/* What is to happen at the nth of these calls (from 1; 0: nothing): a signal, or an error. */
struct trace {
	enum calls calls;
	unsigned int nth;
	int signal, error;
};

/* As run(), with that. */
int run_traced(const struct trace *trace, char *const args[]);
/* How many of these calls there were in the last such run. */
unsigned int traced_calls(void);
/* Runs argv so, and saves that number; the exit status of argv, or 128 + a signal. */
int trace_run(const struct trace *trace, const char *count_file, char **argv);

/* What is pinned is "k", whole, or nothing at all. */
void expect_pinned(bool k);

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_vm, end_vm)
int make_vm(void **state);
int end_vm(void **state);

/* Of attach and detach, and of replace: two halves that run at the same time. */
enum half { ATTACH_HALF, REPLACE_HALF, HALVES };

/* The first of each half always, the second with --long only. */
struct tests {
	const struct CMUnitTest *list;
	size_t count;
};

#define TESTS(list)                    \
	{                              \
		list, ARRAY_SIZE(list) \
	}
extern const struct tests signal_tests[HALVES][2], error_tests[HALVES][2];

#endif
