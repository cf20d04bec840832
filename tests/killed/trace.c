// SPDX-License-Identifier: GPL-2.0
/*
 * What strace's --inject does, at calls that a seccomp filter picks: stops at all calls
 * take the loader five times as long on an emulated machine, and at those of a filter
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

/* These leave the world as it is, but for what the loader knows and has in its memory. */
static const int readers[] = {
	SYS_read,
	SYS_pread64,
	SYS_lseek,
	SYS_readlinkat,
	SYS_newfstatat,
	SYS_faccessat,
	SYS_faccessat2,
	SYS_statfs,
	SYS_getdents64,
	SYS_getpid,
	SYS_uname,
	SYS_getrandom,
	SYS_kcmp,
	SYS_mmap,
	SYS_munmap,
	SYS_mprotect,
	SYS_brk,
	SYS_dup3,
	SYS_prctl,
	SYS_capget,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_prlimit64,
	SYS_rseq,
	SYS_memfd_create,
	SYS_futex,
	SYS_execve,
	SYS_set_tid_address,
	SYS_set_robust_list,
};
/* These change what errors are about: pins, maps, links. */
static const int makers[] = { SYS_bpf, SYS_mkdirat, SYS_unlinkat, SYS_renameat2, SYS_flock };

struct tracing {
	const struct trace *trace;
	pid_t pid;
	bool has_begun;
	unsigned int count;
};

/* Before the first of these, what the loader made goes with its file descriptors. */
static bool outlives(__u64 nr, __u64 first)
{
	switch (nr) {
	case SYS_mkdirat:
	case SYS_unlinkat:
	case SYS_renameat2:
	case SYS_mount:
	case SYS_write:
		return true;
	case SYS_bpf:
		return first == BPF_OBJ_PIN || first == BPF_LINK_CREATE ||
		       first == BPF_LINK_UPDATE || first == BPF_LINK_DETACH;
	default:
		return false;
	}
}

/* Those of the list stop, or all others do. */
static void install_filter(const int *list, size_t count, bool listed)
{
	const struct sock_filter stop = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	const struct sock_filter go = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_filter code[2 * ARRAY_SIZE(readers) + 2];
	struct sock_fprog prog = { .filter = code };
	size_t i, n = 0;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, nr));
	for (i = 0; i < count; i++) {
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, list[i], 0, 1);
		code[n++] = listed ? stop : go;
	}
	code[n++] = listed ? go : stop;
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
	switch (trace->calls) {
	case CALLS_ALL:
		install_filter(NULL, 0, false);
		break;
	case CALLS_CHANGING:
		install_filter(readers, ARRAY_SIZE(readers), false);
		break;
	case CALLS_BPF:
	case CALLS_PINNING:
		install_filter(makers, ARRAY_SIZE(makers), true);
		break;
	}
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

static void meet_call(struct tracing *t)
{
	const struct trace *trace = t->trace;
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, sizeof(info), &info) <= 0)
		return;
	if (trace->calls == CALLS_ALL || trace->calls == CALLS_BPF ||
	    outlives(info.seccomp.nr, info.seccomp.args[0]))
		t->has_begun = true;
	if (!t->has_begun || ++t->count != trace->nth)
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
