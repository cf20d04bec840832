// SPDX-License-Identifier: GPL-2.0
#include "apply.h"

int apply_policy__load(struct apply_policy *policy, const struct conf_section *section,
		       bool verbose, struct err *err)
{
	struct policy_settings settings = {
		.vm_fd = -1, /* not yet for a VM */
		.flags = (section->forward ? OPS_F_FORWARD : 0) |
			 (section->permissive ? OPS_F_PERMISSIVE : 0),
		.set_cookie = section->cookie.given,
		.cookie = section->cookie.value,
	};
	const struct vm_owner nobody = { .fd = -1 };

	policy->section = section;
	policy->source = (struct policy_source){ .path = section->policy,
						 .include_dirs = &section->include,
						 .rule = &section->rule,
						 .rules = section->rules,
						 .trusted = true };
	if (prepared__open(&policy->prepared, &policy->source, err))
		return -1;
	return prepared__load(&policy->prepared, &settings, &nobody, verbose, err);
}

void apply_policy__close(struct apply_policy *policy)
{
	prepared__close(&policy->prepared);
}
