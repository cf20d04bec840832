// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "bpffs.h"

#define MOUNT_COMMAND "mount -t bpf bpf " BPFFS

bool bpffs__holds(const char *path)
{
	char parent[PATH_MAX];
	struct statfs fs;
	char *slash;

	snprintf(parent, sizeof(parent), "%s", path);
	while (statfs(parent, &fs)) {
		slash = strrchr(parent, '/');
		if (!slash || slash == parent)
			return false;
		*slash = '\0';
	}
	return (unsigned long)fs.f_type == BPF_FS_MAGIC;
}

static bool is_below_bpffs(const char *dir)
{
	size_t len = strlen(BPFFS);

	return !strncmp(dir, BPFFS, len) && (dir[len] == '/' || !dir[len]);
}

int bpffs__require(const char *dir, struct err *err)
{
	if (bpffs__holds(dir))
		return 0;
	return err_set(err, ERR_NO_BPFFS, "choose a folder below " BPFFS,
		       "%s is not on a BPF file system, so that nothing can be pinned there", dir);
}

int bpffs__ensure(const char *dir, struct err *err)
{
	if (bpffs__holds(dir))
		return 0;
	if (!is_below_bpffs(dir))
		return bpffs__require(dir, err);
	if (access(BPFFS, F_OK))
		return err_set(err, ERR_NO_BPFFS,
			       "mount sysfs on /sys and run a kernel with CONFIG_BPF_SYSCALL",
			       "there is no " BPFFS " to pin the policy in");
	if (!mount("bpf", BPFFS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700"))
		return 0;
	return err_set(err, errno == EPERM || errno == EACCES ? ERR_NO_PERMISSION : ERR_NO_BPFFS,
		       "mount it as root: " MOUNT_COMMAND,
		       "the BPF file system is not mounted on " BPFFS
		       ", and mounting it failed: %s",
		       strerror(errno));
}
