// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static int attach(struct call_counts *counts)
{
	struct bpf_program *count = bpf_object__find_program_by_name(counts->obj, "count_call");
	struct bpf_program *list = bpf_object__find_program_by_name(counts->obj, "list_links");

	counts->link = bpf_program__attach(count);
	counts->links = counts->link ? bpf_program__attach_iter(list, NULL) : NULL;
	return counts->links ? 0 : -errno;
}

int call_counts__open(struct call_counts *counts, __u32 room, struct err *err)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "call_counts");
	struct btf *kernel = NULL;
	struct bpf_map *first;
	int ret;

	counts->fd = -1;
	ret = check_rights(err) ? -1 : kernel__require(&kernel, err);
	btf__free(kernel);
	if (ret)
		return -1;
	counts->room = room ? room : CALL_COUNTS_ROOM;
	counts->cpus = libbpf_num_possible_cpus();
	counts->obj = bpf_object__open_mem(call_counts_object,
					   call_counts_object_end - call_counts_object, &opts);
	if (!counts->obj)
		return fail(-errno, "open", err);
	first = bpf_object__find_map_by_name(counts->obj, "first");
	ret = bpf_map__set_max_entries(first, counts->room);
	if (!ret)
		ret = bpf_object__load(counts->obj);
	if (ret)
		return fail(ret, "load", err);
	counts->calls_fd = bpf_object__find_map_fd_by_name(counts->obj, "calls");
	counts->fd = fcntl(bpf_map__fd(first), F_DUPFD_CLOEXEC, 0);
	if (counts->fd < 0)
		return fail(-errno, "start", err);
	counts->lost = global__find(counts->obj, ".bss", "lost", sizeof(__u64));
	counts->values = calloc(counts->cpus, sizeof(*counts->values));
	if (!counts->values)
		return err_no_memory(err);
	ret = attach(counts);
	return ret ? fail(ret, "start", err) : 0;
}

void call_counts__close(struct call_counts *counts)
{
	bpf_link__destroy(counts->links);
	bpf_link__destroy(counts->link);
	bpf_object__close(counts->obj);
	if (counts->obj && counts->fd >= 0)
		close(counts->fd);
	free(counts->values);
	free(counts->kept);
	*counts = (struct call_counts){ .fd = -1 };
}

/* --- reading */

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct call_key));
}

/* The map where calls are counted, not sorted, behind those that were counted before. */
static struct call_count *read_map(struct call_counts *counts, size_t *nr)
{
	size_t size = counts->nr_kept + 64;
	struct call_count *all = malloc(size * sizeof(*all)), *more;
	struct call_key key, *previous = NULL;

	*nr = counts->nr_kept;
	if (all && counts->nr_kept)
		memcpy(all, counts->kept, counts->nr_kept * sizeof(*all));
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
	counts->used = *nr - counts->nr_kept;
	return all;
}

struct call_count *call_counts__read(struct call_counts *counts, size_t *nr)
{
	struct call_count *all = read_map(counts, nr);
	size_t i, last = 0;

	if (!all || !*nr)
		return all;
	qsort(all, *nr, sizeof(*all), compare);
	for (i = 1; i < *nr; i++) {
		if (!compare(&all[last].key, &all[i].key))
			all[last].calls += all[i].calls;
		else
			all[++last] = all[i];
	}
	*nr = last + 1;
	return all;
}

/* --- making room */

size_t call_counts__drop(struct call_count *all, size_t nr, call_counts_is_ended is_ended,
			 const void *arg)
{
	size_t i, left = 0;

	for (i = 0; i < nr; i++) {
		if (!is_ended(all[i].key.link_id, arg))
			all[left++] = all[i];
	}
	return left;
}

/*
 * An empty one, but with a counter for each function that has one, so that an ID
 * without a name does not count as another one. Those for which there is no room are
 * made when they are needed.
 */
static int new_map(struct call_counts *counts, const struct call_count *all, size_t nr)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd = bpf_map_create(BPF_MAP_TYPE_PERCPU_HASH, "calls", sizeof(struct call_key),
				sizeof(__u64), counts->room, &opts);
	size_t i;

	memset(counts->values, 0, counts->cpus * sizeof(*counts->values));
	counts->used = 0;
	for (i = 0; fd >= 0 && i < nr; i++)
		counts->used += !bpf_map_update_elem(fd, &all[i].key, counts->values, BPF_ANY);
	return fd;
}

/* Calls are counted in another map; those that were just being counted are in the old one. */
static int change_map(struct call_counts *counts, int fd)
{
	__u32 now = 0;

	/* the kernel waits here until no program uses the old one any more */
	return bpf_map_update_elem(counts->calls_fd, &now, &fd, BPF_ANY);
}

static int fail_change(int ret, struct err *err)
{
	return err_set(err, ERR_FAILED, NULL, "cannot make room for counters of calls: %s",
		       strerror(-ret));
}

/* What the old map says stays said, but for the links that have ended. */
static bool keep(struct call_counts *counts, const struct call_count *all, size_t nr,
		 call_counts_is_ended is_ended, const void *arg)
{
	struct call_count *kept = malloc((nr + 1) * sizeof(*kept));

	if (!kept)
		return false;
	memcpy(kept, all, nr * sizeof(*kept));
	free(counts->kept);
	counts->kept = kept;
	counts->nr_kept = call_counts__drop(kept, nr, is_ended, arg);
	return true;
}

struct call_count *call_counts__read_out(struct call_counts *counts, call_counts_is_ended is_ended,
					 const void *arg, size_t *nr, struct err *err)
{
	struct call_count *all = call_counts__read(counts, nr);
	__u32 used;
	int fd, ret;

	if (!all) {
		err_no_memory(err);
		return NULL;
	}
	fd = new_map(counts, all, call_counts__drop(all, *nr, is_ended, arg));
	used = counts->used;
	free(all);
	ret = fd < 0 ? fd : change_map(counts, fd);
	if (ret) {
		if (fd >= 0)
			close(fd);
		fail_change(ret, err);
		return NULL;
	}
	all = call_counts__read(counts, nr);
	if (!all || !keep(counts, all, *nr, is_ended, arg)) {
		err_no_memory(err);
		free(all);
		all = NULL;
	}
	close(counts->fd);
	counts->fd = fd;
	counts->used = used;
	return all;
}

/* --- which links there are */

static int read_ids(int fd, __u32 **ids, size_t *nr)
{
	size_t size = 4096, len = 0;
	char *all = malloc(size), *more;
	ssize_t got = 0;

	while (all && (got = read(fd, all + len, size - len)) > 0) {
		len += got;
		if (len < size)
			continue;
		size *= 2;
		more = realloc(all, size);
		if (!more)
			free(all);
		all = more;
	}
	*ids = (__u32 *)all;
	*nr = len / sizeof(**ids);
	if (!all)
		return -ENOMEM;
	return got < 0 ? -errno : 0;
}

int call_counts__list_links(const struct call_counts *counts, __u32 **ids, size_t *nr,
			    struct err *err)
{
	int fd = bpf_iter_create(bpf_link__fd(counts->links)), ret = fd;

	*ids = NULL;
	if (fd >= 0) {
		ret = read_ids(fd, ids, nr);
		close(fd);
	}
	if (!ret)
		return 0;
	free(*ids);
	return err_set(err, ERR_FAILED, NULL, "cannot list the links of policies: %s",
		       strerror(-ret));
}
