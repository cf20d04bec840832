/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ring buffers "events" of attached policies, and whose calls are in them:
 * followed as VMs come and go and policies are replaced.
 *
 * A ring buffer has one reader: it takes out what it reads. Whoever reads one
 * locks (flock(2)) the folder of its pin, for each VM whose calls are in it.
 */
#ifndef SMCCC_FEED_H
#define SMCCC_FEED_H

#include <linux/types.h>
#include <stdbool.h>

#include "error.h"
#include "feed_ring.h"
#include "pins.h"
#include "smccc_event.h"

/* What epoll returns for a link: time to look; for a ring buffer it returns 0. */
#define FEED_EPOLL_LINK 1

enum feed_note {
	FEED_NOTHING,
	FEED_WATCHING,
	FEED_NO_EVENTS,
	FEED_BUSY,
	FEED_REPLACED, /* by another policy, or in another mode */
	FEED_MISSED,   /* number: of policies that were replaced before they were seen */
	FEED_LOST,     /* number */
	FEED_LOST_BEFORE,
	FEED_ODD, /* number: the size of the record */
	FEED_DETACHED,
	FEED_ENDED,
	FEED_NOTES
};

struct feed_vm {
	struct feed_vm *next;
	char *name;
	char *quoted; /* in JSON */
	char *policy;
	__u32 link_id;
	__u32 map_id; /* of the policy in force */
	__u64 loads;  /* see record__count_load() */
	__u64 cookie;
	int link_fd;
	int lock_fd;
	struct feed_ring *ring; /* NULL: the policy has no events */
	bool wanted;
	bool seen;	     /* in this look at the pins */
	bool half_replaced;  /* the policy that is pinned is not the one in force */
	enum feed_note over; /* what the kernel says: FEED_DETACHED, FEED_ENDED */
	bool ended;	     /* and that was told */
};

struct feed_handler {
	/* vm is NULL if it cannot be told: several share the ring buffer and the cookie. */
	void (*event)(void *arg, const struct feed_vm *vm, const struct smccc_event *event);
	/* vm is one of those that have what it is about. */
	void (*note)(void *arg, enum feed_note note, const struct feed_vm *vm, __u64 number);
	void *arg;
};

struct feeds {
	struct pins pins;
	const char *const *names; /* of the wanted; count 0: all */
	int count;
	struct feed_handler handler;
	int epoll;		 /* gets what is to be waited for */
	struct timespec changed; /* when the folder of pins was, at the last look */
	bool look;		 /* at the pins, whether or not it has changed */
	bool soon;		 /* the same, without waiting: a policy is just being replaced */
	bool looked;
	struct feed_ring *rings;
	struct feed_vm *vms;
	__u64 lost;
	bool lost_unknown;
};

void feeds__close(struct feeds *feeds);

/* A policy's pinned maps in a folder, attached or not by whomever. */
int feeds__add_folder(struct feeds *feeds, const char *dir, struct err *err);
/* What has come, gone or changed since the last look. */
int feeds__look(struct feeds *feeds, struct err *err);
/* Hands over what is there, of each ring buffer no more than it holds. */
void feeds__read(struct feeds *feeds);
/* Looks at what was lost. */
void feeds__count_lost(struct feeds *feeds);
/* A wanted VM that has not ended */
bool feeds__has_vm(const struct feeds *feeds);

#endif
