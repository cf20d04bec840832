// SPDX-License-Identifier: GPL-2.0
/*
 * usage: foreign make DIR TCP.bpf.o | foreign check DIR
 *
 * Another program's pins: the link of a TCP congestion control, attached, at
 * DIR/link, a map at DIR/counts, and a folder. "check": all of it is still there,
 * and the congestion control is in force.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir_path[256], link_path[300], map_path[300], sub_path[300];

static int make(const char *object)
{
	struct bpf_object *obj = bpf_object__open_file(object, NULL);
	struct bpf_link *link;
	int map;

	if (!obj || bpf_object__load(obj))
		return 1;
	link = bpf_map__attach_struct_ops(bpf_object__find_map_by_name(obj, "theirs"));
	map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "counts", 4, 8, 1, NULL);
	return !link || map < 0 || mkdir(dir_path, 0700) || mkdir(sub_path, 0700) ||
	       bpf_link__pin(link, link_path) || bpf_obj_pin(map, map_path);
}

static int check(void)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	int fd = bpf_obj_get(link_path);

	if (fd < 0 || bpf_link_get_info_by_fd(fd, &info, &len))
		return 1;
	return !info.struct_ops.map_id || access(map_path, F_OK) || access(sub_path, F_OK);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	snprintf(dir_path, sizeof(dir_path), "%s", argv[2]);
	snprintf(link_path, sizeof(link_path), "%s/link", dir_path);
	snprintf(map_path, sizeof(map_path), "%s/counts", dir_path);
	snprintf(sub_path, sizeof(sub_path), "%s/sub", dir_path);
	if (!strcmp(argv[1], "make") && argc > 3)
		return make(argv[3]);
	return check();
}
