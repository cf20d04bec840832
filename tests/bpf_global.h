/* SPDX-License-Identifier: GPL-2.0 */
/* Global variables and members of a BPF object, by name, in this process's memory. */
#ifndef BPF_GLOBAL_H
#define BPF_GLOBAL_H

#include <bpf/libbpf.h>

/*
 * A variable of ".bss" or ".rodata". Before the object is loaded: its initial
 * value. After: the live one, for .bss. NULL if there is no such variable.
 */
void *bpf_global(struct bpf_object *object, const char *section, const char *name);

/*
 * A member of struct kvm_smccc_ops in the initial value of a policy's struct_ops
 * map: to be set before the object is loaded. NULL if there is no such member.
 */
void *bpf_ops_member(struct bpf_object *object, struct bpf_map *ops, const char *name);

#endif
