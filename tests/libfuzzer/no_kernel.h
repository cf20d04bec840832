/* SPDX-License-Identifier: GPL-2.0 */
/* In place of the kernel: bpf(2) that takes everything, and knows the hook's types. */
#ifndef LIBFUZZER_NO_KERNEL_H
#define LIBFUZZER_NO_KERNEL_H

#include <stddef.h>

/*
 * What the verifier is to say of programs, for inputs of an odd length: the end of
 * these bytes, as it quotes the object's source lines. Else it takes all programs.
 */
void no_kernel__verifier_says(const void *data, size_t size);

#endif
