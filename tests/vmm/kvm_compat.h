/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the library needs of KVM's user API and the C library's kernel headers
 * (Linux 6.1 in Debian 12) do not have yet. From Linux 6.4 on:
 * arch/arm64/include/uapi/asm/kvm.h and Documentation/virt/kvm/devices/vm.rst,
 * section 6; Documentation/virt/kvm/api.rst for KVM_EXIT_HYPERCALL.
 */
#ifndef VMM_KVM_COMPAT_H
#define VMM_KVM_COMPAT_H

#include <linux/kvm.h>
#include <string.h>

/* <asm/kvm.h> brings in a macro of <linux/psci.h> by the name of a function in smccc_ids.h. */
#undef PSCI_VERSION

#ifndef KVM_ARM_VM_SMCCC_CTRL
#define KVM_ARM_VM_SMCCC_CTRL	0
#define KVM_ARM_VM_SMCCC_FILTER 0

enum kvm_smccc_filter_action {
	KVM_SMCCC_FILTER_HANDLE = 0,
	KVM_SMCCC_FILTER_DENY,
	KVM_SMCCC_FILTER_FWD_TO_USER,
};

struct kvm_smccc_filter {
	__u32 base;
	__u32 nr_functions;
	__u8 action;
	__u8 pad[15];
};
#endif

/* Bits of the flags of a KVM_EXIT_HYPERCALL. */
#ifndef KVM_HYPERCALL_EXIT_SMC
#define KVM_HYPERCALL_EXIT_SMC	 (1U << 0)
#define KVM_HYPERCALL_EXIT_16BIT (1U << 1)
#endif

/* The flags lie where older headers know only "longmode"; both names start there. */
static inline __u64 kvm_hypercall_flags(const struct kvm_run *run)
{
	__u64 flags;

	memcpy(&flags, &run->hypercall.longmode, sizeof(flags));
	return flags;
}

#endif /* VMM_KVM_COMPAT_H */
