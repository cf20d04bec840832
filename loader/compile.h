/* SPDX-License-Identifier: GPL-2.0 */
/* clang, for policies that come as source. */
#ifndef SMCCC_COMPILE_H
#define SMCCC_COMPILE_H

#include <stddef.h>

#include "error.h"
#include "options.h"

/* The policy's own, what --include names, and the loader's places with their include/. */
#define COMPILE_MAX_DIRS (MAX_LIST + 12)

/*
 * Compiles source into memory: no file is made, so that nothing is left behind
 * whatever happens. dirs, COMPILE_MAX_DIRS at most, ends with NULL. label is how
 * messages call the file. Of absolute paths the same compiler makes the same object,
 * byte for byte, wherever the loader runs. The object is to be freed by the caller, and
 * so is *inputs, unless inputs is NULL: all files that were read, or looked for and
 * found, as a rule of make, for inputs.h.
 */
int compile__policy(const char *source, const char *label, const char *const *dirs, void **object,
		    size_t *size, char **inputs, struct err *err);

/* The compiler that would be used: $CLANG, or clang. */
const char *compile__clang(void);
/* Its first line of --version, into text; not 0 if it cannot be run. */
int compile__version(char *text, size_t size);

#endif
