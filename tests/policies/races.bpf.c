// SPDX-License-Identifier: GPL-2.0
/*
 * For tests: many policies of one program, each with a verdict of its own. An answer
 * tells which policy gave it, in all registers.
 */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "races.h"

char _license[] SEC("license") = "GPL";

/* The tests write these, */
__u32 verdicts[RACES_POLICIES];
/* and read these: how often each was asked, by vCPU. */
__u64 asked[RACES_POLICIES][RACES_VCPUS];

SEC("struct_ops/call")
int BPF_PROG(races_call, struct kvm_smccc_call *call)
{
	__u64 me = call->cookie % RACES_POLICIES;

	__sync_fetch_and_add(&asked[me][call->vcpu_id % RACES_VCPUS], 1);
#define ANSWER(n) call->regs[n] = RACES_ANSWER(me, n);
	ANSWER(0)
	ANSWER(1)
	ANSWER(2)
	ANSWER(3)
	ANSWER(4)
	ANSWER(5)
	ANSWER(6)
	ANSWER(7)
	ANSWER(8)
	ANSWER(9)
	ANSWER(10)
	ANSWER(11)
	ANSWER(12)
	ANSWER(13)
	ANSWER(14)
	ANSWER(15)
	ANSWER(16)
	ANSWER(17)
	return verdicts[me];
}

#define POLICY(n)                             \
	SEC(".struct_ops.link")               \
	struct kvm_smccc_ops races_##n = {    \
		.call = (void *)races_call,   \
		.vm_fd = RACES_VM_FD,         \
		.flags = KVM_SMCCC_F_FORWARD, \
		.cookie = n,                  \
	}

POLICY(0);
POLICY(1);
POLICY(2);
POLICY(3);
POLICY(4);
POLICY(5);
POLICY(6);
POLICY(7);
POLICY(8);
POLICY(9);
POLICY(10);
POLICY(11);
POLICY(12);
POLICY(13);
POLICY(14);
POLICY(15);
