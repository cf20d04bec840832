/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The calls of the SMC Calling Convention by name, for policies and for user
 * space alike: each of them as an enum constant, and all of them as a list,
 * SMCCC_FUNCTIONS(F), where F(name, id) is called for each.
 *
 * A name is the specification's, after the name of the service; "_64" marks
 * the SMC64 twin of a call that exists in both conventions.
 *
 * Sources: SMCCC: Arm DEN0028. PSCI 1.3: DEN0022, section 5.1. TRNG: DEN0098,
 * chapter 2. Paravirtualised time: DEN0057, chapter 3. FF-A 1.2: DEN0077A,
 * chapter 11 on. KVM and pKVM: Linux, Documentation/virt/kvm/arm/hypercalls.rst.
 */
#ifndef SMCCC_IDS_H
#define SMCCC_IDS_H

/* DEN0028, section 2.5 "Function Identifiers" */
#define SMCCC_FAST	  0x80000000U /* bit 31: fast, otherwise yielding */
#define SMCCC_64	  0x40000000U /* bit 30: SMC64, otherwise SMC32 */
#define SMCCC_OWNER_SHIFT 24	      /* bits 29:24: owning entity number */
#define SMCCC_OWNER_MASK  0x3fU
#define SMCCC_SVE_HINT	  0x00010000U /* bit 16: a hint of the caller's (SMCCC 1.3) */
#define SMCCC_FUNC_MASK	  0xffffU     /* bits 15:0: function number */

/* DEN0028, section 2.5.3 "Owning Entity Numbers" */
enum smccc_owner {
	SMCCC_OWNER_ARCH = 0,	      /* Arm Architecture Calls */
	SMCCC_OWNER_CPU = 1,	      /* CPU Service Calls */
	SMCCC_OWNER_SIP = 2,	      /* SiP Service Calls */
	SMCCC_OWNER_OEM = 3,	      /* OEM Service Calls */
	SMCCC_OWNER_STANDARD = 4,     /* Standard Secure Service Calls */
	SMCCC_OWNER_STANDARD_HYP = 5, /* Standard Hypervisor Service Calls */
	SMCCC_OWNER_VENDOR_HYP = 6,   /* Vendor Specific Hypervisor Service Calls */
	SMCCC_OWNER_TRUSTED_APP = 48, /* 48-49: Trusted Application Calls */
	SMCCC_OWNER_TRUSTED_OS = 50,  /* 50-63: Trusted OS Calls */
};

#define SMCCC_ID(type, owner, func) ((type) | (unsigned int)(owner) << SMCCC_OWNER_SHIFT | (func))

/*
 * Function numbers of the services that share owner 4, DEN0028, chapter 6. Behind
 * FF-A, from 0xf0 on, is the Errata Management interface (DEN0100).
 */
#define SMCCC_PSCI_FIRST 0x00
#define SMCCC_PSCI_LAST	 0x1f
#define SMCCC_TRNG_FIRST 0x50
#define SMCCC_TRNG_LAST	 0x5f
#define SMCCC_FFA_FIRST	 0x60
#define SMCCC_FFA_LAST	 0xef
/* and of paravirtualised time within owner 5 */
#define SMCCC_PV_TIME_FIRST 0x20
#define SMCCC_PV_TIME_LAST  0x3f

/* clang-format off */
#define SMCCC_FUNCTIONS_ARCH(F)						\
	F(SMCCC_VERSION,			0x80000000)		\
	F(SMCCC_ARCH_FEATURES,			0x80000001)		\
	F(SMCCC_ARCH_SOC_ID,			0x80000002)		\
	F(SMCCC_ARCH_SOC_ID_64,			0xc0000002)		\
	F(SMCCC_ARCH_WORKAROUND_3,		0x80003fff)		\
	F(SMCCC_ARCH_WORKAROUND_2,		0x80007fff)		\
	F(SMCCC_ARCH_WORKAROUND_1,		0x80008000)

#define SMCCC_FUNCTIONS_PSCI(F)						\
	F(PSCI_VERSION,				0x84000000)		\
	F(PSCI_CPU_SUSPEND,			0x84000001)		\
	F(PSCI_CPU_SUSPEND_64,			0xc4000001)		\
	F(PSCI_CPU_OFF,				0x84000002)		\
	F(PSCI_CPU_ON,				0x84000003)		\
	F(PSCI_CPU_ON_64,			0xc4000003)		\
	F(PSCI_AFFINITY_INFO,			0x84000004)		\
	F(PSCI_AFFINITY_INFO_64,		0xc4000004)		\
	F(PSCI_MIGRATE,				0x84000005)		\
	F(PSCI_MIGRATE_64,			0xc4000005)		\
	F(PSCI_MIGRATE_INFO_TYPE,		0x84000006)		\
	F(PSCI_MIGRATE_INFO_UP_CPU,		0x84000007)		\
	F(PSCI_MIGRATE_INFO_UP_CPU_64,		0xc4000007)		\
	F(PSCI_SYSTEM_OFF,			0x84000008)		\
	F(PSCI_SYSTEM_RESET,			0x84000009)		\
	F(PSCI_FEATURES,			0x8400000a)		\
	F(PSCI_CPU_FREEZE,			0x8400000b)		\
	F(PSCI_CPU_DEFAULT_SUSPEND,		0x8400000c)		\
	F(PSCI_CPU_DEFAULT_SUSPEND_64,		0xc400000c)		\
	F(PSCI_NODE_HW_STATE,			0x8400000d)		\
	F(PSCI_NODE_HW_STATE_64,		0xc400000d)		\
	F(PSCI_SYSTEM_SUSPEND,			0x8400000e)		\
	F(PSCI_SYSTEM_SUSPEND_64,		0xc400000e)		\
	F(PSCI_SET_SUSPEND_MODE,		0x8400000f)		\
	F(PSCI_STAT_RESIDENCY,			0x84000010)		\
	F(PSCI_STAT_RESIDENCY_64,		0xc4000010)		\
	F(PSCI_STAT_COUNT,			0x84000011)		\
	F(PSCI_STAT_COUNT_64,			0xc4000011)		\
	F(PSCI_SYSTEM_RESET2,			0x84000012)		\
	F(PSCI_SYSTEM_RESET2_64,		0xc4000012)		\
	F(PSCI_MEM_PROTECT,			0x84000013)		\
	F(PSCI_MEM_PROTECT_CHECK_RANGE,		0x84000014)		\
	F(PSCI_MEM_PROTECT_CHECK_RANGE_64,	0xc4000014)		\
	F(PSCI_SYSTEM_OFF2,			0x84000015)		\
	F(PSCI_SYSTEM_OFF2_64,			0xc4000015)

#define SMCCC_FUNCTIONS_TRNG(F)						\
	F(TRNG_VERSION,				0x84000050)		\
	F(TRNG_FEATURES,			0x84000051)		\
	F(TRNG_GET_UUID,			0x84000052)		\
	F(TRNG_RND,				0x84000053)		\
	F(TRNG_RND_64,				0xc4000053)

#define SMCCC_FUNCTIONS_FFA(F)						\
	F(FFA_ERROR,				0x84000060)		\
	F(FFA_SUCCESS,				0x84000061)		\
	F(FFA_SUCCESS_64,			0xc4000061)		\
	F(FFA_INTERRUPT,			0x84000062)		\
	F(FFA_VERSION,				0x84000063)		\
	F(FFA_FEATURES,				0x84000064)		\
	F(FFA_RX_RELEASE,			0x84000065)		\
	F(FFA_RXTX_MAP,				0x84000066)		\
	F(FFA_RXTX_MAP_64,			0xc4000066)		\
	F(FFA_RXTX_UNMAP,			0x84000067)		\
	F(FFA_PARTITION_INFO_GET,		0x84000068)		\
	F(FFA_ID_GET,				0x84000069)		\
	F(FFA_MSG_POLL,				0x8400006a)		\
	F(FFA_MSG_WAIT,				0x8400006b)		\
	F(FFA_YIELD,				0x8400006c)		\
	F(FFA_RUN,				0x8400006d)		\
	F(FFA_MSG_SEND,				0x8400006e)		\
	F(FFA_MSG_SEND_DIRECT_REQ,		0x8400006f)		\
	F(FFA_MSG_SEND_DIRECT_REQ_64,		0xc400006f)		\
	F(FFA_MSG_SEND_DIRECT_RESP,		0x84000070)		\
	F(FFA_MSG_SEND_DIRECT_RESP_64,		0xc4000070)		\
	F(FFA_MEM_DONATE,			0x84000071)		\
	F(FFA_MEM_DONATE_64,			0xc4000071)		\
	F(FFA_MEM_LEND,				0x84000072)		\
	F(FFA_MEM_LEND_64,			0xc4000072)		\
	F(FFA_MEM_SHARE,			0x84000073)		\
	F(FFA_MEM_SHARE_64,			0xc4000073)		\
	F(FFA_MEM_RETRIEVE_REQ,			0x84000074)		\
	F(FFA_MEM_RETRIEVE_REQ_64,		0xc4000074)		\
	F(FFA_MEM_RETRIEVE_RESP,		0x84000075)		\
	F(FFA_MEM_RELINQUISH,			0x84000076)		\
	F(FFA_MEM_RECLAIM,			0x84000077)		\
	F(FFA_MEM_OP_PAUSE,			0x84000078)		\
	F(FFA_MEM_OP_RESUME,			0x84000079)		\
	F(FFA_MEM_FRAG_RX,			0x8400007a)		\
	F(FFA_MEM_FRAG_TX,			0x8400007b)		\
	F(FFA_NORMAL_WORLD_RESUME,		0x8400007c)		\
	F(FFA_NOTIFICATION_BITMAP_CREATE,	0x8400007d)		\
	F(FFA_NOTIFICATION_BITMAP_DESTROY,	0x8400007e)		\
	F(FFA_NOTIFICATION_BIND,		0x8400007f)		\
	F(FFA_NOTIFICATION_UNBIND,		0x84000080)		\
	F(FFA_NOTIFICATION_SET,			0x84000081)		\
	F(FFA_NOTIFICATION_GET,			0x84000082)		\
	F(FFA_NOTIFICATION_INFO_GET,		0x84000083)		\
	F(FFA_NOTIFICATION_INFO_GET_64,		0xc4000083)		\
	F(FFA_RX_ACQUIRE,			0x84000084)		\
	F(FFA_SPM_ID_GET,			0x84000085)		\
	F(FFA_MSG_SEND2,			0x84000086)		\
	F(FFA_SECONDARY_EP_REGISTER,		0x84000087)		\
	F(FFA_SECONDARY_EP_REGISTER_64,		0xc4000087)		\
	F(FFA_MEM_PERM_GET,			0x84000088)		\
	F(FFA_MEM_PERM_GET_64,			0xc4000088)		\
	F(FFA_MEM_PERM_SET,			0x84000089)		\
	F(FFA_MEM_PERM_SET_64,			0xc4000089)		\
	F(FFA_CONSOLE_LOG,			0x8400008a)		\
	F(FFA_CONSOLE_LOG_64,			0xc400008a)		\
	F(FFA_PARTITION_INFO_GET_REGS_64,	0xc400008b)		\
	F(FFA_EL3_INTR_HANDLE,			0x8400008c)		\
	F(FFA_MSG_SEND_DIRECT_REQ2_64,		0xc400008d)		\
	F(FFA_MSG_SEND_DIRECT_RESP2_64,		0xc400008e)

#define SMCCC_FUNCTIONS_PV_TIME(F)					\
	F(PV_TIME_FEATURES,			0xc5000020)		\
	F(PV_TIME_ST,				0xc5000021)

/* KVM_HYP_MEMINFO to KVM_MMIO_GUARD are pKVM's. */
#define SMCCC_FUNCTIONS_KVM(F)						\
	F(KVM_FEATURES,				0x86000000)		\
	F(KVM_PTP,				0x86000001)		\
	F(KVM_HYP_MEMINFO,			0xc6000002)		\
	F(KVM_MEM_SHARE,			0xc6000003)		\
	F(KVM_MEM_UNSHARE,			0xc6000004)		\
	F(KVM_MMIO_GUARD,			0xc6000007)		\
	F(KVM_DISCOVER_IMPL_VER,		0xc6000040)		\
	F(KVM_DISCOVER_IMPL_CPUS,		0xc6000041)		\
	F(KVM_FEATURES_2,			0x8600007f)		\
	F(VENDOR_HYP_CALL_UID,			0x8600ff01)

#define SMCCC_FUNCTIONS(F)						\
	SMCCC_FUNCTIONS_ARCH(F)						\
	SMCCC_FUNCTIONS_PSCI(F)						\
	SMCCC_FUNCTIONS_TRNG(F)						\
	SMCCC_FUNCTIONS_FFA(F)						\
	SMCCC_FUNCTIONS_PV_TIME(F)					\
	SMCCC_FUNCTIONS_KVM(F)

/*
 * PSCI 0.1, which KVM has in VMs without KVM_ARM_VCPU_PSCI_0_2, at IDs of its own
 * choice (Linux, arch/arm64/include/uapi/asm/kvm.h, KVM_PSCI_FN_...). They are older
 * than SMCCC and none of its function IDs, which is why they are not among
 * SMCCC_FUNCTIONS: bits 23:16, the SVE hint's among them, are a part of the number,
 * and arguments are as wide as the caller's registers.
 */
#define SMCCC_FUNCTIONS_PSCI_0_1(F)					\
	F(PSCI_0_1_CPU_SUSPEND,			0x95c1ba5e)		\
	F(PSCI_0_1_CPU_OFF,			0x95c1ba5f)		\
	F(PSCI_0_1_CPU_ON,			0x95c1ba60)		\
	F(PSCI_0_1_MIGRATE,			0x95c1ba61)
/* clang-format on */

#define SMCCC_FUNCTION_ENUM(name, id) name = id##U,
enum smccc_function { SMCCC_FUNCTIONS(SMCCC_FUNCTION_ENUM) };
enum smccc_psci_0_1 { SMCCC_FUNCTIONS_PSCI_0_1(SMCCC_FUNCTION_ENUM) };

/* DEN0028, section 7 "Return codes"; also those of a KVM_SMCCC_DENY */
#define SMCCC_SUCCESS		0
#define SMCCC_NOT_SUPPORTED	(-1)
#define SMCCC_NOT_REQUIRED	(-2)
#define SMCCC_INVALID_PARAMETER (-3)

/* DEN0022, section 5.2.2 "Return error codes": not those of SMCCC */
#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)
#define PSCI_ON_PENDING		(-5)
#define PSCI_INTERNAL_FAILURE	(-6)
#define PSCI_NOT_PRESENT	(-7)
#define PSCI_DISABLED		(-8)
#define PSCI_INVALID_ADDRESS	(-9)

/* DEN0098, section 2.2 "Return codes" */
#define TRNG_SUCCESS		0
#define TRNG_NOT_SUPPORTED	(-1)
#define TRNG_INVALID_PARAMETERS (-2)
#define TRNG_NO_ENTROPY		(-3)

/*
 * What VENDOR_HYP_CALL_UID gives in w0 to w3 (DEN0028, section 6.2 "General
 * service queries"): the UID's bytes in order, least significant first.
 */
/* clang-format off */
/* 28b46fb6-2ec5-11e9-a9ca-4b564d003a74, Linux include/linux/arm-smccc.h */
#define SMCCC_UID_KVM		{ 0xb66fb428, 0xe911c52e, 0x564bcaa9, 0x743a004d }
/* 58ba324d-6447-24cd-756c-ef8e24705916, Linux arch/arm64/hyperv */
#define SMCCC_UID_HYPERV	{ 0x4d32ba58, 0xcd244764, 0x8eef6c75, 0x16597024 }
/* c1d58fcd-a453-5fdb-9265-ce36673d5f14, Gunyah's public guest drivers */
#define SMCCC_UID_GUNYAH	{ 0xcd8fd5c1, 0xdb5f53a4, 0x36ce6592, 0x145f3d67 }
/* clang-format on */

#endif
