// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpffs.h"
#include "pins.h"
#include "record.h"
#include "recover.h"

static int fail_path(const char *what, const char *path, struct err *err)
{
	int ret = errno;

	if (ret == EACCES || ret == EPERM)
		return err_set(err, ERR_NO_PERMISSION,
			       "run as root, or give a folder of your own with --pin-dir",
			       "%s %s: %s", what, path, strerror(ret));
	return err_set(err, ERR_FAILED,
		       ret == EROFS ? "mount it read-write, or give another --pin-dir" : NULL,
		       "%s %s: %s", what, path, strerror(ret));
}

static int make_dirs(const char *dir, struct err *err)
{
	char path[PATH_MAX];
	char *slash;

	snprintf(path, sizeof(path), "%s", dir);
	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			return fail_path("cannot make", path, err);
		*slash = '/';
	}
	if (mkdir(path, 0700) && errno != EEXIST)
		return fail_path("cannot make", path, err);
	return 0;
}

void pins__at(struct pins *pins, const char *dir)
{
	size_t len;

	snprintf(pins->dir, sizeof(pins->dir), "%s", dir ? dir : PIN_DIR);
	len = strlen(pins->dir);
	while (len > 1 && pins->dir[len - 1] == '/')
		pins->dir[--len] = '\0';
	pins->lock = -1;
}

/* Whoever may write there can take pins away, and with them the policies. */
static int check_owner(const char *dir, struct err *err)
{
	struct stat st;

	if (stat(dir, &st))
		return fail_path("cannot look at", dir, err);
	if ((st.st_uid && st.st_uid != geteuid()) || st.st_mode & (S_IWGRP | S_IWOTH))
		return err_set(err, ERR_NO_PERMISSION, "remove it, or give another --pin-dir",
			       "%s belongs to another user, or others can write to it", dir);
	return 0;
}

int pins__make(const struct pins *pins, struct err *err)
{
	if (pins->dir[0] != '/')
		return err_set(err, ERR_USAGE, "give it from the root on",
			       "--pin-dir %s is not an absolute path", pins->dir);
	if (bpffs__ensure(pins->dir, err))
		return -1;
	return make_dirs(pins->dir, err) ? -1 : check_owner(pins->dir, err);
}

int pins__lock_unrepaired(struct pins *pins, struct err *err)
{
	pins->lock = open(pins->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (pins->lock < 0)
		return fail_path("cannot open", pins->dir, err);
	if (bpffs__require(pins->dir, err))
		return -1;
	if (flock(pins->lock, LOCK_EX))
		return fail_path("cannot lock", pins->dir, err);
	return 0;
}

int pins__lock(struct pins *pins, struct err *err)
{
	return pins__lock_unrepaired(pins, err) ? -1 : recover__all(pins, err);
}

void pins__close(struct pins *pins)
{
	if (pins->lock >= 0)
		close(pins->lock);
	pins->lock = -1;
}

int pins__fail_read(const struct pins *pins, int ret, struct err *err)
{
	bool refused = ret == -EACCES || ret == -EPERM;

	return err_set(err, refused ? ERR_NO_PERMISSION : ERR_FAILED,
		       refused ? "run as root, or as the user whose folder it is" : NULL,
		       "cannot read %s: %s", pins->dir, strerror(-ret));
}

bool pins__is_among(const char *const *names, int count, const char *name)
{
	int i;

	for (i = 0; i < count; i++) {
		if (!strcmp(names[i], name))
			return true;
	}
	return !count;
}

bool pins__is_name_char(char c)
{
	/* the kernel refuses dots in the names of a BPF file system */
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

int pins__check_name(const char *name, struct err *err)
{
	size_t len = 0;

	while (pins__is_name_char(name[len]))
		len++;
	if (!len || len > NAME_LIMIT || name[0] == '-' || name[len])
		return err_set(
			err, ERR_USAGE,
			"a name has 1 to 64 letters, digits, '_' and '-', and does not begin "
			"with '-'",
			"'%s' cannot be the name of an attachment", name);
	return 0;
}

int pins__path(const struct pins *pins, const char *name, const char *file, char *path,
	       struct err *err)
{
	int len = snprintf(path, PATH_MAX, "%s/%s%s%s", pins->dir, name, file ? "/" : "",
			   file ? file : "");

	if (len >= PATH_MAX)
		return err_set(err, ERR_USAGE, NULL, "the path %s/%s is too long", pins->dir, name);
	return 0;
}

static void staging_name(const char *name, char *staging)
{
	snprintf(staging, NAME_LIMIT + sizeof(STAGING_SUFFIX), "%s" STAGING_SUFFIX, name);
}

bool pins__map_name(const struct bpf_map *map, char *name, size_t size)
{
	const char *from = bpf_map__name(map);
	char *dot;

	if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS || !bpf_map__autocreate(map))
		return false;
	if (bpf_map__is_internal(map)) {
		/* "smccc_po.bss", ".data.mine": globals, without what makes them libbpf's */
		from = strchr(from, '.') ? strchr(from, '.') + 1 : from;
		if (strncmp(from, "bss", 3) && strncmp(from, "data", 4))
			return false;
	}
	snprintf(name, size, "%s", from);
	while ((dot = strchr(name, '.')))
		*dot = '_';
	return true;
}

static int pin_maps(const char *dir, const struct bpf_object *obj, struct err *err)
{
	char path[PATH_MAX], name[NAME_MAX];
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj) {
		if (!pins__map_name(map, name, sizeof(name)))
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
			return err_set(err, ERR_FAILED, NULL, "the path of map %s is too long",
				       name);
		if (bpf_obj_pin(bpf_map__fd(map), path))
			return fail_path("cannot pin", path, err);
	}
	return 0;
}

/* The maps that are pinned in one folder, in another one. */
static int pin_again(const char *from, const char *to, struct err *err)
{
	char old[PATH_MAX], path[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(from);
	int fd, ret = 0;

	if (!dir)
		return fail_path("cannot read", from, err);
	while (!ret && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(old, sizeof(old), "%s/%s", from, entry->d_name) >= (int)sizeof(old) ||
		    snprintf(path, sizeof(path), "%s/%s", to, entry->d_name) >= (int)sizeof(path)) {
			ret = err_set(err, ERR_FAILED, NULL, "the path of map %s is too long",
				      entry->d_name);
			break;
		}
		fd = bpf_obj_get(old);
		ret = fd < 0 || bpf_obj_pin(fd, path) ? fail_path("cannot pin", path, err) : 0;
		if (fd >= 0)
			close(fd);
	}
	closedir(dir);
	return ret;
}

/* -1: there is none; else how many entries it has that are not in known, the first one in name. */
static int count_entries(const char *path, const char *const *known, char *name)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	int count = 0, i;

	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		for (i = 0; known[i] && strcmp(entry->d_name, known[i]); i++)
			;
		if (!known[i] && !count++)
			snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
	}
	closedir(dir);
	return count;
}

enum pin_owner pins__owner(const struct pins *pins, const char *name)
{
	static const char *const known[] = { ".", "..", NULL };
	char path[PATH_MAX + sizeof("/info")], entry[NAME_MAX + 1];
	struct json_object *record;
	int len;

	len = snprintf(path, PATH_MAX, "%s/%s", pins->dir, name);
	if (len >= PATH_MAX)
		return PIN_OTHERS;
	if ((access(path, F_OK) && errno == ENOENT) || !count_entries(path, known, entry))
		return PIN_NOBODYS;
	strcpy(path + len, "/info");
	errno = 0;
	record = record__read(path);
	json_object_put(record);
	return record ? PIN_OURS : PIN_OTHERS;
}

int pins__check_content(const struct pins *pins, const char *name, enum err_code code,
			struct err *err)
{
	static const char *const known[] = { ".", "..", "link", "info", "maps", NULL };
	char path[PATH_MAX], entry[NAME_MAX + 1];

	if (pins__path(pins, name, NULL, path, err))
		return -1;
	if (count_entries(path, known, entry) <= 0)
		return 0;
	return err_set(err, code, "pin that elsewhere",
		       "%s holds %s, which was not pinned by smccc_loader", path, entry);
}

int pins__fail_others(const struct pins *pins, const char *name, enum err_code code,
		      const char *hint, struct err *err)
{
	/* pins__owner() did not get to read it */
	if (errno == ENOMEM)
		return err_no_memory(err);
	return err_set(err, code, hint,
		       "%s/%s was not pinned by smccc_loader: it has no info that can be read",
		       pins->dir, name);
}

/* Its info comes first: what a killed loader leaves can then be told from what others pin. */
int pins__stage(const struct pins *pins, const char *name, const struct bpf_object *obj,
		struct json_object *record, struct err *err)
{
	char staging[NAME_LIMIT + sizeof(STAGING_SUFFIX)], path[PATH_MAX], old[PATH_MAX];

	staging_name(name, staging);
	if (pins__remove(pins, staging, err) || pins__path(pins, staging, NULL, path, err))
		return -1;
	if (mkdir(path, 0700))
		return fail_path("cannot make", path, err);
	if (pins__path(pins, staging, "info", path, err) || record__pin(record, obj, path, err) ||
	    pins__path(pins, staging, "maps", path, err))
		return -1;
	if (mkdir(path, 0700))
		return fail_path("cannot make", path, err);
	if (obj)
		return pin_maps(path, obj, err);
	return pins__path(pins, name, "maps", old, err) ? -1 : pin_again(old, path, err);
}

int pins__commit(const struct pins *pins, const char *name, struct err *err)
{
	char staging[NAME_LIMIT + sizeof(STAGING_SUFFIX)], from[PATH_MAX], to[PATH_MAX];
	bool exchange;

	staging_name(name, staging);
	if (pins__path(pins, staging, NULL, from, err) || pins__path(pins, name, NULL, to, err))
		return -1;
	if (pins__owner(pins, name) == PIN_OTHERS)
		return pins__fail_others(pins, name, ERR_NAME_TAKEN, "pin that elsewhere", err);
	exchange = !access(to, F_OK);
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, exchange ? RENAME_EXCHANGE : RENAME_NOREPLACE))
		return fail_path("cannot rename to", to, err);
	return exchange ? pins__remove(pins, staging, err) : 0;
}

/* The files in a folder, and no folder: there is none among our maps. */
static void unlink_files(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		unlinkat(fd, entry->d_name, 0);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

static int remove_file(const struct pins *pins, const char *name, const char *file, struct err *err)
{
	char path[PATH_MAX];

	if (pins__path(pins, name, file, path, err))
		return -1;
	return unlink(path) && errno != ENOENT ? fail_path("cannot remove", path, err) : 0;
}

/*
 * Only info is left of NAME: from here on it is NAME~new, which the next loader removes if
 * this one is killed. With something in it that is not ours it keeps its name.
 */
static const char *set_aside(const struct pins *pins, const char *name, char *staging)
{
	static const char *const known[] = { ".", "..", "info", NULL };
	char from[PATH_MAX], to[PATH_MAX], entry[NAME_MAX + 1];
	struct err ignored = {};

	if (strchr(name, STAGING_SUFFIX[0]))
		return name;
	staging_name(name, staging);
	if (pins__path(pins, name, NULL, from, &ignored) ||
	    pins__path(pins, staging, NULL, to, &ignored) || count_entries(from, known, entry) ||
	    renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
		return name;
	return staging;
}

/* All but the folder itself; *name gets what that is called by then. */
static int remove_ours(const struct pins *pins, const char **name, char *staging, struct err *err)
{
	char path[PATH_MAX];

	if (pins__path(pins, *name, "maps", path, err))
		return -1;
	unlink_files(path);
	if (rmdir(path) && errno != ENOENT)
		return fail_path("cannot remove", path, err);
	if (remove_file(pins, *name, "link", err))
		return -1;
	*name = set_aside(pins, *name, staging);
	return remove_file(pins, *name, "info", err);
}

int pins__remove(const struct pins *pins, const char *name, struct err *err)
{
	char path[PATH_MAX], staging[NAME_LIMIT + sizeof(STAGING_SUFFIX)];
	enum pin_owner owner = pins__owner(pins, name);
	int ret;

	if (owner == PIN_OTHERS)
		return pins__fail_others(pins, name, ERR_NAME_TAKEN, "pin that elsewhere", err);
	if ((owner == PIN_OURS && remove_ours(pins, &name, staging, err)) ||
	    pins__path(pins, name, NULL, path, err))
		return -1;
	if (!rmdir(path))
		return 0;
	ret = errno;
	/* on a read-only file system rmdir(2) does not tell that nothing is there */
	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	if (ret == ENOTEMPTY && pins__check_content(pins, name, ERR_FAILED, err))
		return -1;
	errno = ret;
	return fail_path("cannot remove", path, err);
}

int pins__remove_staged(const struct pins *pins, const char *name, struct err *err)
{
	char staging[NAME_LIMIT + sizeof(STAGING_SUFFIX)];

	staging_name(name, staging);
	return pins__remove(pins, staging, err);
}
