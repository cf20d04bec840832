// SPDX-License-Identifier: GPL-2.0
/*
 * What strace's --inject does, at calls that a seccomp filter picks: stops at all calls
 * take the loader several times as long on an emulated machine, and at those of a filter
 * strace 6.1 loses the signal that it is to send.
 */
#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "killed_test.h"

/* Among these are all calls that change something; close(2) does what death does anyway. */
static const int changers[] = { SYS_bpf,       SYS_mkdirat,   SYS_unlinkat,  SYS_renameat2,
				SYS_mount,     SYS_flock,     SYS_ftruncate, SYS_linkat,
				SYS_symlinkat, SYS_fchmodat,  SYS_fchownat,  SYS_write,
				SYS_kill,      SYS_exit_group };

struct tracing {
	const struct trace *trace;
	pid_t pid;
	bool has_begun;
	unsigned int count;
};

static bool bpf_changes_something(__u64 command)
{
	switch (command) {
	case BPF_OBJ_GET:
	case BPF_OBJ_GET_INFO_BY_FD:
	case BPF_PROG_GET_NEXT_ID:
	case BPF_PROG_GET_FD_BY_ID:
	case BPF_MAP_GET_NEXT_ID:
	case BPF_MAP_GET_FD_BY_ID:
	case BPF_LINK_GET_NEXT_ID:
	case BPF_LINK_GET_FD_BY_ID:
	case BPF_BTF_GET_FD_BY_ID:
	case BPF_MAP_LOOKUP_ELEM:
	case BPF_MAP_GET_NEXT_KEY:
		return false;
	default:
		return true;
	}
}

/* Until one of these, what the loader has made in the kernel goes with its file descriptors. */
static bool outlives(__u64 nr, __u64 first)
{
	switch (nr) {
	case SYS_flock:
	case SYS_exit_group:
		return false;
	case SYS_bpf:
		return first == BPF_OBJ_PIN || first == BPF_LINK_CREATE ||
		       first == BPF_LINK_UPDATE || first == BPF_LINK_DETACH;
	default:
		return true;
	}
}

/* The changers stop, or all calls do. */
static void install_filter(bool all)
{
	const struct sock_filter stop = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	const struct sock_filter go = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_filter code[2 * ARRAY_SIZE(changers) + 2];
	struct sock_fprog prog = { .filter = code };
	size_t i, n = 0;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, nr));
	for (i = 0; i < ARRAY_SIZE(changers); i++) {
		code[n++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, changers[i], 0, 1);
		code[n++] = stop;
	}
	code[n++] = all ? stop : go;
	prog.len = n;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog)) {
		perror("seccomp");
		_exit(126);
	}
}

static void start(const struct trace *trace, char **argv)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	install_filter(trace->calls == CALLS_ALL);
	execv(argv[0], argv);
	_exit(127);
}

/* The call is not made, and returns -error. */
static void fail_call(pid_t pid, int error)
{
	int none = -1;
	struct iovec number = { &none, sizeof(none) };
	struct user_regs_struct regs;
	struct iovec all = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all))
		return;
	regs.regs[0] = -error;
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all);
	ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &number);
}

static bool counts(struct tracing *t, __u64 nr, __u64 first)
{
	switch (t->trace->calls) {
	case CALLS_ALL:
		return true;
	case CALLS_BPF:
		return nr == SYS_bpf;
	default:
		/* errors are about what is made */
		if (t->trace->error && (nr == SYS_write || nr == SYS_exit_group))
			return false;
		t->has_begun |= outlives(nr, first);
		return t->has_begun && (nr != SYS_bpf || bpf_changes_something(first));
	}
}

static void meet_call(struct tracing *t)
{
	const struct trace *trace = t->trace;
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, sizeof(info), &info) <= 0)
		return;
	if (!counts(t, info.seccomp.nr, info.seccomp.args[0]) || ++t->count != trace->nth)
		return;
	if (trace->signal)
		kill(t->pid, trace->signal);
	else
		fail_call(t->pid, trace->error);
}

/* Its children may go on; the exit status of the one that counts. */
static int follow(struct tracing *t)
{
	int status, signal;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			if (pid == t->pid)
				return status;
			continue;
		}
		signal = status >> 16 || WSTOPSIG(status) == SIGSTOP ? 0 : WSTOPSIG(status);
		if (pid == t->pid && status >> 16 == PTRACE_EVENT_SECCOMP)
			meet_call(t);
		ptrace(PTRACE_CONT, pid, NULL, (long)signal);
	}
	return -1;
}

static void save_count(const char *file, unsigned int count)
{
	FILE *out = fopen(file, "w");

	if (!out || fprintf(out, "%u\n", count) < 0 || fclose(out))
		exit(125);
}

int trace_run(const struct trace *trace, const char *count_file, char **argv)
{
	struct tracing t = { .trace = trace, .pid = fork() };
	int status;

	if (!t.pid)
		start(trace, argv);
	if (t.pid < 0 || waitpid(t.pid, &status, 0) < 0)
		return 125;
	ptrace(PTRACE_SETOPTIONS, t.pid, NULL,
	       (long)(PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC |
		      PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE));
	ptrace(PTRACE_CONT, t.pid, NULL, 0L);
	status = follow(&t);
	save_count(count_file, t.count);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
