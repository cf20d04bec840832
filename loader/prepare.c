// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "kernel.h"
#include "map_types.h"
#include "prepare.h"
#include "recipe.h"
#include "record.h"

void critical__enter(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
}

int prepared__open(struct prepared *prepared, const struct policy_source *source, struct err *err)
{
	prepared->source = source;
	if (policy_file__read(source, &prepared->file, err) ||
	    policy__open(&prepared->policy, &prepared->file, err))
		return -1;
	prepared->map_types = map_types__of(prepared->policy.obj);
	if (!prepared->map_types)
		return err_no_memory(err);
	return prepared->kernel ? 0 : kernel__require(&prepared->kernel, err);
}

__u32 prepared__map_id(const struct prepared *prepared)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	if (bpf_map_get_info_by_fd(bpf_map__fd(prepared->policy.ops), &info, &len))
		return 0;
	return info.id;
}

static void fill_program(const struct bpf_program *prog, struct record_data *data)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	size_t i;

	if (bpf_prog_get_info_by_fd(bpf_program__fd(prog), &info, &len))
		return;
	data->prog_id = info.id;
	for (i = 0; i < sizeof(info.tag); i++)
		snprintf(data->prog_tag + 2 * i, 3, "%02x", info.tag[i]);
}

int prepared__load(struct prepared *prepared, const struct policy_settings *settings,
		   const struct vm_owner *vmm, bool verbose, struct err *err)
{
	struct record_data data = { .file = prepared->file.path, .vmm = *vmm };
	struct policy *policy = &prepared->policy;

	if (policy__configure(policy, settings, err) || policy__load(policy, verbose, err) ||
	    policy__publish(policy, prepared->kernel, &prepared->values, err))
		return -1;
	data.policy = bpf_map__name(policy->ops);
	data.values = prepared->values;
	data.map_id = prepared__map_id(prepared);
	fill_program(policy->call, &data);
	prepared->record = record__make(&data);
	if (!prepared->record || recipe__write(prepared->record, prepared->source, &prepared->file))
		return err_no_memory(err);
	json_object_object_add(prepared->record, "map_types", json_object_get(prepared->map_types));
	return 0;
}

void prepared__close(struct prepared *prepared)
{
	json_object_put(prepared->record);
	json_object_put(prepared->map_types);
	policy__close(&prepared->policy);
	btf__free(prepared->kernel);
	policy_file__free(&prepared->file);
	memset(prepared, 0, sizeof(*prepared));
}
