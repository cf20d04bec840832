// SPDX-License-Identifier: GPL-2.0
/* smccc_loader lint */
#include "smccc_lint.h"
#include "tools_test.h"

#define NAME(rule) #rule,
static const char *const rules[] = { SMCCC_LINT_RULES(NAME) };

/* For each rule a policy, lint-RULE.bpf.c, breaks it and no other. */
static void expect_only(const char *rule)
{
	struct json_object *result;
	char policy[64];
	size_t i;

	snprintf(policy, sizeof(policy), "lint-%s", rule);
	for (i = 0; policy[i]; i++)
		policy[i] = policy[i] == '_' ? '-' : policy[i];
	result = json(FOUND, "lint", object(policy));
	assert_string_equal(list(get(result, "findings"), "rule"), rule);
	assert_string_equal(list(get(result, "unused"), NULL), "");
	json_object_put(result);
}

/* What is found, with "all" nothing else. */
#define MAX_CASES 5
static const struct {
	const char *policy;
	const char *cases[MAX_CASES];
	bool all;
} found[] = {
	{ "lint-discovery-owner",
	  { "KVM says what there is of TRNG, but TRNG_RND is the policy's",
	    "KVM says what there is of TRNG, but TRNG_RND_64 is the policy's",
	    "the policy says what there is of FF-A, but FFA_ERROR is KVM's",
	    "the policy says what there is of FF-A, but FFA_SUCCESS is KVM's",
	    "the policy says what there is of FF-A, but FFA_SUCCESS_64 is KVM's" },
	  false },
	{ "lint-hidden-service",
	  { "TRNG_FEATURES(TRNG_GET_UUID) is denied, but TRNG_GET_UUID is KVM's",
	    "TRNG_FEATURES(TRNG_RND) is denied, but TRNG_RND is KVM's",
	    "TRNG_FEATURES(TRNG_RND_64) is denied, but TRNG_RND_64 is KVM's",
	    "PV_TIME_FEATURES(PV_TIME_ST) is denied, but PV_TIME_ST is KVM's",
	    "KVM_FEATURES is denied, but KVM_PTP is KVM's" },
	  true },
	{ "lint-twins",
	  { "PSCI_NODE_HW_STATE answers w0=0x1, PSCI_NODE_HW_STATE_64 answers w0=0xfffffffd",
	    "PSCI_STAT_COUNT is HANDLE, PSCI_STAT_COUNT_64 is DENY" },
	  true },
	{ "lint-sve-hint",
	  { "0x82000000 is decided differently with bit 16 of the ID set",
	    "0x8200ffff is decided differently with bit 16 of the ID set",
	    "PSCI_MEM_PROTECT is decided differently with bit 16 of the ID set" },
	  false },
	{ "lint-unallocated", { "0x84001234 (other Standard Secure): ANSWER" }, true },
	{ "lint-immediate",
	  { "0x8400006c (FFA_YIELD): with an immediate such as 0x1: HANDLE, unlike without",
	    "PSCI_MEM_PROTECT over its limit: with an immediate such as 0x1: HANDLE, unlike "
	    "without",
	    "0xc4000013 over its limit: with an immediate such as 0x1: HANDLE, unlike without",
	    "0x86000003 with x1=0x12345000: with an immediate such as 0x1: HANDLE, unlike "
	    "without",
	    "KVM_MEM_SHARE with x1=0x12345000: with an immediate such as 0x1: HANDLE, unlike "
	    "without" },
	  false },
	{ "lint-always",
	  { "0x8400006c (FFA_YIELD): depends on arguments",
	    "0x86000003 (KVM_MEM_SHARE): depends on arguments",
	    "0x84000013 (PSCI_MEM_PROTECT): depends on the caller",
	    "0x8400000f (PSCI_SET_SUSPEND_MODE): depends on state" },
	  true },
	{ "lint-upper-half",
	  { "FFA_YIELD is decided differently with bit 32 of x0 set",
	    "PSCI_STAT_COUNT is decided differently with bit 32 of x1 set" },
	  false },
};

static bool has_case(struct json_object *finding, const char *part)
{
	struct json_object *cases = get(finding, "cases");
	size_t i;

	for (i = 0; i < json_object_array_length(cases); i++) {
		if (strstr(json_object_get_string(json_object_array_get_idx(cases, i)), part))
			return true;
	}
	return false;
}

static void the_cases_of_rules(void **state)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(found); i++) {
		struct json_object *result = json(FOUND, "lint", object(found[i].policy));
		struct json_object *finding = json_object_array_get_idx(get(result, "findings"), 0);

		for (j = 0; j < MAX_CASES && found[i].cases[j]; j++) {
			if (!has_case(finding, found[i].cases[j]))
				fail_msg("%s: not found: %s", found[i].policy, found[i].cases[j]);
		}
		if (found[i].all)
			assert_int_equal(json_object_array_length(get(finding, "cases")), j);
		json_object_put(result);
	}
}

/* The kernel's rules are for calls with an immediate and with reserved bits, too. */
static void odd_calls_are_overruled(void **state)
{
	struct json_object *result = json(FOUND, "lint", object("tools-odd"));
	struct json_object *findings = get(result, "findings"), *overruled;

	assert_string_equal(list(findings, "rule"), "needs_forward,overruled");
	assert_true(has_case(json_object_array_get_idx(findings, 0),
			     "with an immediate such as 0x6000: FORWARD"));
	overruled = json_object_array_get_idx(findings, 1);
	assert_true(has_case(overruled, "with an immediate such as 0x1: HANDLE, but the range"));
	assert_true(has_case(overruled, "with an immediate such as 0xffff: a number that is no"));
	assert_true(has_case(overruled, "with a reserved bit (23:17): HANDLE, but the range is"));
	assert_false(has_case(overruled, "ANSWER"));
	json_object_put(result);
}

#define BREAKS(rule)                            \
	static void breaks_##rule(void **state) \
	{                                       \
		expect_only(#rule);             \
	}
SMCCC_LINT_RULES(BREAKS)

static void every_rule_can_be_allowed(void **state)
{
	struct json_object *result = json(DONE, "lint", object("lint-allowed"));
	struct json_object *findings = get(result, "findings");
	char reason[64];
	size_t i;

	assert_int_equal(json_object_array_length(findings), ARRAY_SIZE(rules));
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		struct json_object *finding = json_object_array_get_idx(findings, i);

		snprintf(reason, sizeof(reason), "because of %s", rules[i]);
		assert_string_equal(text(finding, "rule"), rules[i]);
		assert_string_equal(text(finding, "allowed"), reason);
		assert_true(json_object_array_length(get(finding, "cases")) > 0);
	}
	json_object_put(result);
}

static void what_is_allowed_for_nothing_is_told(void **state)
{
	struct json_object *result = json(DONE, "lint", object("lint-unused"));

	assert_string_equal(list(get(result, "findings"), "rule"), "");
	assert_string_equal(list(get(result, "unused"), NULL), "twins");
	json_object_put(result);
}

static void numbers_mean_what_the_uid_says(void **state)
{
	assert_int_equal(run("lint", object("lint-other-uid")), DONE);
}

static void a_rule_that_is_none_does_not_compile(void **state)
{
	char *file = write_file("rule.bpf.c", "#include \"smccc_policy.h\"\n"
					      "#include \"smccc_lint.h\"\n"
					      "SMCCC_LINT_ALLOW(twin, \"typo\");\n"
					      "SMCCC_POLICY(typo) { return 0; }\n");

	expect_error(run("lint", file, "-I", "bpf"), BAD_POLICY,
		     "does not compile|SMCCC_LINT_twin");
}

static void a_reason_is_to_be_given(void **state)
{
	char *file = write_file("reason.bpf.c", "#include \"smccc_policy.h\"\n"
						"SMCCC_LINT_ALLOW(twins, \"\");\n"
						"SMCCC_POLICY(silent) { return 0; }\n");

	expect_error(run("lint", file, "-I", "bpf"), BAD_POLICY,
		     "does not compile|give the reason");
}

static void forward_is_as_with_attach(void **state)
{
	struct json_object *result = json(DONE, "lint", object("lint-needs-forward"), "--forward");

	assert_string_equal(list(get(result, "findings"), "rule"), "");
	json_object_put(result);
}

static void findings_in_words(void **state)
{
	assert_int_equal(run("lint", object("lint-half-pair")), FOUND);
	assert_non_null(strstr(output.out, "half_pair: "));
	assert_non_null(strstr(output.out, "a guest sees: "));
	assert_non_null(
		strstr(output.out, "KVM_MEM_SHARE is KVM's, but KVM_MEM_UNSHARE is denied"));
	assert_non_null(strstr(output.out, "1 of 14 rules broken, 0 allowed\n"));
	assert_string_equal(output.err, "");
}

static void the_rules_are_listed(void **state)
{
	struct json_object *result = json(DONE, "lint", "--list");
	size_t i;

	assert_int_equal(json_object_array_length(result), ARRAY_SIZE(rules));
	for (i = 0; i < ARRAY_SIZE(rules); i++)
		assert_string_equal(text(json_object_array_get_idx(result, i), "rule"), rules[i]);
	json_object_put(result);
}

#define TEST(rule) cmocka_unit_test(breaks_##rule),

const struct CMUnitTest lint_tests[] = {
	SMCCC_LINT_RULES(TEST) cmocka_unit_test(every_rule_can_be_allowed),
	cmocka_unit_test(what_is_allowed_for_nothing_is_told),
	cmocka_unit_test(numbers_mean_what_the_uid_says),
	cmocka_unit_test(a_rule_that_is_none_does_not_compile),
	cmocka_unit_test(a_reason_is_to_be_given),
	cmocka_unit_test(the_cases_of_rules),
	cmocka_unit_test(odd_calls_are_overruled),
	cmocka_unit_test(forward_is_as_with_attach),
	cmocka_unit_test(findings_in_words),
	cmocka_unit_test(the_rules_are_listed),
};
const size_t nr_lint_tests = ARRAY_SIZE(lint_tests);
