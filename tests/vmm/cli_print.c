// SPDX-License-Identifier: GPL-2.0
/* vmm's output: a table for people, JSON lines for programs. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const char *const said_names[] = {
	[POLICY_UNKNOWN] = "-",		  [POLICY_NOT_ASKED] = "not asked",
	[POLICY_HANDLE] = "handle",	  [POLICY_DENY] = "deny",
	[POLICY_FORWARD] = "forward",	  [POLICY_ANSWER] = "answer",
	[POLICY_VIOLATION] = "violation",
};

static const char *conduit_name(const struct cli_call *call)
{
	return call->call.conduit == GUEST_SMC ? "smc" : "hvc";
}

static unsigned int nr_regs(const struct cli *cli)
{
	return cli->all ? CALL_REGS : 4;
}

static void json_string(const char *name, const char *text)
{
	printf("\"%s\":\"", name);
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < ' ')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void json_result(const struct cli *cli, const struct cli_result *result)
{
	const struct cli_call *call = result->call;

	putchar('{');
	json_string("call", call->label[0] ? call->label : call->text);
	printf(",\"vcpu\":%u,\"conduit\":\"%s\",\"imm\":%u,\"function\":\"0x%" PRIx64 "\",",
	       call->vcpu, conduit_name(call), call->call.imm, call->call.regs[0]);
	if (result->error) {
		json_string("error", result->error);
		puts("}");
		return;
	}
	printf("\"x\":[");
	for (unsigned int i = 0; i < nr_regs(cli); i++)
		printf("%s\"0x%" PRIx64 "\"", i ? "," : "", result->regs.x[i]);
	printf("],\"changed\":\"0x%" PRIx64 "\",\"forwarded\":%u,\"policy\":", result->regs.changed,
	       result->regs.forwarded);
	if (result->said == POLICY_UNKNOWN)
		puts("null}");
	else
		printf("\"%s\"}\n", said_names[result->said]);
}

static void table_result(const struct cli *cli, const struct cli_result *result)
{
	const struct cli_call *call = result->call;

	printf("%-24s %-3s  0x%08" PRIx64 "  ", call->label[0] ? call->label : call->text,
	       conduit_name(call), call->call.regs[0]);
	if (result->error) {
		printf("failed: %s\n", result->error);
		return;
	}
	printf("%-9s  %-9s", said_names[result->said], result->regs.forwarded ? "yes" : "no");
	for (unsigned int i = 0; i < nr_regs(cli); i++) {
		char text[24];

		snprintf(text, sizeof(text), "0x%" PRIx64, result->regs.x[i]);
		printf(i + 1 < nr_regs(cli) ? "  %-18s" : "  %s", text);
	}
	putchar('\n');
}

void print_header(const struct cli *cli)
{
	if (cli->json)
		return;
	printf("%-24s %-3s  %-10s  %-9s  %-9s", "call", "by", "function", "policy", "forwarded");
	for (unsigned int i = 0; i < nr_regs(cli); i++)
		printf(i + 1 < nr_regs(cli) ? "  x%-17u" : "  x%u", i);
	putchar('\n');
}

void print_result(const struct cli *cli, const struct cli_result *result)
{
	if (cli->json)
		json_result(cli, result);
	else
		table_result(cli, result);
	fflush(stdout);
}

void print_ready(const struct cli *cli, const struct vm *vm)
{
	if (cli->json)
		printf("{\"ready\":true,\"pid\":%d,\"vm_fd\":%d}\n", (int)getpid(), vm->fd);
	else
		printf("ready pid=%d vm_fd=%d\n", (int)getpid(), vm->fd);
	fflush(stdout);
}

void print_error(const struct cli *cli, const char *what, const char *error)
{
	char line[VM_ERR_SIZE + 64];

	if (!cli->json) {
		fprintf(stderr, "vmm: %s: %s\n", what, error);
		return;
	}
	snprintf(line, sizeof(line), "%s: %s", what, error);
	putchar('{');
	json_string("error", line);
	puts("}");
	fflush(stdout);
}
