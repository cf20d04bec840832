// SPDX-License-Identifier: GPL-2.0
/*
 * Changes nothing, records everything: what does this guest call at all? The
 * first step to a policy of its own, or to be left on a VM that is watched.
 *
 * What the guest sees: nothing of this. KVM handles every call as without a
 * policy, also one with an immediate.
 *
 * What the host sees: each call, with x1 to x7, in the ring buffer "events"; calls
 * by function in the map "counters"; there, too, how many events found the buffer
 * full (SMCCC_COUNTER_LOST). Only the Arm Architecture range is not seen. Each call
 * means each: a guest that calls at full speed has a file to which monitor writes grow
 * as fast. Where the guest is not trusted, take smccc_event_limited().
 *
 *	smccc_loader --vm-fd N audit.bpf.c
 *	smccc_loader detach NAME
 */
#include "smccc_policy.h"

SMCCC_COUNTERS(256);
SMCCC_EVENTS(1024 * 1024);

SMCCC_POLICY(audit)
{
	smccc_count(call, KVM_SMCCC_HANDLE);
	smccc_event(call, KVM_SMCCC_HANDLE);
	return KVM_SMCCC_HANDLE;
}
