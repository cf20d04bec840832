/* SPDX-License-Identifier: GPL-2.0 */
/* diff, of the policy in force and the one that is to replace it. */
#ifndef SMCCC_COMPARE_H
#define SMCCC_COMPARE_H

#include "ops.h"
#include "policy_file.h"

/* A policy whose file has been read, and what it is attached with. */
struct compared {
	const struct policy_file *file;
	const struct ops_values *values;
};

/*
 * What diff --json prints of the two, each under its own settings; or NULL, and in
 * err why they cannot be compared. Takes a second or two.
 */
struct json_object *compare__policies(const struct compared *old, const struct compared *new,
				      struct err *err);

#endif
