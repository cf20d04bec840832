// SPDX-License-Identifier: GPL-2.0
/*
 * PSCI 1.3 (Arm DEN0022) for a guest whose policy forwards all of it: each call
 * arrives as KVM_EXIT_HYPERCALL, in the thread of the CPU that calls. This is the
 * only PSCI the guest has, so every function ID gets an answer here.
 *
 * No trusted OS, no power state but standby, no memory protection.
 */
#include <errno.h>
#include <sys/ioctl.h>

#include "machine.h"
#include "smccc_ids.h"
#include "vm_private.h"

#define VERSION_1_3	0x00010003
#define TOS_NOT_PRESENT 2 /* MIGRATE_INFO_TYPE */
#define OFF2_HIBERNATE	1 /* SYSTEM_OFF2's type, and its bit in PSCI_FEATURES */
#define WARM_RESET	0 /* SYSTEM_RESET2's type */

struct psci_call {
	struct machine *machine;
	struct cpu *cpu; /* the caller */
	uint64_t args[3];
	int stop; /* PSCI_STOPS_...: it does not return */
};

/* Returns x0. All are called with the machine's lock held. */
typedef long (*psci_fn)(struct psci_call *call);

static long psci_version(struct psci_call *call)
{
	(void)call;
	return VERSION_1_3;
}

/* The only state there is has number 0: standby, as a WFI. */
static long psci_cpu_suspend(struct psci_call *call)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_SUSPENDED };

	if ((uint32_t)call->args[0])
		return PSCI_INVALID_PARAMETERS;
	/* KVM waits, and ends the run with a system event when there is an interrupt. */
	if (ioctl(call->cpu->vcpu->fd, KVM_SET_MP_STATE, &state))
		return PSCI_INTERNAL_FAILURE;
	return PSCI_SUCCESS;
}

static bool all_off(const struct machine *machine)
{
	for (unsigned int i = 0; i < machine->vm.nr_vcpus; i++)
		if (machine->cpus[i].state != CPU_IS_OFF)
			return false;
	return true;
}

/* The vCPU has left KVM: who sees it off may start it again at once. */
static long psci_cpu_off(struct psci_call *call)
{
	call->cpu->state = CPU_IS_OFF;
	call->stop = PSCI_STOPS_CPU;
	if (all_off(call->machine))
		machine_end(call->cpu, MACHINE_STUCK);
	return PSCI_INTERNAL_FAILURE;
}

/* KVM gives its first 16 vCPUs the numbers 0 to 15 as affinities. */
static struct cpu *find_cpu(struct machine *machine, uint64_t affinity)
{
	return affinity < machine->vm.nr_vcpus ? &machine->cpus[affinity] : NULL;
}

static long psci_cpu_on(struct psci_call *call)
{
	struct cpu *target = find_cpu(call->machine, call->args[0]);
	uint64_t entry = call->args[1];

	if (!target)
		return PSCI_INVALID_PARAMETERS;
	if (entry % 4 || !machine_has_ram(call->machine, entry, 4))
		return PSCI_INVALID_ADDRESS;
	if (target->state == CPU_IS_ON)
		return PSCI_ALREADY_ON;
	if (target->state == CPU_IS_PENDING)
		return PSCI_ON_PENDING;

	target->entry = entry;
	target->context = call->args[2];
	target->state = CPU_IS_PENDING;
	pthread_cond_broadcast(&call->machine->changed);
	return PSCI_SUCCESS;
}

/* Levels above the CPU are optional since PSCI 1.0. */
static long psci_affinity_info(struct psci_call *call)
{
	struct cpu *target = find_cpu(call->machine, call->args[0]);

	return target && !call->args[1] ? (long)target->state : PSCI_INVALID_PARAMETERS;
}

static long psci_migrate_info_type(struct psci_call *call)
{
	(void)call;
	return TOS_NOT_PRESENT;
}

static long end_machine(struct psci_call *call, enum machine_end end)
{
	machine_end(call->cpu, end);
	call->stop = PSCI_STOPS_MACHINE;
	return PSCI_INTERNAL_FAILURE;
}

static long psci_system_off(struct psci_call *call)
{
	return end_machine(call, MACHINE_OFF);
}

static long psci_system_reset(struct psci_call *call)
{
	return end_machine(call, MACHINE_RESET);
}

static long psci_system_reset2(struct psci_call *call)
{
	if ((uint32_t)call->args[0] != WARM_RESET)
		return PSCI_INVALID_PARAMETERS;
	return end_machine(call, MACHINE_RESET);
}

/* Type 0 stands for the default. */
static long psci_system_off2(struct psci_call *call)
{
	uint32_t type = call->args[0];

	if ((type && type != OFF2_HIBERNATE) || call->args[1])
		return PSCI_INVALID_PARAMETERS;
	return end_machine(call, MACHINE_OFF2);
}

static long psci_features(struct psci_call *call);

/* In the order of their IDs, those of SMC64 with their twins. */
static const struct psci_function {
	uint32_t id;
	const char *name;
	psci_fn serve;
	bool smc64;
	long features;
} functions[] = {
#define F(function, handler) .id = function, .name = #function, .serve = handler
	{ F(PSCI_VERSION, psci_version) },
	{ F(PSCI_CPU_SUSPEND, psci_cpu_suspend), .smc64 = true },
	{ F(PSCI_CPU_OFF, psci_cpu_off) },
	{ F(PSCI_CPU_ON, psci_cpu_on), .smc64 = true },
	{ F(PSCI_AFFINITY_INFO, psci_affinity_info), .smc64 = true },
	{ F(PSCI_MIGRATE_INFO_TYPE, psci_migrate_info_type) },
	{ F(PSCI_SYSTEM_OFF, psci_system_off) },
	{ F(PSCI_SYSTEM_RESET, psci_system_reset) },
	{ F(PSCI_FEATURES, psci_features) },
	{ F(PSCI_SYSTEM_RESET2, psci_system_reset2), .smc64 = true },
	{ F(PSCI_SYSTEM_OFF2, psci_system_off2), .smc64 = true, .features = OFF2_HIBERNATE },
#undef F
};

enum { NR_FUNCTIONS = sizeof(functions) / sizeof(functions[0]) };
_Static_assert(NR_FUNCTIONS < PSCI_KINDS, "machine.served is too small");

const char *psci_name(unsigned int kind)
{
	if (kind == NR_FUNCTIONS)
		return "others: NOT_SUPPORTED";
	return kind < NR_FUNCTIONS ? functions[kind].name : NULL;
}

/* Its place in the table; NR_FUNCTIONS: it is not there. */
static unsigned int find_function(uint32_t id)
{
	unsigned int i;

	for (i = 0; i < NR_FUNCTIONS; i++)
		if (functions[i].id == id ||
		    (functions[i].smc64 && functions[i].id == (id & ~SMCCC_64)))
			break;
	return i;
}

static long psci_features(struct psci_call *call)
{
	uint32_t id = call->args[0];
	unsigned int kind = find_function(id);

	/* KVM answers that one. Told that it is missing, a guest looks for nothing newer. */
	if (id == SMCCC_VERSION)
		return PSCI_SUCCESS;
	return kind < NR_FUNCTIONS ? functions[kind].features : PSCI_NOT_SUPPORTED;
}

static int read_args(struct psci_call *call, uint32_t id)
{
	int err = 0;

	for (unsigned int i = 0; i < 3 && !err; i++) {
		err = vcpu_get_x(call->cpu->vcpu, i + 1, &call->args[i]);
		if (!(id & SMCCC_64))
			call->args[i] = (uint32_t)call->args[i];
	}
	return err;
}

int psci_serve(struct vcpu *vcpu, void *arg)
{
	struct machine *machine = arg;
	struct psci_call call = { .machine = machine, .cpu = &machine->cpus[vcpu->id] };
	uint32_t id = vcpu->forward_nr & ~SMCCC_SVE_HINT; /* which does not tell functions apart */
	unsigned int kind = find_function(id);
	long result = PSCI_NOT_SUPPORTED;
	int err = read_args(&call, id);

	if (err)
		return err;
	pthread_mutex_lock(&machine->lock);
	machine->served[kind]++;
	if (machine->end != MACHINE_RUNS)
		call.stop = PSCI_STOPS_MACHINE;
	else if (kind < NR_FUNCTIONS)
		result = functions[kind].serve(&call);
	pthread_mutex_unlock(&machine->lock);
	return call.stop ? call.stop : vcpu_set_x(vcpu, 0, result);
}
