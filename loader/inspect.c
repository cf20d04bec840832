// SPDX-License-Identifier: GPL-2.0
/* What the kernel itself says about an attachment, with its record where it says nothing. */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "ops.h"
#include "recipe.h"
#include "record.h"

/* A policy as it is in force. */
struct live {
	struct ops_values values;
	char name[BPF_OBJ_NAME_LEN];
	__u32 prog_id;
	char prog_tag[17];
};

static void read_tag(__u32 prog_id, char *tag)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(prog_id);
	size_t i;

	if (fd < 0)
		return;
	if (!bpf_prog_get_info_by_fd(fd, &info, &len)) {
		for (i = 0; i < sizeof(info.tag); i++)
			snprintf(tag + 2 * i, 3, "%02x", info.tag[i]);
	}
	close(fd);
}

static int read_value(int fd, const struct ops_layout *layout, struct live *live)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info), zero = 0;
	void *value;
	int ret = bpf_map_get_info_by_fd(fd, &info, &len);

	if (ret)
		return ret;
	/* the map of another kind of struct_ops */
	if (info.type != BPF_MAP_TYPE_STRUCT_OPS || info.value_size != layout->size ||
	    info.btf_vmlinux_value_type_id != layout->value_id)
		return -EINVAL;
	value = calloc(1, info.value_size);
	if (!value)
		return -ENOMEM;
	ret = bpf_map_lookup_elem(fd, &zero, value);
	if (!ret) {
		ops__get(layout, value, &live->values);
		live->prog_id = ops__call_id(layout, value);
		memcpy(live->name, info.name, sizeof(live->name));
	}
	free(value);
	return ret;
}

/* Needs CAP_SYS_ADMIN: maps are had by id only so. */
static bool read_live(__u32 map_id, const struct btf *kernel, struct live *live)
{
	struct ops_layout layout;
	int fd, ret;

	memset(live, 0, sizeof(*live));
	if (!map_id || !kernel || ops_layout__kernel(&layout, kernel))
		return false;
	fd = bpf_map_get_fd_by_id(map_id);
	if (fd < 0)
		return false;
	ret = read_value(fd, &layout, live);
	close(fd);
	if (!ret && live->prog_id)
		read_tag(live->prog_id, live->prog_tag);
	return !ret;
}

static void live_from_record(struct json_object *record, struct live *live)
{
	memset(live, 0, sizeof(*live));
	record__get_values(record, &live->values);
	live->prog_id = record__number(record, "prog_id");
	snprintf(live->prog_tag, sizeof(live->prog_tag), "%s", record__string(record, "prog_tag"));
}

bool attachment__is_current(const struct attachment *attachment)
{
	return attachment->record &&
	       (!attachment->map_id ||
		record__number(attachment->record, "map_id") == attachment->map_id);
}

static bool know(const struct attachment *attachment, const struct btf *kernel, struct live *live)
{
	if (read_live(attachment->map_id, kernel, live))
		return true;
	if (attachment__is_current(attachment))
		live_from_record(attachment->record, live);
	return attachment__is_current(attachment);
}

bool attachment__values(const struct attachment *attachment, const struct btf *kernel,
			struct ops_values *values)
{
	struct live live;
	bool known = know(attachment, kernel, &live);

	*values = live.values;
	return known;
}

static void add_string(struct json_object *row, const char *key, const char *value)
{
	json_object_object_add(row, key, value && value[0] ? json_object_new_string(value) : NULL);
}

static void add_ranges(struct json_object *row, const char *key, __u64 ranges)
{
	struct json_object *array = json_object_new_array();
	int owner;

	for (owner = 0; owner < 64; owner++) {
		if (ranges >> owner & 1)
			json_object_array_add(array, json_object_new_int(owner));
	}
	json_object_object_add(row, key, array);
}

static void add_settings(struct json_object *row, const struct ops_values *values)
{
	add_string(row, "mode", values->flags & OPS_F_PERMISSIVE ? "permissive" : "enforcing");
	json_object_object_add(row, "forward",
			       json_object_new_boolean(values->flags & OPS_F_FORWARD));
	json_object_object_add(row, "cookie", json_object_new_uint64(values->cookie));
	add_ranges(row, "forward_ranges", values->forward_ranges);
	add_ranges(row, "answer_ranges", values->answer_ranges);
}

static void add_file(struct json_object *row, struct json_object *record)
{
	static const char *const states[] = {
		[RECIPE_FILE_SAME] = "same",
		[RECIPE_FILE_CHANGED] = "changed",
		[RECIPE_FILE_GONE] = "gone",
		[RECIPE_FILE_UNKNOWN] = NULL,
	};

	add_string(row, "file", record ? record__string(record, "file") : NULL);
	add_string(row, "file_state", record ? states[recipe__file(record)] : NULL);
	add_string(row, "sha256", record ? record__string(record, "sha256") : NULL);
}

static void add_vmm(struct json_object *row, struct json_object *record, const struct vm_owner *vmm)
{
	struct json_object *object = NULL;

	if (vmm->pid) {
		object = json_object_new_object();
		json_object_object_add(object, "pid", json_object_new_int(vmm->pid));
		add_string(object, "command", vmm->command);
		add_string(object, "vm_name", record__vm_name(record));
		json_object_object_add(object, "fd", json_object_new_int(vmm->fd));
		json_object_object_add(object, "running",
				       json_object_new_boolean(vm_owner__alive(vmm)));
	}
	json_object_object_add(row, "vmm", object);
}

static void add_objects(struct json_object *row, const struct attachment *attachment,
			const struct live *live)
{
	struct json_object *link = json_object_new_object();
	struct json_object *program = json_object_new_object();

	json_object_object_add(link, "id", json_object_new_int(attachment->link_id));
	add_string(link, "pin", attachment->link_path);
	json_object_object_add(row, "link", link);
	json_object_object_add(row, "map_id",
			       attachment->map_id ? json_object_new_int(attachment->map_id) : NULL);
	json_object_object_add(program, "id", json_object_new_int(live->prog_id));
	add_string(program, "tag", live->prog_tag);
	json_object_object_add(row, "program", program);
}

static int is_map(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void add_maps(struct json_object *row, const struct attachment *attachment)
{
	struct json_object *array = json_object_new_array();
	char dir[PATH_MAX], path[PATH_MAX];
	struct dirent **entries;
	int i, count = -1;

	if (attachment__is_ours(attachment)) {
		snprintf(dir, sizeof(dir), "%.*smaps",
			 (int)(strlen(attachment->link_path) - strlen("link")),
			 attachment->link_path);
		count = scandir(dir, &entries, is_map, alphasort);
	}
	for (i = 0; i < count; i++) {
		if (snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name) <
		    (int)sizeof(path))
			json_object_array_add(array, json_object_new_string(path));
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	json_object_object_add(row, "maps", array);
}

/* A link is released when its VM goes, and by whoever detaches it with another tool. */
static const char *state(const struct attachment *attachment, const struct vm_owner *vmm)
{
	if (attachment__is_alive(attachment))
		return "attached";
	return vm_owner__holds_vm(vmm) ? "detached" : "vm_gone";
}

struct json_object *attachment__row(const struct attachment *attachment, const struct btf *kernel)
{
	struct json_object *row = json_object_new_object();
	struct json_object *record = attachment->record;
	bool current = attachment__is_current(attachment);
	struct vm_owner vmm;
	struct live live;
	bool known = know(attachment, kernel, &live);

	record__get_vmm(record, &vmm);
	add_string(row, "name", attachment->name);
	add_string(row, "state", state(attachment, &vmm));
	add_string(row, "policy", current ? record__string(record, "policy") : live.name);
	add_file(row, current ? record : NULL);
	add_string(row, "since", current ? record__string(record, "since") : NULL);
	if (known)
		add_settings(row, &live.values);
	add_vmm(row, record, &vmm);
	add_objects(row, attachment, &live);
	add_maps(row, attachment);
	return row;
}

struct pinned_ids {
	__u32 *id;
	size_t count;
};

static int note_id(struct attachment *attachment, void *arg)
{
	struct pinned_ids *ids = arg;
	__u32 *more = realloc(ids->id, (ids->count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	ids->id = more;
	ids->id[ids->count++] = attachment->link_id;
	return 0;
}

static bool is_noted(const struct pinned_ids *ids, __u32 id)
{
	size_t i;

	for (i = 0; i < ids->count; i++) {
		if (ids->id[i] == id)
			return true;
	}
	return false;
}

bool attachment__is_policy(const struct attachment *attachment, const struct btf *kernel)
{
	struct live live;

	return read_live(attachment->map_id, kernel, &live) && live.prog_id;
}

int attachment__for_each_other(const struct pins *pins, const struct btf *kernel,
			       attachment_visitor visit, void *arg)
{
	struct pinned_ids ids = {};
	struct attachment attachment;
	__u32 id = 0;
	int ret;

	ret = attachment__for_each(pins, note_id, &ids);
	while (!ret && !bpf_link_get_next_id(id, &id)) {
		if (is_noted(&ids, id) || attachment__open_id(&attachment, id))
			continue;
		if (attachment__is_policy(&attachment, kernel))
			ret = visit(&attachment, arg);
		attachment__close(&attachment);
	}
	free(ids.id);
	return ret;
}
