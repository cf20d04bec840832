/* SPDX-License-Identifier: GPL-2.0 */
/* Global variables of a BPF object, by name, in this process's memory. */
#ifndef SMCCC_GLOBAL_H
#define SMCCC_GLOBAL_H

#include <bpf/libbpf.h>

/*
 * A variable of ".bss", ".rodata" or another data section. Before the object is
 * loaded: its initial value; after that, but for .rodata, the live one. NULL if
 * there is no such variable of that size.
 */
void *global__find(struct bpf_object *object, const char *section, const char *name, size_t size);

#endif
