/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a policy's verdict on a call depends on more than the function ID. The
 * IDs of a plan are decided again and again: with one thing changed at a time, many
 * times in a row, and after time has passed; at rest, as in a sweep, and with all
 * the state that the policy has.
 */
#ifndef SMCCC_PROBE_H
#define SMCCC_PROBE_H

#include "plan.h"
#include "things.h"

struct probe {
	__u32 id;
	__u32 depends;		   /* bits of enum thing */
	__u8 verdict;		   /* with arguments of zero, at rest */
	__u8 seen;		   /* bits of enum fate_verdict */
	bool always;		   /* one of them came with KVM_SMCCC_ALWAYS */
	bool moved;		   /* many calls in a row, or time, made a difference */
	bool chance;		   /* the same calls from the same state made a difference */
	__u64 answer[RUNNER_REGS]; /* where the verdict is ANSWER */
	/* hashes of all outcomes: equal if two policies, probed by one plan, always agree */
	__u64 at_rest; /* with things changed */
	__u64 live;    /* over time, and with state */
	__u64 waits;   /* with all constants as times; 0: not tried */
};

/* What the policy makes of IDs that are, strictly, none. */
struct probe_odd {
	__u32 bits; /* reserved ones, in the ID */
	__u16 imm;
	__u8 seen;	/* bits of enum fate_verdict */
	bool same;	/* each as the same ID without it */
	__u8 *verdicts; /* in the plan's order of IDs: at rest */
	__u8 *live;	/* and with state */
	__u64 hash;	/* of these, and of the answers at rest */
};

struct probes {
	const struct plan *plan;
	struct probe *probe; /* in the plan's order of IDs */
	struct probe_odd imm[PLAN_IMMS];
	struct probe_odd reserved; /* bits 23:17 not zero */
};

/* probes__free() in any case. */
int probes__run(struct probes *probes, const struct plan *plan, const struct sweep *sweep,
		const struct policy_file *file, const struct runner_settings *settings,
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

#endif
