// SPDX-License-Identifier: GPL-2.0
#include "attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bpf_global.h"

const char *policy_dir;

static void set_fields(struct bpf_object *object, struct bpf_map *ops,
		       const struct ops_fields *fields)
{
	void *at;

#define SET(member)                                \
	at = bpf_ops_member(object, ops, #member); \
	assert_non_null(at);                       \
	memcpy(at, &fields->member, sizeof(fields->member))
	SET(vm_fd);
	SET(flags);
	SET(cookie);
	SET(forward_ranges);
	SET(answer_ranges);
#undef SET
}

/* Neither the programs for tools without KVM nor what they write into. */
static void load_struct_ops_only(struct bpf_object *object)
{
	struct bpf_map *sweep = bpf_object__find_map_by_name(object, ".bss.sweep");
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, object)
		bpf_program__set_autoload(prog,
					  bpf_program__type(prog) == BPF_PROG_TYPE_STRUCT_OPS);
	bpf_map__set_autocreate(sweep, false);
}

struct bpf_object *ops_load(const char *name, const struct ops_fields *fields, __u32 map_flags,
			    struct bpf_map **ops)
{
	struct bpf_object *object;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.bpf.o", policy_dir, name);
	object = bpf_object__open_file(path, NULL);
	assert_non_null(object);
	load_struct_ops_only(object);
	*ops = bpf_object__find_map_by_name(object, name);
	assert_non_null(*ops);

	assert_int_equal(bpf_map__set_map_flags(*ops, map_flags), 0);
	set_fields(object, *ops, fields);
	assert_int_equal(bpf_object__load(object), 0);
	return object;
}

static struct scripted *load(const struct ops_fields *fields, __u32 map_flags)
{
	struct scripted *policy = calloc(1, sizeof(*policy));

	assert_non_null(policy);
	policy->object = ops_load("scripted", fields, map_flags, &policy->ops);
	policy->script = bpf_global(policy->object, ".bss", "script");
	policy->sighting = bpf_global(policy->object, ".bss", "sighting");
	assert_true(policy->script && policy->sighting);
	return policy;
}

struct scripted *scripted_load(const struct ops_fields *fields)
{
	return load(fields, BPF_F_LINK);
}

struct scripted *scripted_load_without_link(const struct ops_fields *fields)
{
	return load(fields, 0);
}

struct scripted *scripted_attached(int vm_fd, __u32 flags, enum verdict verdict)
{
	struct ops_fields fields = { .vm_fd = vm_fd, .flags = flags };
	struct scripted *policy = scripted_load(&fields);

	policy->script->verdict = verdict;
	assert_int_equal(scripted_attach(policy), 0);
	return policy;
}

int scripted_attach(struct scripted *policy)
{
	policy->link = bpf_map__attach_struct_ops(policy->ops);
	return policy->link ? 0 : -errno;
}

int scripted_replace(struct scripted *attached, struct scripted *with)
{
	int err = bpf_link__update_map(attached->link, with->ops);

	if (err)
		return err;

	with->link = attached->link;
	attached->link = NULL;
	return 0;
}

void scripted_detach(struct scripted *policy)
{
	assert_int_equal(bpf_link__destroy(policy->link), 0);
	policy->link = NULL;
}

void scripted_free(struct scripted *policy)
{
	bpf_link__destroy(policy->link);
	bpf_object__close(policy->object);
	free(policy);
}
