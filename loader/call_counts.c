// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf_log.h"
#include "call_counts.h"
#include "counters.h"
#include "embed.h"
#include "global.h"
#include "kernel.h"

EMBED(call_counts_object, CALL_COUNTS_OBJECT);

static int check_rights(struct err *err)
{
	char missing[64];

	kernel__missing_capabilities(missing, sizeof(missing));
	if (!missing[0])
		return 0;
	return err_set(err, ERR_NO_PERMISSION, "run as root, or grant it" GRANT_HOW,
		       "counting calls by a tracepoint needs %s", missing);
}

static int fail(int ret, const char *what, struct err *err)
{
	return err_set(err, ret == -EPERM ? ERR_NO_PERMISSION : ERR_FAILED, NULL,
		       "cannot %s the program that counts calls: %s%s%s", what, strerror(-ret),
		       bpf_log__warning()[0] ? ": " : "", bpf_log__warning());
}

int call_counts__open(struct call_counts *counts, struct err *err)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "call_counts");
	struct bpf_program *prog;
	struct btf *kernel = NULL;
	int ret;

	ret = check_rights(err) ? -1 : kernel__require(&kernel, err);
	btf__free(kernel);
	if (ret)
		return -1;
	counts->cpus = libbpf_num_possible_cpus();
	counts->obj = bpf_object__open_mem(call_counts_object,
					   call_counts_object_end - call_counts_object, &opts);
	if (!counts->obj)
		return fail(-errno, "open", err);
	ret = bpf_object__load(counts->obj);
	if (ret)
		return fail(ret, "load", err);
	prog = bpf_object__find_program_by_name(counts->obj, "count_call");
	counts->link = bpf_program__attach(prog);
	if (!counts->link)
		return fail(-errno, "start", err);
	counts->fd = bpf_object__find_map_fd_by_name(counts->obj, "calls");
	counts->lost = global__find(counts->obj, ".bss", "lost", sizeof(__u64));
	counts->values = calloc(counts->cpus, sizeof(*counts->values));
	return counts->values ? 0 : err_no_memory(err);
}

void call_counts__close(struct call_counts *counts)
{
	bpf_link__destroy(counts->link);
	bpf_object__close(counts->obj);
	free(counts->values);
	*counts = (struct call_counts){};
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct call_key));
}

struct call_count *call_counts__read(const struct call_counts *counts, size_t *nr)
{
	struct call_key key, *previous = NULL;
	struct call_count *all = malloc(sizeof(*all)), *more;
	size_t size = 1;

	*nr = 0;
	while (all && !bpf_map_get_next_key(counts->fd, previous, &key)) {
		if (*nr == size) {
			size *= 2;
			more = realloc(all, size * sizeof(*all));
			if (!more)
				free(all);
			all = more;
			if (!all)
				return NULL;
		}
		all[*nr] = (struct call_count){ .key = key };
		counters__sum(counts->fd, &key, counts->values, counts->cpus, &all[*nr].calls);
		(*nr)++;
		previous = &key;
	}
	if (all)
		qsort(all, *nr, sizeof(*all), compare);
	return all;
}
