/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the policies share; includes cmocka as it wants to be included. */
#ifndef POLICIES_TEST_H
#define POLICIES_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy_run.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NS_PER_MS 1000000ULL
#define NS_PER_S  1000000000ULL

/* Where the *.bpf.o are. */
extern const char *object_dir;

enum service { ARCH, PSCI, TRNG, FFA, PV_TIME, KVM };

/* Every function of smccc_ids.h. */
struct named_function {
	const char *name;
	__u32 id;
	enum service service;
};

extern const struct named_function named_functions[];
extern const size_t nr_named_functions;

/* The policy of that name, by file; fails the test where it cannot be loaded. */
struct policy *open_policy(const char *name);
struct policy *open_policy_with(const char *name, const struct policy_setup *setup);
int close_policy(void **state);

/*
 * The verdict about a call. Unless it is ANSWER the policy must not have written
 * the registers, and nothing else in any case.
 */
int decide_call(struct policy *policy, struct kvm_smccc_call *call);
/* The same for a call without arguments, HVC from AArch64. */
int decide(struct policy *policy, __u32 func_id);

/*
 * What a policy should say about a function if w1 is the lower half of its first
 * argument, worked out without any code of the policies' headers.
 */
typedef int (*verdict_fn)(__u32 func_id, __u32 w1);

/*
 * Every named function has that verdict: by HVC and SMC, from AArch64 and AArch32,
 * with the SVE hint, and whatever the arguments.
 */
void expect_named(struct policy *policy, verdict_fn expected);
/* Every named function has that verdict if the call has an immediate. */
void expect_immediate(struct policy *policy, int verdict);
/*
 * All function numbers of those owners and types that matter, yielding calls and
 * IDs that have a reserved bit set included.
 */
void expect_everywhere(const char *name, verdict_fn expected);

/* For verdict_fn: the ID is first to last, in either convention. */
static inline bool in_range(__u32 func_id, __u32 first, __u32 last)
{
	func_id &= ~0x40000000;
	return func_id >= first && func_id <= last;
}

#define DECLARE_TESTS(policy)                            \
	extern const struct CMUnitTest policy##_tests[]; \
	extern const size_t nr_##policy##_tests

DECLARE_TESTS(default);
DECLARE_TESTS(lockdown);
DECLARE_TESTS(psci_to_vmm);
DECLARE_TESTS(ffa_to_vmm);
DECLARE_TESTS(other_hypervisor);
DECLARE_TESTS(share_notify);
DECLARE_TESTS(trng_ratelimit);
DECLARE_TESTS(audit);
DECLARE_TESTS(ranges);
DECLARE_TESTS(api);
DECLARE_TESTS(limit);

#endif
