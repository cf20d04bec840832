// SPDX-License-Identifier: GPL-2.0
/*
 * VMs in one process, with policies, whose guests call when they are told to: for
 * tests of what watches them.
 *
 * Usage: guests LOADER. Lines on stdin, each answered by "done" or what is wrong:
 *
 *	new ARGUMENT...		a VM; the loader attaches to it with these
 *	call VM CALL		VM counts from 0 in their order; CALL as vmm has it
 *	loop VM CALL		the same, at full speed; *COUNT is how often
 *	end VM
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define MAX_VMS	 32
#define MAX_ARGS 16

static struct vm vms[MAX_VMS];
static unsigned int nr_vms;
static const char *loader;

static const char *new_vm(char *words)
{
	static struct child_output output;
	const char *args[MAX_ARGS + 1] = { NULL };
	struct vm *vm = &vms[nr_vms];
	char *word;
	int nr = 0;

	if (nr_vms == MAX_VMS || vm_create(vm, &(struct vm_options){ .nr_vcpus = 2 }))
		return "cannot create a VM";
	nr_vms++;
	for (word = strtok(words, " "); word && nr < MAX_ARGS; word = strtok(NULL, " "))
		args[nr++] = word;
	if (vm_attach_policy(vm, loader, args, &output))
		return vm->err;
	return output.status ? output.err : NULL;
}

static const char *run_call(struct vm *vm, const struct cli_call *call)
{
	struct guest_regs regs;
	unsigned int i;

	for (i = 0; i < call->repeat; i++) {
		if (vm_call(vm, call->vcpu, &call->call, &regs))
			return vm->vcpus[call->vcpu].err;
	}
	return NULL;
}

static const char *run_loop(struct vm *vm, const struct cli_call *call)
{
	struct loop_options options = { .call = call->call, .limit = call->repeat };
	struct vcpu *vcpu = &vm->vcpus[call->vcpu];
	struct loop_result result;

	vm->time_limit_ms = 120000;
	return vcpu_loop(vcpu, &options, &result) ? vcpu->err : NULL;
}

static const char *obey(char *line)
{
	struct cli_call call;
	char word[8], text[256];
	unsigned int vm;

	if (!strncmp(line, "new ", 4))
		return new_vm(line + 4);
	if (sscanf(line, "end %u", &vm) == 1 && vm < nr_vms) {
		vm_destroy(&vms[vm]);
		return NULL;
	}
	if (sscanf(line, "%7s %u %255s", word, &vm, text) != 3 || vm >= nr_vms ||
	    !parse_call(text, GUEST_HVC, &call) || call.vcpu > 1)
		return "not a command";
	return word[0] == 'l' ? run_loop(&vms[vm], &call) : run_call(&vms[vm], &call);
}

int main(int argc, char **argv)
{
	char line[512];

	if (argc != 2) {
		fprintf(stderr, "usage: guests LOADER\n");
		return 2;
	}
	loader = argv[1];
	while (fgets(line, sizeof(line), stdin)) {
		const char *wrong;

		line[strcspn(line, "\n")] = '\0';
		wrong = obey(line);
		printf("%s%.*s\n", wrong ? "failed: " : "done",
		       wrong ? (int)strcspn(wrong, "\n") : 0, wrong ? wrong : "");
		fflush(stdout);
	}
	return 0;
}
