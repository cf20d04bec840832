/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel makes of a verdict: the rules of DESIGN.md, as in the hook. */
#ifndef SMCCC_FATE_H
#define SMCCC_FATE_H

#include <linux/types.h>
#include <stdbool.h>

/* The kernel's enum kvm_smccc_verdict; FATE_WILD is any other value. */
enum fate_verdict { FATE_HANDLE, FATE_DENY, FATE_FORWARD, FATE_ANSWER, FATE_WILD, FATE_VERDICTS };

/* Why what a policy says is not what happens. */
enum fate_reason {
	FATE_AS_SAID,
	FATE_NEVER_ASKED,   /* an Arm Architecture call */
	FATE_NEEDS_FORWARD, /* denied: FORWARD, attached without --forward */
	FATE_NOT_THE_OWNER, /* denied: the range has another owner */
	FATE_NO_VERDICT,    /* denied: a number that is no verdict */
	FATE_REASONS,
};

/* How the policy is, or would be, attached. */
struct fate_rules {
	__u64 forward_ranges;
	__u64 answer_ranges;
	bool forward; /* --forward: the VMM completes forwarded calls */
};

enum fate_reason fate__reason(const struct fate_rules *rules, __u32 id, __u16 imm, __u32 verdict);
/* Who owns the range of a function ID: the one verdict besides DENY, or FATE_WILD for any. */
enum fate_verdict fate__range_owner(const struct fate_rules *rules, __u32 id);

/* "HANDLE" and so on; "no verdict" */
const char *fate__verdict_name(__u32 verdict);
bool fate__verdict_find(const char *name, __u32 *verdict);
/* What happens instead, and why: "denied: ..."; "" for FATE_AS_SAID. */
const char *fate__reason_text(enum fate_reason reason);
/* For programs: "as_said", "never_asked", ... */
const char *fate__reason_name(enum fate_reason reason);

#endif
