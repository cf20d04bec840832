/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs a policy's test programs, "<policy>_test" and "<policy>_sweep", on this
 * machine's own kernel: through its verifier and JIT by BPF_PROG_TEST_RUN, without
 * KVM and without the hook (DESIGN.md, section 3).
 */
#ifndef POLICY_RUN_H
#define POLICY_RUN_H

#include <linux/types.h>
#include <stdbool.h>

#include "smccc_event.h"
#include "smccc_ids.h"

/* The kernel's types: policy_open() compares this with the policy's own BTF. */
enum kvm_smccc_verdict {
	KVM_SMCCC_HANDLE,
	KVM_SMCCC_DENY,
	KVM_SMCCC_FORWARD,
	KVM_SMCCC_ANSWER,
	KVM_SMCCC_ALWAYS = 16, /* or'ed to one of the first three */
};

#define KVM_SMCCC_CALL_SMC     1U
#define KVM_SMCCC_CALL_AARCH32 2U

struct kvm_smccc_call {
	__u64 regs[18];
	__u64 cookie;
	__u32 func_id;
	__u32 vcpu_id;
	__u32 flags;
	__u16 imm;
};

struct policy;

/* How a policy is loaded; {} for a test of single calls. */
struct policy_setup {
	bool sweeping;	 /* see smccc_sweeping in smccc_test.h */
	const char *map; /* a map to make of another size than it says */
	__u32 map_entries;
};

/* Whether this process may load programs at all. */
bool policy_bpf_permitted(void);

/* NULL on failure, with one line on stderr that says why. */
struct policy *policy_open(const char *object, const struct policy_setup *setup);
void policy_close(struct policy *policy);

/* The time that the policy sees, in ns; 1 s at first. It does not advance by itself. */
void policy_set_time(struct policy *policy, __u64 ns);

/* The verdict (>= 0), or -errno. @call is the context, read and written. */
int policy_call(struct policy *policy, struct kvm_smccc_call *call);

/* Verdicts of all 65,536 function numbers on top of an ID, or NULL. */
const __u8 *policy_sweep(struct policy *policy, __u32 base);

/* In a sweep: whether rate limits have run out. */
void policy_set_exhausted(struct policy *policy, bool exhausted);

/* A map's file descriptor, or -errno. */
int policy_map(struct policy *policy, const char *name);

/* Sum of a counter over all CPUs; 0 where there is none. */
__u64 policy_counter(struct policy *policy, __u32 func_id, __u32 verdict);

/* Takes the oldest event; false when there is none. */
bool policy_next_event(struct policy *policy, struct smccc_event *event);

#endif
