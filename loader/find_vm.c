// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "find_vm.h"
#include "kernel.h"
#include "proc.h"

/*
 * A process that is being looked into. Its pidfd is opened first: as long as that
 * one's process has not ended, /proc/PID is of no other.
 */
struct looking {
	pid_t pid;
	int pidfd;
};

/* Each VM found costs an fd, and 1,024 are soon used up. */
static void raise_fd_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int fail_gone(pid_t pid, struct err *err)
{
	return err_set(err, ERR_NO_PROCESS, "give the pid of a running VMM",
		       "no process has pid %d", pid);
}

static int fail_right(pid_t pid, struct err *err)
{
	if (!kernel__has_capability(CAP_SYS_PTRACE))
		return err_set(err, ERR_NO_PERMISSION,
			       "run as root, or grant CAP_SYS_PTRACE" GRANT_HOW,
			       "looking for VMs in process %d needs CAP_SYS_PTRACE", pid);
	return err_set(err, ERR_NO_PERMISSION,
		       "run the loader in the user namespace of that process or above it, and "
		       "check that no LSM policy forbids ptrace",
		       "CAP_SYS_PTRACE of this user namespace does not reach process %d", pid);
}

static int fail_look(pid_t pid, const char *what, int ret, struct err *err)
{
	if (ret == ENOSYS)
		return err_set(err, ERR_NO_PIDFD,
			       "run Linux 5.6 or later without a seccomp filter that hides it, or "
			       "have the VMM start the loader with --vm-fd",
			       "this kernel has no %s: VMs of other processes cannot be had", what);
	if (ret == EPERM || ret == EACCES)
		return fail_right(pid, err);
	if (ret == ESRCH || ret == ENOENT)
		return fail_gone(pid, err);
	return err_set(err, ERR_FAILED, NULL, "cannot look for VMs in process %d: %s: %s", pid,
		       what, strerror(ret));
}

/* A thread has a number and a hidden folder in /proc, too. */
static int fail_open(pid_t pid, int ret, struct err *err)
{
	unsigned int tgid;

	if ((ret != EINVAL && ret != ENOENT) || !proc__status(pid, "Tgid: %u", &tgid) ||
	    tgid == (unsigned int)pid)
		return fail_look(pid, "pidfd_open(2)", ret == EINVAL ? ESRCH : ret, err);
	err_set(err, ERR_NO_PROCESS, NULL, "%d is not a process, but a thread of process %u", pid,
		tgid);
	err_hint(err, "give --pid %u", tgid);
	return -1;
}

static int looking__begin(struct looking *at, pid_t pid, struct err *err)
{
	raise_fd_limit();
	at->pid = pid;
	at->pidfd = syscall(SYS_pidfd_open, pid, 0);
	return at->pidfd < 0 ? fail_open(pid, errno, err) : 0;
}

static bool looking__ended(const struct looking *at)
{
	struct pollfd polled = { .fd = at->pidfd, .events = POLLIN };

	return poll(&polled, 1, 0) != 0;
}

static void looking__end(struct looking *at)
{
	close(at->pidfd);
}

static bool is_known(const struct found_vms *vms, int fd)
{
	size_t i;

	for (i = 0; i < vms->count; i++) {
		if (vm__compare_own(vms->vm[i].fd, fd) == VM_SAME)
			return true;
	}
	return false;
}

static int append(struct found_vms *vms, const struct found_vm *vm, struct err *err)
{
	/* grows at powers of two */
	if (!(vms->count & (vms->count - 1))) {
		size_t room = vms->count ? 2 * vms->count : 1;
		struct found_vm *grown = reallocarray(vms->vm, room, sizeof(*grown));

		if (!grown)
			return err_no_memory(err);
		vms->vm = grown;
	}
	vms->vm[vms->count++] = *vm;
	return 0;
}

/*
 * What /proc shows may be another file by the time that it is duplicated, so that
 * our own fd is looked at again. 1: a VM; 0: something else, or closed since.
 */
static int take(const struct looking *at, int number, struct found_vm *vm, struct err *err)
{
	vm->fd = syscall(SYS_pidfd_getfd, at->pidfd, number, 0);
	if (vm->fd < 0 && errno == EBADF)
		return 0;
	if (vm->fd < 0)
		return fail_look(at->pid, "pidfd_getfd(2)", errno, err);
	if (vm__is_vm(0, vm->fd) && !vm_owner__read(&vm->owner, at->pid, number))
		return 1;
	close(vm->fd);
	return 0;
}

static int add(struct found_vms *vms, const struct looking *at, int number, struct err *err)
{
	struct found_vm vm;
	int ret = take(at, number, &vm, err);

	if (ret <= 0)
		return ret;
	if (!is_known(vms, vm.fd) && !(ret = append(vms, &vm, err)))
		return 0;
	close(vm.fd);
	return ret < 0 ? -1 : 0;
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
	return atoi((*a)->d_name) - atoi((*b)->d_name);
}

static int is_number(const struct dirent *entry)
{
	return entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
}

/* For another user's process, whose /proc/PID/fd CAP_SYS_PTRACE does not open: each number. */
static int try_fds(struct found_vms *vms, const struct looking *at, struct err *err)
{
	unsigned int number, count;
	int ret = 0;

	if (!proc__status(at->pid, "FDSize: %u", &count))
		return 0;
	for (number = 0; number < count && !ret; number++)
		ret = add(vms, at, number, err);
	return ret;
}

static int add_fds(struct found_vms *vms, const struct looking *at, struct err *err)
{
	struct dirent **entries;
	char path[64];
	int count, i, ret = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", at->pid);
	count = scandir(path, &entries, is_number, by_number);
	if (count < 0)
		return errno == EACCES ? try_fds(vms, at, err) :
					 fail_look(at->pid, path, errno, err);
	for (i = 0; i < count; i++) {
		int number = atoi(entries[i]->d_name);

		if (!ret && vm__link_is_vm(at->pid, number))
			ret = add(vms, at, number, err);
		free(entries[i]);
	}
	free(entries);
	return ret;
}

static void drop_from(struct found_vms *vms, size_t count)
{
	while (vms->count > count)
		close(vms->vm[--vms->count].fd);
}

/* Looks into a process; what comes of one that ends meanwhile is not believed. */
static int look(struct found_vms *vms, pid_t pid, struct err *err)
{
	size_t before = vms->count;
	struct looking at;
	int ret;

	if (looking__begin(&at, pid, err))
		return -1;
	ret = add_fds(vms, &at, err);
	if (looking__ended(&at)) {
		err_clear(err);
		ret = fail_gone(pid, err);
	}
	looking__end(&at);
	if (ret)
		drop_from(vms, before);
	return ret;
}

static bool holds_known(const struct found_vms *vms, pid_t pid)
{
	size_t i;

	for (i = 0; i < vms->count; i++) {
		if (vms->vm[i].owner.pid == pid)
			return true;
	}
	return false;
}

int found_vms__add_pid(struct found_vms *vms, pid_t pid, struct err *err)
{
	struct found_vms own = {};
	struct vm_owner process;
	size_t i;
	int ret;

	if (holds_known(vms, pid))
		return 0;
	ret = look(&own, pid, err);
	if (!ret && !own.count)
		ret = err_set(err, ERR_NO_VM, "give the pid of the process that runs the VM",
			      "process %d (%s) has no KVM VM", pid,
			      vm_owner__read(&process, pid, -1) ? "ended" : process.command);
	for (i = 0; i < own.count; i++) {
		if (!ret && !is_known(vms, own.vm[i].fd))
			ret = append(vms, &own.vm[i], err);
		else
			close(own.vm[i].fd);
	}
	free(own.vm);
	return ret;
}

static int fail_fd(const struct looking *at, int fd, struct err *err)
{
	char what[PATH_MAX + 64] = "something else";

	if (looking__ended(at))
		return fail_gone(at->pid, err);
	if (vm__describe_fd(at->pid, fd, what, sizeof(what)) == -ENOENT)
		return err_set(err, ERR_BAD_FD, "without --vm-fd its VMs are looked for",
			       "fd %d is not open in process %d", fd, at->pid);
	return err_set(err, ERR_NOT_A_VM, "without --vm-fd its VMs are looked for",
		       "fd %d of process %d is %s, not a KVM VM", fd, at->pid, what);
}

int found_vms__add_fd(struct found_vms *vms, pid_t pid, int fd, struct err *err)
{
	struct looking at;
	struct found_vm vm;
	int ret;

	if (looking__begin(&at, pid, err))
		return -1;
	ret = take(&at, fd, &vm, err);
	if (!ret || (ret > 0 && looking__ended(&at))) {
		if (ret)
			close(vm.fd);
		ret = fail_fd(&at, fd, err);
	}
	looking__end(&at);
	if (ret < 0)
		return -1;
	if (!is_known(vms, vm.fd) && !append(vms, &vm, err))
		return 0;
	close(vm.fd);
	return err->code == ERR_NONE ? 0 : -1;
}

static int by_start(const void *a, const void *b)
{
	const struct vm_owner *one = a, *other = b;

	if (one->start != other->start)
		return one->start < other->start ? -1 : 1;
	return one->pid - other->pid;
}

/* Of all processes but this one, the oldest first; -1 on failure. */
static int list_processes(struct vm_owner **processes, struct err *err)
{
	struct dirent **entries;
	int count = scandir("/proc", &entries, is_number, NULL);
	int i, used = 0;

	if (count < 0) {
		err_set(err, ERR_FAILED, "mount it: mount -t proc proc /proc",
			"cannot read /proc: %s", strerror(errno));
		return -1;
	}
	*processes = calloc(count + 1, sizeof(**processes));
	for (i = 0; i < count; i++) {
		pid_t pid = atoi(entries[i]->d_name);

		if (*processes && pid != getpid() && !vm_owner__read(*processes + used, pid, -1))
			used++;
		free(entries[i]);
	}
	free(entries);
	if (!*processes)
		return err_no_memory(err);
	qsort(*processes, used, sizeof(**processes), by_start);
	return used;
}

/* Looks into one of all processes: it may end meanwhile, or be out of our reach. */
static int try_look(struct found_vms *vms, pid_t pid, struct err *err)
{
	if (!look(vms, pid, err))
		return 0;
	if (err->code != ERR_NO_PROCESS && err->code != ERR_NO_PERMISSION)
		return -1;
	if (err->code == ERR_NO_PERMISSION && !vms->unseen)
		vms->unseen = pid;
	err_clear(err);
	return 0;
}

int found_vms__add_all(struct found_vms *vms, struct err *err)
{
	size_t before = vms->count;
	struct vm_owner *processes;
	int count = list_processes(&processes, err);
	int i, ret = 0;

	if (count < 0)
		return -1;
	for (i = 0; i < count && !ret; i++)
		ret = try_look(vms, processes[i].pid, err);
	free(processes);
	if (ret)
		drop_from(vms, before);
	return ret;
}

int found_vms__require_all(const struct found_vms *vms, struct err *err)
{
	return vms->unseen ? fail_right(vms->unseen, err) : 0;
}

void found_vms__free(struct found_vms *vms)
{
	drop_from(vms, 0);
	free(vms->vm);
	memset(vms, 0, sizeof(*vms));
}
