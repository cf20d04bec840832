// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

int file__read_fd(int fd, size_t limit, void **data, size_t *size)
{
	struct stat st;
	size_t done = 0;
	char *buf;

	if (fstat(fd, &st))
		return -errno;
	if ((size_t)st.st_size > limit)
		return -EFBIG;
	buf = malloc(st.st_size + 1);
	if (!buf)
		return -ENOMEM;
	while (done < (size_t)st.st_size) {
		ssize_t len = pread(fd, buf + done, st.st_size - done, done);

		if (len < 0) {
			int ret = -errno;

			free(buf);
			return ret;
		}
		if (!len)
			break; /* truncated meanwhile */
		done += len;
	}
	buf[done] = '\0';
	*data = buf;
	*size = done;
	return 0;
}

int file__read(const char *path, size_t limit, void **data, size_t *size)
{
	struct stat st;
	int fd, ret;

	/* O_NONBLOCK: a FIFO must not stop us */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		ret = -errno;
	else if (S_ISDIR(st.st_mode))
		ret = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		ret = -EINVAL;
	else
		ret = file__read_fd(fd, limit, data, size);
	close(fd);
	return ret;
}
