// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "counters.h"

const char *counters__verdict(__u32 verdict)
{
	/* enum kvm_smccc_verdict */
	static const char *const names[] = { "HANDLE", "DENY", "FORWARD", "ANSWER" };

	return verdict < sizeof(names) / sizeof(names[0]) ? names[verdict] : NULL;
}

bool counters__fit(const struct bpf_map_info *info)
{
	return info->type == BPF_MAP_TYPE_PERCPU_HASH &&
	       info->key_size == sizeof(struct smccc_counter_key) &&
	       info->value_size == sizeof(__u64);
}

static int check_map(int fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	int ret = bpf_map_get_info_by_fd(fd, &info, &len);

	if (ret)
		return ret;
	return counters__fit(&info) ? 0 : -EINVAL;
}

struct counter {
	struct smccc_counter_key key;
	__u64 count;
};

struct counters {
	struct counter *counter;
	size_t count, room;
};

static struct counter *add(struct counters *counters)
{
	size_t room = counters->room ? 2 * counters->room : 64;
	struct counter *more;

	if (counters->count == counters->room) {
		more = reallocarray(counters->counter, room, sizeof(*more));
		if (!more)
			return NULL;
		counters->counter = more;
		counters->room = room;
	}
	return &counters->counter[counters->count++];
}

int counters__sum(int fd, const void *key, __u64 *values, int cpus, __u64 *sum)
{
	int i, ret = bpf_map_lookup_elem(fd, key, values);

	*sum = 0;
	for (i = 0; !ret && i < cpus; i++)
		*sum += values[i];
	return ret;
}

static int read_map(int fd, __u64 *values, int cpus, struct counters *counters)
{
	struct smccc_counter_key key, *previous = NULL;
	struct counter *counter;
	int ret;

	while (!(ret = bpf_map_get_next_key(fd, previous, &key))) {
		counter = add(counters);
		if (!counter)
			return -ENOMEM;
		counter->key = key;
		/* counters are never removed */
		ret = counters__sum(fd, &key, values, cpus, &counter->count);
		if (ret)
			return ret;
		previous = &key;
	}
	return ret == -ENOENT ? 0 : ret;
}

static int by_function(const void *a, const void *b)
{
	const struct smccc_counter_key *x = a, *y = b;

	if (x->func_id != y->func_id)
		return x->func_id < y->func_id ? -1 : 1;
	return x->verdict < y->verdict ? -1 : x->verdict > y->verdict;
}

/* The map has them in an order of its own, which is another one in each kernel. */
static int read_sorted(int fd, int cpus, counters_visitor visit, void *arg)
{
	__u64 *values = calloc(cpus, sizeof(*values));
	struct counters counters = {};
	int ret = values ? read_map(fd, values, cpus, &counters) : -ENOMEM;
	size_t i;

	if (!ret && counters.count)
		qsort(counters.counter, counters.count, sizeof(struct counter), by_function);
	for (i = 0; !ret && i < counters.count; i++)
		visit(&counters.counter[i].key, counters.counter[i].count, arg);
	free(counters.counter);
	free(values);
	return ret;
}

int counters__for_each(const char *path, counters_visitor visit, void *arg)
{
	int fd = bpf_obj_get(path), cpus = libbpf_num_possible_cpus(), ret;

	if (fd < 0)
		return fd;
	ret = cpus < 0 ? cpus : check_map(fd);
	if (!ret)
		ret = read_sorted(fd, cpus, visit, arg);
	close(fd);
	return ret;
}
