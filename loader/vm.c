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
	return 0;
}

int vm__check_fd(const struct opt_number *number, int *fd, struct err *err)
{
	char link[PATH_MAX];

	if (!number->given)
		return err_set(err, ERR_USAGE,
			       "give the fd that KVM_CREATE_VM returned, inherited from the VMM",
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

static enum vm_same compare_fds(int fd, pid_t pid, int other)
{
	char link[PATH_MAX];
	long order;

	if (read_fd_link(pid, other, link, sizeof(link)) || strcmp(link, KVM_VM_LINK))
		return VM_OTHER;
	order = syscall(SYS_kcmp, getpid(), pid, KCMP_FILE, fd, other);
	if (order < 0)
		return VM_MAYBE;
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
	pid_t parent, pid = getppid();
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	if (!access(path, R_OK | X_OK) || errno != EACCES || read_stat(pid, &parent, &owner->start))
		return;
	owner->pid = pid;
	owner->fd = fd;
	read_command(pid, owner->command);
}

/*
 * The topmost one is taken, as a shell or a helper between the VMM and us has
 * inherited the fd, too. Without kcmp(2) it is the nearest: one farther up may
 * have another VM at the same number.
 */
void vm__find_owner(int fd, struct vm_owner *owner)
{
	unsigned long long start;
	pid_t pid = getppid(), parent;
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
	unsigned long long start;
	pid_t parent;

	return owner->pid && !read_stat(owner->pid, &parent, &start) && start == owner->start;
}

bool vm_owner__holds_vm(const struct vm_owner *owner)
{
	char link[PATH_MAX];

	return vm_owner__alive(owner) && !read_fd_link(owner->pid, owner->fd, link, sizeof(link)) &&
	       !strcmp(link, KVM_VM_LINK);
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
