// SPDX-License-Identifier: GPL-2.0
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "Proprietary";

SEC("struct_ops/call") int BPF_PROG(call_program, struct kvm_smccc_call *call)
{
	return KVM_SMCCC_HANDLE;
}

SEC(".struct_ops.link") struct kvm_smccc_ops licensed = { .call = (void *)call_program };
