// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "counters.h"
#include "feed_ring.h"
#include "smccc_event.h"

static int open_map(const char *maps, const char *name, struct bpf_map_info *info)
{
	__u32 len = sizeof(*info);
	char path[PATH_MAX];
	int fd;

	errno = ENAMETOOLONG;
	if (snprintf(path, sizeof(path), "%s/%s", maps, name) >= (int)sizeof(path))
		return -1;
	fd = bpf_obj_get(path);
	if (fd >= 0 && bpf_map_get_info_by_fd(fd, info, &len)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

/* The counters beside the events, if it is these. */
static int open_counters(const char *maps)
{
	struct bpf_map_info info = {};
	int fd = open_map(maps, "counters", &info);

	if (fd < 0 || counters__fit(&info))
		return fd;
	close(fd);
	return -1;
}

struct feed_ring *feed_ring__get(struct feed_ring **list, const char *maps)
{
	struct bpf_map_info info = {};
	int fd = open_map(maps, "events", &info);
	struct feed_ring *ring;

	if (fd < 0)
		return NULL;
	for (ring = *list; ring && ring->map_id != info.id; ring = ring->next)
		;
	if (ring || info.type != BPF_MAP_TYPE_RINGBUF) {
		close(fd);
		errno = EINVAL;
		return ring;
	}
	ring = calloc(1, sizeof(*ring));
	if (!ring) {
		close(fd);
		return NULL;
	}
	ring->map_id = info.id;
	ring->size = info.max_entries;
	ring->fd = fd;
	ring->counters_fd = open_counters(maps);
	ring->next = *list;
	*list = ring;
	return ring;
}

void feed_ring__close(struct feed_ring *ring)
{
	ring_buffer__free(ring->reader);
	close(ring->fd);
	if (ring->counters_fd >= 0)
		close(ring->counters_fd);
	free(ring);
}

int feed_ring__start(struct feed_ring *ring, ring_buffer_sample_fn take, int epoll)
{
	struct epoll_event event = { .events = EPOLLIN };

	ring->reader = ring_buffer__new(ring->fd, take, ring, NULL);
	if (!ring->reader)
		return -errno;
	return epoll_ctl(epoll, EPOLL_CTL_ADD, ring->fd, &event) ? -errno : 0;
}

void feed_ring__stop(struct feed_ring *ring, int epoll)
{
	epoll_ctl(epoll, EPOLL_CTL_DEL, ring->fd, NULL);
	ring_buffer__free(ring->reader);
	ring->reader = NULL;
}

void feed_ring__read(const struct feed_ring *ring)
{
	if (ring->reader)
		ring_buffer__consume_n(ring->reader, ring->size / sizeof(struct smccc_event) + 1);
}

__u64 feed_ring__read_lost(const struct feed_ring *ring)
{
	struct smccc_counter_key key = { SMCCC_COUNTER_OTHER, SMCCC_COUNTER_LOST };
	int cpus = libbpf_num_possible_cpus();
	__u64 *values, sum = 0;

	if (ring->counters_fd < 0 || cpus < 0)
		return 0;
	values = calloc(cpus, sizeof(*values));
	if (values)
		counters__sum(ring->counters_fd, &key, values, cpus, &sum);
	free(values);
	return sum;
}
