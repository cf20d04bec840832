/* SPDX-License-Identifier: GPL-2.0 */
/* The loader run by itself: a step of apply is a command that an operator could give. */
#ifndef SMCCC_SELF_H
#define SMCCC_SELF_H

#include "error.h"

struct json_object;

#define SELF_MAX_ARGS 96

struct self_args {
	const char *word[SELF_MAX_ARGS];
	int count;
	char number[4][24]; /* room for numbers among the words */
	int numbers;
};

void self__add(struct self_args *args, const char *word);
void self__add_number(struct self_args *args, const char *option, unsigned long long number);

/*
 * Runs `smccc_loader ARGS --json`. Returns its exit status, or -1 with err set if
 * it did not run; *result is what it printed, or NULL.
 */
int self__run(struct self_args *args, struct json_object **result, struct err *err);

#endif
