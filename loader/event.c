// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "call_args.h"
#include "clock.h"
#include "event.h"
#include "fate.h"
#include "names.h"
#include "runner.h"

#define NS_PER_S 1000000000LL
#define ARGS	 (sizeof(((struct smccc_event *)0)->args) / sizeof(__u64))

void event__update_clock(struct event_printer *printer)
{
	printer->offset_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
}

static void print_time(struct event_printer *printer, FILE *out, __u64 time_ns)
{
	__s64 wall = time_ns + printer->offset_ns;
	time_t second = wall / NS_PER_S;
	struct tm tm;

	/* the same second for many events */
	if (second != printer->second || !printer->date[0]) {
		printer->second = second;
		if (printer->json)
			gmtime_r(&second, &tm);
		else
			localtime_r(&second, &tm);
		strftime(printer->date, sizeof(printer->date),
			 printer->json ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &tm);
	}
	fprintf(out, printer->json ? "%s.%06lldZ" : "%s.%06lld", printer->date,
		wall % NS_PER_S / 1000);
}

/* The ID by which tables know the function: PSCI 0.1's have the SVE hint's bit in them. */
static __u32 table_id(__u32 id)
{
	return names__function(id) ? id : id & ~SMCCC_SVE_HINT;
}

static __u64 argument(const struct smccc_event *event, size_t i)
{
	bool wide = event->func_id & SMCCC_64 && !(event->flags & CALL_F_AARCH32);

	/* PSCI 0.1 is not SMCCC: its arguments are as wide as registers are */
	if (event->func_id >= PSCI_0_1_CPU_SUSPEND && event->func_id <= PSCI_0_1_MIGRATE)
		wide = true;
	return wide ? event->args[i] : (__u32)event->args[i];
}

static void print_value(FILE *out, const char *name, size_t len, __u64 value)
{
	const char *function = NULL;

	if (len == strlen(CALL_ARGS_FUNCTION) && !memcmp(name, CALL_ARGS_FUNCTION, len))
		function = names__function(value);
	if (function)
		fputs(function, out);
	else
		fprintf(out, "0x%llx", value);
}

/* Each named argument; returns how many. */
static size_t print_named(FILE *out, bool json, const char *names, const struct smccc_event *event)
{
	size_t i, len, printed = 0;

	for (i = 0; *names && i < ARGS; i++, names += len + !!names[len]) {
		len = strcspn(names, " ");
		if (len == 1 && names[0] == CALL_ARGS_NONE[0])
			continue;
		fprintf(out, json ? "%s\"%.*s\":\"" : "%s%.*s=", json ? (printed ? "," : "") : " ",
			(int)len, names);
		print_value(out, names, len, argument(event, i));
		if (json)
			fputc('"', out);
		printed++;
	}
	return printed;
}

/* What is not known by name, as it was; the zeros behind the last one that is not are left out. */
static void print_raw(FILE *out, const struct smccc_event *event)
{
	size_t i, count = ARGS;

	while (count && !event->args[count - 1])
		count--;
	for (i = 0; i < count; i++)
		fprintf(out, " x%zu=0x%llx", i + 1, event->args[i]);
}

static void print_verdict(FILE *out, __u32 verdict)
{
	verdict &= ~CALL_ALWAYS;
	if (verdict < FATE_WILD)
		fputs(fate__verdict_name(verdict), out);
	else
		fprintf(out, "verdict-%u", verdict);
}

static void print_text(struct event_printer *printer, FILE *out, const char *vm,
		       const struct smccc_event *event)
{
	__u32 id = table_id(event->func_id);
	const char *name = names__function(id), *args = call_args__names(id);

	print_time(printer, out, event->time_ns);
	fprintf(out, " %s vcpu%u ", vm, event->vcpu_id);
	print_verdict(out, event->verdict);
	if (name)
		fprintf(out, " %s", name);
	else
		fprintf(out, " 0x%08x", event->func_id);
	if (name && args)
		print_named(out, false, args, event);
	else if (!name)
		print_raw(out, event);
	/* what is unusual */
	if (event->flags & CALL_F_SMC)
		fputs(" (SMC)", out);
	if (event->flags & CALL_F_AARCH32)
		fputs(" (AArch32)", out);
	if (event->imm)
		fprintf(out, " (immediate 0x%x)", event->imm);
	if (name && id != event->func_id)
		fputs(" (SVE hint)", out);
	fputc('\n', out);
}

static void print_json(struct event_printer *printer, FILE *out, const char *vm,
		       const struct smccc_event *event)
{
	__u32 id = table_id(event->func_id);
	const char *name = names__function(id), *args = call_args__names(id);
	size_t i;

	fputs("{\"kind\":\"event\",\"time\":\"", out);
	print_time(printer, out, event->time_ns);
	fprintf(out, "\",\"time_ns\":%llu,\"vm\":%s,\"cookie\":%llu,\"vcpu\":%u,\"verdict\":\"",
		event->time_ns, vm, event->cookie, event->vcpu_id);
	print_verdict(out, event->verdict);
	fprintf(out, "\",\"id\":\"0x%08x\",\"function\":", event->func_id);
	fprintf(out, name ? "\"%s\"" : "null", name);
	fputs(",\"args\":{", out);
	if (name && args)
		print_named(out, true, args, event);
	fputs("},\"registers\":[", out);
	for (i = 0; i < ARGS; i++)
		fprintf(out, "%s\"0x%llx\"", i ? "," : "", event->args[i]);
	fprintf(out, "],\"conduit\":\"%s\",\"aarch32\":%s,\"imm\":%u}\n",
		event->flags & CALL_F_SMC ? "smc" : "hvc",
		event->flags & CALL_F_AARCH32 ? "true" : "false", event->imm);
}

void event__print(struct event_printer *printer, FILE *out, const char *vm,
		  const struct smccc_event *event)
{
	if (printer->json)
		print_json(printer, out, vm, event);
	else
		print_text(printer, out, vm, event);
}
