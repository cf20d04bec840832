// SPDX-License-Identifier: GPL-2.0
/* For tests: more constants than can be tried. */
#include "smccc_policy.h"

/* Too far apart for one test of several. */
#define CASES_4(n)       \
	case (n):        \
	case (n) + 1001: \
	case (n) + 2003: \
	case (n) + 3009:
#define CASES_16(n) CASES_4(n) CASES_4((n) + 10007) CASES_4((n) + 20011) CASES_4((n) + 30013)
#define CASES_64(n) CASES_16(n) CASES_16((n) + 100003) CASES_16((n) + 200009) CASES_16((n) + 300017)
#define CASES_256(n) \
	CASES_64(n) CASES_64((n) + 1000003) CASES_64((n) + 2000003) CASES_64((n) + 3000017)

SMCCC_POLICY(tools_constants)
{
	switch (call->regs[1]) {
		CASES_256(10000000)
		CASES_256(20000000) CASES_256(30000000) CASES_256(40000000) return KVM_SMCCC_DENY;
	}
	return KVM_SMCCC_HANDLE;
}
