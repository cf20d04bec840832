// SPDX-License-Identifier: GPL-2.0
/* The helpers of smccc_policy.h that decode, match and answer, by policies/api.bpf.c. */
#include "policies_test.h"

#include "policies/api.h"

static int setup(void **state)
{
	*state = open_policy("api");
	return 0;
}

/* No call is this function: bits 23:17 of an ID are zero. */
#define NO_FUNCTION 0x00ff0000

static struct kvm_smccc_call decode(struct policy *policy, struct kvm_smccc_call call)
{
	if (!call.cookie)
		call.cookie = NO_FUNCTION;
	assert_int_equal(decide_call(policy, &call), KVM_SMCCC_ANSWER);
	return call;
}

static struct kvm_smccc_call decode_id(struct policy *policy, __u32 func_id)
{
	return decode(policy, (struct kvm_smccc_call){ .func_id = func_id });
}

static void api_takes_an_id_apart(void **state)
{
	struct kvm_smccc_call call = decode_id(*state, 0xc6011234);

	assert_int_equal(call.regs[0], API_FAST | API_64 | API_VENDOR_HYP);
	assert_int_equal(call.regs[1], 0xc6001234);
	assert_int_equal(call.regs[2], 6);
	assert_int_equal(call.regs[3], 0x1234);

	call = decode_id(*state, 0x3f00ffff);
	assert_int_equal(call.regs[0], 0);
	assert_int_equal(call.regs[2], 63);
	assert_int_equal(call.regs[3], 0xffff);

	call = decode(*state, (struct kvm_smccc_call){ .flags = KVM_SMCCC_CALL_SMC });
	assert_int_equal(call.regs[0], API_SMC);
	call = decode(*state, (struct kvm_smccc_call){ .flags = KVM_SMCCC_CALL_AARCH32 });
	assert_int_equal(call.regs[0], API_AARCH32);
}

static __u64 service_bit(enum service service)
{
	static const __u64 bits[] = {
		[ARCH] = 0,	 [PSCI] = API_PSCI,	  [TRNG] = API_TRNG,
		[FFA] = API_FFA, [PV_TIME] = API_PV_TIME, [KVM] = API_VENDOR_HYP,
	};

	return bits[service];
}

static void api_matches_services(void **state)
{
	const __u64 ignored = API_FAST | API_64;
	size_t i;

	for (i = 0; i < nr_named_functions; i++) {
		const struct named_function *f = &named_functions[i];
		__u64 bits = service_bit(f->service) | API_NAMED;
		struct kvm_smccc_call immediate = { .func_id = f->id, .imm = 1 };

		assert_int_equal(decode_id(*state, f->id).regs[0] & ~ignored, bits);
		assert_int_equal(decode_id(*state, f->id | SMCCC_SVE_HINT).regs[0] & ~ignored,
				 bits);
		assert_int_equal(decode(*state, immediate).regs[0] & ~ignored, 0);
		/* yielding; bits 23:17 */
		assert_int_equal(decode_id(*state, f->id & ~SMCCC_FAST).regs[0] & ~ignored, 0);
		assert_int_equal(decode_id(*state, f->id | 0x00200000).regs[0] & ~ignored, 0);
	}
}

/* As they are: with each bit, the SVE hint's among them, and without an immediate. */
static void api_matches_psci_0_1(void **state)
{
	const __u64 ignored = API_FAST | API_64;
	__u32 id;
	int bit;

	for (id = PSCI_0_1_CPU_SUSPEND - 1; id <= PSCI_0_1_MIGRATE + 1; id++) {
		struct kvm_smccc_call immediate = { .func_id = id, .imm = 1 };
		bool is = id >= 0x95c1ba5e && id <= 0x95c1ba61;

		assert_int_equal(decode_id(*state, id).regs[0] & ~ignored, is ? API_PSCI_0_1 : 0);
		assert_int_equal(decode(*state, immediate).regs[0] & ~ignored, 0);
		for (bit = 8; bit < 32; bit++)
			assert_false(decode_id(*state, id ^ 1U << bit).regs[0] & API_PSCI_0_1);
	}
}

static bool is(struct policy *policy, __u32 func_id, __u32 function, __u16 imm)
{
	struct kvm_smccc_call call = { .func_id = func_id, .cookie = function, .imm = imm };

	return decode(policy, call).regs[0] & API_IS_COOKIE;
}

static void api_matches_a_function_in_both_conventions(void **state)
{
	size_t i;

	for (i = 0; i < nr_named_functions; i++) {
		__u32 id = named_functions[i].id;

		assert_true(is(*state, id, id, 0));
		assert_true(is(*state, id ^ SMCCC_64, id, 0));
		assert_true(is(*state, id, id ^ SMCCC_64, 0));
		assert_true(is(*state, id | SMCCC_SVE_HINT, id, 0));
		assert_false(is(*state, id, id, 1));
		assert_false(is(*state, id ^ SMCCC_FAST, id, 0));
		assert_false(is(*state, id + 1, id, 0));
		assert_false(is(*state, id | 0x00020000, id, 0));
	}
}

static void expect_args(struct policy *policy, __u32 func_id, __u32 flags, __u64 mask)
{
	struct kvm_smccc_call call = {
		.regs[1] = 0x1111222233334444, .regs[17] = ~0ULL, .func_id = func_id, .flags = flags
	};
	struct kvm_smccc_call got = decode(policy, call);

	assert_int_equal(got.regs[4], call.regs[1] & mask);
	assert_int_equal(got.regs[5], call.regs[17] & mask);
}

static void api_gives_arguments_their_width(void **state)
{
	expect_args(*state, 0xc4000003, 0, ~0ULL);
	expect_args(*state, 0x84000003, 0, 0xffffffff);
	expect_args(*state, 0xc4000003, KVM_SMCCC_CALL_SMC, ~0ULL);
	expect_args(*state, 0xc4000003, KVM_SMCCC_CALL_AARCH32, 0xffffffff);
	expect_args(*state, 0x84000003, KVM_SMCCC_CALL_AARCH32, 0xffffffff);
}

static void api_answers_with_a_signed_code(void **state)
{
	struct kvm_smccc_call call = { .regs = { 0xc4000003, (__u64)PSCI_DENIED, 2, 3, 4 },
				       .cookie = API_CODE };

	call = decode(*state, call);
	assert_int_equal(call.regs[0], (__u64)-3);
	assert_int_equal(call.regs[1], 0);
	assert_int_equal(call.regs[2], 0);
	assert_int_equal(call.regs[3], 0);
	assert_int_equal(call.regs[4], 4);
}

static void api_rounds_a_rate_to_the_safe_side(void **state)
{
	assert_int_equal(decode_id(*state, 0).regs[6], 333333334);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, close_policy)

const struct CMUnitTest api_tests[] = {
	TEST(api_takes_an_id_apart),
	TEST(api_matches_services),
	TEST(api_matches_psci_0_1),
	TEST(api_matches_a_function_in_both_conventions),
	TEST(api_gives_arguments_their_width),
	TEST(api_answers_with_a_signed_code),
	TEST(api_rounds_a_rate_to_the_safe_side),
};
const size_t nr_api_tests = ARRAY_SIZE(api_tests);
