// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

void guard__begin(__u32 first_id, __u32 last_id)
{
	if (!watch)
		return;
	watch->first_id = first_id;
	watch->last_id = last_id;
	atomic_store(&watch->since_ns, now_ns());
}

void guard__end(void)
{
	if (watch)
		atomic_store(&watch->since_ns, 0);
}

static bool is_over_limit(void)
{
	__u64 since = atomic_load(&watch->since_ns);

	return since && now_ns() - since > GUARD_LIMIT_S * 1000000000ULL;
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
	err_hint(err,
		 "bound its loops: a vCPU would hang as this run does, which the kernel cannot stop "
		 "(process %d, killed when it returns)",
		 pid);
	return -1;
}

static int wait_for(pid_t pid, struct err *err)
{
	/* a reference to the child that poll() takes */
	int fd = syscall(SYS_pidfd_open, pid, 0);
	struct pollfd polled = { .fd = fd, .events = POLLIN };
	int status = 0;

	while (fd >= 0 && poll(&polled, 1, LOOK_EVERY_MS) <= 0) {
		if (!is_over_limit())
			continue;
		kill(pid, SIGKILL);
		close(fd);
		return fail_over_limit(pid, err);
	}
	if (fd >= 0)
		close(fd);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return err_set(err, ERR_FAILED, NULL, "waitpid: %s", strerror(errno));
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return err_set(err, ERR_FAILED, NULL, "stopped by signal %d (%s)", WTERMSIG(status),
		       strsignal(WTERMSIG(status)));
}

int guard__run(int (*body)(const void *args, struct err *err), const void *args, struct err *err)
{
	pid_t pid, parent = getpid();

	watch = mmap(NULL, sizeof(*watch), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (watch == MAP_FAILED)
		return err_set(err, ERR_FAILED, NULL, "mmap: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		return err_set(err, ERR_FAILED, NULL, "fork: %s", strerror(errno));
	if (pid)
		return wait_for(pid, err);
	/* whoever ends the command ends its child, too */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILED);
	return body(args, err);
}
