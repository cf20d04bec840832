/* SPDX-License-Identifier: GPL-2.0 */
/* The bare declaration of a policy, by SMCCC_POLICY()'s name for the call. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "smccc_policy.h"

#define HOSTILE_IN(section)                                                                 \
	static __always_inline int hostile_decide(__u64 *ctx, struct kvm_smccc_call *call); \
	SEC(section) int hostile_call(__u64 *ctx)                                           \
	{                                                                                   \
		return hostile_decide(ctx, (struct kvm_smccc_call *)ctx[0]);                \
	}                                                                                   \
	SEC(".struct_ops.link")                                                             \
	struct kvm_smccc_ops hostile = { .call = (void *)hostile_call };                    \
	static __always_inline int hostile_decide(__u64 *ctx, struct kvm_smccc_call *call)

#define HOSTILE HOSTILE_IN("struct_ops/call")

/* One store or load, as written: no compiler is in the way. The offset has a sign. */
#define STORE(type, base, offset, value)                                                    \
	asm volatile("*(" #type " *)(%0 " #offset ") = %1" ::"r"(base), "r"((__u64)(value)) \
		     : "memory")
#define LOAD(type, base, offset)                                   \
	({                                                         \
		__u64 loaded;                                      \
		asm volatile("%0 = *(" #type " *)(%1 " #offset ")" \
			     : "=r"(loaded)                        \
			     : "r"(base)                           \
			     : "memory");                          \
		loaded;                                            \
	})

#endif
