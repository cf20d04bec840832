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
	assert_non_null(strstr(output.out, "1 of 11 rules broken, 0 allowed\n"));
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
	cmocka_unit_test(forward_is_as_with_attach),
	cmocka_unit_test(findings_in_words),
	cmocka_unit_test(the_rules_are_listed),
};
const size_t nr_lint_tests = ARRAY_SIZE(lint_tests);
