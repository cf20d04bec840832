// SPDX-License-Identifier: GPL-2.0
/* Rules for policies that decide by them: a file, and its first line as --rule, too. */
#include <string.h>

#include "rules.h"
#include "target.h"

/* The IDs are in order, nobody's twice; a policy finds its way by the links. */
static void check_rules(const struct rules *rules)
{
	__u32 i;

	for (i = 1; i <= rules->count; i++) {
		const struct smccc_rule *rule = &rules->rule[i];

		MUST(rule->first <= rule->last && rule->verdict <= 2);
		MUST(i == 1 || rule[-1].last < rule->first);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *option = strndup((const char *)data, size);
	struct opt_list options = { .count = 1, .item = { option } };
	struct rules rules = {}, more = {};
	struct err err = {};
	int ret;

	ret = rules__read(&rules, NULL, input_file(data, size), &err);
	if (!ret)
		check_rules(&rules);
	check_outcome(ret, &err);
	rules__free(&rules);

	option[strcspn(option, "\n")] = '\0';
	ret = rules__read(&more, &options, NULL, &err);
	if (!ret)
		check_rules(&more);
	check_outcome(ret, &err);
	rules__free(&more);
	free(option);
	return 0;
}
