// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "carry.h"
#include "output.h"
#include "record.h"
#include "rules.h"

#define WHY_SIZE 128

struct carrying {
	const struct attachment *old;
	const struct pins *pins;
	struct bpf_object *obj;
	struct json_object *types; /* NULL: nothing is to be carried over */
	const char *why_nothing;
	struct json_object *carried_over, *anew, *given_up;
};

static struct json_object *add(struct json_object *array, const char *map)
{
	struct json_object *item = json_object_new_object();

	json_object_object_add(item, "map", json_object_new_string(map));
	json_object_array_add(array, item);
	return item;
}

/* -1 if that attachment has no such map. */
static int open_pinned(const struct pins *pins, const char *attachment, const char *map,
		       struct bpf_map_info *info)
{
	__u32 len = sizeof(*info);
	char path[PATH_MAX];
	int fd;

	memset(info, 0, sizeof(*info));
	if (snprintf(path, sizeof(path), "%s/%s/maps/%s", pins->dir, attachment, map) >=
	    (int)sizeof(path))
		return -1;
	fd = bpf_obj_get(path);
	if (fd < 0)
		return -1;
	if (!bpf_map_get_info_by_fd(fd, info, &len))
		return fd;
	close(fd);
	return -1;
}

/* Other types hold programs or maps, or belong to one program. */
static bool is_data(enum bpf_map_type type)
{
	static const bool is[] = {
		[BPF_MAP_TYPE_HASH] = true,	    [BPF_MAP_TYPE_ARRAY] = true,
		[BPF_MAP_TYPE_PERCPU_HASH] = true,  [BPF_MAP_TYPE_PERCPU_ARRAY] = true,
		[BPF_MAP_TYPE_LRU_HASH] = true,	    [BPF_MAP_TYPE_LRU_PERCPU_HASH] = true,
		[BPF_MAP_TYPE_LPM_TRIE] = true,	    [BPF_MAP_TYPE_QUEUE] = true,
		[BPF_MAP_TYPE_STACK] = true,	    [BPF_MAP_TYPE_RINGBUF] = true,
		[BPF_MAP_TYPE_BLOOM_FILTER] = true,
	};

	return type < sizeof(is) / sizeof(is[0]) && is[type];
}

static bool differs(__u64 old, __u64 new, const char *what, char *why)
{
	if (old != new)
		snprintf(why, WHY_SIZE, "%s %llu -> %llu", what, (unsigned long long)old,
			 (unsigned long long)new);
	return old != new;
}

static bool has_other_form(const struct bpf_map *map, const struct bpf_map_info *old, char *why)
{
	enum bpf_map_type type = bpf_map__type(map);

	if (old->type != type)
		snprintf(why, WHY_SIZE, "type %s -> %s", libbpf_bpf_map_type_str(old->type),
			 libbpf_bpf_map_type_str(type));
	else if (!is_data(type))
		snprintf(why, WHY_SIZE, "maps of type %s are not carried over",
			 libbpf_bpf_map_type_str(type));
	else
		return differs(old->key_size, bpf_map__key_size(map), "key size", why) ||
		       differs(old->value_size, bpf_map__value_size(map), "value size", why) ||
		       differs(old->max_entries, bpf_map__max_entries(map), "max_entries", why) ||
		       differs(old->map_flags, bpf_map__map_flags(map), "map_flags", why) ||
		       differs(old->map_extra, bpf_map__map_extra(map), "map_extra", why);
	return true;
}

static bool has_other_types(const struct carrying *c, const struct bpf_map *map, const char *name,
			    char *why)
{
	const char *new = record__string(c->types, name);
	struct json_object *types, *old;

	if (!json_object_object_get_ex(c->old->record, "map_types", &types) ||
	    !json_object_object_get_ex(types, name, &old)) {
		snprintf(why, WHY_SIZE, "it is not recorded how it was declared");
		return true;
	}
	/* compared where both have types */
	if (!new[0] || !json_object_get_string_len(old) ||
	    !strcmp(json_object_get_string(old), new))
		return false;
	snprintf(why, WHY_SIZE, "%s",
		 bpf_map__is_internal(map) ? "other variables, or other initial values" :
					     "other types of key or value");
	return true;
}

static bool is_compatible(const struct carrying *c, const struct bpf_map *map, const char *name,
			  const struct bpf_map_info *old, char *why)
{
	if (!c->types)
		snprintf(why, WHY_SIZE, "%s", c->why_nothing);
	else if (rules__is_map(map))
		snprintf(why, WHY_SIZE, "rules belong to their policy");
	else if (bpf_map__is_internal(map) && rules__taken_by(c->obj))
		snprintf(why, WHY_SIZE, "it may be about the old rules");
	else if (!old->name[0])
		/* libbpf would forget ours */
		snprintf(why, WHY_SIZE, "it was made by a BPF token, and so has no name");
	else
		return !has_other_form(map, old, why) && !has_other_types(c, map, name, why);
	return false;
}

struct sharing {
	const struct carrying *carrying;
	const char *map;
	__u32 id;
	int others;
};

static int count_other(struct attachment *attachment, void *arg)
{
	struct sharing *sharing = arg;
	struct bpf_map_info info;
	int fd;

	if (!strcmp(attachment->name, sharing->carrying->old->name))
		return 0;
	fd = open_pinned(sharing->carrying->pins, attachment->name, sharing->map, &info);
	if (fd < 0)
		return 0;
	close(fd);
	sharing->others += info.id == sharing->id;
	return 0;
}

static void add_carried(struct carrying *c, const char *name, __u32 id)
{
	struct sharing sharing = { .carrying = c, .map = name, .id = id };

	attachment__for_each(c->pins, count_other, &sharing);
	json_object_object_add(add(c->carried_over, name), "shared_with",
			       json_object_new_int(sharing.others));
}

static int take_map(struct carrying *c, struct bpf_map *map, const char *name, int fd, __u32 id,
		    struct err *err)
{
	int ret = bpf_map__reuse_fd(map, fd);

	if (ret)
		return err_set(err, ERR_FAILED, "leave it behind with --fresh",
			       "cannot carry the map %s over: %s", name, strerror(-ret));
	add_carried(c, name, id);
	return 0;
}

static int carry_map(struct carrying *c, struct bpf_map *map, struct err *err)
{
	char name[NAME_MAX], why[WHY_SIZE] = "";
	struct bpf_map_info old;
	int fd, ret = 0;

	if (!pins__map_name(map, name, sizeof(name)))
		return 0;
	fd = open_pinned(c->pins, c->old->name, name, &old);
	if (fd < 0)
		return 0;
	if (is_compatible(c, map, name, &old, why))
		ret = take_map(c, map, name, fd, old.id, err);
	else
		json_object_object_add(add(c->anew, name), "why", json_object_new_string(why));
	close(fd);
	return ret;
}

static bool is_declared(const struct bpf_object *obj, const char *pinned)
{
	char name[NAME_MAX];
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj) {
		if (pins__map_name(map, name, sizeof(name)) && !strcmp(name, pinned))
			return true;
	}
	return false;
}

/* What the policy in force has pinned. */
static struct json_object *pinned_maps(const struct attachment *old)
{
	struct json_object *row = attachment__row(old, NULL);
	struct json_object *maps = json_object_get(output__get(row, "maps"));

	json_object_put(row);
	return maps;
}

static const char *nth_name(struct json_object *maps, size_t n)
{
	return strrchr(json_object_get_string(json_object_array_get_idx(maps, n)), '/') + 1;
}

static void find_given_up(struct carrying *c)
{
	struct json_object *maps = pinned_maps(c->old);
	size_t i;

	for (i = 0; i < json_object_array_length(maps); i++) {
		if (!is_declared(c->obj, nth_name(maps, i)))
			add(c->given_up, nth_name(maps, i));
	}
	json_object_put(maps);
}

static struct json_object *begin(struct carrying *c)
{
	struct json_object *result = json_object_new_object();

	c->carried_over = json_object_new_array();
	c->anew = json_object_new_array();
	c->given_up = json_object_new_array();
	json_object_object_add(result, "carried_over", c->carried_over);
	json_object_object_add(result, "anew", c->anew);
	json_object_object_add(result, "given_up", c->given_up);
	return result;
}

static struct json_object *carry(struct carrying *c, struct err *err)
{
	struct json_object *result = begin(c);
	struct bpf_map *map;
	int ret = 0;

	if (!attachment__is_ours(c->old))
		return result;
	bpf_object__for_each_map(map, c->obj) {
		if (!ret)
			ret = carry_map(c, map, err);
	}
	find_given_up(c);
	if (!ret)
		return result;
	json_object_put(result);
	return NULL;
}

struct json_object *carry__over(const struct attachment *old, const struct pins *pins,
				struct bpf_object *obj, struct json_object *types, struct err *err)
{
	struct carrying c = { .old = old, .pins = pins, .obj = obj, .types = types };

	/* somebody else replaced the policy that these maps were of */
	if (!attachment__is_current(old))
		return carry__nothing(old, pins, obj, "the policy in force does not use it", err);
	return carry(&c, err);
}

struct json_object *carry__nothing(const struct attachment *old, const struct pins *pins,
				   struct bpf_object *obj, const char *why, struct err *err)
{
	struct carrying c = { .old = old, .pins = pins, .obj = obj, .why_nothing = why };

	return carry(&c, err);
}

struct json_object *carry__all(const struct attachment *old, const struct pins *pins)
{
	struct carrying c = { .old = old, .pins = pins };
	struct json_object *result = begin(&c), *maps = pinned_maps(old);
	struct bpf_map_info info;
	size_t i;
	int fd;

	for (i = 0; i < json_object_array_length(maps); i++) {
		fd = open_pinned(pins, old->name, nth_name(maps, i), &info);
		if (fd < 0)
			continue;
		close(fd);
		add_carried(&c, nth_name(maps, i), info.id);
	}
	json_object_put(maps);
	return result;
}

static void print_map(const char *separator, struct json_object *map, const char *what)
{
	const char *why = output__text(map, "why");
	int others = json_object_get_int(output__get(map, "shared_with"));

	printf("%s%s %s%s%s", separator, output__text(map, "map"), what, why[0] ? ": " : "", why);
	if (others)
		printf(", shared with %d other VM%s", others, others > 1 ? "s" : "");
}

void carry__print(struct json_object *result)
{
	static const char *const lists[][2] = {
		{ "carried_over", "carried over" },
		{ "anew", "anew" },
		{ "given_up", "given up" },
	};
	const char *separator = "maps: ";
	size_t i, list;

	for (list = 0; list < sizeof(lists) / sizeof(lists[0]); list++) {
		struct json_object *maps = output__get(result, lists[list][0]);

		for (i = 0; i < json_object_array_length(maps); i++) {
			print_map(separator, json_object_array_get_idx(maps, i), lists[list][1]);
			separator = "; ";
		}
	}
	if (separator[0] == ';')
		printf("\n");
}
