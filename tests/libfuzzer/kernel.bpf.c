// SPDX-License-Identifier: GPL-2.0
/* The types that a kernel with the hook has, for no_kernel.c: what libbpf looks for in it. */
#include "vmlinux.h"

struct bpf_struct_ops_common_value {
	int refcnt;
	int state;
};

struct bpf_struct_ops_kvm_smccc_ops {
	struct bpf_struct_ops_common_value common;
	struct kvm_smccc_ops data;
};

struct bpf_struct_ops_kvm_smccc_ops kernel;
struct bpf_prog *none;
