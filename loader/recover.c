// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attachment.h"
#include "record.h"
#include "recover.h"

/* An empty folder. No attachment has this name: '~' is not allowed in them. */
#define MANY_MARKER "many~undo"

static bool is_staged(const char *entry, char *name)
{
	size_t len = strlen(entry), suffix = strlen(STAGING_SUFFIX);

	if (len <= suffix || len - suffix > NAME_LIMIT ||
	    strcmp(entry + len - suffix, STAGING_SUFFIX))
		return false;
	snprintf(name, NAME_LIMIT + 1, "%.*s", (int)(len - suffix), entry);
	return true;
}

/* NAME~new tells of the policy that its link holds: the kernel had done its part. */
static bool is_in_force(const struct pins *pins, const char *entry)
{
	struct attachment staged;
	bool in_force;

	if (attachment__open(&staged, pins, entry))
		return false;
	in_force = attachment__is_alive(&staged) && staged.record &&
		   record__number(staged.record, "map_id") == staged.map_id;
	attachment__close(&staged);
	return in_force;
}

/* Not by removing the last pin, which detaches a little later. */
static void detach(const struct pins *pins, const char *entry)
{
	struct attachment staged;

	if (attachment__open(&staged, pins, entry))
		return;
	bpf_link_detach(staged.link_fd);
	attachment__close(&staged);
}

static bool has_marker(const struct pins *pins)
{
	struct err ignored = {};
	char path[PATH_MAX];

	return !pins__path(pins, MANY_MARKER, NULL, path, &ignored) && !access(path, F_OK);
}

int recover__for_each(const struct pins *pins, recover_visitor visit, void *arg)
{
	char name[NAME_LIMIT + 1];
	struct dirent **entries;
	bool undo = has_marker(pins);
	int count = scandir(pins->dir, &entries, NULL, alphasort);
	int i, ret = 0;

	for (i = 0; i < count; i++) {
		const char *entry = entries[i]->d_name;

		/* an empty one: its loader was killed before it could pin its info, or after */
		if (!ret && is_staged(entry, name) && pins__owner(pins, entry) != PIN_OTHERS)
			ret = visit(name, !undo && is_in_force(pins, entry), arg);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return ret;
}

struct recovery {
	const struct pins *pins;
	bool undo; /* attachments, and so no link in force is that of an older policy */
	struct err *err;
};

static int recover(const char *name, bool finish, void *arg)
{
	char staging[NAME_LIMIT + sizeof(STAGING_SUFFIX)];
	const struct recovery *recovery = arg;

	if (finish)
		return pins__commit(recovery->pins, name, recovery->err);
	snprintf(staging, sizeof(staging), "%s" STAGING_SUFFIX, name);
	if (recovery->undo)
		detach(recovery->pins, staging);
	return pins__remove(recovery->pins, staging, recovery->err);
}

int recover__all(const struct pins *pins, struct err *err)
{
	struct recovery recovery = { .pins = pins, .undo = has_marker(pins), .err = err };
	int ret = recover__for_each(pins, recover, &recovery);

	return ret || !recovery.undo ? ret : recover__end_many(pins, err);
}

static int fail_marker(const char *what, const char *path, struct err *err)
{
	return err_set(err, errno == EACCES ? ERR_NO_PERMISSION : ERR_FAILED, NULL,
		       "cannot %s %s: %s", what, path, strerror(errno));
}

int recover__begin_many(const struct pins *pins, struct err *err)
{
	char path[PATH_MAX];

	if (pins__path(pins, MANY_MARKER, NULL, path, err))
		return -1;
	return mkdir(path, 0700) ? fail_marker("make", path, err) : 0;
}

int recover__end_many(const struct pins *pins, struct err *err)
{
	char path[PATH_MAX];

	if (pins__path(pins, MANY_MARKER, NULL, path, err))
		return -1;
	return rmdir(path) && errno != ENOENT ? fail_marker("remove", path, err) : 0;
}
