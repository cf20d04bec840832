// SPDX-License-Identifier: GPL-2.0
/* lint's rules about services: what a guest is told, and what it then finds. */
#include "lint_rules.h"
#include "names.h"
#include "party.h"

typedef int (*function_check)(struct lint *lint, const struct discovery *service,
			      const struct named_function *function,
			      const struct party_answer *answer);

/* Every function of a service but those that discover it. */
static int for_each_function(struct lint *lint, const struct discovery *service,
			     function_check check)
{
	struct party_answer answer;
	size_t i;

	for (i = 0; i < named_functions_count; i++) {
		const struct named_function *f = &named_functions[i];

		if (!discovery__has(service, f->id) || f->id == service->version ||
		    f->id == service->features)
			continue;
		if (party__ask(lint->behaviour, f->id, 0, &answer, lint->err) ||
		    check(lint, service, f, &answer))
			return -1;
	}
	return 0;
}

static int for_each_service(struct lint *lint, function_check check)
{
	int i;

	for (i = 0; i < DISCOVERIES; i++) {
		if (for_each_function(lint, &discoveries[i], check))
			return -1;
	}
	return 0;
}

/* Where there is nobody to ask for features, the version tells whose service it is. */
static int ask_version(struct lint *lint, const struct discovery *service, __u32 id,
		       struct party_answer *teller, bool *advertised)
{
	struct party_answer features;

	if (teller->party != PARTY_NOBODY || !service->version)
		return 0;
	if (party__ask(lint->behaviour, service->features, service->version, &features, lint->err))
		return -1;
	/* it is this function only that nobody tells of */
	if (features.party != PARTY_NOBODY)
		return 0;
	if (party__ask(lint->behaviour, service->version, 0, teller, lint->err))
		return -1;
	*advertised = teller->party == PARTY_KVM ? party__kvm_has(id) :
						   teller->party != PARTY_NOBODY;
	return 0;
}

static int check_owner(struct lint *lint, const struct discovery *service,
		       const struct named_function *function, const struct party_answer *answer)
{
	struct party_answer teller;
	bool advertised;

	/* the vendor range as a whole has a rule of its own */
	if (service->owner == SMCCC_OWNER_VENDOR_HYP)
		return 0;
	if (discovery__ask(lint->behaviour, service, function->id, &teller, &advertised,
			   lint->err) ||
	    ask_version(lint, service, function->id, &teller, &advertised))
		return -1;
	if (advertised && answer->party != PARTY_NOBODY && answer->party != teller.party)
		lint__found(lint, "%s says what there is of %s, but %s is %s's",
			    party__name(teller.party), service->name, function->name,
			    party__name(answer->party));
	return 0;
}

/* Also the two discovery calls of a service must not contradict each other. */
int lint__discovery_owner(struct lint *lint)
{
	struct party_answer version, features;
	int i;

	for (i = 0; i < DISCOVERIES; i++) {
		const struct discovery *s = &discoveries[i];

		if (!s->version || s->owner == SMCCC_OWNER_VENDOR_HYP)
			continue;
		if (party__ask(lint->behaviour, s->version, 0, &version, lint->err) ||
		    party__ask(lint->behaviour, s->features, s->version, &features, lint->err))
			return -1;
		if (version.party != PARTY_NOBODY && features.party != PARTY_NOBODY &&
		    version.party != features.party)
			lint__found(lint, "%s is %s's, but %s is %s's", names__function(s->version),
				    party__name(version.party), names__function(s->features),
				    party__name(features.party));
	}
	return for_each_service(lint, check_owner);
}

static int check_advertised(struct lint *lint, const struct discovery *service,
			    const struct named_function *function,
			    const struct party_answer *answer)
{
	struct party_answer teller;
	bool advertised;

	if (discovery__ask(lint->behaviour, service, function->id, &teller, &advertised, lint->err))
		return -1;
	/* what a VMM tells is not known here */
	if (advertised && answer->denied && !lint__lets_through(lint, function->id) &&
	    (teller.party == PARTY_KVM || teller.party == PARTY_POLICY))
		lint__found(lint, "%s by %s says that %s is there, but it is denied",
			    names__function(service->features), party__name(teller.party),
			    function->name);
	return 0;
}

int lint__advertised_denied(struct lint *lint)
{
	return for_each_service(lint, check_advertised);
}

/* The call by which a guest learns that there is no such function; 0 if none says so. */
static int find_denial(struct lint *lint, const struct discovery *service, __u32 function,
		       __u32 *call)
{
	struct party_answer asked = {};
	bool kvms;

	*call = service->version;
	if (*call && party__ask(lint->behaviour, *call, 0, &asked, lint->err))
		return -1;
	if (*call && asked.denied)
		return 0;
	/* another hypervisor may have another function in the place of KVM_FEATURES */
	*call = service->features;
	if (discovery__is_kvms(lint->behaviour, service, &kvms, lint->err) ||
	    party__ask(lint->behaviour, *call, service->asks_by_id ? function : 0, &asked,
		       lint->err))
		return -1;
	if (!kvms || !asked.denied)
		*call = 0;
	return 0;
}

static int check_hidden(struct lint *lint, const struct discovery *service,
			const struct named_function *function, const struct party_answer *answer)
{
	bool by_id;
	__u32 call;

	if (answer->party == PARTY_NOBODY ||
	    (answer->party == PARTY_KVM && !party__kvm_has(function->id)))
		return 0;
	if (find_denial(lint, service, function->id, &call))
		return -1;
	by_id = call == service->features && service->asks_by_id;
	if (call)
		lint__found(lint, "%s%s%s%s is denied, but %s is %s's", names__function(call),
			    by_id ? "(" : "", by_id ? function->name : "", by_id ? ")" : "",
			    function->name, party__name(answer->party));
	return 0;
}

int lint__hidden_service(struct lint *lint)
{
	return for_each_service(lint, check_hidden);
}

int lint__hidden_smccc(struct lint *lint)
{
	struct party_answer version, features;

	if (party__ask(lint->behaviour, PSCI_VERSION, 0, &version, lint->err) ||
	    party__ask(lint->behaviour, PSCI_FEATURES, SMCCC_VERSION, &features, lint->err))
		return -1;
	if (version.party != PARTY_NOBODY && features.party == PARTY_NOBODY && !features.overruled)
		lint__found(lint, "PSCI_FEATURES(SMCCC_VERSION) is %s, but PSCI_VERSION is %s's",
			    features.denied ? "denied" : "refused", party__name(version.party));
	return 0;
}

/* What a guest begins it must be able to end. */
static const struct {
	__u32 begin, end;
} pairs[] = {
	{ PSCI_CPU_ON, PSCI_CPU_OFF },
	{ PSCI_CPU_ON_64, PSCI_CPU_OFF },
	{ PSCI_CPU_OFF, PSCI_CPU_ON },
	{ PSCI_CPU_OFF, PSCI_CPU_ON_64 },
	{ PSCI_CPU_ON, PSCI_AFFINITY_INFO },
	{ PSCI_CPU_ON_64, PSCI_AFFINITY_INFO_64 },
	{ KVM_MEM_SHARE, KVM_MEM_UNSHARE },
	{ KVM_DISCOVER_IMPL_VER, KVM_DISCOVER_IMPL_CPUS },
	{ FFA_RXTX_MAP, FFA_RXTX_UNMAP },
	{ FFA_RXTX_MAP_64, FFA_RXTX_UNMAP },
	{ FFA_MEM_SHARE, FFA_MEM_RECLAIM },
	{ FFA_MEM_SHARE_64, FFA_MEM_RECLAIM },
	{ FFA_MEM_LEND, FFA_MEM_RECLAIM },
	{ FFA_MEM_LEND_64, FFA_MEM_RECLAIM },
	{ FFA_MEM_RETRIEVE_REQ, FFA_MEM_RELINQUISH },
	{ FFA_MEM_RETRIEVE_REQ_64, FFA_MEM_RELINQUISH },
	{ FFA_NOTIFICATION_BITMAP_CREATE, FFA_NOTIFICATION_BITMAP_DESTROY },
	{ FFA_NOTIFICATION_BIND, FFA_NOTIFICATION_UNBIND },
};

/* Names of the vendor range are KVM's: from others the number means something else. */
static bool offers(const struct party_answer *answer, __u32 id)
{
	if (answer->party == PARTY_KVM)
		return party__kvm_may_have(id);
	return answer->party != PARTY_NOBODY && names__owner(id) != SMCCC_OWNER_VENDOR_HYP;
}

int lint__half_pair(struct lint *lint)
{
	struct party_answer begin, end;
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (party__ask(lint->behaviour, pairs[i].begin, 0, &begin, lint->err) ||
		    party__ask(lint->behaviour, pairs[i].end, 0, &end, lint->err))
			return -1;
		if (!end.denied || lint__lets_through(lint, pairs[i].end) ||
		    !offers(&begin, pairs[i].begin))
			continue;
		lint__found(lint, "%s is %s's, but %s is denied", names__function(pairs[i].begin),
			    party__name(begin.party), names__function(pairs[i].end));
	}
	return 0;
}
