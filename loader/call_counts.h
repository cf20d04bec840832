/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts calls by VM, function, and verdict, whatever policy decides them, while
 * this is open: a BPF program on KVM's tracepoint kvm:kvm_smccc_policy.
 */
#ifndef SMCCC_CALL_COUNTS_H
#define SMCCC_CALL_COUNTS_H

#ifndef __bpf__
#include <linux/types.h>
#include <stddef.h>
#endif

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

struct call_counts {
	struct bpf_object *obj;
	struct bpf_link *link;
	int fd;
	int cpus;
	__u64 *values;
	__u64 *lost; /* calls that could not be counted at all */
};

/* call_counts__close() in any case. */
int call_counts__open(struct call_counts *counts, struct err *err);
void call_counts__close(struct call_counts *counts);
/* All counters, sorted by key; to be freed by the caller. NULL: out of memory. */
struct call_count *call_counts__read(const struct call_counts *counts, size_t *nr);
#endif

#endif
