// SPDX-License-Identifier: GPL-2.0
/*
 * FF-A to a VMM that fronts a TEE, or that emulates one: secure partitions for
 * guests that KVM itself offers none.
 *
 * The whole of FF-A goes to the VMM as KVM_EXIT_HYPERCALL: 0x84000060 to
 * 0x840000ef and their SMC64 twins, FFA_VERSION and FFA_FEATURES included. All else
 * is KVM's, also PSCI and TRNG, which share FF-A's owner: so .forward_ranges, which
 * claims an owner's whole range, is not the means here.
 *
 * What the guest sees: the VMM's FF-A, by SMC and by HVC; all else as without a
 * policy. An HVC with an immediate is denied: KVM would take it for one without.
 *
 * What the VMM must do: answer every function ID of the range, where it has nothing
 * by FFA_ERROR (0x84000060) with NOT_SUPPORTED (-1) in w2. The exit carries the ID;
 * arguments and results, x1 to x17 here, are the vCPU's registers
 * (KVM_GET_ONE_REG, KVM_SET_ONE_REG).
 *
 *	smccc_loader --vm-fd N --forward ffa-to-vmm.bpf.c
 *	smccc_loader detach NAME	FF-A does not exist any more
 */
#include "smccc_policy.h"

SMCCC_POLICY(ffa_to_vmm)
{
	if (call->imm)
		return KVM_SMCCC_DENY;

	return smccc_is_ffa(call) ? KVM_SMCCC_FORWARD : KVM_SMCCC_HANDLE;
}
