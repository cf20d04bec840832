// SPDX-License-Identifier: GPL-2.0
/* Of the kind that is not attached by a link: it could not be bound to a VM. */
#include "smccc_policy.h"

SEC("struct_ops/call") int BPF_PROG(call_program, struct kvm_smccc_call *call)
{
	return KVM_SMCCC_HANDLE;
}

SEC(".struct_ops") struct kvm_smccc_ops nolink = { .call = (void *)call_program };
