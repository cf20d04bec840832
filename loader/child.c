// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

#define STACK_SIZE (64 << 10)

/* Shared with the process between, which writes what came of it. */
struct child {
	const char *path;
	char *const *argv;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int ret, status;
	char stack[STACK_SIZE] __attribute__((aligned(16)));
};

static int run(struct child *child)
{
	pid_t pid;
	int ret;

	if (child->path)
		ret = posix_spawn(&pid, child->path, &child->actions, &child->attributes,
				  child->argv, environ);
	else
		ret = posix_spawnp(&pid, child->argv[0], &child->actions, &child->attributes,
				   child->argv, environ);
	if (ret)
		return -ret;
	while (waitpid(pid, &child->status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

/* The one between: here SIGCHLD is ours, and all other signals wait. */
static int run_between(void *arg)
{
	struct child *child = arg;

	signal(SIGCHLD, SIG_DFL);
	child->ret = run(child);
	return 0;
}

/*
 * A process that ends without a signal to its parent is neither waited for by wait(2)
 * without __WALL, nor gone at once if SIGCHLD is ignored. exec(2) gives it that signal
 * again, so that it is one between us and the program. It has our memory, as after
 * vfork(2): that of a VMM is large, and forking would make its guest's pages
 * copy-on-write.
 */
static int run_apart(struct child *child)
{
	sigset_t all, before;
	pid_t pid;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = clone(run_between, child->stack + STACK_SIZE, CLONE_VM | CLONE_VFORK, child);
	ret = pid < 0 ? -errno : 0;
	if (!ret)
		waitpid(pid, NULL, __WALL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ret ? ret : child->ret;
}

/* fd -1: what it is of ours */
static int give(struct child *child, int fd, int as)
{
	return fd < 0 ? 0 : posix_spawn_file_actions_adddup2(&child->actions, fd, as);
}

/* Allocates here: the process between has our malloc(), too, and not our end. */
static int set_up(struct child *child, const struct child_fds *fds)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(&child->attributes, &none);
	posix_spawnattr_setsigdefault(&child->attributes, &all);
	posix_spawnattr_setflags(&child->attributes,
				 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (posix_spawn_file_actions_addopen(&child->actions, STDIN_FILENO, "/dev/null", O_RDONLY,
					     0) ||
	    give(child, fds->out, STDOUT_FILENO) || give(child, fds->messages, STDERR_FILENO) ||
	    give(child, fds->other, CHILD_FD))
		return -ENOMEM;
	return 0;
}

int child__run(const char *path, char *const argv[], const struct child_fds *fds, int *status)
{
	struct child *child = mmap(NULL, sizeof(*child), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ret;

	if (child == MAP_FAILED)
		return -errno;
	child->path = path;
	child->argv = argv;
	child->ret = -ECANCELED;
	posix_spawn_file_actions_init(&child->actions);
	posix_spawnattr_init(&child->attributes);
	ret = set_up(child, fds);
	if (!ret)
		ret = run_apart(child);
	posix_spawnattr_destroy(&child->attributes);
	posix_spawn_file_actions_destroy(&child->actions);
	*status = child->status;
	munmap(child, sizeof(*child));
	return ret;
}
