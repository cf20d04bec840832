// SPDX-License-Identifier: GPL-2.0
/* vmm's options: one table, from which they are parsed and --help is printed. */
#include <string.h>

#include "cli.h"

struct option {
	const char *name;
	const char *arg; /* NULL: a switch */
	const char *help;
	bool (*set)(struct cli *cli, const char *value);
};

static bool set_vcpus(struct cli *cli, const char *value)
{
	uint64_t nr;

	if (!parse_number(value, VM_MAX_VCPUS, &nr) || !nr)
		return false;
	cli->vm.nr_vcpus = nr;
	return true;
}

static bool set_time_limit(struct cli *cli, const char *value)
{
	uint64_t ms;

	if (!parse_number(value, 3600000, &ms) || !ms)
		return false;
	cli->time_limit_ms = ms;
	return true;
}

static bool set_loader(struct cli *cli, const char *value)
{
	cli->loader = value;
	return *value;
}

static bool set_policy(struct cli *cli, const char *value)
{
	cli->policy = value;
	return *value;
}

static bool set_attach(struct cli *cli, const char *value)
{
	cli->attach = value;
	return *value;
}

static bool add_loader_arg(struct cli *cli, const char *value)
{
	/* One place is kept for the policy, one for the end. */
	if (cli->nr_loader_args == CLI_MAX_ITEMS - 2)
		return false;
	cli->loader_args[cli->nr_loader_args++] = value;
	return true;
}

static bool add_filter(struct cli *cli, const char *value)
{
	if (cli->nr_filters == CLI_MAX_ITEMS)
		return false;
	return parse_filter(value, &cli->filters[cli->nr_filters++]);
}

#define SWITCH(function, statement)                              \
	static bool function(struct cli *cli, const char *value) \
	{                                                        \
		(void)value;                                     \
		statement;                                       \
		return true;                                     \
	}

SWITCH(set_aarch32, cli->vm.aarch32 = true)
SWITCH(set_smc, cli->conduit = GUEST_SMC)
SWITCH(set_all, cli->all = true)
SWITCH(set_json, cli->json = true)
SWITCH(set_wait, cli->wait = true)
SWITCH(set_help, cli->help = true)

static const struct option options[] = {
	{ "--vcpus", "N", "number of vCPUs, up to 16 (1)", set_vcpus },
	{ "--aarch32", NULL, "the guest is AArch32", set_aarch32 },
	{ "--smc", NULL, "calls that do not name a conduit use SMC, not HVC", set_smc },
	{ "--loader", "PATH", "start this loader before the first call: PATH --vm-fd N ...",
	  set_loader },
	{ "--policy", "FILE", "the loader's policy (alone: the loader is smccc_loader in $PATH)",
	  set_policy },
	{ "--loader-arg", "ARG", "another argument for the loader, before the policy (repeat)",
	  add_loader_arg },
	{ "--attach", "FILE", "attach this policy without a loader, by libsmcccpolicy",
	  set_attach },
	{ "--filter", "BASE[-END]=ACTION",
	  "static filter; ACTION is handle, deny or forward (repeat)", add_filter },
	{ "--time-limit", "MS", "of one call, in milliseconds (30000)", set_time_limit },
	{ "--all", NULL, "print x0-x17 of each result, not x0-x3", set_all },
	{ "--json", NULL, "one JSON object a line; numbers of 64 bits as strings", set_json },
	{ "--wait", NULL,
	  "say \"ready\", then repeat the calls unprinted until SIGTERM (0 exit);\n"
	  "SIGUSR1 prints one pass. Without a CALL the VM does not run",
	  set_wait },
	{ "--help", NULL, "this text", set_help },
};

#define NR_OPTIONS (sizeof(options) / sizeof(options[0]))

static void print_option(FILE *to, const struct option *option)
{
	const char *line = option->help, *end;
	char left[40];

	snprintf(left, sizeof(left), "%s%s%s", option->name, option->arg ? " " : "",
		 option->arg ? option->arg : "");
	while ((end = strchr(line, '\n'))) {
		fprintf(to, "  %-27s %.*s\n", left, (int)(end - line), line);
		left[0] = '\0';
		line = end + 1;
	}
	fprintf(to, "  %-27s %s\n", left, line);
}

void print_help(FILE *to)
{
	fputs("Usage: vmm [OPTION]... CALL...\n"
	      "Run a VM whose guest issues the calls one after the other, and print the results.\n"
	      "\n"
	      "CALL is [LABEL=][CONDUIT[#IMM][@VCPU]:]FUNCTION[,ARG]...[*COUNT], for example\n"
	      "  PSCI_VERSION                one call by HVC; the names are those of smccc_ids.h\n"
	      "  smc:0x84000001,0x1,0x2      by SMC, with x1 and x2\n"
	      "  xen=hvc#0xea1@1:0x40000000  immediate 0xea1, on vCPU 1, named in the output\n"
	      "  0x84000000*3                three times\n"
	      "A forwarded call is completed with x0-x3 = 0xf0, 0xf1, 0xf2, 0xf3.\n"
	      "\n"
	      "Options:\n",
	      to);
	for (unsigned int i = 0; i < NR_OPTIONS; i++)
		print_option(to, &options[i]);
	fputs("\n"
	      "Exit status: 0 every call came back; 1 a call did not (guest exception, time\n"
	      "limit, shutdown); 2 wrong usage; 3 no KVM, or it refused the VM or its static\n"
	      "filter; 4 the loader did not start or did not succeed.\n",
	      to);
}

static bool usage(const char *what, const char *arg, const char *wrong)
{
	fprintf(stderr, "vmm: %s \"%s\": %s; see vmm --help\n", what, arg, wrong);
	return false;
}

static const struct option *find_option(const char *arg, size_t length)
{
	for (unsigned int i = 0; i < NR_OPTIONS; i++)
		if (strlen(options[i].name) == length && !strncmp(options[i].name, arg, length))
			return &options[i];
	return NULL;
}

/* One option at *args, as "--name value" or "--name=value". */
static bool parse_option(struct cli *cli, char *const **args)
{
	const char *arg = **args;
	const struct option *option = find_option(arg, strcspn(arg, "="));
	const char *equals = strchr(arg, '=');
	const char *value = equals ? equals + 1 : NULL;

	if (!option)
		return usage("option", arg, "unknown");
	if (!option->arg && value)
		return usage("option", arg, "takes no value");
	if (option->arg && !value) {
		value = *++*args;
		if (!value)
			return usage("option", arg, "needs a value");
	}
	if (!option->set(cli, value))
		return usage(option->name, value, "not such a value, or too many");
	return true;
}

/* After the options, since they give the default conduit and the number of vCPUs. */
static bool parse_calls(struct cli *cli, const char *const texts[], unsigned int nr)
{
	for (; cli->nr_calls < nr; cli->nr_calls++) {
		struct cli_call *call = &cli->calls[cli->nr_calls];
		const char *text = texts[cli->nr_calls];

		if (!parse_call(text, cli->conduit, call))
			return usage("call", text, "not a call");
		if (call->vcpu >= cli->vm.nr_vcpus)
			return usage("call", text, "no such vCPU, see --vcpus");
		if (cli->vm.aarch32 && call->call.conduit == GUEST_SMC && call->call.imm > 15)
			return usage("call", text, "AArch32's SMC has an immediate of 4 bits");
	}
	return true;
}

bool parse_command_line(struct cli *cli, char *const args[])
{
	const char *texts[CLI_MAX_ITEMS];
	unsigned int nr = 0;

	*cli = (struct cli){ .vm.nr_vcpus = 1, .time_limit_ms = 30000 };
	for (; *args && !cli->help; args++) {
		if (!strncmp(*args, "--", 2)) {
			if (!parse_option(cli, &args))
				return false;
		} else {
			if (nr == CLI_MAX_ITEMS)
				return usage("call", *args, "too many");
			texts[nr++] = *args;
		}
	}
	if (cli->help)
		return true;
	if (!nr && !cli->wait) {
		fputs("vmm: no call given; see vmm --help\n", stderr);
		return false;
	}
	return parse_calls(cli, texts, nr);
}
