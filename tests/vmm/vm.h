/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small VMM for tests: plain KVM ioctls, arm64 hosts, AArch64 and AArch32
 * guests, no devices (vmm_linux, machine.h, adds what Linux needs). A test makes a VM, lets its guest issue SMCCC calls, and
 * looks at every register the guest got back:
 *
 *	struct vm_options options = { .nr_vcpus = 1 };
 *	struct guest_call call = GUEST_HVC_CALL(0x84000000);
 *	struct guest_regs regs;
 *	struct vm vm;
 *
 *	if (vm_create(&vm, &options) || vm_call(&vm, 0, &call, &regs))
 *		fail(vm.err, vm.vcpus[0].err);
 *	vm_destroy(&vm);
 *
 * Functions return 0 or -errno and never exit (vm_must_* excepted). What went
 * wrong is a line of text: in vm->err from functions that take a struct vm, in
 * vcpu->err from functions that take a struct vcpu and from vm_call().
 *
 * A vCPU is used by one thread at a time; different vCPUs may be used by
 * different threads at once. The signal VM_SIGNAL (SIGRTMIN) is the library's:
 * it ends a KVM_RUN whose time is up, so the threads must not block it.
 */
#ifndef VMM_VM_H
#define VMM_VM_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "child.h"
#include "kvm_compat.h"

#define VM_MAX_VCPUS 16
#define VM_SIGNAL    SIGRTMIN
#define VM_ERR_SIZE  200
#define CALL_REGS    18 /* x0-x17: a call's arguments and results */
#define GUEST_REGS   31

/* One call. */

enum guest_conduit {
	GUEST_HVC,
	GUEST_SMC,
	GUEST_NO_CALL, /* a no-op in its place: what a loop costs without the call */
};

/*
 * An AArch32 guest has r0-r12 in regs[0]-regs[12]; its SMC has an immediate of
 * four bits. regs[13]-regs[17] are then registers of other modes (see the
 * table "Map of AArch32 registers to AArch64" in the Arm ARM), set all the same.
 */
struct guest_call {
	enum guest_conduit conduit;
	uint16_t imm;
	bool from_el0; /* by vm_call() only */
	uint64_t regs[CALL_REGS];
};

#define GUEST_HVC_CALL(...)                                   \
	{                                                     \
		.conduit = GUEST_HVC, .regs = { __VA_ARGS__ } \
	}
#define GUEST_SMC_CALL(...)                                   \
	{                                                     \
		.conduit = GUEST_SMC, .regs = { __VA_ARGS__ } \
	}

/* Bits of struct guest_regs.changed; bit n < 31 is x<n>. */
#define GUEST_CHANGED_SP     (1ULL << 31)
#define GUEST_CHANGED_PC     (1ULL << 32)
#define GUEST_CHANGED_PSTATE (1ULL << 33)

/*
 * The guest's registers after a call. Those that the call does not set hold
 * patterns before it, so .changed tells what the call changed: a register whose
 * value differs, a program counter that is not behind the instruction. (x19 is
 * the stack pointer of an AArch32 guest, and sp is then unused.)
 */
struct guest_regs {
	uint64_t x[GUEST_REGS];
	uint64_t sp, pc, pstate;
	uint64_t changed;
	unsigned int forwarded; /* KVM_EXIT_HYPERCALLs in this call, with the last one's: */
	uint64_t forward_nr;	/* function ID and */
	uint64_t forward_flags; /* KVM_HYPERCALL_EXIT_* */
};

/* A VM. */

struct vm_options {
	unsigned int nr_vcpus;	    /* 0 means 1 */
	bool aarch32;		    /* the guest runs A32 code */
	bool psci_0_1;		    /* leave KVM_ARM_VCPU_PSCI_0_2 out */
	bool secondaries_off;	    /* vCPUs but the first wait for PSCI CPU_ON */
	uint64_t ram_size;	    /* 0: what test guests need, with their program in it */
	unsigned long machine_type; /* KVM_CREATE_VM's argument */
};

struct vm;

struct vcpu {
	struct vm *vm;
	unsigned int id;
	int fd;
	int stats_fd; /* -1 until it is needed */
	struct kvm_run *run;
	struct guest_regs before; /* as the last vm_call() began */

	/* Of the last run: */
	unsigned int forwarded;
	uint64_t forward_nr, forward_flags;
	uint32_t system_event; /* KVM_SYSTEM_EVENT_*, when it ended in -ESHUTDOWN */
	uint64_t mmio_addr, mmio_data;

	pthread_t thread;
	bool started;
	int thread_result;
	atomic_bool kicked;
	_Atomic pid_t runner; /* the thread that is in vcpu_run(), or 0 */
	char err[VM_ERR_SIZE];
};

/*
 * Completes a forwarded call (vcpu->forward_nr) by vcpu_get_x() and
 * vcpu_set_x(), in the thread that runs the vCPU. Not 0: ends the run with
 * that result.
 */
typedef int (*vm_forward_fn)(struct vcpu *vcpu, void *arg);

/* Completes an access to what is no memory (vcpu->run->mmio), likewise. */
typedef int (*vm_mmio_fn)(struct vcpu *vcpu, void *arg);

struct vm {
	int fd; /* close-on-exec, as KVM makes it */
	int kvm_fd;
	struct vm_options options;
	unsigned int nr_vcpus;
	struct vcpu vcpus[VM_MAX_VCPUS];
	uint8_t *ram;
	uint64_t ram_size;
	char err[VM_ERR_SIZE];

	/* A test may set these at any time between calls. */
	unsigned int time_limit_ms; /* of one run; 0: none; 30 s after vm_create() */
	vm_forward_fn forward;	    /* NULL: the results are forward_result */
	void *forward_arg;
	vm_mmio_fn mmio; /* NULL: the guest is the library's, and reports so */
	void *mmio_arg;
	uint64_t forward_result[4]; /* 0xf0, 0xf1, 0xf2, 0xf3 after vm_create() */
};

int vm_create(struct vm *vm, const struct vm_options *options);
void vm_destroy(struct vm *vm); /* ends vCPU threads that still run */
/* One more vCPU, vm->vcpus[vm->nr_vcpus - 1] then; the others may run meanwhile. */
int vm_add_vcpu(struct vm *vm);

/* The static filter. -EEXIST: the range is taken or reserved; -EBUSY: the VM has run. */
int vm_smccc_filter(struct vm *vm, uint32_t base, uint32_t nr, enum kvm_smccc_filter_action action);

/* The firmware bitmap registers: KVM_REG_ARM_STD_BMAP, _STD_HYP_BMAP, _VENDOR_HYP_BMAP. */
int vm_get_fw_reg(struct vm *vm, uint64_t id, uint64_t *value);
int vm_set_fw_reg(struct vm *vm, uint64_t id, uint64_t value);

/*
 * Let the guest issue one call on a vCPU and read its registers back.
 * -ETIMEDOUT: the call did not return in time; -ESHUTDOWN: the VM asked to be
 * shut down or reset; -EFAULT: the guest took an exception; -ECANCELED:
 * vcpu_kick(); another -errno from KVM. *regs is valid after success only.
 */
int vm_call(struct vm *vm, unsigned int vcpu, const struct guest_call *call,
	    struct guest_regs *regs);

/* For tests: the same, but prints what is wrong and aborts. */
void vm_must_create(struct vm *vm, const struct vm_options *options);
struct guest_regs vm_must_call(struct vm *vm, unsigned int vcpu, const struct guest_call *call);

/* A vCPU's registers, by KVM's own IDs or by number. */
int vcpu_get_reg(struct vcpu *vcpu, uint64_t id, uint64_t *value);
int vcpu_set_reg(struct vcpu *vcpu, uint64_t id, uint64_t value);
int vcpu_get_x(struct vcpu *vcpu, unsigned int number, uint64_t *value);
int vcpu_set_x(struct vcpu *vcpu, unsigned int number, uint64_t value);

/* Back to the state after creation, powered on, e.g. after -ESHUTDOWN. */
int vcpu_reset(struct vcpu *vcpu);
/* Powered off by PSCI, or not yet on? 1, 0 or -errno. */
int vcpu_is_off(struct vcpu *vcpu);

/*
 * Run from the registers that are set until the guest reports (vcpu->mmio_addr
 * is then one of GUEST_MMIO_*, layout.h). Results as vm_call().
 */
int vcpu_run(struct vcpu *vcpu);
/* End a run of another thread, or the next one: -ECANCELED. */
void vcpu_kick(struct vcpu *vcpu);

/* Loops: the guest issues one call many times, at full speed. */

struct loop_options {
	struct guest_call call;
	uint64_t limit;		     /* number of calls; 0: until vcpu_stop() */
	uint64_t expect_a, expect_b; /* values of x0 to tell apart */
};

struct loop_result {
	uint64_t calls;
	uint64_t got_a, got_b; /* x0 was expect_a, expect_b (then not expect_a), */
	uint64_t other, odd;   /* or neither, and its last such value */
	uint64_t ticks;	       /* of cntvct_el0, from the first call to the last */
};

/* Set a loop up, and run it in the calling thread. */
int vcpu_loop(struct vcpu *vcpu, const struct loop_options *options, struct loop_result *result);

/*
 * The same in a thread of its own: set up, start, (stop,) join, read. Only the
 * number of calls may be read while an AArch64 guest runs; a stopped loop ends
 * after the call it is in.
 */
int vcpu_loop_setup(struct vcpu *vcpu, const struct loop_options *options);
int vcpu_start(struct vcpu *vcpu);
void vcpu_stop(struct vcpu *vcpu);
int vcpu_join(struct vcpu *vcpu); /* the run's result, as vm_call() */
uint64_t vcpu_loop_calls(struct vcpu *vcpu);
void vcpu_loop_read(struct vcpu *vcpu, struct loop_result *result);

/*
 * Batches: the guest issues up to VM_BATCH_MAX different calls one after the other, at
 * full speed, and keeps what x0-x17 (AArch32: r0-r12) are after each. Set up, start,
 * join (as loops), read.
 */
#define VM_BATCH_MAX 256

struct batch_call {
	struct guest_call call;
	bool at_page_end; /* without immediate only: the instruction is its page's last */
};

int vcpu_batch_setup(struct vcpu *vcpu, const struct batch_call *calls, unsigned int nr);
void vcpu_batch_read(struct vcpu *vcpu, uint64_t (*results)[CALL_REGS], unsigned int nr);

/* When each call began and ended, by an AArch64 guest's cntvct_el0. */
struct batch_time {
	uint64_t begin, end;
};

void vcpu_batch_times(struct vcpu *vcpu, struct batch_time *times, unsigned int nr);

/* KVM's binary statistics by name. -ENOENT: this kernel has no such counter. */
int vcpu_stat(struct vcpu *vcpu, const char *name, uint64_t *value);

/* As a VMM would start it: "loader --vm-fd N args...". args ends with NULL, or is NULL. */
int vm_attach_policy(struct vm *vm, const char *loader, const char *const args[],
		     struct child_output *output);
/*
 * As a VMM does it itself, by libsmcccpolicy: the policy stays until the link's fd, which
 * is returned, is closed. On failure a negative enum smccc_policy_error (smcccpolicy.h).
 */
int vm_attach_here(struct vm *vm, const char *policy);

#endif /* VMM_VM_H */
