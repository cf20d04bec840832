/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct kvm_smccc_ops by member names: the policy's object, this kernel and a
 * later kernel may each lay it out in their own way. libbpf reads the BTF; it has
 * no function that finds a member by its name.
 */
#ifndef SMCCC_OPS_H
#define SMCCC_OPS_H

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>

#include "error.h"

#define OPS_F_FORWARD	 1U
#define OPS_F_PERMISSIVE 2U

struct ops_values {
	__s32 vm_fd;
	__u32 flags;
	__u64 cookie;
	__u64 forward_ranges;
	__u64 answer_ranges;
};

struct ops_layout {
	const struct btf *btf;
	const struct btf_type *type;
	__u32 offset;	/* of the structure in the map's value */
	__u32 size;	/* of the map's value */
	__u32 value_id; /* the value's type in the kernel's BTF; 0 for an object's */
};

/* The structure as the object declares it, and in the map's value as this kernel does. */
int ops_layout__object(struct ops_layout *layout, const struct btf *btf, __u32 type_id);
int ops_layout__kernel(struct ops_layout *layout, const struct btf *kernel);

/* The name of the first member that the layout lacks, or NULL. */
const char *ops__missing_member(const struct ops_layout *layout);
void ops__get(const struct ops_layout *layout, const void *data, struct ops_values *values);
void ops__set(const struct ops_layout *layout, void *data, const struct ops_values *values);

/* The program that member `call` points to in an object's initial value. */
struct bpf_program *ops__call(const struct ops_layout *layout, const void *data);
/* The same member in a value that the kernel returns: the program's id. */
__u32 ops__call_id(const struct ops_layout *layout, const void *data);
/* In a value for the kernel it is the program's fd. */
void ops__set_call_fd(const struct ops_layout *layout, void *data, int fd);

/*
 * The kernel's value of a loaded policy: all members of the object's initial
 * value, with program fds where it has programs. To be freed by the caller.
 *
 * libbpf makes the same while it loads, but gives it away only together with an
 * attachment: bpf_map__attach_struct_ops() makes a link that it keeps, and
 * bpf_link__update_map() takes no other than that, and no BPF_F_REPLACE. Links
 * that were made by another process, by what was pinned, are updated without it.
 */
void *ops__build_value(const struct ops_layout *object, const void *initial,
		       const struct ops_layout *kernel);

#endif
