// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "attachment.h"
#include "kernel.h"
#include "listing.h"
#include "stats.h"

struct listing {
	struct btf *kernel;
	struct stats *stats;
	struct json_object *rows;
};

static struct json_object *make_counters(const struct vm_stats *vm)
{
	__u64 decided = vm->answered + vm->forwarded + vm->denied;
	const struct {
		const char *key;
		__u64 value;
	} counters[] = {
		{ "calls", vm->calls },
		/* a vCPU that never stops calling may have been read in between */
		{ "handled", vm->calls > decided ? vm->calls - decided : 0 },
		{ "answered", vm->answered },
		{ "forwarded", vm->forwarded },
		{ "denied", vm->denied },
		{ "violations", vm->violations },
	};
	struct json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		json_object_object_add(object, counters[i].key,
				       json_object_new_uint64(counters[i].value));
	return object;
}

static void add_counters(const struct listing *listing, const struct attachment *attachment,
			 struct json_object *row)
{
	const char *why = "the policy is on no VM";
	struct vm_stats vm = {};

	if (attachment__is_alive(attachment))
		why = stats__get(listing->stats, attachment->link_id, &vm);
	json_object_object_add(row, "counters", vm.known ? make_counters(&vm) : NULL);
	if (!vm.known)
		json_object_object_add(row, "counters_unknown", json_object_new_string(why));
}

static int add_row(struct attachment *attachment, void *arg)
{
	struct listing *listing = arg;
	struct json_object *row = attachment__row(attachment, listing->kernel);

	add_counters(listing, attachment, row);
	json_object_array_add(listing->rows, row);
	return 0;
}

struct json_object *listing__read(const struct pins *pins, struct err *err)
{
	struct listing listing = { .rows = json_object_new_array(), .stats = stats__open() };
	struct kernel_support support;
	int ret = listing.stats && listing.rows ? 0 : -ENOMEM;

	if (!ret) {
		stats__read(listing.stats);
		kernel__probe(&support, &listing.kernel);
		ret = attachment__for_each(pins, add_row, &listing);
	}
	if (!ret)
		ret = attachment__for_each_other(pins, listing.kernel, add_row, &listing);
	if (ret) {
		pins__fail_read(pins, ret, err);
		json_object_put(listing.rows);
		listing.rows = NULL;
	}
	stats__close(listing.stats);
	btf__free(listing.kernel);
	return listing.rows;
}
