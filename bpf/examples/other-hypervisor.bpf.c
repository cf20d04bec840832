// SPDX-License-Identifier: GPL-2.0
/*
 * Another hypervisor's vendor range over KVM's: the policy owns the whole of
 * it, the UID by which a guest discovers it and the functions behind the UID.
 *
 * What the guest sees: a UID that is not KVM's, so that it looks for none of
 * KVM's functions; a service of two functions of its own; NOT_SUPPORTED for the
 * rest of the range, KVM's PTP and pKVM calls included, and for an HVC with an
 * immediate, which KVM would take for one without. All else as without a policy.
 *
 * The kernel holds the policy to this: with the range in .answer_ranges any
 * verdict but ANSWER and DENY denies.
 *
 *	smccc_loader --vm-fd N other-hypervisor.bpf.c
 *	smccc_loader detach NAME
 */
#include "smccc_policy.h"

/* a3a2f1d0-7c5e-4b1a-9c0d-5e1f60718293: edit, one UID for each ABI */
static const __u32 uid[] = { 0xd0f1a2a3, 0x1a4b5e7c, 0x1f5e0d9c, 0x93827160 };

/* DEN0028, section 6.2: the revision that a guest may ask for, major and minor */
#define REVISION_QUERY SMCCC_ID(SMCCC_FAST, SMCCC_OWNER_VENDOR_HYP, 0xff03)
#define REVISION_MAJOR 1
#define REVISION_MINOR 0

/* The service: who am I (cookie of the VM, vCPU), and the host's clock in ns. */
#define WHO_AM_I   SMCCC_ID(SMCCC_FAST | SMCCC_64, SMCCC_OWNER_VENDOR_HYP, 0)
#define HOST_CLOCK SMCCC_ID(SMCCC_FAST | SMCCC_64, SMCCC_OWNER_VENDOR_HYP, 1)

SMCCC_POLICY(other_hypervisor, .answer_ranges = SMCCC_RANGE(SMCCC_OWNER_VENDOR_HYP))
{
	if (call->imm)
		return KVM_SMCCC_DENY;
	if (smccc_owner(call) != SMCCC_OWNER_VENDOR_HYP)
		return KVM_SMCCC_HANDLE;

	switch (smccc_func_id(call)) {
	case VENDOR_HYP_CALL_UID:
		return smccc_answer(call, uid[0], uid[1], uid[2], uid[3]);
	case REVISION_QUERY:
		return smccc_answer(call, REVISION_MAJOR, REVISION_MINOR, 0, 0);
	case WHO_AM_I:
		return smccc_answer(call, SMCCC_SUCCESS, call->cookie, call->vcpu_id, 0);
	case HOST_CLOCK:
		return smccc_answer(call, SMCCC_SUCCESS, smccc_now_ns(), 0, 0);
	default:
		return KVM_SMCCC_DENY;
	}
}
