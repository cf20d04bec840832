// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attachment.h"
#include "record.h"
#include "recover.h"

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

int recover__for_each(const struct pins *pins, recover_visitor visit, void *arg)
{
	char name[NAME_LIMIT + 1];
	struct dirent **entries;
	int count = scandir(pins->dir, &entries, NULL, alphasort);
	int i, ret = 0;

	for (i = 0; i < count; i++) {
		const char *entry = entries[i]->d_name;

		/* an empty NAME~new may be anybody's */
		if (!ret && is_staged(entry, name) && pins__owner(pins, entry) == PIN_OURS)
			ret = visit(name, is_in_force(pins, entry), arg);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return ret;
}

struct recovery {
	const struct pins *pins;
	struct err *err;
};

static int recover(const char *name, bool in_force, void *arg)
{
	const struct recovery *recovery = arg;

	return in_force ? pins__commit(recovery->pins, name, recovery->err) :
			  pins__remove_staged(recovery->pins, name, recovery->err);
}

int recover__all(const struct pins *pins, struct err *err)
{
	struct recovery recovery = { .pins = pins, .err = err };

	return recover__for_each(pins, recover, &recovery);
}
