/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a policy's verdict on a call depends on more than the function ID. Each
 * ID of a plan is decided again and again: with one thing changed at a time, many
 * times in a row, and after time has passed.
 */
#ifndef SMCCC_PROBE_H
#define SMCCC_PROBE_H

#include "plan.h"
#include "things.h"

struct probe {
	__u32 id;
	__u32 depends;		   /* bits of enum thing */
	__u8 verdict;		   /* the first */
	__u8 seen;		   /* bits of enum fate_verdict */
	bool always;		   /* one of them came with KVM_SMCCC_ALWAYS */
	__u64 answer[RUNNER_REGS]; /* where the first verdict is ANSWER */
	__u32 *outcomes;	   /* in the plan's order: see probe__difference() */
};

/* What the policy makes of IDs that are, strictly, none. */
struct probe_odd {
	__u8 seen;	/* bits of enum fate_verdict */
	bool same;	/* each as the same ID without it */
	__u8 *verdicts; /* in the plan's order of IDs */
};

struct probes {
	const struct plan *plan;
	struct probe *probe; /* in the plan's order of IDs */
	struct probe_odd imm[PLAN_IMMS];
	struct probe_odd reserved; /* bits 23:17 not zero */
};

/* probes__free() in any case. */
int probes__run(struct probes *probes, const struct plan *plan, struct runner *runner,
		struct err *err);
void probes__free(struct probes *probes);
const struct probe *probes__find(const struct probes *probes, __u32 id);

/* One decision, for callers with a question of their own. */
struct probe_outcome {
	struct kvm_smccc_call before, after;
	__u32 verdict; /* enum fate_verdict */
};
int probe__decide(struct runner *runner, const struct kvm_smccc_call *call,
		  struct probe_outcome *outcome, struct err *err);

/* The first call on which two policies that were probed by one plan do not agree. */
struct probe_difference {
	char with[64]; /* "x1=0x1000"; "" for no argument */
	__u8 a, b;     /* enum fate_verdict; if they are equal, the answers differ */
};
bool probe__difference(const struct plan *plan, const struct probe *a, const struct probe *b,
		       struct probe_difference *difference);

#endif
