// SPDX-License-Identifier: GPL-2.0
/* For another struct_ops: it must be named. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "GPL";

struct hid_bpf_ops {
	int hid_id;
	int (*hid_device_event)(void *context);
};

SEC("struct_ops/hid_device_event") int event(void *context)
{
	return 0;
}

SEC(".struct_ops.link") struct hid_bpf_ops mouse = { .hid_device_event = (void *)event };
