/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What a policy hands to user space: the records of its ring buffer "events"
 * and the keys of its map "counters". Shared by policies and their readers;
 * include vmlinux.h or linux/types.h first.
 */
#ifndef SMCCC_EVENT_H
#define SMCCC_EVENT_H

/* One decided call. */
struct smccc_event {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 cookie;  /* of the VM's attachment */
	__u64 args[7]; /* x1-x7 */
	__u32 func_id; /* w0, as the guest gave it */
	__u32 vcpu_id;
	__u32 flags;   /* enum kvm_smccc_call_flags */
	__u16 imm;     /* immediate of the HVC */
	__u16 verdict; /* enum kvm_smccc_verdict */
};

/* A counter's key: what was decided about which function. */
struct smccc_counter_key {
	__u32 func_id; /* or SMCCC_COUNTER_OTHER */
	__u32 verdict; /* enum kvm_smccc_verdict, or SMCCC_COUNTER_LOST */
};

/*
 * All functions that have no counter of their own. Not a function ID that a
 * caller could mean: yielding calls of owner 63 are reserved (DEN0028,
 * section 2.5).
 */
#define SMCCC_COUNTER_OTHER 0x7fffffffU

/* In place of a verdict: events that found the ring buffer full, or the limit reached. */
#define SMCCC_COUNTER_LOST 0xffffffffU

#endif
