// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "plan.h"

/* A sweep of the plan's IDs, those of two policies, is one run: 65,536 at most. */
#define MAX_EDGES	 512
#define MAX_ID_CONSTANTS 2048

/* Flags and sizes, addresses that are page aligned and not, and the ends of the types. */
static const __u64 fixed_values[] = {
	1,
	2,
	3,
	4,
	8,
	0xff,
	0x1000,
	0x1001,
	0x10000,
	0x40000000,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	0x100000000,
	0x7fffffffffffffff,
	0x8000000000000000,
	0xffffffffffffffff,
};

/* Any; Xen's; Gunyah's first; the largest */
static const __u16 fixed_imms[] = { 1, 0xea1, 0x6000, 0xffff };

/* Function numbers of a service, in both conventions. */
static const struct {
	__u8 owner;
	__u16 first, last;
} probed[] = {
	{ SMCCC_OWNER_STANDARD, SMCCC_PSCI_FIRST, SMCCC_PSCI_LAST },
	{ SMCCC_OWNER_STANDARD, SMCCC_TRNG_FIRST, SMCCC_TRNG_LAST },
	{ SMCCC_OWNER_STANDARD, SMCCC_FFA_FIRST, SMCCC_FFA_LAST },
	{ SMCCC_OWNER_STANDARD_HYP, SMCCC_PV_TIME_FIRST, SMCCC_PV_TIME_LAST },
	/* KVM's and pKVM's; the queries */
	{ SMCCC_OWNER_VENDOR_HYP, 0x00, 0x7f },
	{ SMCCC_OWNER_VENDOR_HYP, 0xff00, 0xff03 },
};

#define HYPERV_CALL 0x46000001U /* all of Hyper-V's, by x1 */

static int add_id(struct plan *plan, __u32 id, struct err *err)
{
	if (plan->nr_ids == plan->room) {
		size_t room = plan->room ? plan->room * 2 : 1024;
		__u32 *ids = realloc(plan->ids, room * sizeof(*ids));

		if (!ids)
			return err_no_memory(err);
		plan->ids = ids;
		plan->room = room;
	}
	plan->ids[plan->nr_ids++] = id;
	return 0;
}

static void add_value(struct plan *plan, __u64 value)
{
	size_t i;

	for (i = 0; i < plan->nr_values; i++) {
		if (plan->values[i] == value)
			return;
	}
	if (value && plan->nr_values < PLAN_VALUES)
		plan->values[plan->nr_values++] = value;
	else if (value)
		plan->dropped++;
}

static void add_imm(struct plan *plan, __u16 imm)
{
	size_t i;

	for (i = 0; i < plan->nr_imms; i++) {
		if (plan->imms[i] == imm)
			return;
	}
	if (imm && plan->nr_imms < PLAN_IMMS)
		plan->imms[plan->nr_imms++] = imm;
	else if (imm)
		plan->dropped++;
}

static void add_odd_id(struct plan *plan, __u32 id)
{
	size_t i;

	for (i = 0; i < plan->nr_odd_ids; i++) {
		if (plan->odd_ids[i] == id)
			return;
	}
	if (plan->nr_odd_ids < PLAN_VALUES)
		plan->odd_ids[plan->nr_odd_ids++] = id;
	else
		plan->dropped++;
}

static int add_services(struct plan *plan, struct err *err)
{
	__u32 func;
	size_t i;

	for (i = 0; i < sizeof(probed) / sizeof(probed[0]); i++) {
		for (func = probed[i].first; func <= probed[i].last; func++) {
			__u32 id = SMCCC_ID(SMCCC_FAST, probed[i].owner, func);

			if (add_id(plan, id, err) || add_id(plan, id | SMCCC_64, err))
				return -1;
		}
	}
	return 0;
}

/* Of everything, however unknown: so that no range goes untried. */
static int add_blocks(struct plan *plan, struct err *err)
{
	static const __u32 funcs[] = { 0, (SMCCC_FUNC_MASK + 1) / 2, SMCCC_FUNC_MASK };
	__u32 block;
	int i;

	for (block = 0; block < SWEEP_BLOCKS; block++) {
		for (i = 0; i < 3; i++) {
			if (add_id(plan, block << 24 | funcs[i], err))
				return -1;
		}
	}
	return 0;
}

int plan__init(struct plan *plan, struct err *err)
{
	size_t i;

	memset(plan, 0, sizeof(*plan));
	for (i = 0; i < sizeof(fixed_values) / sizeof(fixed_values[0]); i++)
		add_value(plan, fixed_values[i]);
	for (i = 0; i < sizeof(fixed_imms) / sizeof(fixed_imms[0]); i++)
		add_imm(plan, fixed_imms[i]);
	if (add_services(plan, err) || add_blocks(plan, err))
		return -1;
	for (i = 0; i < named_functions_count; i++) {
		if (named_functions[i].id & NAMES_RESERVED_BITS)
			add_odd_id(plan, named_functions[i].id);
		else if (add_id(plan, named_functions[i].id, err))
			return -1;
	}
	return add_id(plan, HYPERV_CALL, err);
}

int plan__add_edges(struct plan *plan, const struct sweep *sweep, struct err *err)
{
	size_t edges = 0;
	__u32 i;

	for (i = 1; i < SWEEP_SIZE && edges < MAX_EDGES; i++) {
		if (sweep->verdicts[i] == sweep->verdicts[i - 1])
			continue;
		if (add_id(plan, sweep__id(i - 1), err) || add_id(plan, sweep__id(i), err))
			return -1;
		edges++;
	}
	return 0;
}

/* An ID, and its neighbours: where does what is true of it end? In both conventions. */
static int add_id_constant(struct plan *plan, __u32 id, struct err *err)
{
	int i;

	if (id & NAMES_RESERVED_BITS & ~SMCCC_SVE_HINT) {
		for (i = -1; i <= 1; i++)
			add_odd_id(plan, id + i);
		return 0;
	}
	id &= ~SMCCC_SVE_HINT;
	if (plan->constants++ >= MAX_ID_CONSTANTS) {
		plan->dropped++;
		return 0;
	}
	for (i = -1; i <= 1; i++) {
		if (add_id(plan, id + i, err) || add_id(plan, (id + i) ^ SMCCC_64, err))
			return -1;
	}
	return 0;
}

/* Comparisons are made with c, but for < and the like, where the neighbours count. */
static int add_constant(struct plan *plan, __u64 c, struct err *err)
{
	int i;

	for (i = -1; i <= 1; i++) {
		add_value(plan, c + i);
		if (c + i <= 0xffff)
			add_imm(plan, c + i);
	}
	return c <= 0xffffffff ? add_id_constant(plan, c, err) : 0;
}

static int add_from(struct plan *plan, const struct bpf_insn *insn, struct err *err)
{
	__u8 class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);
	__s64 imm = insn->imm;

	if (insn->code == (BPF_LD | BPF_IMM | BPF_DW) && !insn->src_reg)
		return add_constant(plan, (__u32)imm | (__u64)(__u32)insn[1].imm << 32, err);
	if (BPF_SRC(insn->code) != BPF_K)
		return 0;
	if (class == BPF_JMP32 || (class == BPF_ALU && (op == BPF_MOV || op == BPF_AND)))
		return add_constant(plan, (__u32)imm, err);
	if ((class == BPF_JMP && op != BPF_CALL && op != BPF_EXIT && op != BPF_JA) ||
	    (class == BPF_ALU64 && (op == BPF_MOV || op == BPF_AND)))
		return add_constant(plan, imm, err);
	/* "x - c < n" is how a compiler tests a range */
	if (class == BPF_ALU && op == BPF_ADD)
		return add_constant(plan, (__u32)-imm, err);
	if (class == BPF_ALU64 && op == BPF_ADD && insn->dst_reg != BPF_REG_10)
		return add_constant(plan, -imm, err);
	return 0;
}

int plan__add_constants(struct plan *plan, const struct runner *runner, struct err *err)
{
	const struct bpf_insn *insn = bpf_program__insns(runner->test);
	size_t i, count = bpf_program__insn_cnt(runner->test);

	for (i = 0; i < count; i++) {
		if (add_from(plan, insn + i, err))
			return -1;
		if (insn[i].code == (BPF_LD | BPF_IMM | BPF_DW))
			i++;
	}
	return 0;
}

static int compare_values(const void *a, const void *b)
{
	__u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return x < y ? -1 : x > y;
}

static int compare_ids(const void *a, const void *b)
{
	__u32 x = *(const __u32 *)a, y = *(const __u32 *)b;

	return x < y ? -1 : x > y;
}

void plan__finish(struct plan *plan)
{
	const struct fate_rules none = {};
	size_t i, kept = 0;

	qsort(plan->values, plan->nr_values, sizeof(*plan->values), compare_values);
	qsort(plan->ids, plan->nr_ids, sizeof(*plan->ids), compare_ids);
	for (i = 0; i < plan->nr_ids; i++) {
		__u32 id = plan->ids[i];

		if ((kept && plan->ids[kept - 1] == id) || id & NAMES_RESERVED_BITS ||
		    fate__reason(&none, id, 0, FATE_HANDLE) == FATE_NEVER_ASKED)
			continue;
		plan->ids[kept++] = id;
	}
	plan->nr_ids = kept;
}

void plan__free(struct plan *plan)
{
	free(plan->ids);
	memset(plan, 0, sizeof(*plan));
}
