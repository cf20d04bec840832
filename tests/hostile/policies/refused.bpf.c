// SPDX-License-Identifier: GPL-2.0
/*
 * Policies that do what no policy may, each by the name that is defined: the kernel
 * must refuse every one of them. What it says is in hostile_test.c.
 */
#include "hostile.h"

#include <bpf/bpf_core_read.h>

/* --- the call: only regs[] may be written */

#ifdef write_cookie
HOSTILE
{
	call->cookie = 1;
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_func_id
HOSTILE
{
	call->func_id = PSCI_VERSION;
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_vcpu_id
HOSTILE
{
	call->vcpu_id = 0;
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_flags
HOSTILE
{
	call->flags = KVM_SMCCC_CALL_AARCH32;
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_imm
HOSTILE
{
	call->imm = 0;
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_a_byte_of_the_cookie
HOSTILE
{
	STORE(u8, call, +151, 1);
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_across_the_end_of_regs
HOSTILE
{
	STORE(u64, call, +140, 1);
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_behind_the_call
HOSTILE
{
	STORE(u64, call, +168, 1);
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_before_the_call
HOSTILE
{
	STORE(u64, call, -8, 1);
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_far_behind_the_call
HOSTILE
{
	STORE(u64, call, +32767, 1);
	return KVM_SMCCC_HANDLE;
}
#endif

/* Whatever its bounds: an index is not known when the policy is verified. */
#ifdef write_at_an_index
HOSTILE
{
	__u64 at = (__u64)call;

	asm volatile("r1 = %1; r1 &= 31; r1 <<= 3; %0 += r1"
		     : "+r"(at)
		     : "r"(call->regs[1])
		     : "r1");
	STORE(u64, at, +0, 1);
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef add_to_the_cookie_atomically
HOSTILE
{
	__sync_fetch_and_add(&call->cookie, 1);
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_to_the_context
HOSTILE
{
	STORE(u64, ctx, +0, 1);
	return KVM_SMCCC_HANDLE;
}
#endif

/* --- the call, by way of something else */

#ifdef have_a_helper_write_the_call
HOSTILE
{
	bpf_probe_read_kernel(call, sizeof(*call), call);
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_a_call_of_before
static struct kvm_smccc_call __kptr_untrusted *before SEC(".bss.before");

/* That memory is another's by now. */
HOSTILE
{
	struct kvm_smccc_call *last = before;

	before = call;
	if (last)
		last->regs[0] = 1;
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_what_is_called_a_call
extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym;

/* Any address of the kernel's, in the type that may be written. */
HOSTILE
{
	struct kvm_smccc_call *other = bpf_rdonly_cast(
		(void *)0xffff800080000000, bpf_core_type_id_kernel(struct kvm_smccc_call));

	other->regs[0] = 1;
	return KVM_SMCCC_HANDLE;
}
#endif

/* --- other memory */

#ifdef read_behind_the_call
HOSTILE
{
	return LOAD(u64, call, +168);
}
#endif

#ifdef read_any_address
HOSTILE
{
	return *(volatile __u64 *)0xffff800080000000;
}
#endif

#ifdef write_any_address
HOSTILE
{
	*(volatile __u64 *)call->regs[1] = call->regs[2];
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_its_constants
const volatile __u64 limit = 5;

HOSTILE
{
	*(volatile __u64 *)&limit = 6;
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_behind_its_map
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} values SEC(".maps");

HOSTILE
{
	__u32 zero = 0;
	__u64 *value = bpf_map_lookup_elem(&values, &zero);

	if (value)
		STORE(u64, value, +8, 1);
	return KVM_SMCCC_HANDLE;
}
#endif

/* By its name in the BPF file system a map could be that of any other policy, or tool. */
#ifdef share_a_map_by_name
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} shared SEC(".maps");

HOSTILE
{
	__u32 zero = 0;
	__u64 *value = bpf_map_lookup_elem(&shared, &zero);

	return value && *value ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}
#endif

/* --- the loader's memory: libbpf takes this member for a pointer to one of its programs */

#ifdef have_a_number_called
#pragma clang diagnostic ignored "-Winitializer-overrides"
SMCCC_POLICY(hostile, .call = (void *)0x1234567890)
{
	return KVM_SMCCC_HANDLE;
}
#endif

/* --- what the kernel has for others */

#ifdef sleep_in_a_call
HOSTILE_IN("struct_ops.s/call")
{
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef read_from_user_space
HOSTILE
{
	__u64 value;

	bpf_copy_from_user(&value, sizeof(value), (void *)call->regs[1]);
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef write_the_vmms_memory
HOSTILE
{
	__u64 value = 1;

	bpf_probe_write_user((void *)call->regs[1], &value, sizeof(value));
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef kill_the_vmm
HOSTILE
{
	bpf_send_signal(9);
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef call_kvms_own_function
struct kvm_vcpu {
	int mode;
};

extern int kvm_smccc_call_handler(struct kvm_vcpu *vcpu) __ksym;

HOSTILE
{
	return kvm_smccc_call_handler((struct kvm_vcpu *)call);
}
#endif

/* --- time */

#ifdef never_return
HOSTILE
{
	asm volatile("r1 = 0; 1: if r1 == 0 goto 1b" ::: "r1");
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef loop_as_long_as_the_guest_says
HOSTILE
{
	asm volatile("r1 = 0; 1: if r1 >= %0 goto 2f; r1 += 1; goto 1b; 2:" ::"r"(call->regs[1])
		     : "r1");
	return KVM_SMCCC_HANDLE;
}
#endif

#ifdef call_itself
static __attribute__((noinline)) int again(__u64 depth)
{
	int deeper = 0;

	if (depth)
		deeper = again(depth - 1);
	/* not to be made a loop of */
	asm volatile("" : "+r"(deeper)::"memory");
	return deeper + 1;
}

HOSTILE
{
	return again(call->regs[1]);
}
#endif
