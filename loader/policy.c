// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bpf_log.h"
#include "elf.h"
#include "json_add.h"
#include "kernel.h"
#include "policy.h"
#include "token.h"
#include "verifier.h"

/* The kernel keeps the end of a log that does not fit. Untouched pages cost nothing. */
#define LOG_SIZE (16U << 20)

/* Where smccc_policy.h lets a policy's "<name>_sweep" put its results: 64 KiB for each VM. */
#define SWEEP_MAP ".bss.sweep"

#define DECLARE_HINT "declare one policy as smccc_policy.h says"

static const char *ops_type_name(const struct policy *policy, const struct bpf_map *map)
{
	const struct btf *btf = bpf_object__btf(policy->obj);
	const struct btf_type *type = btf__type_by_id(btf, bpf_map__btf_value_type_id(map));

	return type ? btf__name_by_offset(btf, type->name_off) : "?";
}

static int take_ops(struct policy *policy, struct bpf_map *map, struct err *err)
{
	const char *type = ops_type_name(policy, map);

	if (strcmp(type, OPS_NAME))
		return err_set(err, ERR_POLICY_INVALID, DECLARE_HINT,
			       "%s holds '%s' for another struct_ops: %s, not " OPS_NAME,
			       policy->label, bpf_map__name(map), type);
	if (policy->ops)
		return err_set(err, ERR_POLICY_INVALID, "split it into one file for each",
			       "%s holds two policies, '%s' and '%s'", policy->label,
			       bpf_map__name(policy->ops), bpf_map__name(map));
	policy->ops = map;
	return 0;
}

static int find_ops(struct policy *policy, struct err *err)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, policy->obj) {
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS && take_ops(policy, map, err))
			return -1;
	}
	if (!policy->ops)
		return err_set(err, ERR_POLICY_INVALID, DECLARE_HINT,
			       "%s holds no policy: there is no struct " OPS_NAME " in it",
			       policy->label);
	if (!(bpf_map__map_flags(policy->ops) & BPF_F_LINK))
		return err_set(err, ERR_POLICY_INVALID, "put it into SEC(\".struct_ops.link\")",
			       "%s: policy '%s' cannot be attached to a VM: it is declared for "
			       "struct_ops without links",
			       policy->label, bpf_map__name(policy->ops));
	return 0;
}

static bool has_program(const struct policy *policy, const struct bpf_program *wanted)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, policy->obj) {
		if (prog == wanted)
			return true;
	}
	return false;
}

static int check_members(struct policy *policy, struct err *err)
{
	const char *missing;

	if (ops_layout__object(&policy->layout, bpf_object__btf(policy->obj),
			       bpf_map__btf_value_type_id(policy->ops)))
		return err_set(err, ERR_POLICY_INVALID, DECLARE_HINT, "%s: '%s' is not a structure",
			       policy->label, bpf_map__name(policy->ops));
	missing = ops__missing_member(&policy->layout);
	if (missing)
		return err_set(err, ERR_POLICY_INVALID,
			       "compile it again with this version's smccc_policy.h",
			       "%s: its struct " OPS_NAME " has no member '%s'", policy->label,
			       missing);
	policy->call = ops__call(&policy->layout, bpf_map__initial_value(policy->ops, NULL));
	/* without a relocation it is any number, which libbpf takes for a pointer as well */
	if (!policy->call || !has_program(policy, policy->call))
		return err_set(err, ERR_POLICY_INVALID,
			       "set .call to a SEC(\"struct_ops\") program",
			       "%s: policy '%s' has no call program", policy->label,
			       bpf_map__name(policy->ops));
	return 0;
}

/*
 * A map that asks to be pinned by its name is found by all that ask for that name, and
 * is anybody's: libbpf would use what is there, and leave it there.
 */
static int check_pinning(const struct policy *policy, struct err *err)
{
	const struct bpf_map *map;

	bpf_object__for_each_map(map, policy->obj) {
		if (bpf_map__pin_path(map))
			return err_set(
				err, ERR_POLICY_INVALID,
				"take its pinning out: each VM's policy has maps of its "
				"own, which are pinned beside its link",
				"%s: map '%s' is to be pinned as %s, for any policy to share",
				policy->label, bpf_map__name(map), bpf_map__pin_path(map));
	}
	return 0;
}

static int check_values(const struct policy *policy, struct err *err)
{
	struct ops_values values;
	__u64 both;

	ops__get(&policy->layout, bpf_map__initial_value(policy->ops, NULL), &values);
	both = values.forward_ranges & values.answer_ranges;
	if (both)
		return err_set(err, ERR_POLICY_INVALID, "a range has one owner: choose",
			       "%s claims range %d in forward_ranges and in answer_ranges",
			       policy->label, __builtin_ctzll(both));
	if ((values.forward_ranges | values.answer_ranges) & 1)
		return err_set(err, ERR_POLICY_INVALID, "take bit 0 out of its ranges",
			       "%s claims range 0, the Arm Architecture Calls, which always stay "
			       "with KVM",
			       policy->label);
	if (values.flags)
		return err_set(err, ERR_POLICY_INVALID,
			       "leave .flags out: whoever attaches chooses with --forward and "
			       "--permissive",
			       "%s sets flags (0x%x)", policy->label, values.flags);
	return 0;
}

void policy__choose(struct policy *policy, struct bpf_program *prog)
{
	bpf_program__set_autoload(prog, true);
	bpf_program__set_log_buf(prog, policy->log, LOG_SIZE);
}

/* Test entries and what only they use stay out of the kernel: the policy itself is loaded. */
static void load_policy_only(struct policy *policy)
{
	struct bpf_program *prog;
	struct bpf_map *map = bpf_object__find_map_by_name(policy->obj, SWEEP_MAP);

	if (map)
		bpf_map__set_autocreate(map, false);
	bpf_object__for_each_program(prog, policy->obj) {
		if (bpf_program__type(prog) != BPF_PROG_TYPE_STRUCT_OPS)
			bpf_program__set_autoload(prog, false);
		else
			bpf_program__set_log_buf(prog, policy->log, LOG_SIZE);
	}
}

int policy__open(struct policy *policy, const struct policy_file *file, struct err *err)
{
	return policy__open_with(policy, file, NULL, err);
}

int policy__open_with(struct policy *policy, const struct policy_file *file, const char *btf,
		      struct err *err)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "smccc_policy",
		    .btf_custom_path = btf);

	memset(policy, 0, sizeof(*policy));
	policy->label = file->label;
	policy->rules = &file->rules;
	if (elf__check(file, err))
		return -1;
	bpf_log__reset();
	policy->obj = bpf_object__open_mem(file->data, file->size, &opts);
	if (!policy->obj && errno == ENOMEM)
		return err_no_memory(err);
	if (!policy->obj)
		return err_set(err, ERR_POLICY_INVALID,
			       "compile it again (clang -g -O2 -target bpf)",
			       "%s is not a usable BPF object: %s", file->label,
			       bpf_log__warning()[0] ? bpf_log__warning() : strerror(errno));
	if (!bpf_object__btf(policy->obj))
		return err_set(err, ERR_POLICY_INVALID, "compile it with clang -g",
			       "%s holds no policy: it has no BTF", file->label);
	policy->log = calloc(1, LOG_SIZE);
	if (!policy->log)
		return err_no_memory(err);
	if (find_ops(policy, err) || check_members(policy, err) || check_values(policy, err) ||
	    check_pinning(policy, err) ||
	    rules__prepare(policy->rules, policy->obj, policy->label, err))
		return -1;
	load_policy_only(policy);
	return 0;
}

static void set_values(struct ops_values *values, const struct policy_settings *settings)
{
	values->vm_fd = settings->vm_fd;
	values->flags = settings->flags;
	if (settings->set_cookie)
		values->cookie = settings->cookie;
}

int policy__configure(struct policy *policy, const struct policy_settings *settings,
		      struct err *err)
{
	void *initial = bpf_map__initial_value(policy->ops, NULL);
	struct ops_values values;

	ops__get(&policy->layout, initial, &values);
	if (values.forward_ranges && !(settings->flags & OPS_F_FORWARD))
		return err_set(err, ERR_NEEDS_FORWARD,
			       "give --forward if this VMM completes forwarded calls, or take "
			       "another policy",
			       "%s forwards whole ranges to the VMM: without --forward each call "
			       "in them would be denied",
			       policy->label);
	if (policy->rules->forward && !(settings->flags & OPS_F_FORWARD))
		return err_set(err, ERR_NEEDS_FORWARD,
			       "give --forward if this VMM completes forwarded calls",
			       "a rule forwards calls to the VMM: without --forward they would be "
			       "denied");
	set_values(&values, settings);
	ops__set(&policy->layout, initial, &values);
	return 0;
}

static void add_log_lines(struct json_object *array, const char *log)
{
	while (*log) {
		size_t len = strcspn(log, "\n");

		json_append(array, json_object_new_string_len(log, len));
		log += len + !!log[len];
	}
}

static void describe_rejection(const char *log, const struct verifier_summary *summary,
			       bool verbose, struct err *err)
{
	const char *shown = verbose ? log : log + summary->tail;
	struct json_object *lines = json_object_new_array();

	if (asprintf(&err->detail, "%s%s%s%s%s\n%s", summary->source[0] ? "  at " : "",
		     summary->place, summary->place[0] ? ": " : "", summary->source,
		     shown == log ? "\nthe verifier's log:" : "\nthe end of the verifier's log:",
		     shown) < 0)
		err->detail = NULL;
	err->json = json_object_new_object();
	json_add_string(err->json, "source", summary->source);
	json_add_string(err->json, "place", summary->place);
	json_add_string(err->json, "reason", summary->reason);
	add_log_lines(lines, shown);
	json_add(err->json, "log", lines);
}

static int fail_rejected(const struct policy *policy, bool verbose, struct err *err)
{
	struct verifier_summary summary;

	verifier__summarize(policy->log, &summary);
	if (strstr(summary.reason, "GPL compatible"))
		return err_set(err, ERR_LICENSE,
			       "the kernel runs only GPL-compatible policies: char LICENSE[] "
			       "SEC(\"license\") = \"GPL\";",
			       "%s has no license, or not a GPL-compatible one", policy->label);
	err_set(err, ERR_REJECTED,
		verbose ? "change the line that it names" :
			  "change the line that it names; -v shows the whole log",
		"the kernel's verifier rejected %s%s%s", policy->label,
		summary.reason[0] ? ": " : "", summary.reason);
	describe_rejection(policy->log, &summary, verbose, err);
	return -1;
}

/*
 * By a token that does not delegate enough libbpf asks in vain what the kernel can do, and
 * then leaves out BTF, or maps, as for an old kernel.
 */
static bool is_short_of_token(const struct policy *policy, int ret)
{
	return bpf_object__token_fd(policy->obj) > 0 &&
	       (ret == -EPERM || ret == -EOPNOTSUPP ||
		strstr(policy->log, "not pointing to valid bpf_map"));
}

int policy__load(struct policy *policy, bool verbose, struct err *err)
{
	int ret;

	bpf_log__reset();
	ret = bpf_object__load(policy->obj);
	if (!ret)
		return rules__fill(policy->rules, policy->obj, err);
	if (is_short_of_token(policy, ret))
		return err_set(err, ERR_NO_PERMISSION,
			       "have its BPF file system mounted with the delegate_ options that "
			       "the manual names under Privileges",
			       "the BPF token of this container does not let this process load %s",
			       policy->label);
	if (policy->log[0])
		return fail_rejected(policy, verbose, err);
	if (ret == -EPERM)
		return err_set(err, ERR_NO_PERMISSION,
			       "run as root in the initial user namespace, or in a container with "
			       "a BPF token, and check that no lockdown or LSM policy forbids "
			       "bpf(2)",
			       "the kernel does not let this process load %s", policy->label);
	return err_set(err, ERR_FAILED, "-v shows libbpf's messages", "%s cannot be loaded: %s%s%s",
		       policy->label, strerror(-ret), bpf_log__warning()[0] ? ": " : "",
		       bpf_log__warning());
}

static int find_layout(struct ops_layout *layout, const struct btf *kernel, struct err *err)
{
	if (ops_layout__kernel(layout, kernel))
		return err_set(err, ERR_NO_HOOK, PATCH_HINT,
			       "this kernel's struct " OPS_NAME " is not a struct_ops type");
	return 0;
}

static int fill_map(const struct policy *policy, const struct ops_layout *layout, int map_fd,
		    const struct ops_values *values, struct err *err)
{
	void *initial = bpf_map__initial_value(policy->ops, NULL);
	void *value = ops__build_value(&policy->layout, initial, layout);
	__u32 zero = 0;
	int ret;

	if (!value)
		return err_no_memory(err);
	ops__set(layout, value, values);
	ret = bpf_map_update_elem(map_fd, &zero, value, 0);
	free(value);
	if (ret == -EINVAL)
		return err_set(err, ERR_POLICY_INVALID,
			       "check its ranges, and that the kernel is not older than the loader",
			       "the kernel refuses the settings of %s", policy->label);
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "the kernel does not take %s: %s",
			       policy->label, strerror(-ret));
	return 0;
}

int policy__publish(struct policy *policy, const struct btf *kernel, struct ops_values *values,
		    struct err *err)
{
	struct ops_layout layout;

	if (find_layout(&layout, kernel, err))
		return -1;
	ops__get(&policy->layout, bpf_map__initial_value(policy->ops, NULL), values);
	return fill_map(policy, &layout, bpf_map__fd(policy->ops), values, err);
}

int policy__new_map(struct policy *policy, const struct btf *kernel,
		    const struct policy_settings *settings, struct ops_values *values, int *map_fd,
		    struct err *err)
{
	/* the kernel wants the object's BTF as well, although the types are its own */
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_STRUCT_OPS,
				.key_size = sizeof(__u32),
				.max_entries = 1,
				.map_flags = BPF_F_LINK,
				.btf_fd = bpf_object__btf_fd(policy->obj) };
	struct ops_layout layout;

	if (find_layout(&layout, kernel, err))
		return -1;
	ops__get(&policy->layout, bpf_map__initial_value(policy->ops, NULL), values);
	set_values(values, settings);
	attr.btf_vmlinux_value_type_id = layout.value_id;
	attr.value_size = layout.size;
	*map_fd = token__create_map(policy->obj, bpf_map__name(policy->ops), &attr);
	if (*map_fd < 0)
		return err_set(err, ERR_FAILED, NULL, "cannot make a map for %s: %s", policy->label,
			       strerror(-*map_fd));
	return fill_map(policy, &layout, *map_fd, values, err);
}

void policy__close(struct policy *policy)
{
	bpf_object__close(policy->obj);
	free(policy->log);
	memset(policy, 0, sizeof(*policy));
}
