/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Rules as data: the map "rules" of examples/ranges.bpf.c, which the loader
 * fills. Shared by both; include vmlinux.h or linux/types.h first.
 *
 * The map is an array of struct smccc_rule. Entry 0 is for all IDs that no rule
 * covers. The rules are entries 1 and on, in ascending order and without overlap,
 * and each knows the middle of what is left below and above it: a balanced tree,
 * with its root in entry 0. So a call costs at most SMCCC_RULES_DEPTH lookups,
 * and the verifier, which would try out each way through a search by bisection,
 * sees an index that it knows nothing of and checks one way.
 *
 * To fill it: max_entries is the number of rules + 1, before the map is created;
 * smccc_rules_link(); write all entries; freeze the map, for a reader must never
 * see half a change. New rules are a new policy, which replaces the old one in
 * one go (smccc_loader replace).
 *
 * An array full of zeros leaves everything to KVM.
 */
#ifndef SMCCC_RULES_H
#define SMCCC_RULES_H

#define SMCCC_RULES_DEPTH 16
#define SMCCC_RULES_MAX	  65535 /* 2^depth - 1 */

struct smccc_rule {
	__u32 first; /* function IDs without the SVE hint (bit 16), both inclusive */
	__u32 last;
	__u32 verdict; /* KVM_SMCCC_HANDLE, _DENY or _FORWARD */
	__u32 below;   /* entry to go on with for lower IDs, 0: none */
	__u32 above;   /* for higher IDs; in entry 0: the root */
};

#ifndef __bpf__
/* Links the entries first to last, sorted, and returns which of them is the root. */
static inline __u32 smccc_rules_link_part(struct smccc_rule *rules, __u32 first, __u32 last)
{
	__u32 root = first + (last - first) / 2;

	if (first > last)
		return 0;

	rules[root].below = smccc_rules_link_part(rules, first, root - 1);
	rules[root].above = smccc_rules_link_part(rules, root + 1, last);
	return root;
}

/* Links all: entry 0, with its verdict set, and nr rules behind it. */
static inline void smccc_rules_link(struct smccc_rule *rules, __u32 nr)
{
	rules[0].first = rules[0].last = rules[0].below = 0;
	rules[0].above = smccc_rules_link_part(rules, 1, nr);
}
#endif

#endif
