// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "guard.h"
#include "names.h"

#define LOOK_EVERY_MS 200

/* Shared by parent and child. */
struct watch {
	_Atomic __u64 since_ns; /* 0: nothing is being run */
	__u32 first_id;
	__u32 last_id;
};

static struct watch *watch;

/* The child, and what it writes to stdout and stderr. */
struct guarded {
	pid_t pid;
	int output[2];
};

void guard__begin(__u32 first_id, __u32 last_id)
{
	if (!watch)
		return;
	watch->first_id = first_id;
	watch->last_id = last_id;
	atomic_store(&watch->since_ns, clock_ns(CLOCK_MONOTONIC));
}

void guard__end(void)
{
	if (watch)
		atomic_store(&watch->since_ns, 0);
}

static bool is_over_limit(void)
{
	__u64 since = atomic_load(&watch->since_ns);

	return since && clock_ns(CLOCK_MONOTONIC) - since > GUARD_LIMIT_S * 1000000000ULL;
}

static int fail_over_limit(pid_t pid, struct err *err)
{
	char call[NAMES_CALL_SIZE];

	names__call(watch->first_id, call);
	err_set(err, ERR_NO_RETURN, NULL,
		watch->first_id == watch->last_id ?
			"the policy does not return: it has decided %s for %d s" :
			"the policy does not return: it has decided calls from %s on for %d s",
		call, GUARD_LIMIT_S);
	err_hint(
		err,
		"bound its loops: a vCPU would hang as this run does, which the kernel cannot stop "
		"(process %d, killed when it returns)",
		pid);
	return -1;
}

/* 1: it ended; 0: it did not in time. */
static int wait_for_end(const struct guarded *child, int *status)
{
	/* a reference to the child that poll() takes */
	int fd = syscall(SYS_pidfd_open, child->pid, 0);
	struct pollfd polled = { .fd = fd, .events = POLLIN };

	while (fd >= 0 && poll(&polled, 1, LOOK_EVERY_MS) <= 0) {
		if (!is_over_limit())
			continue;
		kill(child->pid, SIGKILL);
		close(fd);
		return 0;
	}
	if (fd >= 0)
		close(fd);
	while (waitpid(child->pid, status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 1;
}

static void copy(int fd, FILE *out)
{
	char buffer[4096];
	off_t at = 0;
	ssize_t len;

	while ((len = pread(fd, buffer, sizeof(buffer), at)) > 0) {
		fwrite(buffer, 1, len, out);
		at += len;
	}
}

static int wait_for(const struct guarded *child, struct err *err)
{
	int status = 0, ret = wait_for_end(child, &status);

	if (!ret)
		return fail_over_limit(child->pid, err);
	if (ret < 0)
		return err_set(err, ERR_FAILED, NULL, "waitpid: %s", strerror(-ret));
	copy(child->output[0], stdout);
	copy(child->output[1], stderr);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return err_set(err, ERR_FAILED, NULL, "stopped by signal %d (%s)", WTERMSIG(status),
		       strsignal(WTERMSIG(status)));
}

static int prepare(struct guarded *child, struct err *err)
{
	int i;

	watch = mmap(NULL, sizeof(*watch), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (watch == MAP_FAILED)
		return err_set(err, ERR_FAILED, NULL, "mmap: %s", strerror(errno));
	for (i = 0; i < 2; i++) {
		child->output[i] = memfd_create("output", MFD_CLOEXEC);
		if (child->output[i] < 0)
			return err_set(err, ERR_FAILED, NULL, "memfd_create: %s", strerror(errno));
	}
	child->pid = fork();
	if (child->pid < 0)
		return err_set(err, ERR_FAILED, NULL, "fork: %s", strerror(errno));
	return 0;
}

int guard__run(int (*body)(const void *args, struct err *err), const void *args, struct err *err)
{
	struct guarded child = {};
	pid_t parent = getpid();

	if (prepare(&child, err))
		return -1;
	if (child.pid)
		return wait_for(&child, err);
	/* whoever ends the command ends its child, too */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILED);
	/* a child that cannot be ended must not keep a pipe open that somebody reads */
	if (dup2(child.output[0], STDOUT_FILENO) < 0 || dup2(child.output[1], STDERR_FILENO) < 0)
		_exit(EXIT_FAILED);
	return body(args, err);
}
