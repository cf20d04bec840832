/* SPDX-License-Identifier: GPL-2.0 */
/* The command line tool vmm: what its files share. */
#ifndef VMM_CLI_H
#define VMM_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "vm.h"

#define CLI_MAX_ITEMS 64

/* Exit status of vmm; also in --help. */
enum vmm_exit {
	VMM_DONE = 0,	       /* every call came back */
	VMM_CALL_FAILED = 1,   /* a call did not: exception, time limit, shutdown */
	VMM_USAGE = 2,	       /* wrong usage */
	VMM_NO_VM = 3,	       /* no KVM, or it refused the VM or its static filter */
	VMM_LOADER_FAILED = 4, /* the loader did not start or did not succeed */
};

struct cli_call {
	const char *text;
	char label[32]; /* empty: none given */
	struct guest_call call;
	unsigned int vcpu;
	unsigned int repeat;
};

struct cli_filter {
	uint32_t base, nr;
	enum kvm_smccc_filter_action action;
};

struct cli {
	struct vm_options vm;
	enum guest_conduit conduit;
	const char *loader, *policy, *attach;
	const char *loader_args[CLI_MAX_ITEMS];
	unsigned int nr_loader_args;
	struct cli_filter filters[CLI_MAX_ITEMS];
	unsigned int nr_filters;
	struct cli_call calls[CLI_MAX_ITEMS];
	unsigned int nr_calls;
	unsigned int time_limit_ms;
	bool all, json, wait, help;
};

/* What the policy said to one call, from the vCPU's statistics. */
enum policy_said {
	POLICY_UNKNOWN, /* this kernel does not count */
	POLICY_NOT_ASKED,
	POLICY_HANDLE,
	POLICY_DENY,
	POLICY_FORWARD,
	POLICY_ANSWER,
	POLICY_VIOLATION,
};

/* One result: both kinds of output are made from it. */
struct cli_result {
	const struct cli_call *call;
	enum policy_said said;
	const char *error; /* NULL: regs is valid */
	struct guest_regs regs;
};

/* A whole decimal or 0x number, nothing before or after it, up to max. */
bool parse_number(const char *text, uint64_t max, uint64_t *value);
bool parse_call(const char *text, enum guest_conduit conduit, struct cli_call *call);
bool parse_filter(const char *text, struct cli_filter *filter);

/* Fills *cli; what is wrong has been printed when it returns false. */
bool parse_command_line(struct cli *cli, char *const args[]);
void print_help(FILE *to);

void print_header(const struct cli *cli);
void print_result(const struct cli *cli, const struct cli_result *result);
void print_ready(const struct cli *cli, const struct vm *vm);
/* The error goes to stderr, or with --json to stdout. */
void print_error(const struct cli *cli, const char *what, const char *error);

#endif /* VMM_CLI_H */
