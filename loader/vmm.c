// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"
#include "vmm.h"

#define DELETED " (deleted)"

/* A program that was upgraded while it runs keeps its name. */
static bool read_exe(pid_t pid, char exe[PATH_MAX])
{
	char path[64], *end;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	len = readlink(path, exe, PATH_MAX - 1);
	if (len < 0)
		return false;
	exe[len] = '\0';
	end = exe + len - strlen(DELETED);
	if (end > exe && !strcmp(end, DELETED))
		*end = '\0';
	return true;
}

bool vmm__read(struct vmm *vmm, const struct vm_owner *owner)
{
	memcpy(vmm->command, owner->command, sizeof(vmm->command));
	return proc__status(owner->pid, "Uid: %*u %u", &vmm->uid) &&
	       read_exe(owner->pid, vmm->exe) && vm_name__read(owner->pid, vmm->name) &&
	       vm_owner__alive(owner);
}
