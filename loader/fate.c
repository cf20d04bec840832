// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "fate.h"
#include "names.h"

static const char *const verdict_names[FATE_VERDICTS] = {
	[FATE_HANDLE] = "HANDLE", [FATE_DENY] = "DENY",	      [FATE_FORWARD] = "FORWARD",
	[FATE_ANSWER] = "ANSWER", [FATE_WILD] = "no verdict",
};

static const struct {
	const char *name;
	const char *text;
} reasons[] = {
	[FATE_AS_SAID] = { "as_said", "" },
	[FATE_NEVER_ASKED] = { "never_asked", "never reaches the policy: KVM's" },
	[FATE_NEEDS_FORWARD] = { "needs_forward", "denied: attached without --forward" },
	[FATE_NOT_THE_OWNER] = { "not_the_owner", "denied: the range has another owner" },
	[FATE_NO_VERDICT] = { "no_verdict", "denied: not a verdict" },
};

enum fate_verdict fate__range_owner(const struct fate_rules *rules, __u32 id)
{
	__u64 range = 1ULL << names__owner(id);

	if (rules->forward_ranges & range)
		return FATE_FORWARD;
	if (rules->answer_ranges & range)
		return FATE_ANSWER;
	if (names__owner(id) == SMCCC_OWNER_VENDOR_HYP)
		return FATE_HANDLE;
	return FATE_WILD;
}

enum fate_reason fate__reason(const struct fate_rules *rules, __u32 id, __u16 imm, __u32 verdict)
{
	enum fate_verdict owner = fate__range_owner(rules, id);

	if (!imm && id & SMCCC_FAST && names__owner(id) == SMCCC_OWNER_ARCH)
		return FATE_NEVER_ASKED;
	if (verdict == FATE_DENY)
		return FATE_AS_SAID;
	if (verdict >= FATE_WILD)
		return FATE_NO_VERDICT;
	/* an immediate frees the policy's own answer only: KVM and the VMM do not see it */
	if (!(imm && verdict == FATE_ANSWER) && owner != FATE_WILD && verdict != owner)
		return FATE_NOT_THE_OWNER;
	if (verdict == FATE_FORWARD && !rules->forward)
		return FATE_NEEDS_FORWARD;
	return FATE_AS_SAID;
}

const char *fate__verdict_name(__u32 verdict)
{
	return verdict_names[verdict < FATE_WILD ? verdict : FATE_WILD];
}

bool fate__verdict_find(const char *name, __u32 *verdict)
{
	for (*verdict = 0; *verdict < FATE_WILD; ++*verdict) {
		if (!strcmp(verdict_names[*verdict], name))
			return true;
	}
	return false;
}

const char *fate__reason_text(enum fate_reason reason)
{
	return reasons[reason].text;
}

const char *fate__reason_name(enum fate_reason reason)
{
	return reasons[reason].name;
}
