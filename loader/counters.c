// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "counters.h"

const char *counters__verdict(__u32 verdict)
{
	/* enum kvm_smccc_verdict */
	static const char *const names[] = { "HANDLE", "DENY", "FORWARD", "ANSWER" };

	return verdict < sizeof(names) / sizeof(names[0]) ? names[verdict] : NULL;
}

static int check_map(int fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	int ret = bpf_map_get_info_by_fd(fd, &info, &len);

	if (ret)
		return ret;
	if (info.type != BPF_MAP_TYPE_PERCPU_HASH ||
	    info.key_size != sizeof(struct smccc_counter_key) || info.value_size != sizeof(__u64))
		return -EINVAL;
	return 0;
}

static int read_map(int fd, __u64 *values, int cpus, counters_visitor visit, void *arg)
{
	struct smccc_counter_key key, *previous = NULL;
	int ret, cpu;

	while (!(ret = bpf_map_get_next_key(fd, previous, &key))) {
		__u64 count = 0;

		/* counters are never removed */
		ret = bpf_map_lookup_elem(fd, &key, values);
		if (ret)
			return ret;
		for (cpu = 0; cpu < cpus; cpu++)
			count += values[cpu];
		visit(&key, count, arg);
		previous = &key;
	}
	return ret == -ENOENT ? 0 : ret;
}

int counters__for_each(const char *path, counters_visitor visit, void *arg)
{
	int fd = bpf_obj_get(path), cpus = libbpf_num_possible_cpus(), ret;
	__u64 *values;

	if (fd < 0)
		return fd;
	ret = cpus < 0 ? cpus : check_map(fd);
	values = ret ? NULL : calloc(cpus, sizeof(*values));
	if (!ret)
		ret = values ? read_map(fd, values, cpus, visit, arg) : -ENOMEM;
	free(values);
	close(fd);
	return ret;
}
