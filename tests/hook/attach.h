/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scripted policy (tests/policies/scripted.bpf.c) in this process, attached
 * to a VM step by step with libbpf, so that a test can look between the steps.
 */
#ifndef HOOK_ATTACH_H
#define HOOK_ATTACH_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include "scripted.h"

enum verdict { HANDLE, DENY, FORWARD, ANSWER };

#define F_FORWARD    1U
#define F_PERMISSIVE 2U

#define RANGE(owner) (1ULL << (owner))

/* The members of struct kvm_smccc_ops that an attacher sets. */
struct ops_fields {
	__s32 vm_fd;
	__u32 flags;
	__u64 cookie;
	__u64 forward_ranges;
	__u64 answer_ranges;
};

/*
 * Load policy NAME of NAME.bpf.o, its struct_ops map and what that needs: to be closed by
 * bpf_object__close(). Fails the test when it cannot. map_flags: BPF_F_LINK, but to see
 * it refused.
 */
struct bpf_object *ops_load(const char *name, const struct ops_fields *fields, __u32 map_flags,
			    struct bpf_map **ops);

struct scripted {
	struct bpf_object *object;
	struct bpf_map *ops;   /* the struct_ops map */
	struct script *script; /* mapped: the next call sees what is written */
	struct sighting *sighting;
	struct bpf_link *link; /* NULL while not attached */
};

/* Load the policy, not attached. Fails the test when it cannot. */
struct scripted *scripted_load(const struct ops_fields *fields);

/* The same with a struct_ops map as it was before there were links (Linux 6.4). */
struct scripted *scripted_load_without_link(const struct ops_fields *fields);

/* Load, attach, and set the verdict; what most tests want. */
struct scripted *scripted_attached(int vm_fd, __u32 flags, enum verdict verdict);

/* 0 or -errno of the map update or the link creation. */
int scripted_attach(struct scripted *policy);

/* Put another, loaded policy in this one's place: 0 or -errno. */
int scripted_replace(struct scripted *attached, struct scripted *with);

void scripted_detach(struct scripted *policy);

/* Detaches, too. */
void scripted_free(struct scripted *policy);

/* The directory of the policies' objects; set by main(). */
extern const char *policy_dir;

#endif
