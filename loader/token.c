// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "token.h"

int token__create_map(const struct bpf_object *obj, const char *name, union bpf_attr *attr)
{
	int token = obj ? bpf_object__token_fd(obj) : -1, fd;

	snprintf(attr->map_name, sizeof(attr->map_name), "%s", name);
	if (token > 0) {
		attr->map_flags |= BPF_F_TOKEN_FD;
		attr->map_token_fd = token;
	}
	fd = syscall(SYS_bpf, BPF_MAP_CREATE, attr, sizeof(*attr));
	return fd < 0 ? -errno : fd;
}
