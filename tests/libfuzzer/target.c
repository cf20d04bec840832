// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "target.h"

static char path[4096];
static int fd = -1;

static void remove_file(void)
{
	unlink(path);
}

const char *input_file(const void *data, size_t size)
{
	if (fd < 0) {
		const char *folder = getenv("TMPDIR");

		snprintf(path, sizeof(path), "%s/libfuzzer-XXXXXX", folder ? folder : "/dev/shm");
		fd = mkostemp(path, O_CLOEXEC);
		MUST(fd >= 0);
		atexit(remove_file);
	}
	MUST(!ftruncate(fd, 0));
	MUST(pwrite(fd, data, size, 0) == (ssize_t)size);
	return path;
}

void check_outcome(int ret, struct err *err)
{
	MUST(!ret == (err->code == ERR_NONE));
	MUST(!ret || err->message[0]);
	MUST(memchr(err->message, '\0', sizeof(err->message)));
	if (getenv("OUTCOMES"))
		fprintf(stderr, "outcome: %s\n", ret ? err->message : "good");
	err_clear(err);
}
