// SPDX-License-Identifier: GPL-2.0
/*
 * The default policy: KVM answers what a Linux guest needs, nothing else.
 *
 * What the guest sees: PSCI (that of SMCCC and, in VMs that have it, KVM's PSCI
 * 0.1), TRNG, paravirtualised time and KVM's own range as on any KVM host;
 * SMCCC_RET_NOT_SUPPORTED for every other call, FF-A, a TEE and calls that KVM gains
 * one day included. The Arm Architecture range is always KVM's.
 *
 * What the host sees: a counter per function and verdict in the map "counters",
 * and denied calls, with their arguments, in the ring buffer "events": of each VM
 * 500 at once and 10 a second. In "counters" is, too, how many more there were.
 *
 *	smccc_loader --vm-fd N policy.bpf.c	attach to the VM that is fd N
 *	smccc_loader replace NAME policy.bpf.c	swap an edited version in
 *	smccc_loader detach NAME		take it off again
 */
#include "smccc_policy.h"

SMCCC_COUNTERS(256);
SMCCC_EVENTS(64 * 1024);
SMCCC_EVENT_LIMIT(1024);

/*
 * Edit here. A service is allowed whole, by smccc_is_...(), or function by
 * function, by the names in smccc_ids.h:
 *
 *	if (smccc_is(call, PSCI_SYSTEM_RESET))
 *		return false;
 */
static __always_inline bool allowed(const struct kvm_smccc_call *call)
{
	return smccc_is_psci(call) || smccc_is_psci_0_1(call) || smccc_is_trng(call) ||
	       smccc_is_pv_time(call) || smccc_is_vendor_hyp(call);
}

SMCCC_POLICY(default_policy)
{
	int verdict = allowed(call) ? KVM_SMCCC_HANDLE : KVM_SMCCC_DENY;

	smccc_count(call, verdict);
	if (verdict == KVM_SMCCC_DENY)
		smccc_event_limited(call, verdict);

	return verdict;
}
