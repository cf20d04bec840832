// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "kernel.h"
#include "pins.h"
#include "record.h"
#include "recover.h"

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

static int ensure_bpffs(const char *dir, struct err *err)
{
	if (bpffs__holds(dir))
		return 0;
	if (!is_below_bpffs(dir))
		return err_set(
			err, ERR_NO_BPFFS, "choose a folder below " BPFFS,
			"%s is not on a BPF file system, so that nothing can be pinned there", dir);
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

static int fail_path(const char *what, const char *path, struct err *err)
{
	int ret = errno;

	return err_set(err, ret == EACCES || ret == EPERM ? ERR_NO_PERMISSION : ERR_FAILED,
		       ret == EACCES || ret == EPERM ?
			       "run as root, or give a folder of your own with --pin-dir" :
			       NULL,
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

int pins__make(const struct pins *pins, struct err *err)
{
	if (pins->dir[0] != '/')
		return err_set(err, ERR_USAGE, "give it from the root on",
			       "--pin-dir %s is not an absolute path", pins->dir);
	if (ensure_bpffs(pins->dir, err))
		return -1;
	return make_dirs(pins->dir, err);
}

int pins__lock(struct pins *pins, struct err *err)
{
	pins->lock = open(pins->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (pins->lock < 0)
		return fail_path("cannot open", pins->dir, err);
	if (flock(pins->lock, LOCK_EX))
		return fail_path("cannot lock", pins->dir, err);
	return recover__all(pins, err);
}

void pins__close(struct pins *pins)
{
	if (pins->lock >= 0)
		close(pins->lock);
	pins->lock = -1;
}

int pins__check_name(const char *name, struct err *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-";
	size_t len = strlen(name);

	/* the kernel refuses dots in the names of a BPF file system */
	if (!len || len > NAME_LIMIT || name[0] == '-' || strspn(name, allowed) != len)
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

/* Under which name a map is pinned; false if it is not for readers. */
static bool pin_name(const struct bpf_map *map, char *name, size_t size)
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
		if (!pin_name(map, name, sizeof(name)))
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
			return err_set(err, ERR_FAILED, NULL, "the path of map %s is too long",
				       name);
		if (bpf_obj_pin(bpf_map__fd(map), path))
			return fail_path("cannot pin", path, err);
	}
	return 0;
}

int pins__stage(const struct pins *pins, const char *name, const struct bpf_object *obj,
		struct json_object *record, struct err *err)
{
	char staging[NAME_LIMIT + sizeof(STAGING_SUFFIX)], path[PATH_MAX];

	staging_name(name, staging);
	if (pins__remove(pins, staging, err) || pins__path(pins, staging, NULL, path, err))
		return -1;
	if (mkdir(path, 0700))
		return fail_path("cannot make", path, err);
	if (pins__path(pins, staging, "maps", path, err))
		return -1;
	if (mkdir(path, 0700))
		return fail_path("cannot make", path, err);
	if (pin_maps(path, obj, err) || pins__path(pins, staging, "info", path, err))
		return -1;
	return record__pin(record, path, err);
}

int pins__commit(const struct pins *pins, const char *name, bool exchange, struct err *err)
{
	char staging[NAME_LIMIT + sizeof(STAGING_SUFFIX)], from[PATH_MAX], to[PATH_MAX];
	unsigned int flags = exchange ? RENAME_EXCHANGE : RENAME_NOREPLACE;

	staging_name(name, staging);
	if (pins__path(pins, staging, NULL, from, err) || pins__path(pins, name, NULL, to, err))
		return -1;
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, flags))
		return fail_path("cannot rename to", to, err);
	return exchange ? pins__remove(pins, staging, err) : 0;
}

static int remove_tree(const char *path, struct err *err)
{
	char child[PATH_MAX];
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	if (!unlink(path) || errno == ENOENT)
		return 0;
	dir = opendir(path);
	while (dir && !ret && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (snprintf(child, sizeof(child), "%s/%s", path, entry->d_name) <
		    (int)sizeof(child))
			ret = remove_tree(child, err);
	}
	if (dir)
		closedir(dir);
	if (!ret && rmdir(path))
		return fail_path("cannot remove", path, err);
	return ret;
}

int pins__remove(const struct pins *pins, const char *name, struct err *err)
{
	char path[PATH_MAX];

	if (pins__path(pins, name, NULL, path, err))
		return -1;
	return remove_tree(path, err);
}

int pins__remove_staged(const struct pins *pins, const char *name, struct err *err)
{
	char staging[NAME_LIMIT + sizeof(STAGING_SUFFIX)];

	staging_name(name, staging);
	return pins__remove(pins, staging, err);
}
