/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The program without memory: it says so and ends, wherever it is. There is no such end
 * in libsmcccpolicy, which returns an error.
 */
#ifndef SMCCC_MEMORY_H
#define SMCCC_MEMORY_H

#include <stdbool.h>

/* How to say it. */
void memory__init(bool json);
/* While things are half done, malloc() may return NULL: what is done must be undone first. */
void memory__may_fail(bool may);
/* What is done, if there is no memory to tell more about it. */
void memory__done(const char *what);

#endif
