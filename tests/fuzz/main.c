// SPDX-License-Identifier: GPL-2.0
/*
 * A hostile guest: random calls at full speed on several vCPUs, under a policy that says
 * anything, in VMs that are set up at random. Each register after each call, and the
 * statistics, must be what model.c predicts; KVM's own answers are those that it gives in
 * a second VM like the first, without policy and filter.
 *
 * Usage: fuzz DIRECTORY-OF-POLICIES [--calls N] [--seed N] [--world N], in the rig, as
 * root; --world: only that one of the VMs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "attach.h"
#include "fuzz_test.h"
#include "smccc_ids.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define VCPUS	      4
#define WORLDS	      24

static uint64_t seed;
static unsigned int calls_of_a_vcpu;

/* What came up in all worlds. */
static uint64_t outcomes[OUTCOMES], violations, waived;

struct counts {
	uint64_t calls, answered, forwarded, denied, violations;
};

/* One vCPU's batch: made up, predicted, and what came back. */
struct cpu {
	struct random random;
	struct batch_call calls[VM_BATCH_MAX], kvms[VM_BATCH_MAX];
	struct prediction predictions[VM_BATCH_MAX];
	uint64_t results[VM_BATCH_MAX][CALL_REGS], kvm_results[VM_BATCH_MAX][CALL_REGS];
	unsigned int nr_kvms;
	struct {
		uint64_t nr, flags;
	} forwards[VM_BATCH_MAX];
	unsigned int nr_forwards;
	struct counts counts;
};

struct test {
	struct world world;
	struct vm vm, twin;
	struct cpu cpus[VCPUS];
	struct bpf_object *object;
	struct bpf_link *link;
};

static int complete(struct vcpu *vcpu, void *arg)
{
	struct cpu *cpu = &((struct test *)arg)->cpus[vcpu->id];
	unsigned int i;
	int err = 0;

	if (cpu->nr_forwards < VM_BATCH_MAX) {
		cpu->forwards[cpu->nr_forwards].nr = vcpu->forward_nr;
		cpu->forwards[cpu->nr_forwards].flags = vcpu->forward_flags;
	}
	cpu->nr_forwards++;
	for (i = 0; i < 4 && !err; i++)
		err = vcpu_set_x(vcpu, i, vcpu->vm->forward_result[i]);
	return err;
}

static uint64_t random_ranges(struct random *random)
{
	uint64_t ranges = random_next(random);

	ranges &= random_next(random) & ~1ULL;
	return random_below(random, 3) ? ranges : 0;
}

static void add_filter(struct test *test, struct random *random)
{
	struct world *world = &test->world;
	struct filter_range range = { .first = random_id(random),
				      .nr = 1 + random_below(random, 0x4000),
				      .action = random_below(random, 3) };

	/* What is reserved or taken is refused, and so not there. */
	if (range.first + range.nr >= range.first &&
	    !vm_smccc_filter(&test->vm, range.first, range.nr, range.action))
		world->filter[world->nr_filter++] = range;
}

/* Both VMs with the same of KVM's services, or a few less. */
static void set_up_services(struct test *test, struct random *random)
{
	static const uint64_t registers[] = { KVM_REG_ARM_STD_BMAP, KVM_REG_ARM_STD_HYP_BMAP,
					      KVM_REG_ARM_VENDOR_HYP_BMAP };
	uint64_t value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(registers); i++) {
		assert_int_equal(vm_get_fw_reg(&test->twin, registers[i], &value), 0);
		if (!random_below(random, 4))
			value &= random_next(random);
		assert_int_equal(vm_set_fw_reg(&test->vm, registers[i], value), 0);
		assert_int_equal(vm_set_fw_reg(&test->twin, registers[i], value), 0);
	}
}

static void attach(struct test *test)
{
	struct ops_fields fields = { .vm_fd = test->vm.fd,
				     .flags = test->world.flags,
				     .cookie = test->world.cookie,
				     .forward_ranges = test->world.forward_ranges,
				     .answer_ranges = test->world.answer_ranges };
	struct bpf_map *ops;

	test->object = ops_load("fuzz", &fields, BPF_F_LINK, &ops);
	test->link = bpf_map__attach_struct_ops(ops);
	assert_non_null(test->link);
}

static struct test *create_world(uint64_t number)
{
	struct random random = { seed + number };
	struct test *test = calloc(1, sizeof(*test));
	struct vm_options options = { .nr_vcpus = VCPUS };
	struct world *world = &test->world;
	unsigned int i, nr = random_below(&random, MAX_FILTER + 1);

	assert_non_null(test);
	world->aarch32 = options.aarch32 = number % 3 == 2;
	world->flags = random_below(&random, 4);
	world->cookie = random_next(&random);
	world->forward_ranges = random_ranges(&random);
	world->answer_ranges = random_ranges(&random) & ~world->forward_ranges;
	vm_must_create(&test->vm, &options);
	vm_must_create(&test->twin, &options);
	test->vm.forward = complete;
	test->vm.forward_arg = test;
	for (i = 0; i < nr; i++)
		add_filter(test, &random);
	set_up_services(test, &random);
	for (i = 0; i < VCPUS; i++)
		test->cpus[i].random.state = random_next(&random);
	attach(test);
	return test;
}

static void destroy_world(struct test *test)
{
	bpf_link__destroy(test->link);
	bpf_object__close(test->object);
	vm_destroy(&test->vm);
	vm_destroy(&test->twin);
	free(test);
}

static void make_up(struct test *test, unsigned int id, unsigned int nr)
{
	struct cpu *cpu = &test->cpus[id];
	unsigned int i;

	cpu->nr_kvms = cpu->nr_forwards = 0;
	for (i = 0; i < nr; i++) {
		random_call(&cpu->random, test->world.aarch32, &cpu->calls[i]);
		predict(&test->world, id, &cpu->calls[i], &cpu->predictions[i]);
		if (cpu->predictions[i].outcome == BY_KVM)
			cpu->kvms[cpu->nr_kvms++] = cpu->calls[i];
	}
}

/* All vCPUs at once; those without a call stay out. */
static void start(struct vm *vm, unsigned int id, const struct batch_call *calls, unsigned int nr)
{
	struct vcpu *vcpu = &vm->vcpus[id];

	if (nr && (vcpu_batch_setup(vcpu, calls, nr) || vcpu_start(vcpu)))
		fail_msg("vCPU %u: %s", id, vcpu->err);
}

static void finish(struct vm *vm, unsigned int id, uint64_t (*results)[CALL_REGS], unsigned int nr)
{
	if (!nr)
		return;
	if (vcpu_join(&vm->vcpus[id]))
		fail_msg("vCPU %u: %s", id, vm->vcpus[id].err);
	vcpu_batch_read(&vm->vcpus[id], results, nr);
}

static void run_batches(struct test *test, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < VCPUS; i++)
		make_up(test, i, nr);
	for (i = 0; i < VCPUS; i++)
		start(&test->vm, i, test->cpus[i].calls, nr);
	for (i = 0; i < VCPUS; i++)
		finish(&test->vm, i, test->cpus[i].results, nr);
	for (i = 0; i < VCPUS; i++)
		start(&test->twin, i, test->cpus[i].kvms, test->cpus[i].nr_kvms);
	for (i = 0; i < VCPUS; i++)
		finish(&test->twin, i, test->cpus[i].kvm_results, test->cpus[i].nr_kvms);
}

/* Bit n: KVM gives another x<n> each time. */
static uint32_t volatile_registers(uint32_t id)
{
	if ((id & ~SMCCC_64) == TRNG_RND)
		return 0xe; /* entropy in x1-x3 */
	return id == KVM_PTP ? 0xf : 0;
}

static void print_call(const struct test *test, const struct batch_call *batch,
		       const struct prediction *p)
{
	static const char *const names[] = { "KVM's", "denied", "forwarded", "answered",
					     "a refused SMC" };
	const struct world *world = &test->world;

	print_message("# %s %s immediate 0x%x, flags %u, forward 0x%llx, answer 0x%llx, "
		      "%u filters: to be %s%s\n",
		      world->aarch32 ? "AArch32" : "AArch64",
		      batch->call.conduit == GUEST_SMC ? "SMC" : "HVC", batch->call.imm,
		      world->flags, (unsigned long long)world->forward_ranges,
		      (unsigned long long)world->answer_ranges, world->nr_filter, names[p->outcome],
		      p->violation ? ", a violation" : "");
}

static void check_registers(const struct test *test, const struct batch_call *batch,
			    const struct prediction *p, const uint64_t got[CALL_REGS],
			    const uint64_t want[CALL_REGS])
{
	unsigned int i, nr = test->world.aarch32 ? 13 : CALL_REGS;
	uint32_t skip = p->outcome == BY_KVM ? volatile_registers(p->call.func_id) : 0;
	uint64_t mask = test->world.aarch32 ? UINT32_MAX : UINT64_MAX;

	for (i = 0; i < nr; i++) {
		if (skip >> i & 1 || (got[i] & mask) == (want[i] & mask))
			continue;
		print_call(test, batch, p);
		fail_msg("seed %llu, 0x%llx: x%u is 0x%llx, predicted 0x%llx",
			 (unsigned long long)seed, (unsigned long long)batch->call.regs[0], i,
			 (unsigned long long)got[i], (unsigned long long)(want[i] & mask));
	}
}

static void check_forward(const struct test *test, const struct cpu *cpu, unsigned int number,
			  const struct batch_call *batch, const struct prediction *p)
{
	uint64_t flags = batch->call.conduit == GUEST_SMC ? KVM_HYPERCALL_EXIT_SMC : 0;

	if (number < cpu->nr_forwards && cpu->forwards[number].nr == p->call.func_id &&
	    cpu->forwards[number].flags == flags)
		return;
	print_call(test, batch, p);
	fail_msg("seed %llu, 0x%x: the VMM did not get it, or not so", (unsigned long long)seed,
		 p->call.func_id);
}

static void count(struct cpu *cpu, const struct prediction *p)
{
	outcomes[p->outcome]++;
	violations += p->violation;
	waived += p->denied && p->outcome != DENIED;
	if (!p->seen)
		return;
	cpu->counts.calls++;
	cpu->counts.denied += p->denied;
	cpu->counts.violations += p->violation;
	cpu->counts.answered += p->outcome == ANSWERED;
	cpu->counts.forwarded += p->outcome == FORWARDED && !p->denied;
}

static void check(struct test *test, struct cpu *cpu, unsigned int nr)
{
	unsigned int i, forwards = 0, kvms = 0;
	uint64_t want[CALL_REGS];

	for (i = 0; i < nr; i++) {
		const struct batch_call *batch = &cpu->calls[i];
		const struct prediction *p = &cpu->predictions[i];

		predict_registers(&test->world, p, batch->call.regs, test->vm.forward_result, want);
		check_registers(test, batch, p, cpu->results[i],
				p->outcome == BY_KVM ? cpu->kvm_results[kvms++] : want);
		if (p->outcome == FORWARDED)
			check_forward(test, cpu, forwards++, batch, p);
		count(cpu, p);
	}
	assert_int_equal(cpu->nr_forwards, forwards);
}

static void check_statistic(struct vcpu *vcpu, const char *name, uint64_t predicted)
{
	uint64_t value = 0;

	assert_int_equal(vcpu_stat(vcpu, name, &value), 0);
	if (value != predicted)
		fail_msg("seed %llu, vCPU %u: %s is %llu, predicted %llu", (unsigned long long)seed,
			 vcpu->id, name, (unsigned long long)value, (unsigned long long)predicted);
}

static void check_statistics(struct test *test)
{
	unsigned int i;

	for (i = 0; i < VCPUS; i++) {
		struct vcpu *vcpu = &test->vm.vcpus[i];
		const struct counts *counts = &test->cpus[i].counts;

		check_statistic(vcpu, "smccc_policy_calls", counts->calls);
		check_statistic(vcpu, "smccc_policy_answered", counts->answered);
		check_statistic(vcpu, "smccc_policy_forwarded", counts->forwarded);
		check_statistic(vcpu, "smccc_policy_denied", counts->denied);
		check_statistic(vcpu, "smccc_policy_violations", counts->violations);
	}
}

static void every_call_ends_as_predicted(void **state)
{
	struct test *test = create_world(*(uint64_t *)*state);
	unsigned int i, left = calls_of_a_vcpu, nr;

	for (; left; left -= nr) {
		nr = left < VM_BATCH_MAX ? left : VM_BATCH_MAX;
		run_batches(test, nr);
		for (i = 0; i < VCPUS; i++)
			check(test, &test->cpus[i], nr);
	}
	check_statistics(test);
	destroy_world(test);
}

/* Else the calls that were made up prove nothing. */
static void everything_came_up(void **state)
{
	unsigned int i;

	print_message(
		"# %llu KVM's, %llu denied, %llu forwarded, %llu answered, %llu refused SMCs; "
		"%llu violations, %llu denials waived\n",
		(unsigned long long)outcomes[0], (unsigned long long)outcomes[1],
		(unsigned long long)outcomes[2], (unsigned long long)outcomes[3],
		(unsigned long long)outcomes[4], (unsigned long long)violations,
		(unsigned long long)waived);
	for (i = 0; i < OUTCOMES; i++)
		assert_true(outcomes[i] > 0);
	assert_true(violations > 0 && waived > 0);
}

static int silent(enum libbpf_print_level level, const char *format, va_list args)
{
	return 0;
}

static uint64_t option(int argc, char **argv, const char *name, uint64_t otherwise)
{
	int i;

	for (i = 2; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], name))
			return strtoull(argv[i + 1], NULL, 0);
	}
	return otherwise;
}

int main(int argc, char **argv)
{
	static uint64_t numbers[WORLDS];
	static char names[WORLDS][64];
	static struct CMUnitTest tests[WORLDS + 1];
	unsigned int i, world;

	if (argc < 2 || argc % 2) {
		fprintf(stderr,
			"usage: %s DIRECTORY-OF-POLICIES [--calls N] [--seed N] [--world N]\n",
			argv[0]);
		return 2;
	}
	policy_dir = argv[1];
	libbpf_set_print(silent);
	seed = option(argc, argv, "--seed", (uint64_t)time(NULL) << 16);
	/* that many at least */
	calls_of_a_vcpu =
		(option(argc, argv, "--calls", 200000) + WORLDS * VCPUS - 1) / (WORLDS * VCPUS);
	printf("# seed %llu, %u calls\n", (unsigned long long)seed,
	       calls_of_a_vcpu * WORLDS * VCPUS);
	for (i = 0; i < WORLDS; i++) {
		numbers[i] = i;
		snprintf(names[i], sizeof(names[i]), "every_call_ends_as_predicted_in_world_%u", i);
		tests[i] = (struct CMUnitTest){ .name = names[i],
						.test_func = every_call_ends_as_predicted,
						.initial_state = &numbers[i] };
	}
	tests[WORLDS] = (struct CMUnitTest)cmocka_unit_test(everything_came_up);
	world = option(argc, argv, "--world", WORLDS);
	if (world < WORLDS)
		return !!_cmocka_run_group_tests("fuzz", &tests[world], 1, NULL, NULL);
	return !!_cmocka_run_group_tests("fuzz", tests, WORLDS + 1, NULL, NULL);
}
