// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "json_add.h"
#include "record.h"
#include "token.h"
#include "vm_name.h"

#define RECORD_LIMIT (64 * 1024)
#define RECORD_MAP   "smccc_info"

static int add_number(struct json_object *object, const char *key, __u64 value)
{
	return json_add(object, key, json_object_new_uint64(value));
}

static int add_time(struct json_object *object, const char *key)
{
	time_t now = time(NULL);
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_add_string(object, key, text);
}

static struct json_object *keep_if(int ret, struct json_object *object)
{
	if (!ret)
		return object;
	json_object_put(object);
	return NULL;
}

static struct json_object *make_vmm(const struct vm_owner *vmm)
{
	struct json_object *object = json_object_new_object();
	char name[VM_NAME_LEN];
	int ret;

	vm_name__read(vmm->pid, name);
	ret = add_number(object, "pid", vmm->pid) || add_number(object, "start", vmm->start) ||
	      json_add(object, "fd", json_object_new_int(vmm->fd)) ||
	      json_add_string(object, "command", vmm->command) ||
	      json_add_string(object, "vm_name", name);
	return keep_if(ret, object);
}

struct json_object *record__make(const struct record_data *data)
{
	struct json_object *record = json_object_new_object();
	int ret = add_number(record, "version", 1) ||
		  json_add_string(record, "loader", LOADER_VERSION) || add_time(record, "since") ||
		  json_add_string(record, "policy", data->policy) ||
		  json_add_string(record, "file", data->file) ||
		  add_number(record, "flags", data->values.flags) ||
		  add_number(record, "cookie", data->values.cookie) ||
		  add_number(record, "forward_ranges", data->values.forward_ranges) ||
		  add_number(record, "answer_ranges", data->values.answer_ranges) ||
		  add_number(record, "map_id", data->map_id) ||
		  add_number(record, "prog_id", data->prog_id) ||
		  json_add_string(record, "prog_tag", data->prog_tag) ||
		  json_add(record, "vmm", make_vmm(&data->vmm));

	return keep_if(ret, record);
}

struct json_object *record__renew(struct json_object *old, const struct ops_values *values,
				  __u32 map_id)
{
	struct json_object *record = NULL;
	int ret;

	if (json_object_deep_copy(old, &record, NULL))
		return NULL;
	ret = add_time(record, "since") || add_number(record, "flags", values->flags) ||
	      add_number(record, "cookie", values->cookie) || add_number(record, "map_id", map_id);
	return keep_if(ret, record);
}

int record__count_load(struct json_object *record, struct json_object *old)
{
	return add_number(record, "loads", record__number(old, "loads") + 1);
}

int record__pin(struct json_object *record, const struct bpf_object *obj, const char *path,
		struct err *err)
{
	const char *text = json_whole_text(record);
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY,
				.key_size = sizeof(__u32),
				.max_entries = 1 };
	__u32 zero = 0;
	int fd, ret;

	if (!text)
		return err_no_memory(err);
	attr.value_size = strlen(text) + 1;
	fd = token__create_map(obj, RECORD_MAP, &attr);
	if (fd < 0)
		return err_set(err, ERR_FAILED, NULL, "cannot make a map for %s: %s", path,
			       strerror(-fd));
	ret = bpf_map_update_elem(fd, &zero, text, 0);
	if (!ret)
		ret = bpf_obj_pin(fd, path);
	close(fd);
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "cannot pin %s: %s", path, strerror(-ret));
	return 0;
}

static char *read_text(const char *path)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info), zero = 0;
	char *text = NULL;
	int fd = bpf_obj_get(path);

	if (fd < 0)
		return NULL;
	if (!bpf_map_get_info_by_fd(fd, &info, &len) && info.type == BPF_MAP_TYPE_ARRAY &&
	    !strcmp(info.name, RECORD_MAP) && info.value_size && info.value_size <= RECORD_LIMIT)
		text = calloc(1, info.value_size + 1);
	if (text && bpf_map_lookup_elem(fd, &zero, text)) {
		free(text);
		text = NULL;
	}
	close(fd);
	return text;
}

struct json_object *record__read(const char *path)
{
	char *text = read_text(path);
	struct json_object *record = text ? json_parse(text) : NULL;

	free(text);
	if (record && !json_object_is_type(record, json_type_object)) {
		json_object_put(record);
		return NULL;
	}
	return record;
}

__u64 record__number(struct json_object *record, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(record, key, &value) ? json_object_get_uint64(value) : 0;
}

const char *record__string(struct json_object *record, const char *key)
{
	struct json_object *value;
	const char *text = NULL;

	if (json_object_object_get_ex(record, key, &value))
		text = json_object_get_string(value);
	return text ? text : "";
}

void record__get_vmm(struct json_object *record, struct vm_owner *vmm)
{
	struct json_object *object, *fd;

	memset(vmm, 0, sizeof(*vmm));
	vmm->fd = -1;
	if (!json_object_object_get_ex(record, "vmm", &object))
		return;
	vmm->pid = record__number(object, "pid");
	vmm->start = record__number(object, "start");
	if (json_object_object_get_ex(object, "fd", &fd))
		vmm->fd = json_object_get_int(fd);
	snprintf(vmm->command, sizeof(vmm->command), "%s", record__string(object, "command"));
}

const char *record__vm_name(struct json_object *record)
{
	struct json_object *vmm;

	return json_object_object_get_ex(record, "vmm", &vmm) ? record__string(vmm, "vm_name") : "";
}

void record__get_values(struct json_object *record, struct ops_values *values)
{
	*values = (struct ops_values){
		.vm_fd = -1,
		.flags = record__number(record, "flags"),
		.cookie = record__number(record, "cookie"),
		.forward_ranges = record__number(record, "forward_ranges"),
		.answer_ranges = record__number(record, "answer_ranges"),
	};
}
