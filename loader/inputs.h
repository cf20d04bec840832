/* SPDX-License-Identifier: GPL-2.0 */
/* What a compiler has read, as it says itself. */
#ifndef SMCCC_INPUTS_H
#define SMCCC_INPUTS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether nobody else can change any of the files that a rule of make names, as
 * clang -MD writes it; see trust.h. The rule is written over.
 */
bool inputs__trusted(char *rule, char *why, size_t size);

#endif
