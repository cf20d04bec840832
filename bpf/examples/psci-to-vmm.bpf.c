// SPDX-License-Identifier: GPL-2.0
/*
 * PSCI owned by userspace, so that a VMM can offer a newer version than KVM's, or
 * decide itself which CPU starts and how the machine goes down.
 *
 * All of PSCI goes to the VMM as KVM_EXIT_HYPERCALL: 0x84000000 to 0x8400001f and
 * their SMC64 twins, PSCI_VERSION and PSCI_FEATURES included, so that the guest
 * never finds the features of one PSCI and the functions of another. PSCI shares
 * its owner with TRNG and FF-A, which stay with KVM: so .forward_ranges, which
 * claims an owner's whole range, is not the means here.
 *
 * What the guest sees: the VMM's PSCI; all else as without a policy. An HVC with
 * an immediate is denied: KVM would take it for a PSCI call of its own.
 *
 * What the VMM must do: answer every function ID of the range, NOT_SUPPORTED (-1)
 * where it has nothing; say 0 to PSCI_FEATURES(SMCCC_VERSION), or the guest does not
 * look for Spectre mitigations; start and stop vCPUs itself; set
 * KVM_ARM_VCPU_PSCI_0_2, without which KVM has PSCI 0.1 at other IDs. In full:
 * docs/how-it-works.md; tests/vmm/psci.c does it.
 *
 *	smccc_loader --vm-fd N --forward psci-to-vmm.bpf.c
 *	smccc_loader detach NAME	only between two guests: PSCI is KVM's again
 */
#include "smccc_policy.h"

SMCCC_POLICY(psci_to_vmm)
{
	if (call->imm)
		return KVM_SMCCC_DENY;

	return smccc_is_psci(call) ? KVM_SMCCC_FORWARD : KVM_SMCCC_HANDLE;
}
