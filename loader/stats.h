/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KVM's counters, by verdict, of VMs that have a policy. They are of the VM: of all
 * policies that it has had, those that were detached included. Reading them takes what
 * attaching does, CAP_BPF and CAP_PERFMON.
 */
#ifndef SMCCC_STATS_H
#define SMCCC_STATS_H

#include <linux/types.h>
#include <stdbool.h>

/* Calls that are in none of the others were handled by KVM. */
struct vm_stats {
	bool known;
	__u64 calls, answered, forwarded, denied, violations;
};

struct stats;

/* For reading once or again and again. NULL on lack of memory only. */
struct stats *stats__open(void);
void stats__close(struct stats *stats);
/* Reads the counters of all VMs, as they are now. */
void stats__read(struct stats *stats);
/*
 * Those of the VM whose policy is attached by this link, as of the last read. What is
 * not known: why, as a clause; else NULL.
 */
const char *stats__get(const struct stats *stats, __u32 link_id, struct vm_stats *vm);

#endif
