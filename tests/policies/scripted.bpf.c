// SPDX-License-Identifier: GPL-2.0
/*
 * For tests: gives the verdict that the test set and remembers what it saw. It
 * writes the registers whatever the verdict, since only ANSWER may deliver them.
 */
#include "smccc_policy.h"

#include "scripted.h"

struct script script;
struct sighting sighting;

#define ALL_REGS(F) \
	F(0)        \
	F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11) F(12) F(13) F(14) F(15) F(16) F(17)

SMCCC_POLICY(scripted)
{
	__sync_fetch_and_add(&sighting.calls, 1);
	sighting.cookie = call->cookie;
	sighting.func_id = call->func_id;
	sighting.vcpu_id = call->vcpu_id;
	sighting.flags = call->flags;
	sighting.imm = call->imm;
#define EXCHANGE(n)                       \
	sighting.regs[n] = call->regs[n]; \
	call->regs[n] = script.answer[n];
	ALL_REGS(EXCHANGE)

	return script.verdict;
}
