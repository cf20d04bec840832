/* SPDX-License-Identifier: GPL-2.0 */
/* SMCCC_LINT_ALLOW() in a policy's object file. */
#ifndef SMCCC_LINT_ALLOW_H
#define SMCCC_LINT_ALLOW_H

#include "policy_file.h"
#include "smccc_lint.h"

struct lint_allowed {
	/* by enum smccc_lint_rule: the reason, or NULL; freed by lint_allowed__free() */
	char *reason[SMCCC_LINT_NR];
};

int lint_allowed__read(struct lint_allowed *allowed, const struct policy_file *file,
		       struct err *err);
void lint_allowed__free(struct lint_allowed *allowed);
/* The rule's name, as in SMCCC_LINT_ALLOW() */
const char *lint_rule__name(enum smccc_lint_rule rule);

#endif
