/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A machine that boots Linux, made of the library's VM (vm.h): an interrupt
 * controller in the kernel (GICv3), a device tree, a console (PL011, output only),
 * and PSCI 1.3, served here from the calls that a policy forwards.
 *
 * Functions return 0 or -errno, with the reason in vm.err.
 */
#ifndef VMM_MACHINE_H
#define VMM_MACHINE_H

#include <stddef.h>

#include "vm.h"

#define MACHINE_GIC_DIST	0x08000000
#define MACHINE_GIC_DIST_SIZE	0x10000
#define MACHINE_GIC_REDIST	0x080a0000
#define MACHINE_GIC_REDIST_SIZE 0x20000 /* a CPU's */
#define MACHINE_UART		0x09000000
#define MACHINE_UART_SPI	1
#define MACHINE_RAM		0x40000000
#define MACHINE_KERNEL		0x40200000 /* the device tree is below it, at the RAM's beginning */
#define MACHINE_FDT_SIZE	0x00010000

#define PSCI_KINDS 16 /* at least as many as psci.c serves, and one for the unknown */

/* A CPU as AFFINITY_INFO tells of it. */
enum cpu_state { CPU_IS_ON = 0, CPU_IS_OFF = 1, CPU_IS_PENDING = 2 };

struct cpu {
	struct machine *machine;
	struct vcpu *vcpu;
	pthread_t thread;
	enum cpu_state state;
	uint64_t entry, context; /* where it starts, and x0 there */
};

enum machine_end {
	MACHINE_RUNS,
	MACHINE_OFF,	/* SYSTEM_OFF */
	MACHINE_OFF2,	/* SYSTEM_OFF2: to hibernate */
	MACHINE_RESET,	/* SYSTEM_RESET, SYSTEM_RESET2 */
	MACHINE_STUCK,	/* all CPUs are off, so none can start another */
	MACHINE_FAILED, /* see why */
};

struct machine {
	struct vm vm;
	bool serve_psci; /* or KVM does */
	uint64_t initrd, initrd_size;
	struct cpu cpus[VM_MAX_VCPUS];

	pthread_mutex_t lock; /* of what follows, and of the CPUs' members */
	pthread_cond_t changed;
	enum machine_end end;
	unsigned int ended_by; /* the CPU */
	char why[VM_ERR_SIZE];
	unsigned long served[PSCI_KINDS];
	unsigned long wakeups; /* from CPU_SUSPEND */
};

struct machine_options {
	unsigned int nr_cpus;
	uint64_t ram_size;
	bool serve_psci;
	const char *kernel, *initrd, *append; /* initrd, append: may be NULL */
};

/* cpu.c: threads. */
int machine_start(struct machine *machine);
void machine_join(struct machine *machine);
/* From a CPU's thread, with the lock held. What ended the machine first counts. */
void machine_end(struct cpu *cpu, enum machine_end end);

/* boot.c: everything up to the first instruction. */
int machine_create(struct machine *machine, const struct machine_options *options);
void machine_destroy(struct machine *machine);
bool machine_has_ram(const struct machine *machine, uint64_t addr, uint64_t size);

/* The devices, and their description. */
int gic_create(struct machine *machine);
int console_access(struct vcpu *vcpu, void *machine);
int machine_describe(struct machine *machine, const char *append);

/* psci.c: what vcpu_run() returns after a call that does not. */
#define PSCI_STOPS_CPU	   (-EHOSTDOWN)
#define PSCI_STOPS_MACHINE (-ESHUTDOWN)

int psci_serve(struct vcpu *vcpu, void *machine);
/* The name of machine->served[kind]; NULL: there is no more. */
const char *psci_name(unsigned int kind);

#endif /* VMM_MACHINE_H */
