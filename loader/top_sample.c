// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attachment.h"
#include "clock.h"
#include "names.h"
#include "top_sample.h"

/* --- whose link is it */

static int add_vm(struct attachment *attachment, void *arg)
{
	struct top_sample *sample = arg;
	struct top_vm *vms;
	size_t i;

	for (i = 0; i < sample->nr_vms; i++) {
		if (sample->vms[i].link_id == attachment->link_id)
			return 0;
	}
	vms = realloc(sample->vms, (sample->nr_vms + 1) * sizeof(*vms));
	if (!vms)
		return 0;
	sample->vms = vms;
	vms[sample->nr_vms].link_id = attachment->link_id;
	snprintf(vms[sample->nr_vms++].name, sizeof(vms->name), "%.*s", NAME_LIMIT,
		 attachment->name);
	return 0;
}

static const struct top_vm *find_vm(const struct top_sample *sample, __u32 link_id)
{
	size_t i;

	for (i = 0; i < sample->nr_vms; i++) {
		if (sample->vms[i].link_id == link_id)
			return &sample->vms[i];
	}
	return NULL;
}

/* The kernel numbers links anew: a name that was found once stays right. */
static void find_vms(struct top_sample *sample, const struct call_count *counts, size_t nr)
{
	struct top_vm *unknown;
	bool looked = false;
	size_t i;

	for (i = 0; i < nr; i++) {
		__u32 link_id = counts[i].key.link_id;

		if (find_vm(sample, link_id))
			continue;
		if (!looked)
			attachment__for_each(&sample->pins, add_vm, sample);
		looked = true;
		if (find_vm(sample, link_id))
			continue;
		/* a policy that is not pinned where we look */
		unknown = realloc(sample->vms, (sample->nr_vms + 1) * sizeof(*unknown));
		if (!unknown)
			return;
		sample->vms = unknown;
		unknown += sample->nr_vms++;
		unknown->link_id = link_id;
		snprintf(unknown->name, sizeof(unknown->name), "link %u", link_id);
	}
}

/* --- rows */

/* Both are sorted by key, and counters do not go away. */
static __u64 calls_before(const struct top_sample *sample, size_t *at, const struct call_key *key)
{
	while (*at < sample->nr_before) {
		const struct call_count *before = &sample->before[*at];
		int order = memcmp(&before->key, key, sizeof(*key));

		if (order > 0)
			break;
		(*at)++;
		if (!order)
			return before->calls;
	}
	return 0;
}

/* The most frequent first; else an order that stays. */
static int compare(const void *a, const void *b)
{
	const struct top_row *x = a, *y = b;

	if (x->calls != y->calls)
		return x->calls < y->calls ? 1 : -1;
	if (x->total != y->total)
		return x->total < y->total ? 1 : -1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static int make_rows(struct top_sample *sample, const struct call_count *counts, size_t nr)
{
	const struct top_vm *vm;
	struct top_row *row;
	size_t i, at = 0;
	__u64 before;
	__u32 link_id = 0;

	free(sample->rows);
	sample->rows = calloc(nr + 1, sizeof(*sample->rows));
	sample->nr_rows = 0;
	sample->calls = 0;
	sample->active = 0;
	if (!sample->rows)
		return -1;
	for (i = 0; i < nr; i++) {
		before = calls_before(sample, &at, &counts[i].key);
		vm = find_vm(sample, counts[i].key.link_id);
		if (!vm || !pins__is_among(sample->names, sample->count, vm->name))
			continue;
		row = &sample->rows[sample->nr_rows++];
		*row = (struct top_row){ counts[i].key, vm->name, counts[i].calls - before,
					 counts[i].calls };
		sample->calls += row->calls;
		sample->active += vm->link_id != link_id;
		link_id = vm->link_id;
	}
	qsort(sample->rows, sample->nr_rows, sizeof(*sample->rows), compare);
	return 0;
}

int top_sample__take(struct top_sample *sample, struct err *err)
{
	__u64 now = clock_ns(CLOCK_MONOTONIC);
	struct call_count *counts;
	size_t nr;

	counts = call_counts__read(&sample->counts, &nr);
	if (!counts)
		return err_no_memory(err);
	find_vms(sample, counts, nr);
	sample->seconds = (now - sample->time_ns) / 1e9;
	sample->time_ns = now;
	sample->lost = sample->counts.lost ? *sample->counts.lost : 0;
	if (make_rows(sample, counts, nr)) {
		free(counts);
		return err_no_memory(err);
	}
	free(sample->before);
	sample->before = counts;
	sample->nr_before = nr;
	return 0;
}

int top_sample__open(struct top_sample *sample, struct err *err)
{
	int i, ret;
	size_t v;

	if (call_counts__open(&sample->counts, err))
		return -1;
	ret = attachment__for_each(&sample->pins, add_vm, sample);
	if (ret)
		return pins__fail_read(&sample->pins, ret, err);
	for (i = 0; i < sample->count; i++) {
		for (v = 0; v < sample->nr_vms && strcmp(sample->vms[v].name, sample->names[i]);
		     v++)
			;
		if (v == sample->nr_vms)
			return err_set(err, ERR_NO_SUCH_NAME, "see smccc_loader list",
				       "no policy is attached under the name %s", sample->names[i]);
	}
	sample->time_ns = clock_ns(CLOCK_MONOTONIC);
	return 0;
}

void top_sample__close(struct top_sample *sample)
{
	call_counts__close(&sample->counts);
	free(sample->before);
	free(sample->rows);
	free(sample->vms);
}

const char *top_row__function(const struct top_row *row, char *text)
{
	__u32 id = row->key.func_id;
	const char *name = names__function(id);

	if (id == CALL_COUNTS_OTHER)
		return "others";
	if (name)
		return name;
	name = names__function(id & ~SMCCC_SVE_HINT);
	snprintf(text, NAMES_CALL_SIZE, name ? "%s (SVE hint)" : "%s0x%08x", name ? name : "", id);
	return text;
}

double top_row__rate(const struct top_sample *sample, const struct top_row *row)
{
	return sample->seconds > 0 ? row->calls / sample->seconds : 0;
}
