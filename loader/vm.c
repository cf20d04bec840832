// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "printable.h"
#include "vm.h"

#define KVM_VM_LINK "anon_inode:kvm-vm"

/* Are both the same open file? Since Linux 6.10, which Debian 12's headers do not know. */
#ifndef F_DUPFD_QUERY
#define F_DUPFD_QUERY (1024 + 3)
#endif

static const struct {
	const char *prefix;
	const char *what;
} descriptor_kinds[] = {
	{ "anon_inode:kvm-vcpu:", "a vCPU" },
	{ "anon_inode:kvm-vm-stats", "a statistics fd of a VM" },
	{ "anon_inode:kvm-vcpu-stats", "a statistics fd of a vCPU" },
	{ "anon_inode:kvm-", "a device of a VM" },
	{ "/dev/kvm", "KVM itself" },
	{ "anon_inode:", "another kernel object" },
	{ "socket:", "a socket" },
	{ "pipe:", "a pipe" },
	{ "/dev/", "a device" },
	{ "/", "a file" },
};

static const char *describe(const char *link)
{
	size_t i;

	for (i = 0; i < sizeof(descriptor_kinds) / sizeof(descriptor_kinds[0]); i++) {
		if (!strncmp(link, descriptor_kinds[i].prefix, strlen(descriptor_kinds[i].prefix)))
			return descriptor_kinds[i].what;
	}
	return "something else";
}

/* Where /proc/PID/fd/FD points to; pid 0 is this process. */
static int read_fd_link(pid_t pid, int fd, char *link, size_t size)
{
	char path[64];
	ssize_t len;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	else
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	len = readlink(path, link, size - 1);
	if (len < 0)
		return -errno;
	link[len] = '\0';
	printable__make(link);
	return 0;
}

int vm__duplicate(pid_t pid, int fd)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0), duplicate, ret;

	if (pidfd < 0)
		return -errno;
	duplicate = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	ret = duplicate < 0 ? -errno : duplicate;
	close(pidfd);
	return ret;
}

int vm__link_is_vm(pid_t pid, int fd)
{
	char link[PATH_MAX];
	int ret = read_fd_link(pid, fd, link, sizeof(link));

	return ret ? ret : !strcmp(link, KVM_VM_LINK);
}

/*
 * /proc/PID/fd is for the process' user, whatever the right to ptrace it; with that
 * right the fd can be had and looked at.
 */
bool vm__is_vm(pid_t pid, int fd)
{
	int is = vm__link_is_vm(pid, fd);
	int duplicate = is == -EACCES ? vm__duplicate(pid, fd) : -1;

	if (duplicate >= 0) {
		is = vm__link_is_vm(0, duplicate);
		close(duplicate);
	}
	return is > 0;
}

int vm__describe_fd(pid_t pid, int fd, char *text, size_t size)
{
	char link[PATH_MAX];
	int ret = read_fd_link(pid, fd, link, sizeof(link));

	if (!ret)
		snprintf(text, size, "%s (%s)", describe(link), link);
	return ret;
}

int vm__check_fd(const struct opt_number *number, int *fd, struct err *err)
{
	char link[PATH_MAX];

	if (!number->given)
		return err_set(
			err, ERR_USAGE,
			"give the fd that KVM_CREATE_VM returned, inherited from the VMM, or "
			"--pid PID",
			"--vm-fd is missing");
	if (number->value > INT_MAX)
		return err_set(err, ERR_BAD_FD, "a file descriptor is a small number",
			       "--vm-fd %llu is not a file descriptor", number->value);
	*fd = number->value;
	if (fcntl(*fd, F_SETFD, FD_CLOEXEC))
		return err_set(err, ERR_BAD_FD,
			       "start the loader from the VMM and clear FD_CLOEXEC on the VM's fd "
			       "(KVM sets it)",
			       "--vm-fd %d is not open in the loader", *fd);
	/* without /proc the kernel has the only and last word, at attach */
	if (read_fd_link(0, *fd, link, sizeof(link)) || !strcmp(link, KVM_VM_LINK))
		return 0;
	return err_set(err, ERR_NOT_A_VM, "pass the fd that KVM_CREATE_VM returned",
		       "--vm-fd %d is %s (%s), not a KVM VM", *fd, describe(link), link);
}

/* The fields of /proc/PID/stat after the command, which may itself hold blanks, ')' and newlines. */
static int read_stat(pid_t pid, pid_t *parent, unsigned long long *start)
{
	char path[64], text[1024];
	const char *rest;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest,
			    ") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
			    "%*d %*d %llu",
			    parent, start) != 2)
		return -ESRCH;
	return 0;
}

static void read_command(pid_t pid, char *command)
{
	char path[64];
	size_t len;
	FILE *f;

	command[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	command[fread(command, 1, VM_COMMAND_LEN - 1, f)] = '\0';
	fclose(f);
	len = strlen(command);
	if (len && command[len - 1] == '\n')
		command[len - 1] = '\0';
	printable__make(command);
}

int vm_owner__read(struct vm_owner *owner, pid_t pid, int fd)
{
	pid_t parent;

	owner->pid = pid;
	owner->fd = fd;
	read_command(pid, owner->command);
	return read_stat(pid, &parent, &owner->start);
}

enum vm_same vm__compare_own(int fd, int other)
{
	long order, same = fcntl(fd, F_DUPFD_QUERY, other);

	if (same >= 0)
		return same ? VM_SAME : VM_OTHER;
	order = syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, fd, other);
	if (order < 0)
		return VM_MAYBE;
	return order == 0 ? VM_SAME : VM_OTHER;
}

/* For kernels without kcmp(2): a duplicate of our own can be compared. */
static enum vm_same compare_duplicate(int fd, pid_t pid, int other)
{
	int duplicate = vm__duplicate(pid, other);
	enum vm_same same;

	if (duplicate < 0)
		return VM_MAYBE;
	same = vm__compare_own(fd, duplicate);
	close(duplicate);
	return same;
}

static enum vm_same compare_fds(int fd, pid_t pid, int other)
{
	long order;

	if (!vm__is_vm(pid, other))
		return VM_OTHER;
	order = syscall(SYS_kcmp, getpid(), pid, KCMP_FILE, fd, other);
	if (order < 0)
		return compare_duplicate(fd, pid, other);
	return order == 0 ? VM_SAME : VM_OTHER;
}

/* The fd of the same VM in process pid: surely, or, as far as can be told, the inherited number. */
static enum vm_same find_fd(pid_t pid, int fd, int *found)
{
	enum vm_same best = VM_OTHER, same;
	struct dirent *entry;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	while (dir && best != VM_SAME && (entry = readdir(dir))) {
		int other = atoi(entry->d_name);

		if (entry->d_name[0] == '.')
			continue;
		same = compare_fds(fd, pid, other);
		if (same == VM_SAME || (same == VM_MAYBE && other == fd)) {
			best = same;
			*found = other;
		}
	}
	if (dir)
		closedir(dir);
	return best;
}

/* A VMM that we may not look into is still the likely one: it started us with this fd. */
static void assume_parent(int fd, struct vm_owner *owner)
{
	pid_t pid = getppid();
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	if (!access(path, R_OK | X_OK) || errno != EACCES)
		return;
	vm_owner__read(owner, pid, fd);
}

/*
 * The topmost one is taken, as a shell or a helper between the VMM and us has
 * inherited the fd, too. Without kcmp(2) it is the nearest: one farther up may
 * have another VM at the same number.
 */
void vm__find_owner(int fd, struct vm_owner *owner)
{
	unsigned long long start = 0;
	pid_t pid = getppid(), parent = 0;
	enum vm_same same;
	int found;

	memset(owner, 0, sizeof(*owner));
	owner->fd = -1;
	for (; pid > 0 && !read_stat(pid, &parent, &start); pid = parent) {
		same = find_fd(pid, fd, &found);
		if (same == VM_OTHER || (same == VM_MAYBE && owner->pid))
			continue;
		owner->pid = pid;
		owner->start = start;
		owner->fd = found;
		read_command(pid, owner->command);
	}
	if (!owner->pid)
		assume_parent(fd, owner);
}

bool vm_owner__alive(const struct vm_owner *owner)
{
	unsigned long long start = 0;
	pid_t parent;

	return owner->pid && !read_stat(owner->pid, &parent, &start) && start == owner->start;
}

bool vm_owner__holds_vm(const struct vm_owner *owner)
{
	return vm_owner__alive(owner) && vm__is_vm(owner->pid, owner->fd);
}

enum vm_same vm_owner__compare(const struct vm_owner *owner, int fd)
{
	struct vm_owner mine;
	enum vm_same same;

	if (!vm_owner__holds_vm(owner))
		return VM_MAYBE;
	same = compare_fds(fd, owner->pid, owner->fd);
	if (same != VM_MAYBE)
		return same;
	vm__find_owner(fd, &mine);
	return mine.pid == owner->pid && mine.fd == owner->fd ? VM_MAYBE : VM_OTHER;
}
