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

static int append_vm(struct top_sample *sample, __u32 link_id, const char *name)
{
	struct top_vm *vms = reallocarray(sample->vms, sample->nr_vms + 1, sizeof(*vms));
	struct top_vm *vm;

	if (!vms)
		return -ENOMEM;
	sample->vms = vms;
	vm = &vms[sample->nr_vms++];
	*vm = (struct top_vm){ .link_id = link_id };
	snprintf(vm->name, sizeof(vm->name), "%.*s", NAME_LIMIT, name);
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

static int add_vm(struct attachment *attachment, void *arg)
{
	struct top_sample *sample = arg;

	return find_vm(sample, attachment->link_id) ?
		       0 :
		       append_vm(sample, attachment->link_id, attachment->name);
}

/* Of a policy that is not pinned where we look. */
static int add_unknown(struct top_sample *sample, __u32 link_id)
{
	char name[NAME_LIMIT + 1];

	/* 0: the policy was being replaced or detached, and it cannot be told which one's it was */
	snprintf(name, sizeof(name), link_id ? "link %u" : "?", link_id);
	return append_vm(sample, link_id, name);
}

/* The kernel numbers links anew: a name that was found once stays right. */
static int find_vms(struct top_sample *sample, const struct call_count *counts, size_t nr)
{
	bool looked = false;
	size_t i;

	for (i = 0; i < nr; i++) {
		__u32 link_id = counts[i].key.link_id;

		if (i && counts[i - 1].key.link_id == link_id)
			continue;
		if (find_vm(sample, link_id))
			continue;
		if (!looked && attachment__for_each(&sample->pins, add_vm, sample) == -ENOMEM)
			return -ENOMEM;
		looked = true;
		if (!find_vm(sample, link_id) && add_unknown(sample, link_id))
			return -ENOMEM;
	}
	return 0;
}

/* --- what has ended */

static bool is_ended(__u32 link_id, const void *arg)
{
	const struct top_vm *vm = find_vm(arg, link_id);

	return vm && vm->ended;
}

/* What was in the last sample for the last time: nothing is told of it any more. */
static void forget_ended(struct top_sample *sample)
{
	size_t i, left = 0;

	for (i = 0; i < sample->nr_vms; i++) {
		if (!sample->vms[i].ended)
			sample->vms[left++] = sample->vms[i];
	}
	sample->nr_vms = left;
}

/* How many have ended since the last sample. */
static int find_ended(struct top_sample *sample, size_t *ended, struct err *err)
{
	size_t i, at, nr;
	__u32 *ids;

	if (call_counts__list_links(&sample->counts, &ids, &nr, err))
		return -1;
	*ended = 0;
	for (i = 0; i < sample->nr_vms; i++) {
		for (at = 0; at < nr && ids[at] != sample->vms[i].link_id; at++)
			;
		sample->vms[i].ended = at == nr;
		*ended += at == nr;
	}
	free(ids);
	return 0;
}

/* --- rows */

/* Both are sorted by key, and counters go away with their links only. */
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
	const struct top_vm *vm = NULL, *last = NULL;
	struct top_row *row;
	size_t i, at = 0;
	__u64 before;

	free(sample->rows);
	sample->rows = calloc(nr + 1, sizeof(*sample->rows));
	sample->nr_rows = 0;
	sample->calls = 0;
	sample->active = 0;
	if (!sample->rows)
		return -1;
	for (i = 0; i < nr; i++) {
		before = calls_before(sample, &at, &counts[i].key);
		if (!vm || vm->link_id != counts[i].key.link_id)
			vm = find_vm(sample, counts[i].key.link_id);
		if (!pins__is_among(sample->names, sample->count, vm->name))
			continue;
		row = &sample->rows[sample->nr_rows++];
		*row = (struct top_row){ counts[i].key, vm->name, counts[i].calls - before,
					 counts[i].calls };
		sample->calls += row->calls;
		sample->active += vm != last;
		last = vm;
	}
	qsort(sample->rows, sample->nr_rows, sizeof(*sample->rows), compare);
	return 0;
}

/* The rows refer to the VMs: none may be added or forgotten until the next sample. */
static int show_counts(struct top_sample *sample, struct call_count *counts, size_t nr)
{
	if (find_vms(sample, counts, nr) || make_rows(sample, counts, nr)) {
		free(counts);
		return -ENOMEM;
	}
	free(sample->before);
	sample->before = counts;
	sample->nr_before = call_counts__drop(counts, nr, is_ended, sample);
	return 0;
}

int top_sample__take(struct top_sample *sample, struct err *err)
{
	__u64 now = clock_ns(CLOCK_MONOTONIC);
	struct call_count *counts;
	size_t nr, ended;

	forget_ended(sample);
	if (find_ended(sample, &ended, err))
		return -1;
	if (ended)
		counts = call_counts__read_out(&sample->counts, is_ended, sample, &nr, err);
	else
		counts = call_counts__read(&sample->counts, &nr);
	/* read_out() may have said more: the first error stays */
	if (!counts)
		return err_no_memory(err);
	sample->seconds = (now - sample->time_ns) / 1e9;
	sample->time_ns = now;
	sample->lost = sample->counts.lost ? *sample->counts.lost : 0;
	return show_counts(sample, counts, nr) ? err_no_memory(err) : 0;
}

int top_sample__open(struct top_sample *sample, __u32 room, struct err *err)
{
	int i, ret;
	size_t v;

	if (call_counts__open(&sample->counts, room, err))
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
