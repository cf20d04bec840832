// SPDX-License-Identifier: GPL-2.0
/*
 * Rules instead of C: ranges of function IDs, each with a verdict, and one for the
 * rest, in the map "rules", which the loader fills. For deployments that compile
 * nothing. 65,535 rules at most, 16 lookups a call at most: see smccc_rules.h.
 *
 * What the guest sees: what the rules say. They look at the function ID alone, as
 * KVM's static filter does: an immediate changes nothing, and so is no way around
 * them. The SVE hint (bit 16) is not a part of the ID, but in those of PSCI 0.1.
 *
 * What the host sees: each denied call counted, and of each VM 500 at once and 10 a
 * second as events. What is allowed or forwarded KVM remembers (KVM_SMCCC_ALWAYS),
 * and counts by itself, as for any policy.
 *
 * Rules cannot change while the policy is attached; a policy with the new rules
 * replaces it, and each call meets the old ones or the new ones.
 *
 *	smccc_loader --vm-fd N --rule 0x84000060-0x840000ef=deny ranges.bpf.o
 *	smccc_loader detach NAME
 */
#include "smccc_policy.h"
#include "smccc_rules.h"

SMCCC_COUNTERS(256);
SMCCC_EVENTS(64 * 1024);
SMCCC_EVENT_LIMIT(1024);

/* The loader makes it as large as it has rules. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, __u32);
	__type(value, struct smccc_rule);
	__uint(max_entries, 1);
} rules SEC(".maps");

static __always_inline int find_verdict(__u32 id)
{
	int i, otherwise = KVM_SMCCC_DENY;
	const struct smccc_rule *rule;
	__u32 entry = 0;

	rule = bpf_map_lookup_elem(&rules, &entry);
	if (!rule)
		return otherwise;

	otherwise = rule->verdict;
	entry = rule->above;
	for (i = 0; i < SMCCC_RULES_DEPTH && entry; i++) {
		rule = bpf_map_lookup_elem(&rules, &entry);
		if (!rule)
			break;
		if (id >= rule->first && id <= rule->last)
			return rule->verdict;
		entry = id < rule->first ? rule->below : rule->above;
	}

	return otherwise;
}

/*
 * What was found, an ID and its verdict in one word, so that only the first call
 * takes as many steps as the tree is deep. The verdict is stored plus one, for a
 * word of zero is one that nothing was found for.
 */
#define FOUND_SIZE 256
static __u64 found[FOUND_SIZE];

static __always_inline int verdict_of(__u32 id)
{
	volatile __u64 *word = &found[(id ^ id >> 24) % FOUND_SIZE];
	__u64 known = *word;
	int verdict;

	if ((__u32)known == id && known >> 32)
		return (known >> 32) - 1;

	verdict = find_verdict(id);
	*word = id | (__u64)(verdict + 1) << 32;
	return verdict;
}

/* In the numbers of PSCI 0.1 bit 16 is no hint. An immediate makes no difference. */
static __always_inline __u32 rule_id(const struct kvm_smccc_call *call)
{
	if (call->func_id >= PSCI_0_1_CPU_SUSPEND && call->func_id <= PSCI_0_1_MIGRATE)
		return call->func_id;
	return smccc_func_id(call);
}

SMCCC_POLICY(ranges)
{
	int verdict = verdict_of(rule_id(call));

	/* A rule is about an ID, whatever comes with it. */
	if (verdict != KVM_SMCCC_DENY)
		return verdict | KVM_SMCCC_ALWAYS;

	smccc_count(call, verdict);
	smccc_event_limited(call, verdict);
	return verdict;
}
