// SPDX-License-Identifier: GPL-2.0
/* For tests: can be attached, but not be run by tools: SMCCC_POLICY() is not used. */
#include "smccc_policy.h"

SEC("struct_ops/call") int BPF_PROG(no_entry_call, struct kvm_smccc_call *call)
{
	return KVM_SMCCC_HANDLE;
}

SEC(".struct_ops.link") struct kvm_smccc_ops no_entry = { .call = (void *)no_entry_call };
