// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust.h"

static bool is_trusted(const char *path, char *why, size_t size)
{
	struct stat st;

	if (stat(path, &st)) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return false;
	}
	if (st.st_uid && st.st_uid != geteuid()) {
		snprintf(why, size,
			 geteuid() ? "%s belongs to user %u: chown it to root or to yourself" :
				     "%s belongs to user %u: chown it to root",
			 path, st.st_uid);
		return false;
	}
	if (!(st.st_mode & (S_IWGRP | S_IWOTH)) || (S_ISDIR(st.st_mode) && st.st_mode & S_ISVTX))
		return true;
	snprintf(why, size, "%s is writable by %s: chmod go-w it", path,
		 st.st_mode & S_IWOTH ? "everybody" : "its group");
	return false;
}

bool trust__holds(const char *path, char *why, size_t size)
{
	char part[PATH_MAX];
	char *slash;

	snprintf(part, sizeof(part), "%s", path);
	if (!is_trusted(part, why, size))
		return false;
	while ((slash = strrchr(part, '/')) && slash[1]) {
		slash[slash == part] = '\0';
		if (!is_trusted(part, why, size))
			return false;
	}
	return true;
}
