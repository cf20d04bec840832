// SPDX-License-Identifier: GPL-2.0
/* The token bucket of smccc_limit.h, by policies/api.bpf.c. */
#include "policies_test.h"

#include <bpf/bpf.h>
#include <pthread.h>

#include "policies/api.h"

#define START	 (5 * NS_PER_S)
#define INTERVAL 10

static int setup(void **state)
{
	*state = open_policy("api");
	policy_set_time(*state, START);
	return 0;
}

/* How many of so many attempts get a token. */
static int take_many(struct policy *policy, __u64 key, __u64 interval, __u64 burst, int attempts)
{
	struct kvm_smccc_call call = { .regs = { 0, key, interval, burst, attempts },
				       .cookie = API_TAKE };

	assert_int_equal(policy_call(policy, &call), KVM_SMCCC_ANSWER);
	return call.regs[0];
}

static bool take_from(struct policy *policy, __u64 key, __u64 interval, __u64 burst)
{
	return take_many(policy, key, interval, burst, 1);
}

/* The bucket of most tests: one token each 10 ns, at most 3. */
static int take(struct policy *policy, int attempts)
{
	return take_many(policy, 1, INTERVAL, 3, attempts);
}

static void limit_starts_with_a_full_bucket(void **state)
{
	assert_int_equal(take(*state, 100), 3);
	assert_int_equal(take(*state, 100), 0);
}

static void limit_refills_at_the_rate_to_the_ns(void **state)
{
	__u64 tokens;

	take(*state, 100);
	for (tokens = 1; tokens <= 5; tokens++) {
		policy_set_time(*state, START + tokens * INTERVAL - 1);
		assert_int_equal(take(*state, 100), 0);
		policy_set_time(*state, START + tokens * INTERVAL);
		assert_int_equal(take(*state, 100), 1);
	}
}

static void limit_never_holds_more_than_the_burst(void **state)
{
	take(*state, 100);
	policy_set_time(*state, START + 2 * INTERVAL);
	assert_int_equal(take(*state, 100), 2);
	policy_set_time(*state, START + 100 * INTERVAL);
	assert_int_equal(take(*state, 100), 3);
	policy_set_time(*state, 1ULL << 62);
	assert_int_equal(take(*state, 100), 3);
}

/* Partial intervals are not lost: 25 ns are 2 tokens, and 5 ns towards the next. */
static void limit_keeps_parts_of_a_token(void **state)
{
	take(*state, 100);
	policy_set_time(*state, START + 25);
	assert_int_equal(take(*state, 100), 2);
	policy_set_time(*state, START + 29);
	assert_int_equal(take(*state, 100), 0);
	policy_set_time(*state, START + 30);
	assert_int_equal(take(*state, 100), 1);
}

static void limit_holds_at_the_edges(void **state)
{
	int i;

	/* no burst, nothing; the smallest; one token for ever */
	assert_false(take_from(*state, 2, INTERVAL, 0));
	for (i = 0; i < 5; i++)
		assert_int_equal(take_from(*state, 3, 1, 1), !i);
	for (i = 0; i < 5; i++)
		assert_int_equal(take_from(*state, 4, 1ULL << 62, 1), !i);
	for (i = 0; i < 5; i++)
		assert_int_equal(take_from(*state, 5, 1ULL << 62, 2), i < 2);
	/* boot time */
	policy_set_time(*state, 0);
	for (i = 0; i < 5; i++)
		assert_int_equal(take_from(*state, 6, INTERVAL, 2), i < 2);
}

static void limit_is_kept_per_key(void **state)
{
	__u64 key;

	for (key = 0; key < API_BUCKETS; key++) {
		assert_true(take_from(*state, ~key, INTERVAL, 1));
		assert_false(take_from(*state, ~key, INTERVAL, 1));
	}
}

static void limit_refuses_a_key_without_room(void **state)
{
	__u64 key;

	for (key = 0; key < API_BUCKETS; key++)
		assert_true(take_from(*state, key, INTERVAL, 2));
	assert_false(take_from(*state, key, INTERVAL, 2));
	assert_true(take_from(*state, 0, INTERVAL, 2));
}

#define THREADS 4

/* Threads that make the same call at the same time. */
struct crowd {
	struct policy *policy;
	pthread_barrier_t start;
	struct kvm_smccc_call call;
	int taken;
};

static void *take_in_a_crowd(void *arg)
{
	struct crowd *crowd = arg;
	struct kvm_smccc_call call = crowd->call;

	pthread_barrier_wait(&crowd->start);
	if (policy_call(crowd->policy, &call) == KVM_SMCCC_ANSWER)
		__sync_fetch_and_add(&crowd->taken, call.regs[0]);
	return NULL;
}

static int take_by_all(struct policy *policy, struct kvm_smccc_call call)
{
	struct crowd crowd = { .policy = policy, .call = call };
	pthread_t threads[THREADS];
	int i;

	pthread_barrier_init(&crowd.start, NULL, THREADS);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_in_a_crowd, &crowd), 0);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&crowd.start);
	return crowd.taken;
}

/* Not one token too many or too few. */
static void limit_is_exact_on_many_cpus(void **state)
{
	const int burst = 400000;
	__u64 key;

	for (key = 0; key < 5; key++) {
		struct kvm_smccc_call call = { .regs = { 0, key, NS_PER_S, burst, burst },
					       .cookie = API_TAKE };

		assert_int_equal(take_by_all(*state, call), burst);
	}
}

/* The same where whoever comes first makes the bucket. */
static void limit_makes_a_bucket_once(void **state)
{
	struct kvm_smccc_call call = { .regs = { 0, 0, NS_PER_S, 1, API_BUCKETS, 1 },
				       .cookie = API_TAKE };
	int round, fd = policy_map(*state, "buckets");
	__u64 key;

	for (round = 0; round < 50; round++) {
		assert_int_equal(take_by_all(*state, call), API_BUCKETS);
		for (key = 0; key < API_BUCKETS; key++)
			assert_int_equal(bpf_map_delete_elem(fd, &key), 0);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, close_policy)

const struct CMUnitTest limit_tests[] = {
	TEST(limit_starts_with_a_full_bucket),
	TEST(limit_refills_at_the_rate_to_the_ns),
	TEST(limit_never_holds_more_than_the_burst),
	TEST(limit_keeps_parts_of_a_token),
	TEST(limit_holds_at_the_edges),
	TEST(limit_is_kept_per_key),
	TEST(limit_refuses_a_key_without_room),
	TEST(limit_is_exact_on_many_cpus),
	TEST(limit_makes_a_bucket_once),
};
const size_t nr_limit_tests = ARRAY_SIZE(limit_tests);
