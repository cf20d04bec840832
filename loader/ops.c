// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "ops.h"

static const struct {
	const char *name;
	size_t offset;
	size_t size;
} fields[] = {
#define FIELD(member)                                            \
	{                                                        \
#member, offsetof(struct ops_values, member),    \
			sizeof(((struct ops_values *)0)->member) \
	}
	FIELD(vm_fd), FIELD(flags), FIELD(cookie), FIELD(forward_ranges), FIELD(answer_ranges),
#undef FIELD
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const struct btf_member *find_member(const struct btf *btf, const struct btf_type *type,
					    const char *name)
{
	const struct btf_member *member = btf_members(type);
	int i;

	for (i = 0; i < btf_vlen(type); i++, member++) {
		if (!strcmp(btf__name_by_offset(btf, member->name_off), name))
			return member;
	}
	return NULL;
}

static const struct btf_type *resolve(const struct btf *btf, __u32 id)
{
	int resolved = btf__resolve_type(btf, id);

	return resolved < 0 ? NULL : btf__type_by_id(btf, resolved);
}

int ops_layout__object(struct ops_layout *layout, const struct btf *btf, __u32 type_id)
{
	const struct btf_type *type = resolve(btf, type_id);

	if (!type || !btf_is_struct(type))
		return -EINVAL;
	*layout = (struct ops_layout){ .btf = btf, .type = type, .size = type->size };
	return 0;
}

int ops_layout__kernel(struct ops_layout *layout, const struct btf *kernel)
{
	__s32 id = btf__find_by_name_kind(kernel, "bpf_struct_ops_" OPS_NAME, BTF_KIND_STRUCT);
	const struct btf_type *value, *type;
	const struct btf_member *data;

	if (id < 0)
		return id;
	value = btf__type_by_id(kernel, id);
	data = find_member(kernel, value, "data");
	type = data ? resolve(kernel, data->type) : NULL;
	if (!type || !btf_is_struct(type))
		return -EINVAL;
	*layout = (struct ops_layout){ .btf = kernel,
				       .type = type,
				       .offset = data->offset / 8,
				       .size = value->size,
				       .value_id = id };
	return 0;
}

/* Where a member is in a value, or NULL if there is none of that size. */
static void *locate(const struct ops_layout *layout, const void *data, const char *name,
		    size_t size)
{
	const struct btf_member *member = find_member(layout->btf, layout->type, name);
	size_t at;

	if (!member || btf__resolve_size(layout->btf, member->type) != (__s64)size)
		return NULL;
	at = layout->offset + member->offset / 8;
	return at + size <= layout->size ? (char *)data + at : NULL;
}

const char *ops__missing_member(const struct ops_layout *layout)
{
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		if (!find_member(layout->btf, layout->type, fields[i].name))
			return fields[i].name;
	}
	return find_member(layout->btf, layout->type, "call") ? NULL : "call";
}

void ops__get(const struct ops_layout *layout, const void *data, struct ops_values *values)
{
	size_t i;

	memset(values, 0, sizeof(*values));
	for (i = 0; i < FIELDS; i++) {
		const void *from = locate(layout, data, fields[i].name, fields[i].size);

		if (from)
			memcpy((char *)values + fields[i].offset, from, fields[i].size);
	}
}

void ops__set(const struct ops_layout *layout, void *data, const struct ops_values *values)
{
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		void *to = locate(layout, data, fields[i].name, fields[i].size);

		if (to)
			memcpy(to, (const char *)values + fields[i].offset, fields[i].size);
	}
}

struct bpf_program *ops__call(const struct ops_layout *layout, const void *data)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): it is a pointer */
	struct bpf_program **call = locate(layout, data, "call", sizeof(*call));

	return call ? *call : NULL;
}

__u32 ops__call_id(const struct ops_layout *layout, const void *data)
{
	__u64 id = 0;
	void *call = locate(layout, data, "call", sizeof(id));

	if (call)
		memcpy(&id, call, sizeof(id));
	return id;
}

void ops__set_call_fd(const struct ops_layout *layout, void *data, int fd)
{
	__u64 value = fd;
	void *call = locate(layout, data, "call", sizeof(value));

	if (call)
		memcpy(call, &value, sizeof(value));
}

static void build_member(const struct ops_layout *object, const void *initial,
			 const struct btf_member *member, const struct ops_layout *kernel,
			 void *value)
{
	const char *name = btf__name_by_offset(object->btf, member->name_off);
	const struct btf_type *type = resolve(object->btf, member->type);
	__s64 size = btf__resolve_size(object->btf, member->type);
	void *from = locate(object, initial, name, size);
	void *to = locate(kernel, value, name, size);
	struct bpf_program *prog;
	unsigned long fd;

	/* a member that this kernel does not have is zero, or libbpf refused to load */
	if (!from || !to)
		return;
	if (type && !btf_is_ptr(type)) {
		memcpy(to, from, size);
		return;
	}
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): it is a pointer */
	memcpy(&prog, from, sizeof(prog));
	if (prog) {
		fd = bpf_program__fd(prog);
		memcpy(to, &fd, sizeof(fd));
	}
}

void *ops__build_value(const struct ops_layout *object, const void *initial,
		       const struct ops_layout *kernel)
{
	const struct btf_member *member = btf_members(object->type);
	void *value = calloc(1, kernel->size);
	int i;

	for (i = 0; value && i < btf_vlen(object->type); i++, member++)
		build_member(object, initial, member, kernel, value);
	return value;
}
