// SPDX-License-Identifier: GPL-2.0
/*
 * For tests: answers with what the helpers of smccc_policy.h say about the call,
 * or, where the cookie says so, takes tokens from buckets.
 */
#include "smccc_policy.h"

#include "api.h"

SMCCC_BUCKETS(buckets, API_BUCKETS);

static __always_inline __u64 matches(const struct kvm_smccc_call *call)
{
	__u64 bits = 0;

	bits |= smccc_is_fast(call) ? API_FAST : 0;
	bits |= smccc_is_64(call) ? API_64 : 0;
	bits |= smccc_is_smc(call) ? API_SMC : 0;
	bits |= smccc_is_aarch32(call) ? API_AARCH32 : 0;
	bits |= smccc_is_named(call) ? API_NAMED : 0;
	bits |= smccc_is_psci(call) ? API_PSCI : 0;
	bits |= smccc_is_psci_0_1(call) ? API_PSCI_0_1 : 0;
	bits |= smccc_is_trng(call) ? API_TRNG : 0;
	bits |= smccc_is_ffa(call) ? API_FFA : 0;
	bits |= smccc_is_pv_time(call) ? API_PV_TIME : 0;
	bits |= smccc_is_vendor_hyp(call) ? API_VENDOR_HYP : 0;
	bits |= smccc_is(call, call->cookie) ? API_IS_COOKIE : 0;
	return bits;
}

struct taking {
	__u64 key, step, interval_ns, burst, taken;
};

static long take_one(__u32 attempt, struct taking *taking)
{
	taking->taken += smccc_take(&buckets, taking->key, taking->interval_ns, taking->burst);
	taking->key += taking->step;
	return 0;
}

/* Many at once, so that CPUs meet in it. */
static __always_inline int take(struct kvm_smccc_call *call)
{
	struct taking taking = {
		.key = call->regs[1],
		.interval_ns = call->regs[2],
		.burst = call->regs[3],
		.step = call->regs[5],
	};

	bpf_loop(call->regs[4], take_one, &taking, 0);
	return smccc_answer(call, taking.taken, 0, 0, 0);
}

SMCCC_POLICY(api)
{
	__u64 bits = matches(call), arg_1 = smccc_arg(call, 1), arg_17 = smccc_arg(call, 17);

	if (call->cookie == API_TAKE)
		return take(call);
	if (call->cookie == API_CODE)
		return smccc_answer_code(call, call->regs[1]);

	call->regs[4] = arg_1;
	call->regs[5] = arg_17;
	call->regs[6] = SMCCC_PER_SECOND(3);
	return smccc_answer(call, bits, smccc_func_id(call), smccc_owner(call), smccc_func(call));
}
