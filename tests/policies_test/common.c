// SPDX-License-Identifier: GPL-2.0
#include "policies_test.h"

const char *object_dir;

#define NAMED_ARCH(name, id)	{ #name, id, ARCH },
#define NAMED_PSCI(name, id)	{ #name, id, PSCI },
#define NAMED_TRNG(name, id)	{ #name, id, TRNG },
#define NAMED_FFA(name, id)	{ #name, id, FFA },
#define NAMED_PV_TIME(name, id) { #name, id, PV_TIME },
#define NAMED_KVM(name, id)	{ #name, id, KVM },

/* clang-format off */
const struct named_function named_functions[] = {
	SMCCC_FUNCTIONS_ARCH(NAMED_ARCH)
	SMCCC_FUNCTIONS_PSCI(NAMED_PSCI)
	SMCCC_FUNCTIONS_TRNG(NAMED_TRNG)
	SMCCC_FUNCTIONS_FFA(NAMED_FFA)
	SMCCC_FUNCTIONS_PV_TIME(NAMED_PV_TIME)
	SMCCC_FUNCTIONS_KVM(NAMED_KVM)
};
/* clang-format on */

const size_t nr_named_functions = ARRAY_SIZE(named_functions);

struct policy *open_policy_with(const char *name, const struct policy_setup *setup)
{
	struct policy *policy;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.bpf.o", object_dir, name);
	policy = policy_open(path, setup);
	assert_non_null(policy);
	return policy;
}

struct policy *open_policy(const char *name)
{
	return open_policy_with(name, &(struct policy_setup){});
}

int close_policy(void **state)
{
	policy_close(*state);
	return 0;
}

int decide_call(struct policy *policy, struct kvm_smccc_call *call)
{
	struct kvm_smccc_call before = *call;
	int verdict = policy_call(policy, call);

	if (verdict != KVM_SMCCC_ANSWER)
		assert_memory_equal(call->regs, before.regs, sizeof(call->regs));
	assert_memory_equal(&call->cookie, &before.cookie,
			    sizeof(*call) - offsetof(struct kvm_smccc_call, cookie));
	return verdict;
}

int decide(struct policy *policy, __u32 func_id)
{
	struct kvm_smccc_call call = { .regs[0] = func_id, .func_id = func_id };

	return decide_call(policy, &call);
}

static struct kvm_smccc_call call_of(__u32 func_id, __u32 flags, __u64 arg)
{
	struct kvm_smccc_call call = { .func_id = func_id, .flags = flags, .vcpu_id = 3 };
	int i, nr = flags & KVM_SMCCC_CALL_AARCH32 ? 8 : 18;

	for (i = 1; i < nr; i++)
		call.regs[i] = flags & KVM_SMCCC_CALL_AARCH32 ? (__u32)arg : arg;

	call.regs[0] = func_id;
	return call;
}

static void expect_one(struct policy *policy, const struct named_function *f,
		       struct kvm_smccc_call call, int verdict)
{
	__u64 arg = call.regs[1];
	int got = decide_call(policy, &call);

	if (got != verdict)
		fail_msg("%s (0x%08x), flags %u, imm %u, arguments 0x%llx: verdict %d, expected %d",
			 f->name, call.func_id, call.flags, call.imm, arg, got, verdict);
}

void expect_named(struct policy *policy, verdict_fn expected)
{
	/* Above bit 31 an SMC32 caller may have anything. */
	static const __u64 args[] = { 0, SMCCC_FAST, 0xabcdef0180000000, ~0ULL };
	size_t i, a;
	__u32 flags;

	for (i = 0; i < nr_named_functions; i++) {
		const struct named_function *f = &named_functions[i];

		for (flags = 0; flags < 4; flags++) {
			for (a = 0; a < ARRAY_SIZE(args); a++)
				expect_one(policy, f, call_of(f->id, flags, args[a]),
					   expected(f->id, args[a]));
			expect_one(policy, f, call_of(f->id | SMCCC_SVE_HINT, flags, SMCCC_FAST),
				   expected(f->id, SMCCC_FAST));
		}
	}
}

void expect_immediate(struct policy *policy, int verdict)
{
	static const __u16 immediates[] = { 1, 0xea1, 0x8000, 0xffff };
	size_t i, n;

	for (i = 0; i < nr_named_functions; i++) {
		const struct named_function *f = &named_functions[i];
		struct kvm_smccc_call call = call_of(f->id, 0, SMCCC_FAST);

		for (n = 0; n < ARRAY_SIZE(immediates); n++) {
			call.imm = immediates[n];
			expect_one(policy, f, call, verdict);
		}
	}
}

void expect_everywhere(const char *name, verdict_fn expected)
{
	static const __u32 bases[] = {
		0x00000000, 0x04000000, 0x44000000, 0x46000000, 0x7f000000, 0x80000000, 0x82000000,
		0x83000000, 0x84000000, 0x85000000, 0x86000000, 0x87000000, 0xb0000000, 0xb2000000,
		0xbf000000, 0xc0000000, 0xc3000000, 0xc4000000, 0xc5000000, 0xc6000000, 0xc7000000,
		0xff000000, 0x84020000, 0x84800000, 0xc6800000,
	};
	struct policy *policy = open_policy_with(name, &(struct policy_setup){ .sweeping = true });
	const __u8 *verdicts;
	__u32 func;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bases); i++) {
		verdicts = policy_sweep(policy, bases[i]);
		assert_non_null(verdicts);
		for (func = 0; func <= SMCCC_FUNC_MASK; func++) {
			int verdict = expected(bases[i] | func, 0);

			if (verdicts[func] != verdict)
				fail_msg("0x%08x: verdict %u, expected %d", bases[i] | func,
					 verdicts[func], verdict);
		}
	}

	policy_close(policy);
}
