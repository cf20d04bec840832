// SPDX-License-Identifier: GPL-2.0
/*
 * The demonstration: a VM with the default policy, a guest that calls, and a
 * second policy swapped in while the VM lives. Everything is real: KVM, the
 * guest's HVCs, the loader, the policies. "What the policy said" is read from
 * the tracepoint kvm:kvm_smccc_policy.
 *
 * Usage: demo LOADER POLICY OTHER-POLICY, in the rig.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "smccc_ids.h"
#include "vm.h"

#define TRACING	  "/sys/kernel/tracing/"
#define VM_NAME	  "demo"
#define NOT_ASKED "(not asked)"

struct demo_call {
	const char *service, *name;
	uint32_t id;
	uint64_t arg;
	const char *said[2]; /* what each policy is to say; otherwise the demo fails */
};

static const struct demo_call calls[] = {
	{ "PSCI", "PSCI_VERSION", PSCI_VERSION, 0, { "HANDLE", "HANDLE" } },
	{ "PSCI", "PSCI_FEATURES(CPU_ON)", PSCI_FEATURES, PSCI_CPU_ON_64, { "HANDLE", "HANDLE" } },
	{ "TRNG", "TRNG_VERSION", TRNG_VERSION, 0, { "HANDLE", "HANDLE" } },
	{ "TRNG", "TRNG_RND(64 bits)", TRNG_RND_64, 64, { "HANDLE", "HANDLE" } },
	{ "vendor range", "CALL_UID", VENDOR_HYP_CALL_UID, 0, { "HANDLE", "ANSWER" } },
	{ "vendor range", "KVM_FEATURES", KVM_FEATURES, 0, { "HANDLE", "DENY" } },
	{ "vendor range", "unknown to KVM", 0xc6000000, 0, { "HANDLE", "ANSWER" } },
	{ "unknown", "no such function", 0x84000123, 0, { "DENY", "HANDLE" } },
	{ "denied", "FFA_VERSION", FFA_VERSION, 0x10001, { "DENY", "HANDLE" } },
	{ "architecture", "SMCCC_VERSION", SMCCC_VERSION, 0, { NOT_ASKED, NOT_ASKED } },
};

#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))

struct outcome {
	char said[32];
	char got[80];
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "demo: %s: %s\n", what, why);
	exit(1);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die(path, "cannot write it; is this the patched kernel?");
	close(fd);
}

/* What the policy said to the only call in the trace, and empty the trace. */
static void policy_said(char *said, size_t size)
{
	FILE *trace = fopen(TRACING "trace", "r");
	char line[512], *at;

	if (!trace)
		die(TRACING "trace", "cannot read it");

	snprintf(said, size, NOT_ASKED);
	while (fgets(line, sizeof(line), trace)) {
		at = strstr(line, "policy said ");
		if (at) {
			at += strlen("policy said ");
			at[strcspn(at, ",")] = '\0';
			snprintf(said, size, "%s", at);
		}
	}
	fclose(trace);
	write_file(TRACING "trace", "");
}

static struct outcome call(struct vm *vm, const struct demo_call *demo_call)
{
	struct guest_call guest_call = GUEST_HVC_CALL(demo_call->id, demo_call->arg);
	struct outcome outcome;
	struct guest_regs regs;

	if (vm_call(vm, 0, &guest_call, &regs))
		die(demo_call->name, vm->vcpus[0].err);

	policy_said(outcome.said, sizeof(outcome.said));
	if (regs.x[0] == UINT64_MAX)
		snprintf(outcome.got, sizeof(outcome.got), "NOT_SUPPORTED");
	else
		snprintf(outcome.got, sizeof(outcome.got),
			 "%#" PRIx64 " %#" PRIx64 " %#" PRIx64 " %#" PRIx64, regs.x[0], regs.x[1],
			 regs.x[2], regs.x[3]);
	return outcome;
}

static void run_calls(struct vm *vm, struct outcome outcomes[], int policy)
{
	size_t i;

	for (i = 0; i < NR_CALLS; i++) {
		outcomes[i] = call(vm, &calls[i]);
		if (strcmp(outcomes[i].said, calls[i].said[policy]))
			die(calls[i].name, "the policy said something else than it should");
	}
}

static void print_table(const struct outcome now[], const struct outcome before[])
{
	size_t i;

	printf("  %-13s %-22s %-10s  %-12s %s\n", "service", "call", "ID", "policy said",
	       "guest got x0-x3");
	for (i = 0; i < NR_CALLS; i++) {
		bool same = !before || !strcmp(now[i].said, before[i].said);

		printf("%c %-13s %-22s 0x%08x  %-12s %s\n", same ? ' ' : '*', calls[i].service,
		       calls[i].name, calls[i].id, now[i].said, now[i].got);
	}
	printf("\n");
}

static void run_loader(struct vm *vm, char *const argv[])
{
	static struct child_output output;
	int err = child_run(argv, vm ? vm->fd : -1, &output);
	int i;

	printf("$");
	for (i = 0; argv[i]; i++)
		printf(" %s", argv[i]);
	printf("\n%s%s\n", output.out, output.err);
	if (err || output.status)
		die("the loader", "failed");
}

int main(int argc, char **argv)
{
	static struct outcome first[NR_CALLS], second[NR_CALLS];
	struct vm_options options = { .nr_vcpus = 1 };
	char vm_fd[16];
	struct vm vm;

	if (argc != 4)
		die("usage", "demo LOADER POLICY OTHER-POLICY");

	if (vm_create(&vm, &options))
		die("cannot make a VM", vm.err);
	snprintf(vm_fd, sizeof(vm_fd), "%d", vm.fd);
	write_file(TRACING "events/kvm/kvm_smccc_policy/enable", "1");

	printf("A VM, and the default policy on it, as a VMM would ask for it:\n\n");
	run_loader(&vm, (char *[]){ argv[1], "--vm-fd", vm_fd, "--name", VM_NAME, argv[2], NULL });
	run_calls(&vm, first, 0);
	print_table(first, NULL);

	printf("Now another policy takes its place, while the VM lives (* marks a difference):\n\n");
	run_loader(NULL,
		   (char *[]){ argv[1], "replace", VM_NAME, argv[3], "--yes", "--no-diff", NULL });
	run_calls(&vm, second, 1);
	print_table(second, first);

	vm_destroy(&vm);
	return 0;
}
