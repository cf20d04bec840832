// SPDX-License-Identifier: GPL-2.0
/*
 * vmm: runs a VM whose guest issues a list of SMCCC calls; starts the policy
 * loader as a VMM would, with the VM's descriptor inherited. See vmm --help.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "cli.h"

static volatile sig_atomic_t terminated, pass_wanted;

static void on_terminate(int signal)
{
	(void)signal;
	terminated = 1;
}

static void on_pass_wanted(int signal)
{
	(void)signal;
	pass_wanted = 1;
}

struct counters {
	bool known;
	uint64_t calls, answered, forwarded, denied, violations;
};

static struct counters read_counters(struct vcpu *vcpu)
{
	struct counters now = { 0 };

	now.known = !vcpu_stat(vcpu, "smccc_policy_calls", &now.calls) &&
		    !vcpu_stat(vcpu, "smccc_policy_answered", &now.answered) &&
		    !vcpu_stat(vcpu, "smccc_policy_forwarded", &now.forwarded) &&
		    !vcpu_stat(vcpu, "smccc_policy_denied", &now.denied) &&
		    !vcpu_stat(vcpu, "smccc_policy_violations", &now.violations);
	return now;
}

static enum policy_said what_was_said(const struct counters *before, const struct counters *now)
{
	if (!now->known)
		return POLICY_UNKNOWN;
	if (now->calls == before->calls)
		return POLICY_NOT_ASKED;
	if (now->violations != before->violations)
		return POLICY_VIOLATION;
	if (now->denied != before->denied)
		return POLICY_DENY;
	if (now->forwarded != before->forwarded)
		return POLICY_FORWARD;
	if (now->answered != before->answered)
		return POLICY_ANSWER;
	return POLICY_HANDLE;
}

static bool run_call(const struct cli *cli, struct vm *vm, const struct cli_call *call, bool print)
{
	struct vcpu *vcpu = &vm->vcpus[call->vcpu];
	struct cli_result result = { .call = call };
	struct counters before = { 0 }, now;
	char error[VM_ERR_SIZE];
	int err;

	if (print)
		before = read_counters(vcpu);
	err = vm_call(vm, call->vcpu, &call->call, &result.regs);
	if (err) {
		memcpy(error, vcpu->err, sizeof(error));
		result.error = error;
	}
	if (print) {
		now = read_counters(vcpu);
		result.said = what_was_said(&before, &now);
		print_result(cli, &result);
	}
	/* The next call finds the vCPU as new, whatever this one did to it. */
	if (err == -ESHUTDOWN || vcpu_is_off(vcpu) == 1)
		vcpu_reset(vcpu);
	return !err;
}

static bool run_pass(const struct cli *cli, struct vm *vm, bool print)
{
	bool good = true;

	if (print)
		print_header(cli);
	for (unsigned int i = 0; i < cli->nr_calls; i++)
		for (unsigned int n = 0; n < cli->calls[i].repeat && !terminated; n++)
			good &= run_call(cli, vm, &cli->calls[i], print);
	return good;
}

/* Keep the VM, and its guest calling, until SIGTERM. */
static bool wait_for_end(const struct cli *cli, struct vm *vm)
{
	struct timespec pause = { .tv_nsec = 10 * 1000000L };
	bool good = true;

	print_ready(cli, vm);
	while (!terminated) {
		bool print = pass_wanted;

		pass_wanted = 0;
		good &= run_pass(cli, vm, print);
		nanosleep(&pause, NULL);
	}
	return good;
}

static bool set_filters(const struct cli *cli, struct vm *vm)
{
	for (unsigned int i = 0; i < cli->nr_filters; i++) {
		const struct cli_filter *filter = &cli->filters[i];

		if (!vm_smccc_filter(vm, filter->base, filter->nr, filter->action))
			continue;
		print_error(cli, "cannot set up the VM", vm->err);
		return false;
	}
	return true;
}

static bool start_loader(struct cli *cli, struct vm *vm)
{
	static struct child_output output;
	char error[64];

	if (!cli->loader && !cli->policy && !cli->nr_loader_args)
		return true;
	cli->loader_args[cli->nr_loader_args] = cli->policy;
	if (vm_attach_policy(vm, cli->loader ? cli->loader : "smccc_loader", cli->loader_args,
			     &output)) {
		print_error(cli, "cannot run the loader", vm->err);
		return false;
	}
	/* stdout is for results. */
	fprintf(stderr, "%s%s", output.out, output.err);
	if (!output.status)
		return true;
	snprintf(error, sizeof(error), "exit status %d", output.status);
	print_error(cli, "the loader failed", error);
	return false;
}

static bool attach_here(const struct cli *cli, struct vm *vm)
{
	if (!cli->attach || vm_attach_here(vm, cli->attach) >= 0)
		return true;
	print_error(cli, "cannot attach the policy", vm->err);
	return false;
}

static enum vmm_exit run_vm(struct cli *cli, struct vm *vm)
{
	bool good = true;

	vm->time_limit_ms = cli->time_limit_ms;
	if (!set_filters(cli, vm))
		return VMM_NO_VM;
	if (!start_loader(cli, vm) || !attach_here(cli, vm))
		return VMM_LOADER_FAILED;
	if (cli->nr_calls)
		good = run_pass(cli, vm, true);
	if (cli->wait)
		good &= wait_for_end(cli, vm);
	return good ? VMM_DONE : VMM_CALL_FAILED;
}

int main(int argc, char **argv)
{
	struct sigaction terminate = { .sa_handler = on_terminate };
	struct sigaction want_pass = { .sa_handler = on_pass_wanted };
	static struct cli cli;
	static struct vm vm;
	enum vmm_exit result;

	(void)argc;
	if (!parse_command_line(&cli, argv + 1))
		return VMM_USAGE;
	if (cli.help) {
		print_help(stdout);
		return VMM_DONE;
	}
	if (cli.wait) {
		sigaction(SIGTERM, &terminate, NULL);
		sigaction(SIGINT, &terminate, NULL);
		sigaction(SIGUSR1, &want_pass, NULL);
	}
	if (vm_create(&vm, &cli.vm)) {
		print_error(&cli, "cannot create a VM", vm.err);
		return VMM_NO_VM;
	}
	result = run_vm(&cli, &vm);
	vm_destroy(&vm);
	return result;
}
