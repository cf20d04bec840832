/* SPDX-License-Identifier: GPL-2.0 */
/* What stats.bpf.c tells stats.c; include vmlinux.h or linux/types.h first. */
#ifndef SMCCC_STATS_RECORD_H
#define SMCCC_STATS_RECORD_H

/* In the order of struct vm_stats. */
enum {
	STATS_CALLS,
	STATS_ANSWERED,
	STATS_FORWARDED,
	STATS_DENIED,
	STATS_VIOLATIONS,
	STATS_COUNTERS
};

/* An open file of a VM that has a policy: of a vCPU, or of the VM itself. */
struct stats_record {
	__u64 vcpu;    /* which one, as it may be open more than once; 0: the VM's file */
	__u32 link_id; /* of the VM's policy */
	__u32 vcpus;   /* how many the VM has */
	__u64 counter[STATS_COUNTERS];
};

#endif
