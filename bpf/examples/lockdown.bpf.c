// SPDX-License-Identifier: GPL-2.0
/*
 * A single-CPU appliance: of all hypercalls only those that its guest needs to
 * boot, to idle, to get random numbers and to go down. A guest that was taken
 * over cannot start a hidden CPU, suspend the machine to be resumed elsewhere,
 * talk to a TEE, or reach what KVM gains one day.
 *
 * What the guest sees: a PSCI of six functions, and PSCI_FEATURES says of the
 * others that they do not exist; TRNG; no paravirtualised time, no FF-A, and no UID
 * in the vendor range, so that it looks for none of KVM's services.
 *
 * What the host sees: counters and denied calls, as with the default policy.
 *
 *	smccc_loader --vm-fd N lockdown.bpf.c
 *	smccc_loader detach NAME
 */
#include "smccc_policy.h"

SMCCC_COUNTERS(256);
SMCCC_EVENTS(64 * 1024);
SMCCC_EVENT_LIMIT(1024);

/* What the guest may call, whichever the convention; edit here. */
static __always_inline bool allowed(__u32 function)
{
	switch (function) {
	case PSCI_VERSION:
	case PSCI_CPU_SUSPEND: /* idle; KVM waits for an interrupt */
	case PSCI_CPU_SUSPEND_64:
	case PSCI_AFFINITY_INFO: /* asks only */
	case PSCI_AFFINITY_INFO_64:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
	case TRNG_VERSION:
	case TRNG_FEATURES:
	case TRNG_GET_UUID:
	case TRNG_RND:
	case TRNG_RND_64:
		return true;
	default:
		return false;
	}
}

static __always_inline int decide(const struct kvm_smccc_call *call)
{
	__u32 asked_for = smccc_arg(call, 1);

	if (call->imm || !allowed(smccc_func_id(call)))
		return KVM_SMCCC_DENY;

	/*
	 * A function that is denied does not exist: to a question about it DENY is
	 * the right answer, PSCI's NOT_SUPPORTED being SMCCC's. SMCCC_VERSION is how a
	 * guest finds SMCCC 1.1, and with it the Spectre mitigations.
	 */
	if (smccc_is(call, PSCI_FEATURES) && asked_for != SMCCC_VERSION && !allowed(asked_for))
		return KVM_SMCCC_DENY;

	return KVM_SMCCC_HANDLE;
}

SMCCC_POLICY(lockdown)
{
	int verdict = decide(call);

	smccc_count(call, verdict);
	if (verdict == KVM_SMCCC_DENY)
		smccc_event_limited(call, verdict);

	return verdict;
}
