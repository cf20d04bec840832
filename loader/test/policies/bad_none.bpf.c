// SPDX-License-Identifier: GPL-2.0
/* A BPF object without a policy. */
#include "smccc_policy.h"

SEC("syscall") int program(struct kvm_smccc_call *call)
{
	return call->vcpu_id;
}
