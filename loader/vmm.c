// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc.h"
#include "vmm.h"

#define DELETED " (deleted)"

static bool is_same_file(const char *path, const char *other)
{
	struct stat a, b;

	return !stat(path, &a) && !stat(other, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/*
 * Every user can have a mount namespace with other files in it under the names of
 * ours. In that of init, or in our own, which may be another one, paths are as we
 * know them. (A VMM of libvirt's has one of its own, with the same files in it.)
 */
static bool has_our_mounts(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	return is_same_file(path, "/proc/self/ns/mnt") || is_same_file(path, "/proc/1/ns/mnt");
}

/* A program that was upgraded while it runs keeps its name, where that is to be believed. */
static bool read_exe(pid_t pid, char exe[PATH_MAX])
{
	char path[64], *end;
	bool deleted;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	len = readlink(path, exe, PATH_MAX - 1);
	if (len < 0)
		return false;
	exe[len] = '\0';
	end = exe + len - strlen(DELETED);
	deleted = end > exe && !strcmp(end, DELETED);
	if (deleted)
		*end = '\0';
	if (!has_our_mounts(pid) && (deleted || !is_same_file(path, exe)))
		exe[0] = '\0';
	return true;
}

bool vmm__read(struct vmm *vmm, const struct vm_owner *owner)
{
	memcpy(vmm->command, owner->command, sizeof(vmm->command));
	return proc__status(owner->pid, "Uid: %*u %u", &vmm->uid) &&
	       read_exe(owner->pid, vmm->exe) && vm_name__read(owner->pid, vmm->name) &&
	       vm_owner__alive(owner);
}
