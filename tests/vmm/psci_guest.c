// SPDX-License-Identifier: GPL-2.0
/*
 * A bare guest with two CPUs that tries all of PSCI 1.3 and prints TAP: what Linux
 * does not call, and the answers that it never gets to see. At last it ends the VM
 * as "end=" in its parameters says, while the second CPU goes on, calling or not.
 */
#include <stdbool.h>
#include <stdint.h>

#include "smccc_ids.h"

/* As vmm_linux has them: machine.h. */
#define UART   0x09000000UL
#define DIST   0x08000000UL
#define REDIST 0x080a0000UL

#define REDIST_SIZE 0x20000

/* The only interrupts here are SGIs, and masked: they wake a CPU, no more. */
#define ICC_PMR	    "S3_0_C4_C6_0"
#define ICC_IGRPEN1 "S3_0_C12_C12_7"
#define ICC_IAR1    "S3_0_C12_C12_0"
#define ICC_EOIR1   "S3_0_C12_C12_1"
#define ICC_SGI1R   "S3_0_C12_C11_5"

#define write_reg(name, value) asm volatile("msr " name ", %0; isb" : : "r"((uint64_t)(value)))

extern char second[]; /* psci_guest.S */

/* What the second CPU is for; CPU_ON's x0 is one of these, and the number of the start. */
enum job { JOB_OFF, JOB_SUSPEND, JOB_CALL, JOB_SPIN };
#define START(job, number) ((uint64_t)(number) << 32 | (job))

static volatile uint64_t started, state_el, state_daif, state_sctlr; /* its first moment */
static volatile bool leave = true;				     /* it may go off */
static volatile uint64_t suspending, woken, suspend_result, calls;

static unsigned int tests, failed;

#define CALL(conduit)                                                                \
	register uint64_t x0 asm("x0") = id;                                         \
	register uint64_t x1 asm("x1") = arg1;                                       \
	register uint64_t x2 asm("x2") = arg2;                                       \
	register uint64_t x3 asm("x3") = arg3;                                       \
	asm volatile(conduit : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory"); \
	return x0

static long hvc(uint64_t id, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	CALL("hvc #0");
}

static long hvc_imm(uint64_t id, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	CALL("hvc #1");
}

static long smc(uint64_t id, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	CALL("smc #0");
}

static volatile uint32_t *reg32(uint64_t addr)
{
	return (volatile uint32_t *)addr;
}

static void print(const char *text)
{
	while (*text)
		*reg32(UART) = *text++;
}

static void print_number(long number)
{
	char text[20] = "", *at = &text[19];
	unsigned long rest = number < 0 ? -number : number;

	do {
		*--at = '0' + rest % 10;
		rest /= 10;
	} while (rest);
	if (number < 0)
		*--at = '-';
	print(at);
}

static void report(bool good, const char *what)
{
	tests++;
	failed += !good;
	print(good ? "ok " : "not ok ");
	print_number(tests);
	print(" - ");
	print(what);
	print("\n");
}

static bool is(long got, long wanted)
{
	if (got == wanted)
		return true;
	print("# got ");
	print_number(got);
	print(", not ");
	print_number(wanted);
	print("\n");
	return false;
}

static void expect(const char *what, long got, long wanted)
{
	report(is(got, wanted), what);
}

/* What there is, and PSCI_FEATURES' answer. */
static const struct {
	uint32_t id;
	long features;
} served[] = {
	{ PSCI_VERSION, 0 },	       { PSCI_CPU_SUSPEND, 0 },	     { PSCI_CPU_SUSPEND_64, 0 },
	{ PSCI_CPU_OFF, 0 },	       { PSCI_CPU_ON, 0 },	     { PSCI_CPU_ON_64, 0 },
	{ PSCI_AFFINITY_INFO, 0 },     { PSCI_AFFINITY_INFO_64, 0 }, { PSCI_SYSTEM_OFF, 0 },
	{ PSCI_MIGRATE_INFO_TYPE, 0 }, { PSCI_SYSTEM_RESET, 0 },     { PSCI_FEATURES, 0 },
	{ PSCI_SYSTEM_RESET2, 0 },     { PSCI_SYSTEM_RESET2_64, 0 }, { PSCI_SYSTEM_OFF2, 1 },
	{ PSCI_SYSTEM_OFF2_64, 1 },    { SMCCC_VERSION, 0 },
};

enum { NR_SERVED = sizeof(served) / sizeof(served[0]) };

static bool is_served(uint32_t id)
{
	for (unsigned int i = 0; i < NR_SERVED; i++)
		if (served[i].id == id)
			return true;
	return false;
}

static void test_discovery(void)
{
	bool good = true;

	expect("PSCI_VERSION is 1.3", hvc(PSCI_VERSION, 0, 0, 0), 0x10003);
	expect("by SMC, too", smc(PSCI_VERSION, 0, 0, 0), 0x10003);
	expect("PSCI_FEATURES(SYSTEM_OFF2) is 1", hvc(PSCI_FEATURES, PSCI_SYSTEM_OFF2_64, 0, 0), 1);
	for (unsigned int i = 0; i < NR_SERVED; i++)
		good &= is(hvc(PSCI_FEATURES, served[i].id, 0, 0), served[i].features);
	report(good, "PSCI_FEATURES knows what there is");
	expect("there is no trusted OS", hvc(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0), 2);
}

static void test_unknown(void)
{
	bool good = true;

	for (uint32_t id = PSCI_VERSION; id <= PSCI_VERSION + 0x1f; id++)
		for (uint32_t smc64 = 0; smc64 <= SMCCC_64; smc64 += SMCCC_64) {
			if (is_served(id | smc64))
				continue;
			good &= is(hvc(id | smc64, 1, 2, 3), PSCI_NOT_SUPPORTED);
			good &= is(hvc(PSCI_FEATURES, id | smc64, 0, 0), PSCI_NOT_SUPPORTED);
		}
	report(good, "everything else in PSCI's range is NOT_SUPPORTED");
}

static void test_others(void)
{
	expect("SMCCC_VERSION is KVM's", hvc(SMCCC_VERSION, 0, 0, 0), 0x10001);
	expect("TRNG_VERSION is KVM's", hvc(TRNG_VERSION, 0, 0, 0), 0x10000);
	expect("no PSCI by an immediate", hvc_imm(PSCI_VERSION, 0, 0, 0), PSCI_NOT_SUPPORTED);
}

static long cpu_on(uint64_t start)
{
	return hvc(PSCI_CPU_ON_64, 1, (uint64_t)second, start);
}

static long affinity_info(void)
{
	return hvc(PSCI_AFFINITY_INFO_64, 1, 0, 0);
}

static void wait_until_off(void)
{
	while (affinity_info() != 1)
		;
}

static void test_bad_arguments(void)
{
	uint64_t entry = (uint64_t)second;

	expect("CPU_ON of no CPU is INVALID_PARAMETERS", hvc(PSCI_CPU_ON_64, 2, entry, 0),
	       PSCI_INVALID_PARAMETERS);
	expect("CPU_ON outside RAM is INVALID_ADDRESS", hvc(PSCI_CPU_ON_64, 1, UART, 0),
	       PSCI_INVALID_ADDRESS);
	expect("CPU_ON of an odd address is, too", hvc(PSCI_CPU_ON_64, 1, entry + 2, 0),
	       PSCI_INVALID_ADDRESS);
	expect("CPU_ON of the caller is ALREADY_ON", hvc(PSCI_CPU_ON_64, 0, entry, 0),
	       PSCI_ALREADY_ON);
	expect("AFFINITY_INFO of a level is INVALID_PARAMETERS",
	       hvc(PSCI_AFFINITY_INFO_64, 1, 1, 0), PSCI_INVALID_PARAMETERS);
	expect("SMC32 has arguments of 32 bits", hvc(PSCI_AFFINITY_INFO, 1ULL << 32 | 1, 0, 0), 1);
	expect("SMC64 has 64", hvc(PSCI_AFFINITY_INFO_64, 1ULL << 32 | 1, 0, 0),
	       PSCI_INVALID_PARAMETERS);
	expect("CPU_SUSPEND to power down is INVALID_PARAMETERS",
	       hvc(PSCI_CPU_SUSPEND_64, 1 << 16, entry, 0), PSCI_INVALID_PARAMETERS);
	expect("SYSTEM_RESET2 of no type is INVALID_PARAMETERS",
	       hvc(PSCI_SYSTEM_RESET2_64, 1, 0, 0), PSCI_INVALID_PARAMETERS);
	expect("SYSTEM_OFF2 of no type is INVALID_PARAMETERS", hvc(PSCI_SYSTEM_OFF2_64, 2, 0, 0),
	       PSCI_INVALID_PARAMETERS);
	expect("SYSTEM_OFF2 with a cookie is, too", hvc(PSCI_SYSTEM_OFF2_64, 1, 1, 0),
	       PSCI_INVALID_PARAMETERS);
}

static void test_start(void)
{
	uint64_t start = START(JOB_OFF, 0xabcd);
	long again;

	expect("a CPU is off first", affinity_info(), 1);
	leave = false;
	expect("CPU_ON", cpu_on(start), PSCI_SUCCESS);
	again = cpu_on(START(JOB_OFF, 1));
	report(again == PSCI_ON_PENDING || again == PSCI_ALREADY_ON,
	       "CPU_ON at once again is ON_PENDING or ALREADY_ON");
	while (started != start)
		;
	expect("it is on", affinity_info(), 0);
	expect("CPU_ON is ALREADY_ON then", cpu_on(START(JOB_OFF, 1)), PSCI_ALREADY_ON);
	leave = true;
	wait_until_off();
	report(is(state_el, 1 << 2) & is(state_daif, 0xf << 6) & is(state_sctlr & 1, 0),
	       "it starts in EL1, exceptions masked, MMU off");
}

static void test_restart(void)
{
	bool good = true;

	for (unsigned int i = 2; i < 100; i++) {
		good &= is(cpu_on(START(JOB_OFF, i)), PSCI_SUCCESS);
		while (started != START(JOB_OFF, i))
			;
		wait_until_off();
	}
	report(good, "off and on again, 98 times");
}

static void test_suspend(void)
{
	cpu_on(START(JOB_SUSPEND, 100));
	while (!suspending)
		;
	expect("a CPU in standby is on", affinity_info(), 0);
	expect("CPU_ON of it is ALREADY_ON", cpu_on(START(JOB_OFF, 101)), PSCI_ALREADY_ON);
	report(!woken, "it sleeps");
	/* SGI 0, to CPU 1. */
	write_reg(ICC_SGI1R, 1 << 1);
	while (!woken)
		;
	expect("an interrupt wakes it", suspend_result, PSCI_SUCCESS);
	wait_until_off();
}

/* Lets SGI 0 through to this CPU, number 1. */
static void enable_sgi(void)
{
	uint64_t frame = REDIST + REDIST_SIZE + REDIST_SIZE / 2;

	*reg32(DIST) = 1 << 1;		/* group 1 */
	*reg32(frame + 0x80) = ~0U;	/* all are of group 1, */
	*reg32(frame + 0x100) = 1 << 0; /* SGI 0 enabled */
	write_reg(ICC_PMR, 0xff);
	write_reg(ICC_IGRPEN1, 1);
}

static void end_interrupt(void)
{
	uint64_t number;

	asm volatile("mrs %0, " ICC_IAR1 : "=r"(number));
	write_reg(ICC_EOIR1, number);
}

void second_main(uint64_t start, uint64_t el, uint64_t daif, uint64_t sctlr)
{
	state_el = el;
	state_daif = daif;
	state_sctlr = sctlr;
	started = start;
	switch ((uint32_t)start) {
	case JOB_OFF:
		while (!leave)
			;
		break;
	case JOB_SUSPEND:
		enable_sgi();
		suspending = 1;
		suspend_result = hvc(PSCI_CPU_SUSPEND_64, 0, 0, 0);
		woken = 1;
		end_interrupt();
		break;
	case JOB_CALL:
		for (;;) {
			hvc(PSCI_VERSION, 0, 0, 0);
			calls++;
		}
	case JOB_SPIN:
		for (;;)
			calls++;
	}
	hvc(PSCI_CPU_OFF, 0, 0, 0);
}

/* The letter behind "end=" in the device tree. */
static char find_end(const char *fdt)
{
	for (; fdt[0] != 'e' || fdt[1] != 'n' || fdt[2] != 'd' || fdt[3] != '='; fdt++)
		;
	return fdt[4];
}

static void end(char how)
{
	if (how == 'n') { /* none: the last CPU goes off */
		hvc(PSCI_CPU_OFF, 0, 0, 0);
		return;
	}
	cpu_on(START(how == 'o' ? JOB_SPIN : JOB_CALL, 200));
	while (!calls)
		;
	switch (how) {
	case 'h':
		hvc(PSCI_SYSTEM_OFF2_64, 1, 0, 0);
		return;
	case 'w':
		hvc(PSCI_SYSTEM_RESET2_64, 0, 0, 0);
		return;
	case 'r':
		hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
		return;
	default:
		hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	}
}

void guest_main(const char *fdt)
{
	char how = find_end(fdt);

	test_discovery();
	test_unknown();
	test_others();
	test_bad_arguments();
	test_start();
	test_restart();
	test_suspend();
	print("1..");
	print_number(tests);
	print("\n");
	end(how);
	print("not ok - a call that ends the VM came back\n");
	for (;;)
		;
}
