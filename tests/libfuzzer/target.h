/* SPDX-License-Identifier: GPL-2.0 */
/* What the targets of libFuzzer share. A target is a program of its own: one file *_target.c. */
#ifndef LIBFUZZER_TARGET_H
#define LIBFUZZER_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>

#include "error.h"

/* What libFuzzer calls: with each input; before the first one; for a new one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
/* Its own mutations, for the latter. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* What must hold for any input; a crash otherwise, which libFuzzer keeps the input of. */
#define MUST(condition)                                                                  \
	do {                                                                             \
		if (!(condition)) {                                                      \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, \
				#condition);                                             \
			abort();                                                         \
		}                                                                        \
	} while (0)

/* The loader reads files: the input as one, always the same; nobody else can write to it. */
const char *input_file(const void *data, size_t size);

/* An error if and only if it failed, one that says something. Clears it; $OUTCOMES: shows it. */
void check_outcome(int ret, struct err *err);

#endif
