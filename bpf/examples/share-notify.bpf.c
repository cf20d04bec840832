// SPDX-License-Identifier: GPL-2.0
/*
 * KVM handles the call, userspace hears of it: memory that a guest shares with
 * its host by pKVM's KVM_MEM_SHARE, or takes back by KVM_MEM_UNSHARE. A monitor or
 * the VMM learns which pages are shared, without an exit for each of them and
 * without a part in the decision.
 *
 * What the guest sees: nothing of this. Only an HVC with an immediate is denied,
 * which KVM would take for one without: it would be a way to share unheard.
 *
 * What the host sees: a record in the ring buffer "events" for each of the two
 * calls, args[0] being the page's guest physical address (IPA) in x1. The record
 * comes before KVM handles the call, which may still refuse: it means "asked for".
 * An event that finds the buffer full is counted as lost.
 *
 *	smccc_loader --vm-fd N share-notify.bpf.c
 *	smccc_loader detach NAME
 */
#include "smccc_policy.h"

SMCCC_COUNTERS(16);
SMCCC_EVENTS(256 * 1024);

SMCCC_POLICY(share_notify)
{
	if (call->imm)
		return KVM_SMCCC_DENY;

	if (smccc_is(call, KVM_MEM_SHARE) || smccc_is(call, KVM_MEM_UNSHARE)) {
		smccc_count(call, KVM_SMCCC_HANDLE);
		smccc_event(call, KVM_SMCCC_HANDLE);
	}

	return KVM_SMCCC_HANDLE;
}
