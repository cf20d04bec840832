// SPDX-License-Identifier: GPL-2.0
/* Policies for the benchmark, loaded and attached with libbpf alone. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "bpf_global.h"
#include "smccc_rules.h"

#define F_FORWARD 1U

const char *object_dir;

static void set_member(struct bench_policy *policy, const char *name, const void *value,
		       size_t size)
{
	void *member = bpf_ops_member(policy->object, policy->ops, name);

	if (!member)
		die("struct kvm_smccc_ops has no member %s", name);
	memcpy(member, value, size);
}

/* One policy of the file, and nothing that is there for tools alone. */
static void choose(struct bench_policy *policy, const char *name)
{
	char program_name[64];
	struct bpf_program *program;
	struct bpf_map *map;

	snprintf(program_name, sizeof(program_name), "%s_call", name);
	bpf_object__for_each_program(program, policy->object)
		bpf_program__set_autoload(program,
					  !strcmp(bpf_program__name(program), program_name));
	bpf_object__for_each_map(map, policy->object) {
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS &&
		    strcmp(bpf_map__name(map), name))
			bpf_map__set_autocreate(map, false);
	}
	bpf_map__set_autocreate(bpf_object__find_map_by_name(policy->object, ".bss.sweep"), false);
	policy->ops = bpf_object__find_map_by_name(policy->object, name);
	if (!policy->ops)
		die("no policy '%s'", name);
}

/* Every second ID from there on, so that no two rules are one; the rest is KVM's. */
static void fill_rules(struct bpf_map *map, unsigned int nr)
{
	struct smccc_rule *rules = calloc(nr + 1, sizeof(*rules));
	__u32 i;

	if (!rules)
		die("out of memory");
	for (i = 1; i <= nr; i++) {
		rules[i].first = rules[i].last = BENCH_FIRST_RULE + 2 * (i - 1);
		rules[i].verdict = 1;
	}
	smccc_rules_link(rules, nr);
	for (i = 0; i <= nr; i++) {
		if (bpf_map_update_elem(bpf_map__fd(map), &i, &rules[i], BPF_ANY))
			die("rules: %s", strerror(errno));
	}
	if (bpf_map_freeze(bpf_map__fd(map)))
		die("rules: %s", strerror(errno));
	free(rules);
}

static int ignore_event(void *arg, void *data, size_t size)
{
	return 0;
}

void policy_load(struct bench_policy *policy, int vm_fd, const char *file, const char *name,
		 unsigned int rules)
{
	struct bpf_map *rules_map, *events;
	__u32 flags = F_FORWARD;
	__s32 fd = vm_fd;
	char path[4096];

	memset(policy, 0, sizeof(*policy));
	snprintf(path, sizeof(path), "%s/%s.bpf.o", object_dir, file);
	policy->object = bpf_object__open_file(path, NULL);
	if (!policy->object)
		die("%s: %s", path, strerror(errno));
	choose(policy, name);
	set_member(policy, "flags", &flags, sizeof(flags));
	set_member(policy, "vm_fd", &fd, sizeof(fd));
	rules_map = bpf_object__find_map_by_name(policy->object, "rules");
	if (rules_map)
		bpf_map__set_max_entries(rules_map, rules + 1);
	if (bpf_object__load(policy->object))
		die("%s: %s: %s", path, name, strerror(errno));
	if (rules_map)
		fill_rules(rules_map, rules);
	events = bpf_object__find_map_by_name(policy->object, "events");
	if (events)
		policy->events = ring_buffer__new(bpf_map__fd(events), ignore_event, NULL, NULL);
}

void policy_attach(struct bench_policy *policy)
{
	policy->link = bpf_map__attach_struct_ops(policy->ops);
	if (!policy->link)
		die("attach: %s", strerror(errno));
}

void policy_replace(struct bench_policy *attached, struct bench_policy *with)
{
	int err = bpf_link__update_map(attached->link, with->ops);

	if (err)
		die("replace: %s", strerror(-err));
	with->link = attached->link;
	attached->link = NULL;
}

void policy_detach(struct bench_policy *policy)
{
	bpf_link__destroy(policy->link);
	policy->link = NULL;
}

void policy_drain(void *arg)
{
	struct bench_policy *policy = arg;

	if (policy->events)
		ring_buffer__consume(policy->events);
}

void policy_free(struct bench_policy *policy)
{
	ring_buffer__free(policy->events);
	bpf_link__destroy(policy->link);
	bpf_object__close(policy->object);
}
