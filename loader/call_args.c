// SPDX-License-Identifier: GPL-2.0
/*
 * Sources: PSCI 1.3: Arm DEN0022, section 5.1; PSCI 0.1: the callers in Linux,
 * drivers/firmware/psci/psci.c. TRNG: DEN0098, chapter 2. Paravirtualised time:
 * DEN0057, chapter 3. KVM and pKVM: Linux, Documentation/virt/kvm/arm/hypercalls.rst
 * and ptp_kvm.rst. FF-A 1.2: DEN0077A, chapter 11 on, and DEN0140 for memory. All
 * of FF-A is what Linux passes, in drivers/firmware/arm_ffa/driver.c, or takes, in
 * arch/arm64/kvm/hyp/nvhe/ffa.c; and what it does neither with, what Arm's own
 * decoder does (ArmFirmwareCrates/arm-ffa, src/lib.rs).
 *
 * An argument is a whole register, whatever its parts are: "endpoints" is a sender in
 * bits 31:16 and a receiver in bits 15:0, "target" an endpoint and a vCPU likewise.
 */
#include <stddef.h>

#include "call_args.h"
#include "smccc_ids.h"

/* A function with twins stands for both; a function without arguments is not here. */
static const struct {
	__u32 id;
	const char *names;
} call_args[] = {
	{ PSCI_CPU_SUSPEND, "power_state entry context" },
	{ PSCI_CPU_ON, "mpidr entry context" },
	{ PSCI_AFFINITY_INFO, "mpidr level" },
	{ PSCI_MIGRATE, "mpidr" },
	{ PSCI_FEATURES, "function" },
	{ PSCI_CPU_DEFAULT_SUSPEND, "entry context" },
	{ PSCI_NODE_HW_STATE, "mpidr level" },
	{ PSCI_SYSTEM_SUSPEND, "entry context" },
	{ PSCI_SET_SUSPEND_MODE, "mode" },
	{ PSCI_STAT_RESIDENCY, "mpidr power_state" },
	{ PSCI_STAT_COUNT, "mpidr power_state" },
	{ PSCI_SYSTEM_RESET2, "type cookie" },
	{ PSCI_MEM_PROTECT, "enable" },
	{ PSCI_MEM_PROTECT_CHECK_RANGE, "base length" },
	{ PSCI_SYSTEM_OFF2, "type cookie" },
	{ PSCI_0_1_CPU_SUSPEND, "power_state entry" },
	{ PSCI_0_1_CPU_OFF, "power_state" },
	{ PSCI_0_1_CPU_ON, "mpidr entry" },
	{ PSCI_0_1_MIGRATE, "mpidr" },

	{ TRNG_FEATURES, "function" },
	{ TRNG_RND, "bits" },

	{ FFA_ERROR, "target error" },
	{ FFA_SUCCESS, "target result2 result3 result4 result5 result6 result7" },
	{ FFA_INTERRUPT, "target interrupt" },
	{ FFA_VERSION, "version" },
	{ FFA_FEATURES, "function properties" },
	{ FFA_RX_RELEASE, "vm" },
	{ FFA_RXTX_MAP, "tx rx pages" },
	{ FFA_RXTX_UNMAP, "vm" },
	{ FFA_PARTITION_INFO_GET, "uuid0 uuid1 uuid2 uuid3 flags" },
	{ FFA_MSG_WAIT, "- flags" },
	{ FFA_YIELD, "target timeout_lo timeout_hi" },
	{ FFA_RUN, "target" },
	{ FFA_MSG_SEND, "endpoints - length attributes" },
	{ FFA_MSG_SEND_DIRECT_REQ, "endpoints flags data3 data4 data5 data6 data7" },
	{ FFA_MSG_SEND_DIRECT_RESP, "endpoints flags data3 data4 data5 data6 data7" },
	{ FFA_MEM_DONATE, "length fragment_length address pages" },
	{ FFA_MEM_LEND, "length fragment_length address pages" },
	{ FFA_MEM_SHARE, "length fragment_length address pages" },
	{ FFA_MEM_RETRIEVE_REQ, "length fragment_length address pages" },
	{ FFA_MEM_RETRIEVE_RESP, "length fragment_length" },
	{ FFA_MEM_RECLAIM, "handle_lo handle_hi flags" },
	{ FFA_MEM_OP_PAUSE, "handle_lo handle_hi" },
	{ FFA_MEM_OP_RESUME, "handle_lo handle_hi" },
	{ FFA_MEM_FRAG_RX, "handle_lo handle_hi offset endpoint" },
	{ FFA_MEM_FRAG_TX, "handle_lo handle_hi length endpoint" },
	{ FFA_NOTIFICATION_BITMAP_CREATE, "vm vcpus" },
	{ FFA_NOTIFICATION_BITMAP_DESTROY, "vm" },
	{ FFA_NOTIFICATION_BIND, "endpoints flags bitmap_lo bitmap_hi" },
	{ FFA_NOTIFICATION_UNBIND, "endpoints - bitmap_lo bitmap_hi" },
	{ FFA_NOTIFICATION_SET, "endpoints flags bitmap_lo bitmap_hi" },
	{ FFA_NOTIFICATION_GET, "receiver flags" },
	{ FFA_RX_ACQUIRE, "vm" },
	{ FFA_MSG_SEND2, "sender flags" },
	{ FFA_SECONDARY_EP_REGISTER, "entry" },
	{ FFA_MEM_PERM_GET, "address" },
	{ FFA_MEM_PERM_SET, "address pages permissions" },
	{ FFA_CONSOLE_LOG, "count chars2 chars3 chars4 chars5 chars6 chars7" },
	{ FFA_PARTITION_INFO_GET_REGS_64, "uuid_lo uuid_hi index_tag" },
	{ FFA_MSG_SEND_DIRECT_REQ2_64, "endpoints uuid_lo uuid_hi data4 data5 data6 data7" },
	{ FFA_MSG_SEND_DIRECT_RESP2_64, "endpoints - - data4 data5 data6 data7" },

	{ PV_TIME_FEATURES, "function" },

	{ KVM_PTP, "counter" },
	{ KVM_MEM_SHARE, "ipa" },
	{ KVM_MEM_UNSHARE, "ipa" },
	{ KVM_MMIO_GUARD, "ipa" },
	{ KVM_DISCOVER_IMPL_CPUS, "index" },
};

static const char *find(__u32 id)
{
	size_t i;

	for (i = 0; i < sizeof(call_args) / sizeof(call_args[0]); i++) {
		if (call_args[i].id == id)
			return call_args[i].names;
	}
	return NULL;
}

const char *call_args__names(__u32 id)
{
	const char *names = find(id);

	return names ? names : find(id & ~SMCCC_64);
}
