/* SPDX-License-Identifier: GPL-2.0 */
/* How a function's arguments are called in its specification. */
#ifndef SMCCC_CALL_ARGS_H
#define SMCCC_CALL_ARGS_H

#include <linux/types.h>

/* The one whose value is itself a function ID */
#define CALL_ARGS_FUNCTION "function"
/* A register that means nothing */
#define CALL_ARGS_NONE "-"

/* The names of x1 on, with a blank between two. NULL: it has no arguments, or no name. */
const char *call_args__names(__u32 id);

#endif
