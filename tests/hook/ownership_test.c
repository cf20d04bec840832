// SPDX-License-Identifier: GPL-2.0
/*
 * Who may answer: what is refused when a policy is attached, which verdicts
 * are turned into DENY, and what permissive mode makes of them.
 */
#include "hook_test.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int attach_with(const struct ops_fields *fields)
{
	struct scripted *policy = scripted_load(fields);
	int err = scripted_attach(policy);

	scripted_free(policy);
	return err;
}

static void expect_refusal(struct vm *vm, const struct ops_fields *fields, int err)
{
	assert_int_equal(attach_with(fields), err);
	/* Nothing half done: the VM is as it was, and free for another policy. */
	assert_int_equal(guest_hvc(vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	assert_int_equal(attach_with(&(struct ops_fields){ .vm_fd = vm->fd }), 0);
}

static void attach_refuses_bad_ranges_and_flags(void **state)
{
	struct ops_fields bad[] = {
		{ .forward_ranges = RANGE(6), .answer_ranges = RANGE(6) },
		{ .forward_ranges = ~0ULL << 1, .answer_ranges = RANGE(63) },
		{ .forward_ranges = RANGE(0) },
		{ .answer_ranges = RANGE(0) },
		{ .flags = 4 },
		{ .flags = 0x80000000 },
	};
	struct vm vm;
	size_t i;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		bad[i].vm_fd = vm.fd;
		expect_refusal(&vm, &bad[i], -EINVAL);
	}
	vm_destroy(&vm);
}

static void attach_refuses_what_is_not_a_vm(void **state)
{
	struct ops_fields fields = { 0 };
	int closed = 900, file = open("/proc/self/exe", O_RDONLY);
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	fields.vm_fd = closed;
	expect_refusal(&vm, &fields, -EBADF);
	fields.vm_fd = -1;
	expect_refusal(&vm, &fields, -EBADF);
	fields.vm_fd = file;
	expect_refusal(&vm, &fields, -EINVAL);
	fields.vm_fd = vm.vcpus[0].fd;
	expect_refusal(&vm, &fields, -EINVAL);
	fields.vm_fd = vm.kvm_fd;
	expect_refusal(&vm, &fields, -EINVAL);

	close(file);
	vm_destroy(&vm);
}

/* Without a link nothing could replace the policy or detach it from a dead VM. */
static void attach_refuses_a_map_without_link(void **state)
{
	struct ops_fields fields = { 0 };
	struct scripted *policy;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	fields.vm_fd = vm.fd;
	policy = scripted_load_without_link(&fields);
	assert_int_equal(scripted_attach(policy), -EOPNOTSUPP);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	scripted_free(policy);
	vm_destroy(&vm);
}

static void a_vm_has_one_policy_and_a_map_one_vm(void **state)
{
	struct ops_fields fields = { 0 };
	struct scripted *first, *second;
	struct bpf_link *again;
	struct vm vm, other;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	vm_must_create(&other, &(struct vm_options){ 0 });
	first = scripted_attached(vm.fd, 0, DENY);

	fields.vm_fd = vm.fd;
	second = scripted_load(&fields);
	assert_int_equal(scripted_attach(second), -EBUSY);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
	assert_int_equal(second->sighting->calls, 0);

	/* The same map a second time, even for another VM under its fd. */
	again = bpf_map__attach_struct_ops(first->ops);
	assert_null(again);
	assert_int_equal(errno, EBUSY);
	assert_true(dup2(other.fd, vm.fd) >= 0);
	again = bpf_map__attach_struct_ops(first->ops);
	assert_null(again);
	assert_int_equal(errno, EBUSY);
	assert_int_equal(guest_hvc(&other, PSCI_VERSION).x[0], KVM_PSCI_VERSION);

	/* The first VM lives on by its vCPU; freed, it leaves its place. */
	scripted_detach(first);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	assert_int_equal(scripted_attach(first), 0);
	assert_int_equal(guest_hvc(&other, PSCI_VERSION).x[0], NOT_SUPPORTED);

	scripted_free(first);
	scripted_free(second);
	vm_destroy(&other);
	vm_destroy(&vm);
}

/* The owners' verdicts: what each may do with a range, DENY aside. */
static void a_range_has_one_owner(void **state)
{
	static const struct {
		const char *name;
		uint64_t forward_ranges, answer_ranges;
		uint32_t func_id;
		bool may[4];
	} cases[] = {
		{ "free range", 0, 0, UNKNOWN_SIP, { true, true, true, true } },
		{ "free range, yielding", 0, 0, 0x02001234, { true, true, true, true } },
		{ "VMM's range", RANGE(2), 0, UNKNOWN_SIP, { false, true, true, false } },
		{ "VMM's range, SMC64", RANGE(2), 0, 0xc2001234, { false, true, true, false } },
		{ "VMM's range, yielding", RANGE(2), 0, 0x02001234, { false, true, true, false } },
		{ "VMM's highest", RANGE(63), 0, 0xbf000000, { false, true, true, false } },
		{ "policy's range", 0, RANGE(2), UNKNOWN_SIP, { false, true, false, true } },
		{ "policy's lowest", 0, RANGE(1), 0x81000000, { false, true, false, true } },
		{ "next to both", RANGE(1), RANGE(3), UNKNOWN_SIP, { true, true, true, true } },
		{ "KVM's vendor range", 0, 0, UNKNOWN_VENDOR, { true, true, false, false } },
		{ "KVM's UID", 0, 0, VENDOR_HYP_CALL_UID, { true, true, false, false } },
		{ "vendor range, yielding", 0, 0, 0x46000001, { true, true, false, false } },
		{ "VMM's vendor range",
		  RANGE(6),
		  0,
		  VENDOR_HYP_CALL_UID,
		  { false, true, true, false } },
		{ "policy's vendor range",
		  0,
		  RANGE(6),
		  VENDOR_HYP_CALL_UID,
		  { false, true, false, true } },
	};
	struct ops_fields fields = { .flags = F_FORWARD };
	struct scripted *policy;
	uint64_t violations;
	struct vm vm;
	size_t i;
	int v;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		vm_must_create(&vm, &(struct vm_options){ 0 });
		fields.vm_fd = vm.fd;
		fields.forward_ranges = cases[i].forward_ranges;
		fields.answer_ranges = cases[i].answer_ranges;
		policy = scripted_load(&fields);
		assert_int_equal(scripted_attach(policy), 0);
		policy->script->answer[0] = 0x1234;
		violations = 0;

		for (v = HANDLE; v <= ANSWER; v++) {
			struct guest_regs regs;

			print_message("%s, verdict %d\n", cases[i].name, v);
			policy->script->verdict = v;
			regs = guest_hvc(&vm, cases[i].func_id);
			assert_int_equal(regs.forwarded, v == FORWARD && cases[i].may[v]);
			if (v == ANSWER && cases[i].may[v])
				assert_int_equal(regs.x[0], 0x1234);
			if (!cases[i].may[v]) {
				violations++;
				assert_int_equal(regs.x[0], NOT_SUPPORTED);
			}
			assert_int_equal(POLICY_STAT(&vm, 0, "violations"), violations);
		}

		scripted_free(policy);
		vm_destroy(&vm);
	}
}

static void forward_needs_the_attachers_word(void **state)
{
	struct guest_regs regs;
	struct scripted *policy;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	policy = scripted_attached(vm.fd, 0, FORWARD);

	regs = guest_hvc(&vm, UNKNOWN_SIP);
	assert_int_equal(regs.forwarded, 0);
	assert_int_equal(regs.x[0], NOT_SUPPORTED);
	assert_int_equal(POLICY_STAT(&vm, 0, "violations"), 1);
	assert_int_equal(POLICY_STAT(&vm, 0, "denied"), 1);
	assert_int_equal(POLICY_STAT(&vm, 0, "forwarded"), 0);

	scripted_free(policy);
	vm_destroy(&vm);
}

static void permissive_counts_and_lets_kvm_handle(void **state)
{
	struct scripted *policy;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	policy = scripted_attached(vm.fd, F_PERMISSIVE, DENY);
	policy->script->answer[0] = 0x1234;

	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	assert_int_equal(POLICY_STAT(&vm, 0, "denied"), 1);
	assert_int_equal(POLICY_STAT(&vm, 0, "violations"), 0);

	/* What would be denied for breaking a rule is let through, too. */
	policy->script->verdict = FORWARD;
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	policy->script->verdict = ANSWER;
	assert_int_equal(guest_hvc(&vm, VENDOR_HYP_CALL_UID).x[0], 0xb66fb428);
	policy->script->verdict = 77;
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	assert_int_equal(POLICY_STAT(&vm, 0, "denied"), 4);
	assert_int_equal(POLICY_STAT(&vm, 0, "violations"), 3);

	/* What it may answer it does answer. */
	policy->script->verdict = ANSWER;
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], 0x1234);
	assert_int_equal(POLICY_STAT(&vm, 0, "answered"), 1);

	scripted_free(policy);
	vm_destroy(&vm);
}

/* Permissive is the policy's mode: the VMM's own denials and claims stand. */
/* What KVM would say there is another owner's. */
static void permissive_does_not_mix_owners(void **state)
{
	struct ops_fields fields = { .flags = F_PERMISSIVE | F_FORWARD,
				     .answer_ranges = RANGE(6),
				     .forward_ranges = RANGE(4) };
	struct scripted *policy;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	fields.vm_fd = vm.fd;
	policy = scripted_load(&fields);
	assert_int_equal(scripted_attach(policy), 0);
	policy->script->verdict = DENY;
	assert_int_equal(guest_hvc(&vm, VENDOR_HYP_CALL_UID).x[0], NOT_SUPPORTED);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
	policy->script->verdict = HANDLE;
	assert_int_equal(guest_hvc(&vm, VENDOR_HYP_CALL_UID).x[0], NOT_SUPPORTED);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
	assert_int_equal(POLICY_STAT(&vm, 0, "denied"), 4);
	assert_int_equal(POLICY_STAT(&vm, 0, "violations"), 2);

	scripted_free(policy);
	vm_destroy(&vm);
}

static void permissive_does_not_waive_the_filter(void **state)
{
	struct scripted *policy;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	assert_int_equal(vm_smccc_filter(&vm, PSCI_VERSION, 1, KVM_SMCCC_FILTER_DENY), 0);
	assert_int_equal(vm_smccc_filter(&vm, PSCI_FEATURES, 1, KVM_SMCCC_FILTER_FWD_TO_USER), 0);
	policy = scripted_attached(vm.fd, F_PERMISSIVE, DENY);

	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
	assert_int_equal(guest_hvc(&vm, PSCI_FEATURES).forwarded, 1);
	assert_int_equal(guest_hvc(&vm, TRNG_VERSION).x[0], 0x10000);
	policy->script->verdict = HANDLE;
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);

	scripted_free(policy);
	vm_destroy(&vm);
}

const struct CMUnitTest ownership_tests[] = {
	cmocka_unit_test(attach_refuses_bad_ranges_and_flags),
	cmocka_unit_test(attach_refuses_what_is_not_a_vm),
	cmocka_unit_test(attach_refuses_a_map_without_link),
	cmocka_unit_test(a_vm_has_one_policy_and_a_map_one_vm),
	cmocka_unit_test(a_range_has_one_owner),
	cmocka_unit_test(forward_needs_the_attachers_word),
	cmocka_unit_test(permissive_counts_and_lets_kvm_handle),
	cmocka_unit_test(permissive_does_not_mix_owners),
	cmocka_unit_test(permissive_does_not_waive_the_filter),
};

const size_t nr_ownership_tests = ARRAY_SIZE(ownership_tests);
