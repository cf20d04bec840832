// SPDX-License-Identifier: GPL-2.0
#include <bpf/btf.h>
#include <string.h>

#include "global.h"

void *global__find(struct bpf_object *object, const char *section, const char *name, size_t size)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, section);
	const struct btf *btf = bpf_object__btf(object);
	const struct btf_var_secinfo *var;
	const struct btf_type *datasec;
	size_t total;
	char *value;
	int i, id;

	id = btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC);
	value = map ? bpf_map__initial_value(map, &total) : NULL;
	if (id < 0 || !value)
		return NULL;
	datasec = btf__type_by_id(btf, id);
	var = btf_var_secinfos(datasec);
	for (i = 0; i < btf_vlen(datasec); i++, var++) {
		const struct btf_type *type = btf__type_by_id(btf, var->type);

		if (!strcmp(btf__name_by_offset(btf, type->name_off), name) && var->size == size &&
		    var->offset + size <= total)
			return value + var->offset;
	}
	return NULL;
}
