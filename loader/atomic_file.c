// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic_file.h"

static int fail(const char *path, int ret, struct err *err)
{
	if (ret == -ENOENT || ret == -ENOTDIR)
		return err_set(err, ERR_FAILED, "make the folder, or choose another",
			       "cannot write %s: its folder does not exist", path);
	if (ret == -EACCES || ret == -EPERM || ret == -EROFS)
		return err_set(err, ERR_NO_PERMISSION, "its folder must be writable for you",
			       "cannot write %s: %s", path, strerror(-ret));
	return err_set(err, ERR_FAILED, ret == -ENOSPC ? "make room on its file system" : NULL,
		       "cannot write %s: %s", path, strerror(-ret));
}

/* /dev/null is to stay what it is, and /dev/stdout. */
static int check_old(const char *path, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) || S_ISREG(st.st_mode))
		return 0;
	return err_set(err, ERR_FAILED, "name a regular file, or one that is not there yet",
		       "cannot write %s: it is not a regular file", path);
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t len = write(fd, data, size);

		if (len < 0)
			return -errno;
		data += len;
		size -= len;
	}
	return 0;
}

int atomic_file__write(const char *path, const void *data, size_t size, struct err *err)
{
	char temporary[PATH_MAX];
	int fd, ret;

	if (check_old(path, err))
		return -1;
	/* a suffix that no reader of a folder takes for its files */
	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return fail(path, -ENAMETOOLONG, err);
	fd = mkstemp(temporary);
	if (fd < 0)
		return fail(path, -errno, err);
	ret = write_all(fd, data, size);
	/* not subject to the umask: the reader is another user */
	if (!ret && (fchmod(fd, 0644) || fsync(fd)))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	if (!ret && rename(temporary, path))
		ret = -errno;
	if (!ret)
		return 0;
	unlink(temporary);
	return fail(path, ret, err);
}
