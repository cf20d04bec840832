/* SPDX-License-Identifier: GPL-2.0 */
/* What can go wrong, told once: a code for programs, an exit status, a sentence. */
#ifndef SMCCC_ERROR_H
#define SMCCC_ERROR_H

#include <stddef.h>

struct json_object;

/* The exit statuses; `smccc_loader --help` prints them from exit_meaning(). */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NO_KERNEL_SUPPORT = 3,
	EXIT_REJECTED = 4,
	EXIT_VM_BUSY = 5,
	EXIT_NO_VM = 6,
	EXIT_BAD_POLICY = 7,
	EXIT_NO_PERMISSION = 8,
	EXIT_NAME = 9,
	EXIT_FOUND = 10,
	EXIT_BAD_CASES = 11,
	EXIT_BAD_CONFIG = 12,
	EXIT_CODES
};

enum err_code {
	ERR_NONE,
	ERR_FAILED,
	ERR_NO_MEMORY,
	ERR_INTERRUPTED,
	ERR_OUTPUT,
	ERR_USAGE,
	ERR_NEEDS_FORWARD,
	ERR_NO_BTF,
	ERR_NO_BPF,
	ERR_NO_HOOK,
	ERR_NO_PIDFD,
	ERR_NO_BPFFS,
	ERR_REJECTED,
	ERR_VM_BUSY,
	ERR_BAD_FD,
	ERR_NOT_A_VM,
	ERR_PROTECTED_VM,
	ERR_VM_GONE,
	ERR_NO_PROCESS,
	ERR_NO_VM,
	ERR_SEVERAL_VMS,
	ERR_POLICY_NOT_FOUND,
	ERR_POLICY_INVALID,
	ERR_POLICY_CHANGED,
	ERR_COMPILE,
	ERR_NO_CLANG,
	ERR_LICENSE,
	ERR_NO_PERMISSION,
	ERR_NAME_TAKEN,
	ERR_NO_SUCH_NAME,
	ERR_NO_RETURN,
	ERR_TOO_SLOW,
	ERR_BAD_CASES,
	ERR_BAD_CONFIG,
	ERR_DECLINED,
	ERR_NO_EVENTS,
	ERR_EVENTS_BUSY,
	ERR_CODES
};

struct err {
	enum err_code code;
	char message[1024];
	char hint[512];
	/* more for the reader: compiler or verifier output, "" lines apart */
	char *detail;
	/* the same for programs, as members of the JSON error object */
	struct json_object *json;
};

/*
 * Records what failed and returns -1, so that `return err_set(...)` ends a
 * function. hint says what to do and may be NULL. The first failure is kept:
 * what goes wrong while undoing is not what the user needs to hear.
 */
int err_set(struct err *err, enum err_code code, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Replaces the hint of an error that is set. */
void err_hint(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Here, so that compilers see, too, that no function goes on after it. */
static inline int err_no_memory(struct err *err)
{
	err_set(err, ERR_NO_MEMORY, NULL, "out of memory");
	return -1;
}
void err_clear(struct err *err);

/* The same for programs, as an object; command may be NULL. NULL: out of memory. */
struct json_object *err_json(const struct err *err, const char *command);
/* And back. NULL, or no such object: an error with the message text. */
void err_take_json(struct err *err, struct json_object *error, const char *text);

int err_exit_code(const struct err *err);
const char *err_name(const struct err *err);
/* ERR_NONE: no error has this name. */
enum err_code err_from_name(const char *name);
const char *exit_meaning(enum exit_code code);

#endif
