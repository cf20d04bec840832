// SPDX-License-Identifier: GPL-2.0
/* Prints each link of a struct_ops in the kernel that holds one: "LINK MAP", their ids. */
#include <bpf/bpf.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	__u32 id = 0;

	while (!bpf_link_get_next_id(id, &id)) {
		struct bpf_link_info info = {};
		__u32 len = sizeof(info);
		int fd = bpf_link_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (!bpf_link_get_info_by_fd(fd, &info, &len) &&
		    info.type == BPF_LINK_TYPE_STRUCT_OPS && info.struct_ops.map_id)
			printf("%u %u\n", info.id, info.struct_ops.map_id);
		close(fd);
	}
	return 0;
}
