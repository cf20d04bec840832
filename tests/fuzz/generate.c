// SPDX-License-Identifier: GPL-2.0
#include "fuzz_test.h"
#include "smccc_ids.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* splitmix64: each state gives another number, none gets stuck */
uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

uint32_t random_below(struct random *random, uint32_t below)
{
	return random_next(random) % below;
}

static uint32_t named_id(struct random *random)
{
	static const uint32_t ids[] = {
#define ID(name, id) id,
		SMCCC_FUNCTIONS(ID)
	};

	return ids[random_below(random, ARRAY_SIZE(ids))];
}

/* Owners 0 to 7 have the services, the others are as good as one of them. */
static uint32_t structured_id(struct random *random)
{
	uint32_t owner = random_below(random, 4) ? random_below(random, 8) :
						   random_below(random, 64);

	uint32_t bits = SMCCC_FAST | SMCCC_64 | SMCCC_FUNC_MASK;

	return (random_next(random) & bits) | owner << SMCCC_OWNER_SHIFT;
}

/* One bit off: the other convention, a yielding call, the SVE hint, a reserved bit, ... */
static uint32_t near_id(struct random *random)
{
	return named_id(random) ^ 1U << random_below(random, 32);
}

uint32_t random_id(struct random *random)
{
	switch (random_below(random, 8)) {
	case 0 ... 3:
		return named_id(random);
	case 4:
	case 5:
		return near_id(random);
	case 6:
		return structured_id(random);
	default:
		return random_next(random);
	}
}

static uint64_t argument(struct random *random)
{
	static const uint64_t edges[] = {
		0,	    1,		2,	    64,		  192,	       193,
		0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,  0x40000fff,  0x40001000,
		INT64_MAX,  1ULL << 63, UINT64_MAX, PSCI_VERSION, TRNG_RND_64,
	};

	switch (random_below(random, 4)) {
	case 0:
		return random_next(random);
	case 1:
		return random_id(random);
	default:
		return edges[random_below(random, ARRAY_SIZE(edges))];
	}
}

void random_call(struct random *random, bool aarch32, struct batch_call *batch)
{
	struct guest_call *call = &batch->call;
	unsigned int i;

	*batch = (struct batch_call){ .call.conduit = random_below(random, 2) ? GUEST_HVC :
										GUEST_SMC };
	/* One of 16: each gets a stub, and QEMU translates anew what is near new code. */
	if (!random_below(random, 4))
		call->imm = random_next(random) &
			    (aarch32 && call->conduit == GUEST_SMC ? 0xf : 0x8421);
	batch->at_page_end = !call->imm && !random_below(random, 4);
	for (i = 0; i < CALL_REGS; i++)
		call->regs[i] = argument(random);
	/* An SMC32 caller may have anything in the upper half of x0. */
	call->regs[0] = random_id(random);
	if (!random_below(random, 4))
		call->regs[0] |= random_next(random) << 32;
	for (i = 0; aarch32 && i < CALL_REGS; i++)
		call->regs[i] = (uint32_t)call->regs[i];
}
