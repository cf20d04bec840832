// SPDX-License-Identifier: GPL-2.0
/* What the hook reports: statistics and the tracepoint. */
#include "hook_test.h"

#include <fcntl.h>
#include <unistd.h>

#define TRACING "/sys/kernel/tracing/"

static void statistics_tell_what_was_done(void **state)
{
	static const struct {
		int verdict, calls;
	} script[] = { { HANDLE, 1 }, { DENY, 2 }, { FORWARD, 3 }, { ANSWER, 4 }, { 99, 5 } };
	struct scripted *policy;
	struct vm vm;
	size_t i;
	int n;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	guest_hvc(&vm, PSCI_VERSION); /* before there is a policy */
	policy = scripted_attached(vm.fd, F_FORWARD, HANDLE);
	for (i = 0; i < ARRAY_SIZE(script); i++) {
		policy->script->verdict = script[i].verdict;
		for (n = 0; n < script[i].calls; n++)
			guest_hvc(&vm, UNKNOWN_SIP);
	}

	assert_int_equal(POLICY_STAT(&vm, 0, "calls"), 15);
	assert_int_equal(POLICY_STAT(&vm, 0, "denied"), 2 + 5);
	assert_int_equal(POLICY_STAT(&vm, 0, "forwarded"), 3);
	assert_int_equal(POLICY_STAT(&vm, 0, "answered"), 4);
	assert_int_equal(POLICY_STAT(&vm, 0, "violations"), 5);

	/* They are the vCPU's, not the policy's: detached, they stay. */
	scripted_free(policy);
	guest_hvc(&vm, UNKNOWN_SIP);
	assert_int_equal(POLICY_STAT(&vm, 0, "calls"), 15);
	vm_destroy(&vm);
}

/* Each call once, by what filter and policy together decided. */
static void statistics_count_the_filters_part(void **state)
{
	struct scripted *policy;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	assert_int_equal(vm_smccc_filter(&vm, PSCI_VERSION, 1, KVM_SMCCC_FILTER_DENY), 0);
	assert_int_equal(vm_smccc_filter(&vm, UNKNOWN_SIP, 1, KVM_SMCCC_FILTER_FWD_TO_USER), 0);
	policy = scripted_attached(vm.fd, F_PERMISSIVE, HANDLE);

	guest_hvc(&vm, PSCI_VERSION);
	assert_int_equal(POLICY_STAT(&vm, 0, "denied"), 1);
	guest_hvc(&vm, UNKNOWN_SIP);
	assert_int_equal(POLICY_STAT(&vm, 0, "forwarded"), 1);
	policy->script->verdict = DENY; /* waived: the VMM gets its call */
	assert_int_equal(guest_hvc(&vm, UNKNOWN_SIP).forwarded, 1);
	assert_int_equal(POLICY_STAT(&vm, 0, "denied"), 2);
	assert_int_equal(POLICY_STAT(&vm, 0, "forwarded"), 1);
	assert_int_equal(POLICY_STAT(&vm, 0, "calls"), 3);

	scripted_free(policy);
	vm_destroy(&vm);
}

static void statistics_are_in_debugfs(void **state)
{
	struct scripted *policy;
	char path[128], text[32] = "";
	struct vm vm;
	FILE *file;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	policy = scripted_attached(vm.fd, 0, DENY);
	guest_hvc(&vm, UNKNOWN_SIP);
	guest_hvc(&vm, UNKNOWN_SIP);

	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%d-%d/vcpu0/smccc_policy_denied",
		 getpid(), vm.fd);
	file = fopen(path, "r");
	if (!file) { /* KVM shows a vCPU's statistics summed up over the VM */
		snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%d-%d/smccc_policy_denied",
			 getpid(), vm.fd);
		file = fopen(path, "r");
	}
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	assert_string_equal(text, "2\n");

	scripted_free(policy);
	vm_destroy(&vm);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* The text of the next event in the trace, behind its name. */
static void expect_event(FILE *trace, const char *text)
{
	char line[512], *event;

	do {
		assert_non_null(fgets(line, sizeof(line), trace));
	} while (line[0] == '#');

	line[strcspn(line, "\n")] = '\0';
	event = strstr(line, "kvm_smccc_policy: ");
	assert_non_null(event);
	assert_string_equal(event + strlen("kvm_smccc_policy: "), text);
}

static void the_tracepoint_tells_said_and_done(void **state)
{
	struct scripted *policy, *permissive;
	struct guest_call call = GUEST_HVC_CALL(UNKNOWN_VENDOR);
	char line[512];
	struct vm vm;
	FILE *trace;

	vm_must_create(&vm, &(struct vm_options){ .nr_vcpus = 2 });
	assert_int_equal(vm_smccc_filter(&vm, UNKNOWN_SIP, 1, KVM_SMCCC_FILTER_FWD_TO_USER), 0);
	policy = scripted_attached(vm.fd, F_FORWARD, HANDLE);
	write_file(TRACING "trace", "");
	write_file(TRACING "events/kvm/kvm_smccc_policy/enable", "1");

	guest_hvc(&vm, PSCI_VERSION);
	policy->script->verdict = DENY;
	guest_hvc(&vm, PSCI_VERSION);
	policy->script->verdict = ANSWER;
	guest_hvc(&vm, UNKNOWN_STANDARD);
	guest_hvc(&vm, UNKNOWN_SIP);
	vm_must_call(&vm, 1, &call);
	policy->script->verdict = 99;
	guest_hvc(&vm, PSCI_VERSION);
	permissive = scripted_load(&(struct ops_fields){ .flags = F_PERMISSIVE });
	permissive->script->verdict = DENY;
	assert_int_equal(scripted_replace(policy, permissive), 0);
	guest_hvc(&vm, PSCI_VERSION);
	write_file(TRACING "events/kvm/kvm_smccc_policy/enable", "0");
	guest_hvc(&vm, PSCI_VERSION);

	trace = fopen(TRACING "trace", "r");
	assert_non_null(trace);
	expect_event(trace, "vcpu 0, function 0x84000000: policy said HANDLE, KVM did HANDLE");
	expect_event(trace, "vcpu 0, function 0x84000000: policy said DENY, KVM did DENY");
	expect_event(trace, "vcpu 0, function 0x84000040: policy said ANSWER, KVM did ANSWER");
	expect_event(trace, "vcpu 0, function 0x82001234: policy said ANSWER, KVM did FORWARD");
	expect_event(trace, "vcpu 1, function 0x86001234: policy said ANSWER, KVM did DENY");
	expect_event(trace, "vcpu 0, function 0x84000000: policy said 0x63, KVM did DENY");
	expect_event(trace, "vcpu 0, function 0x84000000: policy said DENY, KVM did HANDLE");
	assert_null(fgets(line, sizeof(line), trace));
	fclose(trace);

	scripted_free(permissive);
	scripted_free(policy);
	vm_destroy(&vm);
}

const struct CMUnitTest report_tests[] = {
	cmocka_unit_test(statistics_tell_what_was_done),
	cmocka_unit_test(statistics_count_the_filters_part),
	cmocka_unit_test(statistics_are_in_debugfs),
	cmocka_unit_test(the_tracepoint_tells_said_and_done),
};

const size_t nr_report_tests = ARRAY_SIZE(report_tests);
