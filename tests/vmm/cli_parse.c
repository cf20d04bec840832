// SPDX-License-Identifier: GPL-2.0
/* The parts of vmm's command line that are more than a word: numbers, calls, filters. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "smccc_ids.h"

bool parse_number(const char *text, uint64_t max, uint64_t *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	char *end;

	/* strtoull() would take blanks, signs and a second 0x. */
	if (!(hex ? isxdigit((unsigned char)*digits) : isdigit((unsigned char)*digits)))
		return false;
	errno = 0;
	*value = strtoull(digits, &end, hex ? 16 : 10);
	return !errno && !*end && *value <= max;
}

/* Cut the text at the last occurrence of a character; what follows it, or NULL. */
static char *cut(char *text, char at)
{
	char *found = strrchr(text, at);

	if (found)
		*found++ = '\0';
	return found;
}

/* "hvc" or "smc", with "@VCPU" and "#IMMEDIATE" behind it. */
static bool parse_conduit(char *text, struct cli_call *call)
{
	char *vcpu = cut(text, '@');
	char *imm = cut(text, '#');
	uint64_t value;

	if (vcpu) {
		if (!parse_number(vcpu, VM_MAX_VCPUS - 1, &value))
			return false;
		call->vcpu = value;
	}
	if (imm) {
		if (!parse_number(imm, UINT16_MAX, &value))
			return false;
		call->call.imm = value;
	}
	if (!strcmp(text, "hvc"))
		call->call.conduit = GUEST_HVC;
	else if (!strcmp(text, "smc"))
		call->call.conduit = GUEST_SMC;
	else
		return false;
	return true;
}

/* A function by its name in smccc_ids.h, or as a number. */
static bool parse_function(const char *text, uint64_t *value)
{
#define NAME_AND_ID(name, id) { #name, id },
	static const struct {
		const char *name;
		uint32_t id;
	} functions[] = { SMCCC_FUNCTIONS(NAME_AND_ID) };
#undef NAME_AND_ID

	for (unsigned int i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (strcmp(text, functions[i].name))
			continue;
		*value = functions[i].id;
		return true;
	}
	return parse_number(text, UINT64_MAX, value);
}

static bool parse_args(char *text, struct guest_call *call)
{
	unsigned int nr = 0;

	for (char *arg = text; arg; nr++) {
		char *next = strchr(arg, ',');

		if (next)
			*next++ = '\0';
		if (nr == CALL_REGS)
			return false;
		if (!(nr ? parse_number(arg, UINT64_MAX, &call->regs[nr]) :
			   parse_function(arg, &call->regs[0])))
			return false;
		arg = next;
	}
	return true;
}

bool parse_call(const char *text, enum guest_conduit conduit, struct cli_call *call)
{
	char buffer[512], *rest = buffer, *part;
	uint64_t value = 1;

	*call = (struct cli_call){ .text = text, .call.conduit = conduit };
	if (strlen(text) >= sizeof(buffer))
		return false;
	strcpy(buffer, text);

	part = strchr(rest, '=');
	if (part) {
		*part = '\0';
		if (part == rest || strlen(rest) >= sizeof(call->label))
			return false;
		strcpy(call->label, rest);
		rest = part + 1;
	}
	part = cut(rest, '*');
	if (part && (!parse_number(part, 1000000, &value) || !value))
		return false;
	call->repeat = value;
	part = cut(rest, ':');
	if (part && !parse_conduit(rest, call))
		return false;
	return parse_args(part ? part : rest, &call->call);
}

static bool parse_action(const char *text, enum kvm_smccc_filter_action *action)
{
	static const char *const names[] = {
		[KVM_SMCCC_FILTER_HANDLE] = "handle",
		[KVM_SMCCC_FILTER_DENY] = "deny",
		[KVM_SMCCC_FILTER_FWD_TO_USER] = "forward",
	};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]))
			continue;
		*action = i;
		return true;
	}
	return false;
}

bool parse_filter(const char *text, struct cli_filter *filter)
{
	char buffer[64], *action, *end;
	uint64_t first, last;

	if (strlen(text) >= sizeof(buffer))
		return false;
	strcpy(buffer, text);
	action = cut(buffer, '=');
	end = cut(buffer, '-');
	if (!action || !parse_action(action, &filter->action))
		return false;
	if (!parse_number(buffer, UINT32_MAX, &first))
		return false;
	last = first;
	if (end && (!parse_number(end, UINT32_MAX, &last) || last < first))
		return false;
	if (last - first == UINT32_MAX)
		return false; /* one more than KVM can take at once */
	filter->base = first;
	filter->nr = last - first + 1;
	return true;
}
