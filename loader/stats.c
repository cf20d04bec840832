// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "embed.h"
#include "stats.h"
#include "stats_record.h"

EMBED(stats_object, STATS_OBJECT);

struct stats {
	struct bpf_object *obj;
	struct bpf_link *link;
	char why[128]; /* nothing is known, or "" */
	struct stats_record *record;
	size_t count, room;
};

static void fail(struct stats *stats, int ret)
{
	stats->count = 0;
	if (ret == -EPERM || ret == -EACCES)
		snprintf(stats->why, sizeof(stats->why),
			 "reading them takes CAP_BPF and CAP_PERFMON");
	else
		snprintf(stats->why, sizeof(stats->why), "this kernel does not tell: %s",
			 strerror(-ret));
}

static int load(struct stats *stats)
{
	struct bpf_program *program;

	stats->obj = bpf_object__open_mem(stats_object, stats_object_end - stats_object, NULL);
	if (!stats->obj)
		return -errno;
	if (bpf_object__load(stats->obj))
		return -errno;
	program = bpf_object__find_program_by_name(stats->obj, "read_stats");
	stats->link = program ? bpf_program__attach_iter(program, NULL) : NULL;
	return stats->link ? 0 : -errno;
}

struct stats *stats__open(void)
{
	struct stats *stats = calloc(1, sizeof(*stats));
	int ret;

	if (!stats)
		return NULL;
	ret = load(stats);
	if (ret)
		fail(stats, ret);
	return stats;
}

void stats__close(struct stats *stats)
{
	if (!stats)
		return;
	bpf_link__destroy(stats->link);
	bpf_object__close(stats->obj);
	free(stats->record);
	free(stats);
}

static int add(struct stats *stats, const struct stats_record *record)
{
	if (stats->count == stats->room) {
		size_t room = stats->room ? stats->room * 2 : 64;
		struct stats_record *more = realloc(stats->record, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		stats->record = more;
		stats->room = room;
	}
	stats->record[stats->count++] = *record;
	return 0;
}

/* By link; the vCPUs of a link in order, so that those that are open twice follow each other. */
static int compare(const void *left, const void *right)
{
	const struct stats_record *a = left, *b = right;

	if (a->link_id != b->link_id)
		return a->link_id < b->link_id ? -1 : 1;
	return a->vcpu < b->vcpu ? -1 : a->vcpu > b->vcpu;
}

void stats__read(struct stats *stats)
{
	struct stats_record record;
	FILE *file;
	int fd, ret = 0;

	if (!stats->link)
		return;
	stats->count = 0;
	stats->why[0] = '\0';
	fd = bpf_iter_create(bpf_link__fd(stats->link));
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		fail(stats, fd < 0 ? fd : -errno);
		if (fd >= 0)
			close(fd);
		return;
	}
	while (!ret && fread(&record, sizeof(record), 1, file) == 1)
		ret = add(stats, &record);
	if (!ret && ferror(file))
		ret = -errno;
	fclose(file);
	if (ret)
		fail(stats, ret);
	else if (stats->count)
		qsort(stats->record, stats->count, sizeof(*stats->record), compare);
}

static void sum(struct vm_stats *vm, const struct stats_record *record)
{
	vm->calls += record->counter[STATS_CALLS];
	vm->answered += record->counter[STATS_ANSWERED];
	vm->forwarded += record->counter[STATS_FORWARDED];
	vm->denied += record->counter[STATS_DENIED];
	vm->violations += record->counter[STATS_VIOLATIONS];
}

const char *stats__get(const struct stats *stats, __u32 link_id, struct vm_stats *vm)
{
	const struct stats_record *record = stats->record, *end = record + stats->count;
	__u32 vcpus = 0, found = 0;
	bool there = false;
	__u64 last = 0;

	memset(vm, 0, sizeof(*vm));
	for (; record < end; record++) {
		if (record->link_id != link_id)
			continue;
		there = true;
		if (record->vcpus > vcpus)
			vcpus = record->vcpus;
		/* a vCPU's file may be open more than once, in one process and in several */
		if (record->vcpu && record->vcpu != last) {
			found++;
			sum(vm, record);
		}
		last = record->vcpu;
	}
	vm->known = there && found >= vcpus;
	if (vm->known)
		return NULL;
	memset(vm, 0, sizeof(*vm));
	if (stats->why[0])
		return stats->why;
	return there ? "the VMM has closed the fd of a vCPU" : "no process has the VM open";
}
