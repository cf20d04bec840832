/* SPDX-License-Identifier: GPL-2.0 */
/* The globals of scripted.bpf.c, shared with the tests that set and read them. */
#ifndef SCRIPTED_H
#define SCRIPTED_H

/* What the policy is to do; the tests write it. */
struct script {
	__u32 verdict;
	__u32 pad;
	__u64 answer[18]; /* for KVM_SMCCC_ANSWER */
};

/* What it saw; the tests read it. The call is the last one. */
struct sighting {
	__u64 calls;
	__u64 regs[18];
	__u64 cookie;
	__u32 func_id;
	__u32 vcpu_id;
	__u32 flags;
	__u32 imm;
};

#endif
