/* SPDX-License-Identifier: GPL-2.0 */
/* A policy for each verdict, as the benchmark's objects have them. */
#ifndef BENCH_POLICIES_H
#define BENCH_POLICIES_H

/*
 * ANSWER's body differs, as no answer can be given without writing registers. Its
 * values are those that a test can tell from KVM's.
 */
#define POLICY(name, verdict, ...)                                                                 \
	SMCCC_POLICY(name)                                                                         \
	{                                                                                          \
		__VA_ARGS__                                                                        \
		return (verdict) == KVM_SMCCC_ANSWER ? smccc_answer(call, 1, 2, 3, 4) : (verdict); \
	}

#define SHAPE(name, ...)                                       \
	POLICY(name##_handle, KVM_SMCCC_HANDLE, __VA_ARGS__)   \
	POLICY(name##_deny, KVM_SMCCC_DENY, __VA_ARGS__)       \
	POLICY(name##_forward, KVM_SMCCC_FORWARD, __VA_ARGS__) \
	POLICY(name##_answer, KVM_SMCCC_ANSWER, __VA_ARGS__)

#endif
