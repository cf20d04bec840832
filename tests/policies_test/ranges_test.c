// SPDX-License-Identifier: GPL-2.0
/* ranges.bpf.c: rules from a map, laid out by smccc_rules.h. */
#include "policies_test.h"

#include <bpf/bpf.h>

#include "smccc_rules.h"

#define HANDLE_ALWAYS  (KVM_SMCCC_HANDLE | KVM_SMCCC_ALWAYS)
#define FORWARD_ALWAYS (KVM_SMCCC_FORWARD | KVM_SMCCC_ALWAYS)

/* As a sweep keeps verdicts: smccc_test.h */
#define SWEEP_ALWAYS 8

/* Rules in the making: entry 0 is for what no rule covers. */
struct rule_list {
	struct smccc_rule *entry;
	__u32 nr, room;
};

static struct rule_list new_rules(__u32 room, __u32 otherwise)
{
	struct rule_list rules = { .room = room };

	rules.entry = calloc(room + 1, sizeof(*rules.entry));
	assert_non_null(rules.entry);
	rules.entry[0].verdict = otherwise;
	return rules;
}

/* Rules are added in ascending order. */
static void add_rule(struct rule_list *rules, __u32 first, __u32 last, __u32 verdict)
{
	assert_true(rules->nr < rules->room);
	rules->entry[++rules->nr] =
		(struct smccc_rule){ .first = first, .last = last, .verdict = verdict };
}

/* As the loader does. */
static struct policy *load_rules(const struct rule_list *rules, bool sweeping)
{
	struct policy_setup setup = { .sweeping = sweeping,
				      .map = "rules",
				      .map_entries = rules->nr + 1 };
	struct policy *policy = open_policy_with("ranges", &setup);
	int fd = policy_map(policy, "rules");
	__u32 i;

	smccc_rules_link(rules->entry, rules->nr);
	for (i = 0; i <= rules->nr; i++)
		assert_int_equal(bpf_map_update_elem(fd, &i, &rules->entry[i], 0), 0);
	assert_int_equal(bpf_map_freeze(fd), 0);
	return policy;
}

/* Denied calls are reported, and so not to be remembered. */
static int said(__u32 verdict)
{
	return verdict == KVM_SMCCC_DENY ? KVM_SMCCC_DENY : (int)(verdict | KVM_SMCCC_ALWAYS);
}

static int verdict_by_search(const struct rule_list *rules, __u32 id)
{
	__u32 i;

	for (i = 1; i <= rules->nr; i++) {
		if (id >= rules->entry[i].first && id <= rules->entry[i].last)
			return said(rules->entry[i].verdict);
	}

	return said(rules->entry[0].verdict);
}

static void expect_by_search(struct policy *policy, const struct rule_list *rules, __u32 id)
{
	int expected = verdict_by_search(rules, id & ~SMCCC_SVE_HINT), got = decide(policy, id);

	if (got != expected)
		fail_msg("0x%08x: verdict %d, expected %d", id, got, expected);
}

/* Rules for PSCI 0.1 are found by its IDs, although bit 16 is set in them. */
static void ranges_know_psci_0_1(void **state)
{
	struct rule_list rules = new_rules(1, KVM_SMCCC_DENY);
	struct kvm_smccc_call immediate = { .func_id = PSCI_0_1_CPU_ON, .imm = 1 };
	struct policy *policy;

	add_rule(&rules, PSCI_0_1_CPU_SUSPEND, PSCI_0_1_CPU_ON, KVM_SMCCC_HANDLE);
	policy = load_rules(&rules, false);
	assert_int_equal(decide(policy, PSCI_0_1_CPU_SUSPEND), HANDLE_ALWAYS);
	assert_int_equal(decide(policy, PSCI_0_1_CPU_ON), HANDLE_ALWAYS);
	assert_int_equal(decide_call(policy, &immediate), HANDLE_ALWAYS);
	assert_int_equal(decide(policy, PSCI_0_1_MIGRATE), KVM_SMCCC_DENY);
	assert_int_equal(decide(policy, PSCI_0_1_CPU_ON & ~SMCCC_SVE_HINT), KVM_SMCCC_DENY);
	policy_close(policy);
	free(rules.entry);
}

static int all_kvm(__u32 id, __u32 w1)
{
	return HANDLE_ALWAYS;
}

static int all_kvm_in_a_sweep(__u32 id, __u32 w1)
{
	return KVM_SMCCC_HANDLE | SWEEP_ALWAYS;
}

static void ranges_without_rules_change_nothing(void **state)
{
	struct policy *policy = open_policy("ranges");

	expect_named(policy, all_kvm);
	expect_immediate(policy, HANDLE_ALWAYS);
	policy_close(policy);
	expect_everywhere("ranges", all_kvm_in_a_sweep);
}

static void ranges_have_edges(void **state)
{
	struct rule_list rules = new_rules(4, KVM_SMCCC_HANDLE);
	struct policy *policy;

	add_rule(&rules, 0, 0, KVM_SMCCC_DENY);
	add_rule(&rules, 0x84000002, 0x84000002, KVM_SMCCC_DENY);
	add_rule(&rules, 0xc5000000, 0xc500ffff, KVM_SMCCC_FORWARD);
	add_rule(&rules, 0xffff0000, 0xffffffff, KVM_SMCCC_DENY);
	policy = load_rules(&rules, false);

	assert_int_equal(decide(policy, 0), KVM_SMCCC_DENY);
	assert_int_equal(decide(policy, 1), HANDLE_ALWAYS);
	assert_int_equal(decide(policy, 0x84000001), HANDLE_ALWAYS);
	assert_int_equal(decide(policy, 0x84000002), KVM_SMCCC_DENY);
	assert_int_equal(decide(policy, 0x84000003), HANDLE_ALWAYS);
	assert_int_equal(decide(policy, 0xc4ffffff), HANDLE_ALWAYS);
	assert_int_equal(decide(policy, 0xc5000000), FORWARD_ALWAYS);
	assert_int_equal(decide(policy, 0xc500ffff), FORWARD_ALWAYS);
	assert_int_equal(decide(policy, 0xc5020000), HANDLE_ALWAYS);
	assert_int_equal(decide(policy, 0xfffeffff), HANDLE_ALWAYS);
	/* The SVE hint is not a part of the ID: this is 0xfffeffff, too. */
	assert_int_equal(decide(policy, 0xffffffff), HANDLE_ALWAYS);
	assert_int_equal(decide(policy, 0x84010002), KVM_SMCCC_DENY);
	assert_int_equal(decide(policy, 0xc5010000), FORWARD_ALWAYS);

	policy_close(policy);
	free(rules.entry);
}

/* KVM ignores an immediate: a rule that did not would be no rule. */
static void ranges_hold_whatever_the_immediate(void **state)
{
	struct rule_list rules = new_rules(1, KVM_SMCCC_HANDLE);
	struct kvm_smccc_call call = { .func_id = PSCI_SYSTEM_OFF, .imm = 1 };
	struct policy *policy;

	add_rule(&rules, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, KVM_SMCCC_DENY);
	policy = load_rules(&rules, false);
	assert_int_equal(decide_call(policy, &call), KVM_SMCCC_DENY);
	policy_close(policy);
	free(rules.entry);
}

static void ranges_can_deny_by_default(void **state)
{
	struct rule_list rules = new_rules(1, KVM_SMCCC_DENY);
	struct smccc_event event;
	struct policy *policy;

	add_rule(&rules, 0x84000000, 0x8400001f, KVM_SMCCC_HANDLE);
	policy = load_rules(&rules, false);
	assert_int_equal(decide(policy, PSCI_VERSION), HANDLE_ALWAYS);
	assert_int_equal(decide(policy, PSCI_CPU_ON_64), KVM_SMCCC_DENY);
	assert_int_equal(policy_counter(policy, PSCI_CPU_ON_64, KVM_SMCCC_DENY), 1);
	assert_true(policy_next_event(policy, &event));
	assert_int_equal(event.func_id, PSCI_CPU_ON_64);
	assert_false(policy_next_event(policy, &event));
	policy_close(policy);
	free(rules.entry);
}

/* Every number of rules up to a few levels of the tree, each rule found, and each gap. */
static void ranges_find_rules_however_many(void **state)
{
	__u32 nr, i;

	for (nr = 0; nr <= 40; nr++) {
		struct rule_list rules = new_rules(nr, KVM_SMCCC_DENY);
		struct policy *policy;

		for (i = 0; i < nr; i++)
			add_rule(&rules, 0x84000000 + 4 * i, 0x84000001 + 4 * i, i % 3);
		policy = load_rules(&rules, false);
		for (i = 0; i < 4 * nr + 8; i++)
			expect_by_search(policy, &rules, 0x83fffffc + i);
		policy_close(policy);
		free(rules.entry);
	}
}

static void ranges_find_10000_rules(void **state)
{
	struct rule_list rules = new_rules(10000, KVM_SMCCC_HANDLE);
	__u32 i, id = 0x80000000;
	struct policy *policy;

	/* Rules and gaps of all lengths, some of them none, all over the fast calls. */
	srand(1);
	for (i = 0; i < 10000; i++) {
		__u32 first = id + rand() % 3 * (rand() % 4096), last = first + rand() % 100000;

		add_rule(&rules, first, last, rand() % 3);
		id = last + 1;
	}
	assert_true(id > 0x80000000);

	policy = load_rules(&rules, false);
	for (i = 1; i <= rules.nr; i += 7) {
		expect_by_search(policy, &rules, rules.entry[i].first - 1);
		expect_by_search(policy, &rules, rules.entry[i].first);
		expect_by_search(policy, &rules, rules.entry[i].last);
		expect_by_search(policy, &rules, rules.entry[i].last + 1);
	}
	policy_close(policy);
	free(rules.entry);
}

/*
 * What was found is kept by ID, 256 of them: others that take the same place (as these do,
 * a step of 256 apart) must not get its verdict, and each denial is reported.
 */
static void ranges_keep_verdicts_apart(void **state)
{
	struct rule_list rules = new_rules(4, KVM_SMCCC_HANDLE);
	struct policy *policy;
	int round, i;

	for (i = 0; i < 4; i++)
		add_rule(&rules, 0xc5000007 + 512 * i, 0xc5000007 + 512 * i, KVM_SMCCC_DENY);
	policy = load_rules(&rules, false);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 8; i++) {
			expect_by_search(policy, &rules, 0xc5000007 + 256 * i);
			expect_by_search(policy, &rules, 0xc5000007 + 256 * i);
		}
		/* What is zero when nothing has been found yet: function ID 0 */
		expect_by_search(policy, &rules, 0);
	}
	assert_int_equal(policy_counter(policy, SMCCC_COUNTER_OTHER, KVM_SMCCC_DENY), 3 * 4 * 2);
	policy_close(policy);
	free(rules.entry);
}

/* The most there can be: one for each function number but the last. */
static void ranges_find_as_many_rules_as_there_can_be(void **state)
{
	struct rule_list rules = new_rules(SMCCC_RULES_MAX, KVM_SMCCC_DENY);
	struct policy *policy;
	const __u8 *verdicts;
	__u32 i;

	for (i = 0; i < SMCCC_RULES_MAX; i++)
		add_rule(&rules, 0xc5000000 + i, 0xc5000000 + i, i % 3);
	policy = load_rules(&rules, true);
	verdicts = policy_sweep(policy, 0xc5000000);
	assert_non_null(verdicts);
	for (i = 0; i < SMCCC_RULES_MAX; i++)
		assert_int_equal(verdicts[i],
				 i % 3 == KVM_SMCCC_DENY ? KVM_SMCCC_DENY : i % 3 | SWEEP_ALWAYS);
	assert_int_equal(verdicts[SMCCC_RULES_MAX], KVM_SMCCC_DENY);
	policy_close(policy);
	free(rules.entry);
}

const struct CMUnitTest ranges_tests[] = {
	cmocka_unit_test(ranges_without_rules_change_nothing),
	cmocka_unit_test(ranges_know_psci_0_1),
	cmocka_unit_test(ranges_have_edges),
	cmocka_unit_test(ranges_hold_whatever_the_immediate),
	cmocka_unit_test(ranges_can_deny_by_default),
	cmocka_unit_test(ranges_find_rules_however_many),
	cmocka_unit_test(ranges_find_10000_rules),
	cmocka_unit_test(ranges_keep_verdicts_apart),
	cmocka_unit_test(ranges_find_as_many_rules_as_there_can_be),
};
const size_t nr_ranges_tests = ARRAY_SIZE(ranges_tests);
