// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "settings.h"

static void *read_value(int map_fd, const struct ops_layout *layout, struct bpf_map_info *info)
{
	__u32 len = sizeof(*info), zero = 0;
	void *value;

	memset(info, 0, sizeof(*info));
	if (bpf_map_get_info_by_fd(map_fd, info, &len) || info->value_size != layout->size)
		return NULL;
	value = calloc(1, layout->size);
	if (value && !bpf_map_lookup_elem(map_fd, &zero, value))
		return value;
	free(value);
	return NULL;
}

/* btf_fd: of the object that the map came from; the kernel wants one, but for no use. */
static int create_map(const struct bpf_map_info *like, int btf_fd)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = like->map_flags, .btf_fd = btf_fd,
		    .btf_vmlinux_value_type_id = like->btf_vmlinux_value_type_id);

	return bpf_map_create(BPF_MAP_TYPE_STRUCT_OPS, like->name, like->key_size, like->value_size,
			      like->max_entries, &opts);
}

static int make_map(const struct bpf_map_info *like, const void *value)
{
	int btf_fd = bpf_btf_get_fd_by_id(like->btf_id), fd;
	__u32 zero = 0;

	if (btf_fd < 0)
		return -1;
	fd = create_map(like, btf_fd);
	close(btf_fd);
	if (fd < 0 || !bpf_map_update_elem(fd, &zero, value, 0))
		return fd;
	close(fd);
	return -1;
}

int settings__make_map(int old_map_fd, const struct btf *kernel, const struct ops_values *values)
{
	struct ops_layout layout;
	struct ops_values all;
	struct bpf_map_info info;
	int prog_fd, fd = -1;
	void *value;

	if (old_map_fd < 0 || ops_layout__kernel(&layout, kernel))
		return -1;
	value = read_value(old_map_fd, &layout, &info);
	if (!value)
		return -1;
	/* before the structure are the map's state and count of users, which are the kernel's */
	memset(value, 0, layout.offset);
	ops__get(&layout, value, &all);
	all.vm_fd = values->vm_fd;
	all.flags = values->flags;
	all.cookie = values->cookie;
	ops__set(&layout, value, &all);
	prog_fd = bpf_prog_get_fd_by_id(ops__call_id(&layout, value));
	if (prog_fd >= 0) {
		ops__set_call_fd(&layout, value, prog_fd);
		fd = make_map(&info, value);
		close(prog_fd);
	}
	free(value);
	return fd;
}
