/* SPDX-License-Identifier: GPL-2.0 */
/* smccc_loader, run by tests as its users do; includes cmocka as it wants to be included. */
#ifndef LOADER_RUN_H
#define LOADER_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "child.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* smccc_loader's exit status, see its --help */
enum {
	DONE,
	FAILED,
	USAGE,
	NO_KERNEL_SUPPORT,
	REJECTED,
	VM_BUSY,
	BAD_VM,
	BAD_POLICY,
	NO_PERMISSION,
	NO_ATTACHMENT,
	FOUND,
	BAD_CASES,
	BAD_CONFIG,
	LAST_STATUS = BAD_CONFIG
};

/* A file of those that were built; for main(). */
char *in_build(const char *build, const char *file);

/* For main() to set: the program, and fault.so, see loader/test/fault.c. */
extern char *loader, *fault;
/* What the loader printed last. */
extern struct child_output output;

/* Runs "prefix... loader args...", up to NULL each; the fd is inherited, -1: none. */
int loader_run(char *const prefix[], int fd, char *const args[]);
/* With a fault at a system call, CALL:N:WHAT; a prefix for loader_run() until the next. */
char **with_fault(const char *what);

/* The loader printed all of the words, separated by '|', on stdout or stderr. */
bool says(const char *words);
void expect_words(const char *words);
/* Its exit status, and that. */
void expect_status(int status, int want, const char *words);
void expect_success(int status);
/* As expect_status(), on stderr only, behind the loader's name. */
void expect_error(int status, int want, const char *words);
/* One line on stderr. */
void expect_one_line(void);

#endif
