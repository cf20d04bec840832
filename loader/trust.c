// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust.h"

#define MAX_LINKS 40

static bool is_ours(const char *path, const struct stat *st, char *why, size_t size)
{
	if (!st->st_uid || st->st_uid == geteuid())
		return true;
	snprintf(why, size,
		 geteuid() ? "%s belongs to user %u: chown it to root or to yourself" :
			     "%s belongs to user %u: chown it to root",
		 path, st->st_uid);
	return false;
}

static bool fail(const char *path, int ret, char *why, size_t size)
{
	snprintf(why, size, "%s: %s", path, strerror(ret));
	return false;
}

static bool is_trusted(const char *path, const struct stat *st, bool sticky_will_do, char *why,
		       size_t size)
{
	if (!is_ours(path, st, why, size))
		return false;
	if (!(st->st_mode & (S_IWGRP | S_IWOTH)) || (sticky_will_do && st->st_mode & S_ISVTX))
		return true;
	snprintf(why, size, "%s is writable by %s: chmod go-w it", path,
		 st->st_mode & S_IWOTH ? "everybody" : "its group");
	return false;
}

/*
 * The file itself, and each folder above it. In a sticky folder nobody else can take
 * away a folder of ours; but what looks like a file of ours may be another name for
 * one (a hard link) that somebody made, and other files can come beside it.
 */
static bool is_path_trusted(const char *path, char *why, size_t size)
{
	char part[PATH_MAX];
	bool below_is_folder = false;
	struct stat st;
	char *slash;

	if (!realpath(path, part))
		return fail(path, errno, why, size);
	for (;;) {
		if (stat(part, &st))
			return fail(part, errno, why, size);
		if (!is_trusted(part, &st, below_is_folder, why, size))
			return false;
		below_is_folder = S_ISDIR(st.st_mode);
		slash = strrchr(part, '/');
		if (!slash[1])
			return true;
		slash[slash == part] = '\0';
	}
}

/* A symbolic link's mode says nothing, and its folder everything. */
static bool is_link_trusted(const char *link, const char *folder, char *why, size_t size)
{
	struct stat st;

	if (lstat(link, &st))
		return fail(link, errno, why, size);
	return is_ours(link, &st, why, size) &&
	       is_path_trusted(folder[0] ? folder : "/", why, size);
}

/* Each link on the way; the kernel follows no more of them either. */
static bool are_links_trusted(const char *path, int links, char *why, size_t size)
{
	char way[PATH_MAX], folder[PATH_MAX], target[PATH_MAX], next[PATH_MAX];
	size_t at = 0;
	ssize_t len;

	while (path[at]) {
		at += 1 + strcspn(path + at + 1, "/");
		snprintf(way, sizeof(way), "%.*s", (int)at, path);
		len = readlink(way, target, sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = '\0';
		snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(way, '/') - way), way);
		if (!is_link_trusted(way, folder, why, size))
			return false;
		if (!links ||
		    snprintf(next, sizeof(next), "%s%s%s%s", target[0] == '/' ? "" : folder,
			     target[0] == '/' ? "" : "/", target, path + at) >= (int)sizeof(next))
			return fail(path, ELOOP, why, size);
		return are_links_trusted(next, links - 1, why, size);
	}
	return true;
}

bool trust__holds(const char *path, char *why, size_t size)
{
	char whole[PATH_MAX], here[PATH_MAX] = "";

	if (path[0] != '/' && !getcwd(here, sizeof(here)))
		return fail(path, errno, why, size);
	if (snprintf(whole, sizeof(whole), "%s%s%s", here, path[0] != '/' ? "/" : "", path) >=
	    (int)sizeof(whole))
		return fail(path, ENAMETOOLONG, why, size);
	return is_path_trusted(whole, why, size) && are_links_trusted(whole, MAX_LINKS, why, size);
}
