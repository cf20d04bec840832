// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks no rule of lint, and allows itself to. */
#include "smccc_policy.h"
#include "smccc_lint.h"

SMCCC_LINT_ALLOW(twins, "for nothing");

SMCCC_POLICY(unused)
{
	return KVM_SMCCC_HANDLE;
}
