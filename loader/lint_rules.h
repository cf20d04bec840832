/* SPDX-License-Identifier: GPL-2.0 */
/* The rules of smccc_loader lint: a row each, in lint_rules.c. */
#ifndef SMCCC_LINT_RULES_H
#define SMCCC_LINT_RULES_H

#include "behaviour.h"
#include "lint_allow.h"

struct json_object;

struct lint {
	struct behaviour *behaviour;
	const struct class_table *table;
	struct json_object *cases; /* of the rule that is being checked: strings */
	struct err *err;
};

struct lint_rule {
	const char *meaning; /* of the rule */
	const char *guest;   /* what a guest would see */
	int (*check)(struct lint *lint);
};

extern const struct lint_rule lint_rules[SMCCC_LINT_NR];

/* One case in which the rule is broken. */
void lint__found(struct lint *lint, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whether any call of a function that was tried reaches KVM or the VMM. */
bool lint__lets_through(const struct lint *lint, __u32 id);

/* The rules about services, in lint_services.c */
int lint__discovery_owner(struct lint *lint);
int lint__advertised_denied(struct lint *lint);
int lint__hidden_service(struct lint *lint);
int lint__hidden_smccc(struct lint *lint);
int lint__half_pair(struct lint *lint);

#endif
