// SPDX-License-Identifier: GPL-2.0
/*
 * An LD_PRELOAD library that makes one system call of the loader fail, or kills
 * the loader there: FAULT=CALL:N:WHAT, where CALL is map_create, obj_pin,
 * link_create, link_update, bpf for any bpf(2), rename, pidfd_open or pidfd_getfd, N
 * counts from 1, and WHAT is an errno, or a signal that is sent before the call is made,
 * as a negative number.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	long number;
	long bpf_command;
} calls[] = {
	{ "map_create", SYS_bpf, BPF_MAP_CREATE },
	{ "obj_pin", SYS_bpf, BPF_OBJ_PIN },
	{ "link_create", SYS_bpf, BPF_LINK_CREATE },
	{ "link_update", SYS_bpf, BPF_LINK_UPDATE },
	{ "rename", SYS_renameat2, -1 },
	{ "pidfd_open", SYS_pidfd_open, -1 },
	{ "pidfd_getfd", SYS_pidfd_getfd, -1 },
	{ "bpf", SYS_bpf, -1 },
};

static bool is_called(const char *name, long number, long first)
{
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (!strcmp(calls[i].name, name) && calls[i].number == number)
			return calls[i].bpf_command < 0 || calls[i].bpf_command == first;
	}
	return false;
}

/* The errno to fail with, or 0. */
static int fault(long number, long first)
{
	static int count;
	const char *text = getenv("FAULT");
	char name[32];
	int nth, what;

	if (!text || sscanf(text, "%31[a-z_]:%d:%d", name, &nth, &what) != 3 ||
	    !is_called(name, number, first) || ++count != nth)
		return 0;
	if (what > 0)
		return what;
	kill(getpid(), -what);
	return 0;
}

long syscall(long number, ...)
{
	long (*real)(long number, ...) = dlsym(RTLD_NEXT, "syscall");
	long arg[6];
	va_list ap;
	int i;

	va_start(ap, number);
	for (i = 0; i < 6; i++)
		arg[i] = va_arg(ap, long);
	va_end(ap);
	errno = fault(number, arg[0]);
	if (errno)
		return -1;
	return real(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned int flags)
{
	return syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}
