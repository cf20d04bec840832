/* SPDX-License-Identifier: GPL-2.0 */
/* A policy's ring buffer "events", and what its counters say of events that found it full. */
#ifndef SMCCC_FEED_RING_H
#define SMCCC_FEED_RING_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>

struct feed_ring {
	struct feed_ring *next;
	__u32 map_id;
	__u32 size;
	int fd;
	int counters_fd;	    /* -1: the policy has none, and does not know what it lost */
	struct ring_buffer *reader; /* NULL: it is not read */
	__u64 lost;		    /* so far, as noted */
	bool noted;		    /* lost is what it was when we began, or later */
	bool busy;		    /* somebody else reads it */
	bool odd;		    /* its records are not events */
	int unused;		    /* looks at the pins since a VM had it */
	void *owner;		    /* for the callback */
};

/*
 * The one in a folder of pinned maps: of the list, or a new one, which is added to
 * it. NULL with errno set if there is none.
 */
struct feed_ring *feed_ring__get(struct feed_ring **list, const char *maps);
void feed_ring__close(struct feed_ring *ring);

/* From now on it is read: take gets the ring and a record; epoll waits for more. -errno. */
int feed_ring__start(struct feed_ring *ring, ring_buffer_sample_fn take, int epoll);
void feed_ring__stop(struct feed_ring *ring, int epoll);
/* What is there, but no more than fits: a guest may be faster than we are. */
void feed_ring__read(const struct feed_ring *ring);
__u64 feed_ring__read_lost(const struct feed_ring *ring);

#endif
