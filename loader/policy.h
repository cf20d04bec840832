/* SPDX-License-Identifier: GPL-2.0 */
/* A policy as a BPF object: checked, set up for one VM, loaded. */
#ifndef SMCCC_POLICY_H
#define SMCCC_POLICY_H

#include <bpf/libbpf.h>
#include <linux/types.h>

#include "ops.h"
#include "policy_file.h"

struct policy {
	const char *label;
	struct bpf_object *obj;
	struct bpf_map *ops; /* the one kvm_smccc_ops map */
	struct bpf_program *call;
	struct ops_layout layout;
	const struct rules *rules; /* the file's */
	char *log;		   /* the verifier's */
};

/* What the attacher decides; the ranges and the default cookie are the policy's. */
struct policy_settings {
	__s32 vm_fd;
	__u32 flags;
	bool set_cookie;
	__u64 cookie;
};

/* Everything that can be said about a policy without a kernel that has the hook. */
int policy__open(struct policy *policy, const struct policy_file *file, struct err *err);
/* The same for a kernel whose types are in the file btf; NULL: the running kernel's own. */
int policy__open_with(struct policy *policy, const struct policy_file *file, const char *btf,
		      struct err *err);
/* Have policy__load() load this program, too. */
void policy__choose(struct policy *policy, struct bpf_program *prog);
int policy__configure(struct policy *policy, const struct policy_settings *settings,
		      struct err *err);
int policy__load(struct policy *policy, bool verbose, struct err *err);
/*
 * Hands the settings to the kernel, which checks them: after this the map can
 * be attached, or replace another. values gets what was set.
 */
int policy__publish(struct policy *policy, const struct btf *kernel, struct ops_values *values,
		    struct err *err);
/*
 * The same in a map of its own, over the programs that were loaded once: for one VM
 * of many. *map_fd is for the caller to close.
 */
int policy__new_map(struct policy *policy, const struct btf *kernel,
		    const struct policy_settings *settings, struct ops_values *values, int *map_fd,
		    struct err *err);
void policy__close(struct policy *policy);

#endif
