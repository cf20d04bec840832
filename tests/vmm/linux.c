// SPDX-License-Identifier: GPL-2.0
/*
 * vmm_linux: boots Linux, with KVM's PSCI or, where a policy forwards it, with its
 * own. See vmm_linux --help.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

/* Exit status; also in the help. */
enum {
	LINUX_OFF = 0,	   /* the guest powered its machine off */
	LINUX_ENDED = 1,   /* it ended otherwise */
	LINUX_USAGE = 2,   /* wrong usage */
	LINUX_NO_VM = 3,   /* the machine could not be made */
	LINUX_NO_LOAD = 4, /* the loader did not start or did not succeed */
};

static const char help[] =
	"Usage: vmm_linux [OPTION]... IMAGE\n"
	"Boot a kernel in a VM. Its console is stdout; stderr tells how the VM ended.\n"
	"\n"
	"  --cpus N        number of CPUs, up to 16 (2)\n"
	"  --mem MIB       its RAM (256)\n"
	"  --initrd FILE   its first file system\n"
	"  --append TEXT   its parameters\n"
	"  --policy FILE   attach this policy, which must forward all of PSCI: it is served\n"
	"                  here then, version 1.3. Without it PSCI is KVM's\n"
	"  --loader PATH   the loader that attaches it (smccc_loader in $PATH)\n"
	"  --help          this text\n"
	"\n"
	"Exit status: 0 the guest powered off; 1 the VM ended otherwise; 2 wrong usage;\n"
	"3 the VM could not be made; 4 the loader did not start or did not succeed.\n";

struct settings {
	struct machine_options machine;
	const char *policy, *loader;
};

static bool parse_number(const char *text, unsigned long max, unsigned long *number)
{
	char *end;

	*number = strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && *number && *number <= max;
}

static bool set_option(struct settings *settings, int option, const char *value)
{
	unsigned long number;

	switch (option) {
	case 'c':
		if (!parse_number(value, VM_MAX_VCPUS, &number))
			return false;
		settings->machine.nr_cpus = number;
		return true;
	case 'm':
		if (!parse_number(value, 1 << 20, &number))
			return false;
		settings->machine.ram_size = number << 20;
		return true;
	case 'i':
		settings->machine.initrd = value;
		return true;
	case 'a':
		settings->machine.append = value;
		return true;
	case 'p':
		settings->policy = value;
		return true;
	default:
		settings->loader = value;
		return option == 'l';
	}
}

/* Exits where there is nothing to run. */
static void parse_command_line(struct settings *settings, int argc, char **argv)
{
	static const struct option options[] = {
		{ "cpus", required_argument, NULL, 'c' },
		{ "mem", required_argument, NULL, 'm' },
		{ "initrd", required_argument, NULL, 'i' },
		{ "append", required_argument, NULL, 'a' },
		{ "policy", required_argument, NULL, 'p' },
		{ "loader", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			exit(LINUX_OFF);
		}
		if (option == '?')
			exit(LINUX_USAGE);
		if (!set_option(settings, option, optarg)) {
			fprintf(stderr, "vmm_linux: \"%s\": no such number; see --help\n", optarg);
			exit(LINUX_USAGE);
		}
	}
	if (optind + 1 != argc) {
		fputs("vmm_linux: give one kernel; see --help\n", stderr);
		exit(LINUX_USAGE);
	}
	settings->machine.kernel = argv[optind];
	settings->machine.serve_psci = settings->policy;
}

static bool attach(struct machine *machine, const struct settings *settings)
{
	const char *const args[] = { "--forward", settings->policy, NULL };
	static struct child_output output;

	if (!settings->policy)
		return true;
	if (vm_attach_policy(&machine->vm, settings->loader, args, &output)) {
		fprintf(stderr, "vmm_linux: cannot run the loader: %s\n", machine->vm.err);
		return false;
	}
	fprintf(stderr, "%s%s", output.out, output.err);
	if (output.status)
		fprintf(stderr, "vmm_linux: the loader failed, exit status %d\n", output.status);
	return !output.status;
}

static void report_end(const struct machine *machine)
{
	static const char *const texts[] = {
		[MACHINE_OFF] = "powered off", [MACHINE_OFF2] = "powered off to hibernate",
		[MACHINE_RESET] = "reset",     [MACHINE_STUCK] = "stuck: all CPUs are off",
		[MACHINE_FAILED] = "failed",
	};

	fprintf(stderr, "vmm_linux: the VM is %s, by CPU %u%s%s\n", texts[machine->end],
		machine->ended_by, *machine->why ? ": " : "", machine->why);
}

/* Both sides' counts of the calls that were forwarded. */
static void report_calls(struct machine *machine)
{
	unsigned long served = 0;
	uint64_t forwarded = 0, of_cpu;

	for (unsigned int i = 0; psci_name(i); i++)
		served += machine->served[i];
	for (unsigned int i = 0; i < machine->vm.nr_vcpus; i++)
		if (!vcpu_stat(&machine->vm.vcpus[i], "smccc_policy_forwarded", &of_cpu))
			forwarded += of_cpu;
	fprintf(stderr, "vmm_linux: forwarded by KVM: %lu, served here: %lu\n",
		(unsigned long)forwarded, served);
	for (unsigned int i = 0; psci_name(i); i++)
		if (machine->served[i])
			fprintf(stderr, "vmm_linux: %6lu %s\n", machine->served[i], psci_name(i));
	if (machine->wakeups)
		fprintf(stderr, "vmm_linux: %6lu wakeups\n", machine->wakeups);
}

static int run(struct machine *machine, const struct settings *settings)
{
	if (!attach(machine, settings))
		return LINUX_NO_LOAD;
	if (machine_start(machine)) {
		/* Some of its threads may run: they end with the process. */
		fprintf(stderr, "vmm_linux: cannot start the VM: %s\n", machine->vm.err);
		exit(LINUX_NO_VM);
	}
	machine_join(machine);
	fflush(stdout);
	report_end(machine);
	report_calls(machine);
	return machine->end == MACHINE_OFF || machine->end == MACHINE_OFF2 ? LINUX_OFF :
									     LINUX_ENDED;
}

int main(int argc, char **argv)
{
	struct settings settings = {
		.machine = { .nr_cpus = 2, .ram_size = 256 << 20 },
		.loader = "smccc_loader",
	};
	static struct machine machine;
	int status;

	parse_command_line(&settings, argc, argv);
	if (machine_create(&machine, &settings.machine)) {
		fprintf(stderr, "vmm_linux: cannot make the VM: %s\n", machine.vm.err);
		return LINUX_NO_VM;
	}
	status = run(&machine, &settings);
	machine_destroy(&machine);
	return status;
}
