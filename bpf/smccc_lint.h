/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The rules of `smccc_loader lint`, and how a policy says that it breaks one on
 * purpose: by a line of its own, anywhere in the file, such as
 *
 *	SMCCC_LINT_ALLOW(twins, "our guests are 64-bit");
 *
 * lint then lists the rule as allowed, with the reason, and does not fail. What
 * each rule means: `smccc_loader lint --list`. Shared with the loader.
 */
#ifndef SMCCC_LINT_H
#define SMCCC_LINT_H

/* clang-format off */
#define SMCCC_LINT_RULES(F)						\
	F(discovery_owner)						\
	F(advertised_denied)						\
	F(hidden_service)						\
	F(hidden_smccc)							\
	F(vendor_split)							\
	F(half_pair)							\
	F(twins)							\
	F(sve_hint)							\
	F(needs_forward)						\
	F(overruled)							\
	F(unallocated)							\
	F(immediate)							\
	F(upper_half)							\
	F(always)
/* clang-format on */

#define SMCCC_LINT_ENUM(rule) SMCCC_LINT_##rule,
enum smccc_lint_rule { SMCCC_LINT_RULES(SMCCC_LINT_ENUM) SMCCC_LINT_NR };

/* Where the loader finds what a policy allows: "rule: reason", one string after the other. */
#define SMCCC_LINT_SECTION "smccc_lint"

/*
 * A rule that does not exist does not compile; neither does one that is allowed
 * twice, or without a reason.
 */
#define SMCCC_LINT_ALLOW(rule, reason)                                   \
	_Static_assert(SMCCC_LINT_##rule < SMCCC_LINT_NR, "not a rule"); \
	_Static_assert(sizeof(reason) > 1, "give the reason");           \
	static const char smccc_lint_allow_##rule[]                      \
		__attribute__((section(SMCCC_LINT_SECTION), used)) = #rule ": " reason

#endif
