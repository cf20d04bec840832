/* SPDX-License-Identifier: GPL-2.0 */
/* The rules of smccc_loader lint: a row each, in lint_rules.c. */
#ifndef SMCCC_LINT_RULES_H
#define SMCCC_LINT_RULES_H

#include "behaviour.h"
#include "lint_allow.h"

struct json_object;
struct row;

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

const struct behaviour_class *lint__class(const struct lint *lint, __u32 id);

/* What is wrong with an ID, one of a few constant texts, or NULL. */
typedef const char *(*lint_id_check)(const struct lint *lint, __u32 id,
				     const struct behaviour_class *class);
/* A second look at a range. */
typedef int (*lint_row_filter)(struct lint *lint, const struct row *row, bool *dropped);
/* A case for each range of IDs with something wrong; filter may be NULL. */
int lint__found_ranges(struct lint *lint, lint_id_check check, lint_row_filter filter);

/* A call of an ID of the plan with an immediate, or, where imm is 0, with a reserved bit. */
struct lint_odd {
	__u32 id;
	__u16 imm;
	__u8 verdict;
	const struct behaviour_class *class; /* of the ID without them */
};
typedef const char *(*lint_odd_check)(const struct lint *lint, const struct lint_odd *call);
/* The same for those calls; of several immediates the first is named. */
int lint__found_odd(struct lint *lint, lint_odd_check check);

/* Whether any call of a function that was tried reaches KVM or the VMM. */
bool lint__lets_through(const struct lint *lint, __u32 id);

/* The rules about services, in lint_services.c */
int lint__discovery_owner(struct lint *lint);
int lint__advertised_denied(struct lint *lint);
int lint__hidden_service(struct lint *lint);
int lint__hidden_smccc(struct lint *lint);
int lint__half_pair(struct lint *lint);

/* Those about what a call has besides its ID, in lint_calls.c */
int lint__sve_hint(struct lint *lint);
int lint__immediate(struct lint *lint);
int lint__upper_half(struct lint *lint);
int lint__always(struct lint *lint);

#endif
