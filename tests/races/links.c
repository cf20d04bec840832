// SPDX-License-Identifier: GPL-2.0
/*
 * Links, and the log of what was done to them. The system calls are made without a lock;
 * what they did is noted with the times before and after.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "races.h"

#define PIN "/sys/fs/bpf/races_%d_%u_%u" /* process, link, pin */

static void pin_path(char path[64], const struct link *link, unsigned int pin)
{
	snprintf(path, 64, PIN, getpid(), link->number, pin);
}

static void add_reign(struct round *round, struct link *link, unsigned int policy, uint64_t begin)
{
	uint64_t done = now();

	pthread_mutex_lock(&round->lock);
	/* Doubled whenever the number is a power of two. */
	if (!(link->nr_reigns & (link->nr_reigns - 1)))
		link->reigns =
			realloc(link->reigns, (2 * link->nr_reigns + 1) * sizeof(*link->reigns));
	link->reigns[link->nr_reigns++] =
		(struct reign){ .policy = policy, .begin = begin, .done = done };
	pthread_mutex_unlock(&round->lock);
}

static void add_link(struct round *round, struct link *link)
{
	pthread_mutex_lock(&round->lock);
	if (!(round->nr_links & (round->nr_links - 1)))
		round->links = realloc(round->links, (2 * round->nr_links + 1) * sizeof(void *));
	link->number = round->nr_links;
	round->links[round->nr_links++] = link;
	round->attached++;
	pthread_mutex_unlock(&round->lock);
}

int link_create(struct round *round, unsigned int policy, struct link **made)
{
	struct link *link = calloc(1, sizeof(*link));
	uint64_t begin;

	link->vm = atomic_load(&round->vm_now);
	begin = now();
	link->fd = bpf_link_create(round->policies->map[policy], 0, BPF_STRUCT_OPS, NULL);
	if (link->fd < 0) {
		int err = link->fd;

		free(link);
		return err;
	}
	link->release = link->gone = NEVER;
	link->users = 1;
	atomic_init(&link->refs, 1);
	add_reign(round, link, policy, begin);
	link->vm_after = atomic_load(&round->vm_next);
	add_link(round, link);
	*made = link;
	return 0;
}

int link_update(struct round *round, struct link *link, unsigned int policy)
{
	uint64_t begin = now();
	int err = bpf_link_update(link->fd, round->policies->map[policy], NULL);

	if (err)
		return err;
	add_reign(round, link, policy, begin);
	pthread_mutex_lock(&round->lock);
	round->replaced++;
	pthread_mutex_unlock(&round->lock);
	return 0;
}

static void released(struct round *round, struct link *link, uint64_t from, uint64_t gone)
{
	pthread_mutex_lock(&round->lock);
	if (from < link->release)
		link->release = from;
	if (gone < link->gone)
		link->gone = gone;
	pthread_mutex_unlock(&round->lock);
}

void link_detach(struct round *round, struct link *link)
{
	uint64_t begin = now();
	int err = bpf_link_detach(link->fd);

	if (err) {
		round_fail(round, "BPF_LINK_DETACH: %s", strerror(-err));
		return;
	}
	released(round, link, begin, now());
	pthread_mutex_lock(&round->lock);
	round->detached++;
	pthread_mutex_unlock(&round->lock);
}

/* One of fd and pins went, some time after the one given. */
static void drop_ref(struct round *round, struct link *link, uint64_t begin)
{
	/* The kernel may take its time when it was a pin. */
	if (atomic_fetch_sub(&link->refs, 1) == 1)
		released(round, link, begin, NEVER);
}

int link_pin(struct round *round, struct link *link, unsigned int pin)
{
	char path[64];
	int err;

	pin_path(path, link, pin);
	/* Before the pin is there for others to remove; the fd is one that stays meanwhile. */
	atomic_fetch_add(&link->refs, 1);
	err = bpf_obj_pin(link->fd, path);
	if (err)
		atomic_fetch_sub(&link->refs, 1);
	return err;
}

int link_unpin(struct round *round, struct link *link, unsigned int pin)
{
	uint64_t begin = now();
	char path[64];

	pin_path(path, link, pin);
	if (unlink(path))
		return -errno;
	drop_ref(round, link, begin);
	pthread_mutex_lock(&round->lock);
	round->pinned++;
	pthread_mutex_unlock(&round->lock);
	return 0;
}

void link_put(struct round *round, struct link *link)
{
	uint64_t begin = now();
	bool last;

	pthread_mutex_lock(&round->lock);
	last = --link->users == 0;
	pthread_mutex_unlock(&round->lock);
	if (!last)
		return;
	if (round->mistake != LEAK_LINK)
		close(link->fd);
	drop_ref(round, link, begin);
}

struct link *slot_get(struct round *round, unsigned int slot)
{
	struct link *link;

	pthread_mutex_lock(&round->lock);
	link = round->slots[slot];
	if (link)
		link->users++;
	pthread_mutex_unlock(&round->lock);
	return link;
}

static struct link *slot_exchange(struct round *round, unsigned int slot, struct link *link)
{
	struct link *was;

	pthread_mutex_lock(&round->lock);
	was = round->slots[slot];
	round->slots[slot] = link;
	pthread_mutex_unlock(&round->lock);
	return was;
}

struct link *slot_take(struct round *round, unsigned int slot)
{
	return slot_exchange(round, slot, NULL);
}

void slot_put(struct round *round, unsigned int slot, struct link *link)
{
	struct link *was = slot_exchange(round, slot, link);

	if (was)
		link_put(round, was);
}
