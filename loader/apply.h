/* SPDX-License-Identifier: GPL-2.0 */
/* What smccc_loader apply does: a VM, the section that it is treated by, what came of it. */
#ifndef SMCCC_APPLY_H
#define SMCCC_APPLY_H

#include "find_vm.h"
#include "policies_conf.h"
#include "prepare.h"

enum apply_action {
	APPLY_NOTHING, /* no section, or policy = none */
	APPLY_ATTACHED,
	APPLY_REPLACED,
	APPLY_KEPT,   /* it has this policy */
	APPLY_OTHERS, /* it has another one, which stays */
	APPLY_GONE,   /* the VM ended meanwhile */
	APPLY_FAILED,
	APPLY_ACTIONS
};

/* A section's policy, loaded once: so that it can be compared, and fails before anything is done. */
struct apply_policy {
	const struct conf_section *section;
	struct policy_source source;
	struct prepared prepared;
};

struct apply_vm {
	const struct found_vm *vm;
	struct vmm vmm;
	const struct conf_section *section; /* NULL: none matches */
	const struct apply_policy *policy;  /* NULL: none */
	enum apply_action action;
	char name[NAME_LIMIT + sizeof(STAGING_SUFFIX)]; /* of its attachment */
	struct err err; /* APPLY_FAILED; APPLY_OTHERS: what is different */
};

struct apply_options {
	struct pins pins;
	bool replace;
	bool verbose;
};

/*
 * Reads, compiles and loads. -1 with err set: a failure of ours, or of the policy,
 * for which conf_section.policy_at is the place.
 */
int apply_policy__load(struct apply_policy *policy, const struct conf_section *section,
		       bool verbose, struct err *err);
void apply_policy__close(struct apply_policy *policy);

/* Decides, and does it; what went wrong is in vm->err. */
void apply_vm__run(struct apply_vm *vm, const struct apply_options *options);

#endif
