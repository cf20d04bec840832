// SPDX-License-Identifier: GPL-2.0
/* trng-ratelimit.bpf.c: 100 calls a second, after a burst of 64, for each VM. */
#include "policies_test.h"

#include <bpf/bpf.h>
#include <errno.h>

#define BURST	 64
#define INTERVAL (10 * NS_PER_MS)
#define START	 NS_PER_S

static int setup(void **state)
{
	*state = open_policy("trng-ratelimit");
	policy_set_time(*state, START);
	return 0;
}

static int all_kvm(__u32 id, __u32 w1)
{
	return KVM_SMCCC_HANDLE;
}

static int limited(__u32 id, __u32 w1)
{
	return in_range(id, 0x84000053, 0x84000053) ? KVM_SMCCC_ANSWER : KVM_SMCCC_HANDLE;
}

static struct kvm_smccc_call rnd(__u32 func_id, __u64 cookie)
{
	return (struct kvm_smccc_call){ .regs = { func_id, 64, 2, 3, 4 },
					.func_id = func_id,
					.cookie = cookie };
}

/* How many of so many calls KVM gets to handle. */
static int handled(struct policy *policy, __u64 cookie, int calls)
{
	int i, nr = 0;

	for (i = 0; i < calls; i++) {
		struct kvm_smccc_call call = rnd(i & 1 ? TRNG_RND : TRNG_RND_64, cookie);

		nr += decide_call(policy, &call) == KVM_SMCCC_HANDLE;
	}

	return nr;
}

static void trng_ratelimit_leaves_all_else_to_kvm(void **state)
{
	struct policy_setup sweeping = { .sweeping = true };
	struct policy *policy = open_policy_with("trng-ratelimit", &sweeping);

	expect_named(policy, all_kvm);
	policy_set_exhausted(policy, true);
	expect_named(policy, limited);
	policy_close(policy);

	expect_everywhere("trng-ratelimit", all_kvm);
	expect_immediate(*state, KVM_SMCCC_DENY);
}

static void trng_ratelimit_answers_no_entropy(void **state)
{
	struct kvm_smccc_call call = rnd(TRNG_RND_64, 0);
	int i;

	assert_int_equal(handled(*state, 0, BURST), BURST);
	assert_int_equal(decide_call(*state, &call), KVM_SMCCC_ANSWER);
	assert_int_equal(call.regs[0], (__u64)-3);
	for (i = 1; i < 4; i++)
		assert_int_equal(call.regs[i], 0);
	assert_int_equal(call.regs[4], 4);

	/* The service is still there. */
	assert_int_equal(decide(*state, TRNG_VERSION), KVM_SMCCC_HANDLE);
	assert_int_equal(decide(*state, TRNG_FEATURES), KVM_SMCCC_HANDLE);
	assert_int_equal(decide(*state, TRNG_GET_UUID), KVM_SMCCC_HANDLE);
}

/* What is refused costs nothing: tokens come on time to a guest that keeps asking. */
static void trng_ratelimit_refills_over_time(void **state)
{
	assert_int_equal(handled(*state, 0, 1000), BURST);

	policy_set_time(*state, START + INTERVAL - 1);
	assert_int_equal(handled(*state, 0, 1000), 0);
	policy_set_time(*state, START + INTERVAL);
	assert_int_equal(handled(*state, 0, 1000), 1);
	policy_set_time(*state, START + NS_PER_S / 2);
	assert_int_equal(handled(*state, 0, 1000), 49);
	policy_set_time(*state, START + 3600 * NS_PER_S);
	assert_int_equal(handled(*state, 0, 1000), BURST);
}

static void trng_ratelimit_has_a_bucket_for_each_vm(void **state)
{
	assert_int_equal(handled(*state, 1, 1000), BURST);
	assert_int_equal(handled(*state, 2, 10), 10);
	assert_int_equal(handled(*state, ~0ULL, 1000), BURST);
	assert_int_equal(handled(*state, 2, 1000), BURST - 10);
	assert_int_equal(handled(*state, 1, 1000), 0);
}

static void trng_ratelimit_counts(void **state)
{
	handled(*state, 0, 2 * BURST + 6);

	assert_int_equal(policy_counter(*state, TRNG_RND, KVM_SMCCC_HANDLE), BURST / 2);
	assert_int_equal(policy_counter(*state, TRNG_RND_64, KVM_SMCCC_HANDLE), BURST / 2);
	assert_int_equal(policy_counter(*state, TRNG_RND, KVM_SMCCC_ANSWER), BURST / 2 + 3);
	assert_int_equal(policy_counter(*state, TRNG_RND_64, KVM_SMCCC_ANSWER), BURST / 2 + 3);
}

static void trng_ratelimit_is_untouched_by_a_sweep(void **state)
{
	struct policy_setup sweeping = { .sweeping = true };
	struct policy *policy = open_policy_with("trng-ratelimit", &sweeping);
	__u64 key;
	int i;

	for (i = 0; i < 2 * BURST; i++)
		assert_int_equal(policy_sweep(policy, 0x84000000)[0x53], KVM_SMCCC_HANDLE);
	policy_set_exhausted(policy, true);
	assert_int_equal(policy_sweep(policy, 0x84000000)[0x53], KVM_SMCCC_ANSWER);
	assert_int_equal(policy_sweep(policy, 0xc4000000)[0x53], KVM_SMCCC_ANSWER);
	assert_int_equal(policy_sweep(policy, 0x84000000)[0x50], KVM_SMCCC_HANDLE);
	policy_set_exhausted(policy, false);
	assert_int_equal(policy_sweep(policy, 0x84000000)[0x53], KVM_SMCCC_HANDLE);

	assert_int_equal(bpf_map_get_next_key(policy_map(policy, "buckets"), NULL, &key), -ENOENT);
	policy_close(policy);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, close_policy)

const struct CMUnitTest trng_ratelimit_tests[] = {
	TEST(trng_ratelimit_leaves_all_else_to_kvm),
	TEST(trng_ratelimit_answers_no_entropy),
	TEST(trng_ratelimit_refills_over_time),
	TEST(trng_ratelimit_has_a_bucket_for_each_vm),
	TEST(trng_ratelimit_counts),
	TEST(trng_ratelimit_is_untouched_by_a_sweep),
};
const size_t nr_trng_ratelimit_tests = ARRAY_SIZE(trng_ratelimit_tests);
