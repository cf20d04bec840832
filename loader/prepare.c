// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "json_add.h"
#include "kernel.h"
#include "map_types.h"
#include "prepare.h"
#include "recipe.h"
#include "record.h"

static const int critical_signals[] = { SIGINT, SIGTERM, SIGHUP };
#define CRITICAL_SIGNALS (sizeof(critical_signals) / sizeof(critical_signals[0]))

void critical__begin(sigset_t *before)
{
	sigset_t signals;
	size_t i;

	sigemptyset(&signals);
	for (i = 0; i < CRITICAL_SIGNALS; i++)
		sigaddset(&signals, critical_signals[i]);
	pthread_sigmask(SIG_BLOCK, &signals, before);
}

void critical__end(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

void critical__enter(void)
{
	critical__begin(NULL);
}

void critical__ignore(void)
{
	size_t i;

	for (i = 0; i < CRITICAL_SIGNALS; i++)
		signal(critical_signals[i], SIG_IGN);
}

bool critical__is_interrupted(void)
{
	sigset_t pending;
	size_t i;

	sigpending(&pending);
	for (i = 0; i < CRITICAL_SIGNALS; i++) {
		if (sigismember(&pending, critical_signals[i]))
			return true;
	}
	return false;
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

__u32 prepared__id_of(int map_fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	return bpf_map_get_info_by_fd(map_fd, &info, &len) ? 0 : info.id;
}

__u32 prepared__map_id(const struct prepared *prepared)
{
	return prepared__id_of(bpf_map__fd(prepared->policy.ops));
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

static struct json_object *make_record(const struct prepared *prepared,
				       const struct ops_values *values, __u32 map,
				       const struct vm_owner *vmm, struct err *err)
{
	struct record_data data = { .policy = bpf_map__name(prepared->policy.ops),
				    .file = prepared->file.path,
				    .values = *values,
				    .vmm = *vmm,
				    .map_id = map };
	struct json_object *record;

	fill_program(prepared->policy.call, &data);
	record = record__make(&data);
	if (record && !recipe__write(record, prepared->source, &prepared->file) &&
	    !json_add(record, "map_types", json_object_get(prepared->map_types)))
		return record;
	json_object_put(record);
	err_no_memory(err);
	return NULL;
}

int prepared__load_once(struct prepared *prepared, const struct policy_settings *settings,
			bool verbose, struct err *err)
{
	return policy__configure(&prepared->policy, settings, err) ||
			       policy__load(&prepared->policy, verbose, err) ?
		       -1 :
		       0;
}

int prepared__load(struct prepared *prepared, const struct policy_settings *settings,
		   const struct vm_owner *vmm, bool verbose, struct err *err)
{
	if (prepared__load_once(prepared, settings, verbose, err) ||
	    policy__publish(&prepared->policy, prepared->kernel, &prepared->values, err))
		return -1;
	prepared->record =
		make_record(prepared, &prepared->values, prepared__map_id(prepared), vmm, err);
	return prepared->record ? 0 : -1;
}

int prepared__instance(struct prepared *prepared, const struct policy_settings *settings,
		       const struct vm_owner *vmm, struct instance *instance, struct err *err)
{
	if (policy__new_map(&prepared->policy, prepared->kernel, settings, &instance->values,
			    &instance->map_fd, err))
		return -1;
	instance->map_id = prepared__id_of(instance->map_fd);
	instance->record = make_record(prepared, &instance->values, instance->map_id, vmm, err);
	return instance->record ? 0 : -1;
}

void instance__close(struct instance *instance)
{
	if (instance->map_fd >= 0)
		close(instance->map_fd);
	instance->map_fd = -1;
	json_object_put(instance->record);
	instance->record = NULL;
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
