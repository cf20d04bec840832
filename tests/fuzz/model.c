// SPDX-License-Identifier: GPL-2.0
#include "fuzz_test.h"

#include <string.h>

#include "fuzz.h"

static unsigned int owner_of(uint32_t id)
{
	return id >> SMCCC_OWNER_SHIFT & SMCCC_OWNER_MASK;
}

static bool is_in(uint64_t ranges, uint32_t id)
{
	return ranges >> owner_of(id) & 1;
}

/* What the policy sees of a call: AArch32 has r0-r7, and no immediate for an SMC. */
static struct kvm_smccc_call view(const struct world *world, unsigned int vcpu,
				  const struct guest_call *call)
{
	struct kvm_smccc_call seen = { .func_id = (uint32_t)call->regs[0],
				       .vcpu_id = vcpu,
				       .cookie = world->cookie,
				       .imm = call->conduit == GUEST_SMC ? 0 : call->imm };
	unsigned int i, nr = world->aarch32 ? 8 : CALL_REGS;

	for (i = 0; i < nr; i++)
		seen.regs[i] = world->aarch32 ? (uint32_t)call->regs[i] : call->regs[i];
	if (call->conduit == GUEST_SMC)
		seen.flags |= KVM_SMCCC_CALL_SMC;
	if (world->aarch32)
		seen.flags |= KVM_SMCCC_CALL_AARCH32;
	return seen;
}

static enum outcome filter_says(const struct world *world, uint32_t id)
{
	static const enum outcome outcomes[] = { [KVM_SMCCC_FILTER_HANDLE] = BY_KVM,
						 [KVM_SMCCC_FILTER_DENY] = DENIED,
						 [KVM_SMCCC_FILTER_FWD_TO_USER] = FORWARDED };
	unsigned int i;

	for (i = 0; i < world->nr_filter; i++) {
		if (id - world->filter[i].first < world->filter[i].nr)
			return outcomes[world->filter[i].action];
	}
	return BY_KVM;
}

/* "Verdicts" and "Ownership of a range" in DESIGN: whether a verdict may stand. */
static bool may_stand(const struct world *world, uint32_t id, uint16_t imm, int verdict)
{
	bool vmms = is_in(world->forward_ranges, id), policys = is_in(world->answer_ranges, id);
	bool kvms = !vmms && !policys && owner_of(id) == SMCCC_OWNER_VENDOR_HYP;

	switch (verdict) {
	case KVM_SMCCC_HANDLE:
		return !vmms && !policys;
	case KVM_SMCCC_DENY:
		return true;
	case KVM_SMCCC_FORWARD:
		return world->flags & F_FORWARD && !kvms && !policys;
	case KVM_SMCCC_ANSWER:
		return imm || (!kvms && !vmms);
	}
	return false;
}

static enum outcome stricter(enum outcome filter, enum outcome policy)
{
	if (filter == DENIED || policy == DENIED)
		return DENIED;
	return filter == FORWARDED ? FORWARDED : policy;
}

static void ask(const struct world *world, enum outcome filter, struct prediction *p)
{
	static const enum outcome outcomes[] = { BY_KVM, DENIED, FORWARDED, ANSWERED };
	uint32_t id = p->call.func_id;
	int said = fuzz_says(&p->call);

	/* For good or not: but for an answer that is no difference that a guest sees. */
	if (said >= FUZZ_ALWAYS && said < FUZZ_ALWAYS + KVM_SMCCC_ANSWER)
		said -= FUZZ_ALWAYS;
	p->seen = true;
	p->violation = !may_stand(world, id, p->call.imm, said);
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): what may stand is one of the four */
	p->outcome = stricter(filter, p->violation ? DENIED : outcomes[said]);
	p->denied = p->outcome == DENIED;
	/* Rolling out: the policy's denial is waived where KVM is no second owner. */
	if (p->denied && world->flags & F_PERMISSIVE &&
	    !is_in(world->forward_ranges | world->answer_ranges, id))
		p->outcome = filter;
}

/* By HVC these end in KVM's exception vectors, which do not look at the immediate. */
static bool ends_at_el2(const struct guest_call *call)
{
	if (call->conduit != GUEST_HVC)
		return false;
	switch ((uint32_t)call->regs[0]) {
	case SMCCC_ARCH_WORKAROUND_1:
	case SMCCC_ARCH_WORKAROUND_2:
	case SMCCC_ARCH_WORKAROUND_3:
		return true;
	}
	return false;
}

static bool is_architecture_call(uint32_t id, uint16_t imm)
{
	return id & SMCCC_FAST && owner_of(id) == SMCCC_OWNER_ARCH && !imm;
}

void predict(const struct world *world, unsigned int vcpu, const struct batch_call *batch,
	     struct prediction *p)
{
	const struct guest_call *call = &batch->call;
	enum outcome filter;

	*p = (struct prediction){ .call = view(world, vcpu, call) };
	filter = filter_says(world, p->call.func_id);
	if (call->conduit == GUEST_SMC && !world->aarch32 && call->imm)
		p->outcome = REFUSED_SMC;
	else if (ends_at_el2(call))
		p->outcome = BY_KVM;
	else if (is_architecture_call(p->call.func_id, p->call.imm))
		p->outcome = filter; /* which can be another's only with bits 16-23 not zero */
	else
		ask(world, filter, p);
}

void predict_registers(const struct world *world, const struct prediction *p,
		       const uint64_t before[CALL_REGS], const uint64_t forwarded[4],
		       uint64_t after[CALL_REGS])
{
	static const uint64_t not_supported[4] = { UINT64_MAX };

	memcpy(after, before, CALL_REGS * sizeof(*after));
	if (p->outcome == REFUSED_SMC)
		after[0] = UINT64_MAX;
	else if (p->outcome == DENIED)
		memcpy(after, not_supported, sizeof(not_supported));
	else if (p->outcome == FORWARDED)
		memcpy(after, forwarded, sizeof(not_supported));
	if (p->outcome != ANSWERED)
		return;
#define ANSWER(n)                       \
	if (!world->aarch32 || (n) < 8) \
		after[n] = FUZZ_ANSWER(&p->call, n);
	FUZZ_ALL_REGS(ANSWER)
}
