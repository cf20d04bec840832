/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts calls by VM, function, and verdict, whatever policy decides them, while
 * this is open: a BPF program on KVM's tracepoint kvm:kvm_smccc_policy.
 */
#ifndef SMCCC_CALL_COUNTS_H
#define SMCCC_CALL_COUNTS_H

#ifndef __bpf__
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#endif

/* How many counters there is room for, unless told otherwise. */
#define CALL_COUNTS_ROOM 65536

/* A verdict that is none */
#define CALL_COUNTS_WILD 4
/* In place of an ID: calls that found no counter of their own. */
#define CALL_COUNTS_OTHER 0x7fffffffU

struct call_key {
	__u32 link_id; /* of the policy's attachment: the VM */
	__u32 func_id;
	__u16 said; /* by the policy: enum kvm_smccc_verdict */
	__u16 did;  /* by KVM */
};

#ifndef __bpf__
#include "error.h"

struct call_count {
	struct call_key key;
	__u64 calls; /* since call_counts__open() */
};

/* Whether a link has no policy in force any more; arg is who asks's own. */
typedef bool (*call_counts_is_ended)(__u32 link_id, const void *arg);

struct call_counts {
	struct bpf_object *obj;
	struct bpf_link *link;
	struct bpf_link *links; /* an iterator over the links there are */
	int calls_fd;		/* names the map where calls are counted */
	int fd;			/* that map */
	int cpus;
	__u64 *values;
	__u32 room, used;	 /* of that map, as of the last read */
	struct call_count *kept; /* what maps before that one counted, sorted by key */
	size_t nr_kept;
	__u64 *lost; /* calls that could not be counted: there was no room */
};

/* call_counts__close() in any case. room 0: CALL_COUNTS_ROOM */
int call_counts__open(struct call_counts *counts, __u32 room, struct err *err);
void call_counts__close(struct call_counts *counts);
/* All counters, sorted by key; to be freed by the caller. NULL: out of memory. */
struct call_count *call_counts__read(struct call_counts *counts, size_t *nr);
/*
 * The same, and makes room: what it tells of links that have ended, says is_ended, it
 * tells for the last time. Each call is told once: one that is counted meanwhile, now
 * or next time. NULL with err set.
 */
struct call_count *call_counts__read_out(struct call_counts *counts, call_counts_is_ended is_ended,
					 const void *arg, size_t *nr, struct err *err);
/* Without those of links that have ended; how many are left. */
size_t call_counts__drop(struct call_count *all, size_t nr, call_counts_is_ended is_ended,
			 const void *arg);
/* The links that have a policy in force: *ids is to be freed by the caller. */
int call_counts__list_links(const struct call_counts *counts, __u32 **ids, size_t *nr,
			    struct err *err);
#endif

#endif
