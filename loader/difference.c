// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "difference.h"

static int kind_of(struct diff *diff, const struct change *change, __u16 *kind, struct err *err)
{
	struct change *more;
	size_t i;

	for (i = 1; i < diff->changes; i++) {
		if (!memcmp(&diff->change[i], change, sizeof(*change))) {
			*kind = i;
			return 0;
		}
	}
	more = i < 0xffff ? realloc(diff->change, (i + 1) * sizeof(*more)) : NULL;
	if (!more)
		return err_no_memory(err);
	diff->change = more;
	diff->change[i] = *change;
	diff->changes = i + 1;
	*kind = i;
	return 0;
}

/* What the two do to a call with some argument; where state decides, nothing can be told. */
bool diff__within(const struct diff *diff, size_t i, struct probe_difference *difference)
{
	const struct probe *old = &diff->old.probes.probe[i], *new = &diff->new.probes.probe[i];

	if ((old->depends | new->depends) & 1 << THING_STATE)
		return false;
	return probe__difference(&diff->plan, old, new, difference);
}

/* IDs of one class, in which the two may yet differ by argument. */
static int compare_probes(struct diff *diff, struct err *err)
{
	struct probe_difference difference;
	size_t i;

	for (i = 0; i < diff->plan.nr_ids; i++) {
		__u32 index = sweep__index(diff->plan.ids[i]);
		struct change change;

		if (diff->kinds[index] || !diff__within(diff, i, &difference))
			continue;
		memset(&change, 0, sizeof(change));
		change.old = change.new = diff->old.classes[index];
		change.within = true;
		if (kind_of(diff, &change, &diff->kinds[index], err))
			return -1;
	}
	return 0;
}

int diff__compare(struct diff *diff, struct err *err)
{
	struct change last = {};
	__u16 kind = 0;
	size_t i;

	diff->kinds = calloc(SWEEP_SIZE, sizeof(*diff->kinds));
	if (!diff->kinds)
		return err_no_memory(err);
	for (i = 0; i < SWEEP_SIZE; i++) {
		struct change change;

		if (diff->old.classes[i] == diff->new.classes[i])
			continue;
		memset(&change, 0, sizeof(change));
		change.old = diff->old.classes[i];
		change.new = diff->new.classes[i];
		if (!kind || memcmp(&change, &last, sizeof(change))) {
			if (kind_of(diff, &change, &kind, err))
				return -1;
			memcpy(&last, &change, sizeof(last));
		}
		diff->kinds[i] = kind;
	}
	return compare_probes(diff, err);
}

void diff__free(struct diff *diff)
{
	behaviour__free(&diff->old);
	behaviour__free(&diff->new);
	class_table__free(&diff->table);
	plan__free(&diff->plan);
	free(diff->change);
	free(diff->kinds);
	memset(diff, 0, sizeof(*diff));
}
