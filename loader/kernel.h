/* SPDX-License-Identifier: GPL-2.0 */
/* What the running kernel can do, and what this process may. */
#ifndef SMCCC_KERNEL_H
#define SMCCC_KERNEL_H

#include <bpf/btf.h>
#include <stdbool.h>

#include "error.h"

#define OPS_NAME "kvm_smccc_ops"
#define PATCH_HINT                                                          \
	"run a kernel with CONFIG_KVM_ARM_SMCCC_BPF: apply this project's " \
	"kernel/bpf_smccc_hook.patch to a Linux 6.12 source and build with that option"

/* After "run as root, or grant CAP_..." */
#define GRANT_HOW " (setpriv, capsh, or AmbientCapabilities= in a systemd unit)"

struct kernel_support {
	bool bpf;	/* bpf(2) is there */
	bool btf;	/* the kernel describes its types */
	bool no_memory; /* to read them */
	bool links;	/* struct_ops maps can be attached by links */
	bool hook;	/* struct kvm_smccc_ops is a struct_ops type */
};

/* Missing capabilities as text ("CAP_BPF and CAP_PERFMON"), or "" if none is. */
void kernel__missing_capabilities(char *text, size_t size);
bool kernel__has_capability(int capability);

/* What there is; *btf may be NULL, else it gets the kernel's BTF, to be freed by the caller. */
void kernel__probe(struct kernel_support *support, struct btf **btf);

/* All that attaching needs, or a message about the first thing that is missing. */
int kernel__require(struct btf **btf, struct err *err);

#endif
