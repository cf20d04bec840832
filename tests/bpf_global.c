// SPDX-License-Identifier: GPL-2.0
#include "bpf_global.h"

#include <bpf/btf.h>
#include <stddef.h>
#include <string.h>

static char *section_value(struct bpf_object *object, const char *section)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, section);
	size_t size;

	return map ? bpf_map__initial_value(map, &size) : NULL;
}

void *bpf_global(struct bpf_object *object, const char *section, const char *name)
{
	const struct btf *btf = bpf_object__btf(object);
	int i, id = btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC);
	char *value = section_value(object, section);
	const struct btf_type *datasec;

	if (id < 0 || !value)
		return NULL;

	datasec = btf__type_by_id(btf, id);
	for (i = 0; i < btf_vlen(datasec); i++) {
		const struct btf_var_secinfo *var = &btf_var_secinfos(datasec)[i];
		const struct btf_type *type = btf__type_by_id(btf, var->type);

		if (!strcmp(btf__name_by_offset(btf, type->name_off), name))
			return value + var->offset;
	}

	return NULL;
}

void *bpf_ops_member(struct bpf_object *object, struct bpf_map *ops, const char *name)
{
	const struct btf *btf = bpf_object__btf(object);
	int i, id = btf__find_by_name_kind(btf, "kvm_smccc_ops", BTF_KIND_STRUCT);
	size_t size;
	char *value = bpf_map__initial_value(ops, &size);
	const struct btf_type *type;

	if (id < 0 || !value)
		return NULL;

	type = btf__type_by_id(btf, id);
	for (i = 0; i < btf_vlen(type); i++) {
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), name))
			return value + btf_member_bit_offset(type, i) / 8;
	}

	return NULL;
}
