// SPDX-License-Identifier: GPL-2.0
/*
 * For tests: a verdict that looks random, and is not: fuzz.h. The registers are
 * written whatever the verdict, since only ANSWER may deliver them.
 */
#include "smccc_policy.h"

#include "fuzz.h"

SMCCC_POLICY(fuzz)
{
	int verdict = fuzz_says(call);

#define WRITE(n) call->regs[n] = FUZZ_ANSWER(call, n);
	FUZZ_ALL_REGS(WRITE)
	return verdict;
}
