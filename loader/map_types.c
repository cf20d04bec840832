// SPDX-License-Identifier: GPL-2.0
#include <bpf/btf.h>
#include <errno.h>
#include <limits.h>
#include <sha256.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_add.h"
#include "map_types.h"
#include "pins.h"

static void print(void *out, const char *fmt, va_list args)
{
	vfprintf(out, fmt, args);
}

/* What one would write in C: how a variable is declared, and all types that it takes. */
static int write_type(struct btf_dump *dump, __u32 id, const char *name, FILE *out)
{
	LIBBPF_OPTS(btf_dump_emit_type_decl_opts, opts, .field_name = name);

	/* of what it cannot print, it prints the same each time */
	if (btf_dump__emit_type_decl(dump, id, &opts) == -ENOMEM)
		return -ENOMEM;
	fputs(";\n", out);
	return btf_dump__dump_type(dump, id) == -ENOMEM ? -ENOMEM : 0;
}

static bool is_bss(const struct btf *btf, const struct btf_type *section)
{
	return !strncmp(btf__name_by_offset(btf, section->name_off), ".bss", strlen(".bss"));
}

static int write_variables(const struct bpf_map *map, struct btf_dump *dump, const struct btf *btf,
			   const struct btf_type *section, FILE *out)
{
	const struct btf_var_secinfo *info = btf_var_secinfos(section);
	const void *initial;
	size_t size;
	int i, ret = 0;

	for (i = 0; !ret && i < btf_vlen(section); i++, info++) {
		const struct btf_type *variable = btf__type_by_id(btf, info->type);

		fprintf(out, "%u: ", info->offset);
		ret = write_type(dump, variable->type, btf__name_by_offset(btf, variable->name_off),
				 out);
	}
	/* zeros, however many, say nothing */
	initial = is_bss(btf, section) ? NULL : bpf_map__initial_value(map, &size);
	if (initial)
		fwrite(initial, 1, size, out);
	return ret;
}

static int write_map(const struct bpf_map *map, const struct btf *btf, FILE *out)
{
	__u32 key = bpf_map__btf_key_type_id(map), value = bpf_map__btf_value_type_id(map);
	const struct btf_type *type = value ? btf__type_by_id(btf, value) : NULL;
	struct btf_dump *dump = btf_dump__new(btf, print, out, NULL);
	int ret = 0;

	if (!dump)
		return -errno;
	if (type && btf_is_datasec(type))
		ret = write_variables(map, dump, btf, type, out);
	else if (value)
		ret = (key ? write_type(dump, key, "key", out) : 0) ?:
			      write_type(dump, value, "value", out);
	btf_dump__free(dump);
	return ret;
}

/* NULL: out of memory */
static struct json_object *hash(const struct bpf_map *map, const struct btf *btf)
{
	char digest[SHA256_DIGEST_STRING_LENGTH] = "", *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int ret;

	if (!out)
		return NULL;
	ret = write_map(map, btf, out);
	if (fclose(out))
		ret = -ENOMEM;
	if (!ret && size)
		SHA256Data((const uint8_t *)text, size, digest);
	free(text);
	return ret ? NULL : json_object_new_string(digest);
}

struct json_object *map_types__of(const struct bpf_object *obj)
{
	struct json_object *types = json_object_new_object();
	char name[NAME_MAX];
	struct bpf_map *map;
	int ret = 0;

	bpf_object__for_each_map(map, obj) {
		if (!ret && pins__map_name(map, name, sizeof(name)))
			ret = json_add(types, name, hash(map, bpf_object__btf(obj)));
	}
	if (!ret)
		return types;
	json_object_put(types);
	return NULL;
}
