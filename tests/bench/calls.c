// SPDX-License-Identifier: GPL-2.0
/* What one call costs, by what decides it. */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "smccc_ids.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NOT_SUPPORTED  UINT64_MAX
#define KVM_PSCI       0x10001
#define UNKNOWN_OEM    0x83001234U
#define UNKNOWN_VENDOR 0x86001234U
#define FORWARD_RESULT 0xf0 /* the VMM's, see vm.h */
#define POLICY_RESULT  1    /* bench.bpf.c's */

/* The call that a verdict is measured with, and what its x0 is then. */
static const struct verdict {
	const char *name;
	uint32_t func_id;
	uint64_t x0;
} verdicts[] = {
	{ "handle", PSCI_VERSION, KVM_PSCI },
	{ "deny", UNKNOWN_VENDOR, NOT_SUPPORTED },
	{ "forward", UNKNOWN_OEM, FORWARD_RESULT },
	{ "answer", UNKNOWN_OEM, POLICY_RESULT },
};

static void add(struct json_object *rows, const char *decided_by, const struct verdict *verdict,
		double instructions)
{
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "decided_by", json_object_new_string(decided_by));
	json_object_object_add(row, "verdict", json_object_new_string(verdict->name));
	json_object_object_add(row, "instructions", json_object_new_double(instructions));
	json_object_array_add(rows, row);
}

static void create(struct vm *vm)
{
	if (vm_create(vm, &(struct vm_options){ 0 }))
		die("VM: %s", vm->err);
}

/* The verdicts' calls as KVM answers them by itself. */
static void measure_plain(struct json_object *rows, const char *name, struct vm *vm)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdicts); i++) {
		uint64_t x0 = verdicts[i].func_id == PSCI_VERSION ? KVM_PSCI : NOT_SUPPORTED;

		if (!strcmp(verdicts[i].name, "answer"))
			continue; /* the same call as forward's */
		add(rows, name, &verdicts[i],
		    measure_call(vm, verdicts[i].func_id, x0, NULL, NULL));
	}
}

void bench_calls(struct json_object *rows)
{
	struct vm vm;

	create(&vm);
	measure_plain(rows, "KVM", &vm);
	vm_destroy(&vm);
}

static void insert(struct vm *vm, uint32_t first, enum kvm_smccc_filter_action action)
{
	if (vm_smccc_filter(vm, first, 1, action))
		die("filter: %s", vm->err);
}

/* The call's range in the midst of others, which do not touch. */
static void measure_filter(struct json_object *rows, unsigned int ranges, size_t action)
{
	const struct verdict *verdict = &verdicts[action];
	struct vm vm;
	char name[64];
	unsigned int i;

	create(&vm);
	insert(&vm, verdict->func_id, action);
	for (i = 0; i < ranges - 1; i++)
		insert(&vm, (i % 2 ? 0x82000000 : 0x88000000) + 2 * (i / 2), action);
	snprintf(name, sizeof(name), "static filter, %u range%s", ranges, ranges > 1 ? "s" : "");
	add(rows, name, verdict, measure_call(&vm, verdict->func_id, verdict->x0, NULL, NULL));
	vm_destroy(&vm);
}

void bench_filter(struct json_object *rows)
{
	static const unsigned int ranges[] = { 1, 200, 10000 };
	size_t i, action;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		for (action = KVM_SMCCC_FILTER_HANDLE; action <= KVM_SMCCC_FILTER_FWD_TO_USER;
		     action++)
			measure_filter(rows, ranges[i], action);
	}
}

static void measure_policy(struct json_object *rows, const char *label, const char *file,
			   const char *name, unsigned int rules, const struct verdict *verdict)
{
	struct bench_policy policy;
	struct vm vm;

	create(&vm);
	policy_load(&policy, vm.fd, file, name, rules);
	policy_attach(&policy);
	add(rows, label, verdict,
	    measure_call(&vm, verdict->func_id, verdict->x0, policy_drain, &policy));
	policy_free(&policy);
	vm_destroy(&vm);
}

static void measure_shape(struct json_object *rows, const char *file, const char *shape,
			  const char *label)
{
	char name[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdicts); i++) {
		/* An answer cannot be said for good. */
		if (!strcmp(shape, "always") && !strcmp(verdicts[i].name, "answer"))
			continue;
		snprintf(name, sizeof(name), "%s_%s", shape, verdicts[i].name);
		measure_policy(rows, label, file, name, 0, &verdicts[i]);
	}
}

static void measure_other_vm(struct json_object *rows)
{
	struct bench_policy policy;
	struct vm vm, other;

	create(&vm);
	create(&other);
	policy_load(&policy, other.fd, "bench-constant", "constant_deny", 0);
	policy_attach(&policy);
	measure_plain(rows, "KVM, another VM has a policy", &vm);
	policy_free(&policy);
	vm_destroy(&other);
	vm_destroy(&vm);
}

/* An ID that no rule covers, which is KVM's, and one that the first rule denies. */
static void measure_rules(struct json_object *rows, const char *label, unsigned int rules)
{
	static const struct verdict denied = { "deny", BENCH_FIRST_RULE, NOT_SUPPORTED };

	measure_policy(rows, label, "ranges", "ranges", rules, &verdicts[0]);
	measure_policy(rows, label, "ranges", "ranges", rules, &denied);
}

void bench_policies(struct json_object *rows)
{
	static const struct verdict denied = { "deny", UNKNOWN_OEM, NOT_SUPPORTED };

	measure_other_vm(rows);
	measure_shape(rows, "bench-constant", "always", "policy: always");
	measure_shape(rows, "bench-constant", "constant", "policy: constant");
	measure_shape(rows, "bench", "argument", "policy: argument check");
	measure_shape(rows, "bench", "counter", "policy: one counter");
	measure_shape(rows, "bench", "limit", "policy: rate limit");
	measure_shape(rows, "bench", "event", "policy: ring-buffer event");
	measure_policy(rows, "default policy", "policy", "default_policy", 0, &verdicts[0]);
	measure_policy(rows, "default policy", "policy", "default_policy", 0, &denied);
	measure_rules(rows, "ranges, 1 rule", 1);
	measure_rules(rows, "ranges, 10000 rules", 10000);
}
