// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "names.h"
#include "party.h"

#define HOUR_NS	      (3600 * 1000000000ULL)
#define NOT_SUPPORTED 0xffffffffU

const struct discovery discoveries[DISCOVERIES] = {
	{ "PSCI", PSCI_VERSION, PSCI_FEATURES, true, SMCCC_OWNER_STANDARD, SMCCC_PSCI_FIRST,
	  SMCCC_PSCI_LAST },
	{ "TRNG", TRNG_VERSION, TRNG_FEATURES, true, SMCCC_OWNER_STANDARD, SMCCC_TRNG_FIRST,
	  SMCCC_TRNG_LAST },
	{ "FF-A", FFA_VERSION, FFA_FEATURES, true, SMCCC_OWNER_STANDARD, SMCCC_FFA_FIRST,
	  SMCCC_FFA_LAST },
	{ "PV time", 0, PV_TIME_FEATURES, true, SMCCC_OWNER_STANDARD_HYP, SMCCC_PV_TIME_FIRST,
	  SMCCC_PV_TIME_LAST },
	{ "the vendor range", VENDOR_HYP_CALL_UID, KVM_FEATURES, false, SMCCC_OWNER_VENDOR_HYP, 0,
	  SMCCC_FUNC_MASK },
};

/* Linux 6.12, arch/arm64/kvm/psci.c, hypercalls.c, trng.c and pvtime.c */
static const __u32 kvm_functions[] = {
	PSCI_VERSION,	     PSCI_CPU_SUSPEND,
	PSCI_CPU_SUSPEND_64, PSCI_CPU_OFF,
	PSCI_CPU_ON,	     PSCI_CPU_ON_64,
	PSCI_AFFINITY_INFO,  PSCI_AFFINITY_INFO_64,
	PSCI_SYSTEM_OFF,     PSCI_SYSTEM_RESET,
	PSCI_FEATURES,	     PSCI_MIGRATE_INFO_TYPE,
	PSCI_SYSTEM_RESET2,  PSCI_SYSTEM_RESET2 | SMCCC_64,
	TRNG_VERSION,	     TRNG_FEATURES,
	TRNG_GET_UUID,	     TRNG_RND,
	TRNG_RND_64,	     PV_TIME_FEATURES,
	PV_TIME_ST,	     VENDOR_HYP_CALL_UID,
	KVM_FEATURES,	     KVM_PTP,
};

bool party__kvm_has(__u32 id)
{
	size_t i;

	for (i = 0; i < sizeof(kvm_functions) / sizeof(kvm_functions[0]); i++) {
		if (kvm_functions[i] == id)
			return true;
	}
	return false;
}

bool party__kvm_may_have(__u32 id)
{
	return party__kvm_has(id) ||
	       (names__owner(id) == SMCCC_OWNER_VENDOR_HYP && names__function(id));
}

const char *party__name(enum party party)
{
	static const char *const names[] = { [PARTY_NOBODY] = "nobody",
					     [PARTY_KVM] = "KVM",
					     [PARTY_VMM] = "the VMM",
					     [PARTY_POLICY] = "the policy" };

	return names[party];
}

/* Each service says no in its own words; all know NOT_SUPPORTED. */
static bool is_refusal(__u32 id, __u32 w0)
{
	__u32 func = id & SMCCC_FUNC_MASK;

	if (w0 == NOT_SUPPORTED)
		return true;
	if (names__owner(id) == SMCCC_OWNER_VENDOR_HYP)
		return false; /* a UID may look negative */
	if (names__owner(id) == SMCCC_OWNER_STANDARD && func >= SMCCC_FFA_FIRST &&
	    func <= SMCCC_FFA_LAST)
		return w0 == FFA_ERROR;
	return (__s32)w0 < 0;
}

int party__ask_call(struct behaviour *b, const struct kvm_smccc_call *call,
		    struct party_answer *answer, struct err *err)
{
	static const enum party parties[FATE_VERDICTS] = {
		[FATE_HANDLE] = PARTY_KVM, [FATE_FORWARD] = PARTY_VMM, [FATE_ANSWER] = PARTY_POLICY
	};
	struct probe_outcome outcome;
	__u32 id = call->func_id;
	int i;

	*b->runner.time_ns += HOUR_NS;
	if (probe__decide(&b->runner, call, &outcome, err))
		return -1;
	*answer = (struct party_answer){
		.party = parties[outcome.verdict],
		.verdict = outcome.verdict,
		.denied = outcome.verdict == FATE_DENY,
		.overruled = fate__reason(&b->rules, id, call->imm, outcome.verdict) !=
			     FATE_AS_SAID,
	};
	for (i = 0; i < 4; i++)
		answer->w[i] = outcome.after.regs[i];
	if (outcome.verdict == FATE_ANSWER && is_refusal(id, answer->w[0])) {
		answer->party = PARTY_NOBODY;
		answer->denied = answer->w[0] == NOT_SUPPORTED;
	}
	if (answer->overruled)
		answer->party = PARTY_NOBODY;
	return 0;
}

int party__ask(struct behaviour *b, __u32 id, __u64 x1, struct party_answer *answer,
	       struct err *err)
{
	struct kvm_smccc_call call = runner__make_call(&b->runner, id);

	call.regs[1] = x1;
	return party__ask_call(b, &call, answer, err);
}

bool discovery__has(const struct discovery *service, __u32 id)
{
	__u32 func = id & SMCCC_FUNC_MASK;

	return id & SMCCC_FAST && names__owner(id) == service->owner && func >= service->first &&
	       func <= service->last;
}

int discovery__is_kvms(struct behaviour *b, const struct discovery *service, bool *is,
		       struct err *err)
{
	static const __u32 kvm[] = SMCCC_UID_KVM;
	struct party_answer uid;

	*is = service->owner != SMCCC_OWNER_VENDOR_HYP;
	if (*is)
		return 0;
	if (party__ask(b, VENDOR_HYP_CALL_UID, 0, &uid, err))
		return -1;
	*is = uid.party == PARTY_KVM ||
	      (uid.party == PARTY_POLICY && !memcmp(uid.w, kvm, sizeof(kvm)));
	return 0;
}

/* KVM_FEATURES is a bitmap by function number. */
static bool is_in_bitmap(const struct party_answer *features, __u32 id)
{
	__u32 func = id & SMCCC_FUNC_MASK;

	return func < 128 && features->w[func / 32] >> func % 32 & 1;
}

int discovery__ask(struct behaviour *b, const struct discovery *service, __u32 id,
		   struct party_answer *teller, bool *advertised, struct err *err)
{
	if (party__ask(b, service->features, service->asks_by_id ? id : 0, teller, err))
		return -1;
	if (teller->party == PARTY_POLICY && !service->asks_by_id) {
		if (discovery__is_kvms(b, service, advertised, err))
			return -1;
		*advertised = *advertised && is_in_bitmap(teller, id);
		return 0;
	}
	*advertised = teller->party == PARTY_KVM ? party__kvm_has(id) :
						   teller->party != PARTY_NOBODY;
	return 0;
}
