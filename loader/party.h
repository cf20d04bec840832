/* SPDX-License-Identifier: GPL-2.0 */
/* Who it is that a guest talks to: what lint's rules are about. */
#ifndef SMCCC_PARTY_H
#define SMCCC_PARTY_H

#include "behaviour.h"

enum party {
	PARTY_NOBODY, /* denied, or refused in the words of the service */
	PARTY_KVM,
	PARTY_VMM,
	PARTY_POLICY,
};

/* "nobody", "KVM", ... */
const char *party__name(enum party party);

struct party_answer {
	enum party party;
	__u8 verdict;	/* enum fate_verdict: what the policy says */
	bool denied;	/* the policy says DENY, or answers NOT_SUPPORTED */
	bool overruled; /* nobody, although the policy says otherwise */
	__u32 w[4];	/* w0 to w3 */
};

/*
 * Decides a call, all rate limits at rest, and says who gives
 * the guest its answer.
 */
int party__ask_call(struct behaviour *b, const struct kvm_smccc_call *call,
		    struct party_answer *answer, struct err *err);
/* A plain call with one argument */
int party__ask(struct behaviour *b, __u32 id, __u64 x1, struct party_answer *answer,
	       struct err *err);

/* Services that a guest discovers by calls of their own. */
struct discovery {
	const char *name;
	__u32 version; /* 0: there is no such call */
	__u32 features;
	bool asks_by_id;	  /* features takes a function ID in x1 */
	__u32 owner, first, last; /* its functions */
};
#define DISCOVERIES 5
extern const struct discovery discoveries[DISCOVERIES];

/* The names of the vendor range are KVM's: whether its UID is, too. Others mean what they say. */
int discovery__is_kvms(struct behaviour *b, const struct discovery *service, bool *is,
		       struct err *err);
bool discovery__has(const struct discovery *service, __u32 id);
/* Who tells a guest of a function of the service, and whether it tells that it is there. */
int discovery__ask(struct behaviour *b, const struct discovery *service, __u32 id,
		   struct party_answer *teller, bool *advertised, struct err *err);

/* Whether upstream's KVM, in its default setting, has this function. */
bool party__kvm_has(__u32 id);
/* The same in any setting, version and mode. */
bool party__kvm_may_have(__u32 id);

#endif
