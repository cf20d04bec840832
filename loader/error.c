// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "json_add.h"

static const struct {
	const char *name;
	enum exit_code exit;
} codes[ERR_CODES] = {
	[ERR_NONE] = { "none", EXIT_DONE },
	[ERR_FAILED] = { "failed", EXIT_FAILED },
	[ERR_NO_MEMORY] = { "no_memory", EXIT_FAILED },
	[ERR_INTERRUPTED] = { "interrupted", EXIT_FAILED },
	[ERR_OUTPUT] = { "output", EXIT_FAILED },
	[ERR_USAGE] = { "usage", EXIT_USAGE },
	[ERR_NEEDS_FORWARD] = { "needs_forward", EXIT_USAGE },
	[ERR_NO_BTF] = { "no_btf", EXIT_NO_KERNEL_SUPPORT },
	[ERR_NO_BPF] = { "no_bpf", EXIT_NO_KERNEL_SUPPORT },
	[ERR_NO_HOOK] = { "no_hook", EXIT_NO_KERNEL_SUPPORT },
	[ERR_NO_PIDFD] = { "no_pidfd", EXIT_NO_KERNEL_SUPPORT },
	[ERR_NO_BPFFS] = { "no_bpffs", EXIT_FAILED },
	[ERR_REJECTED] = { "rejected", EXIT_REJECTED },
	[ERR_VM_BUSY] = { "vm_busy", EXIT_VM_BUSY },
	[ERR_BAD_FD] = { "bad_fd", EXIT_NO_VM },
	[ERR_NOT_A_VM] = { "not_a_vm", EXIT_NO_VM },
	[ERR_PROTECTED_VM] = { "protected_vm", EXIT_NO_VM },
	[ERR_VM_GONE] = { "vm_gone", EXIT_NO_VM },
	[ERR_NO_PROCESS] = { "no_process", EXIT_NO_VM },
	[ERR_NO_VM] = { "no_vm", EXIT_NO_VM },
	[ERR_SEVERAL_VMS] = { "several_vms", EXIT_USAGE },
	[ERR_POLICY_NOT_FOUND] = { "policy_not_found", EXIT_BAD_POLICY },
	[ERR_POLICY_INVALID] = { "policy_invalid", EXIT_BAD_POLICY },
	[ERR_POLICY_CHANGED] = { "policy_changed", EXIT_BAD_POLICY },
	[ERR_COMPILE] = { "compile", EXIT_BAD_POLICY },
	[ERR_NO_CLANG] = { "no_clang", EXIT_BAD_POLICY },
	[ERR_LICENSE] = { "license", EXIT_BAD_POLICY },
	[ERR_NO_PERMISSION] = { "no_permission", EXIT_NO_PERMISSION },
	[ERR_NAME_TAKEN] = { "name_taken", EXIT_NAME },
	[ERR_NO_SUCH_NAME] = { "no_such_name", EXIT_NAME },
	[ERR_NO_RETURN] = { "no_return", EXIT_BAD_POLICY },
	[ERR_TOO_SLOW] = { "too_slow", EXIT_BAD_POLICY },
	[ERR_BAD_CASES] = { "bad_cases", EXIT_BAD_CASES },
	[ERR_BAD_CONFIG] = { "bad_config", EXIT_BAD_CONFIG },
	[ERR_DECLINED] = { "declined", EXIT_FAILED },
	[ERR_NO_EVENTS] = { "no_events", EXIT_FAILED },
	[ERR_EVENTS_BUSY] = { "events_busy", EXIT_FAILED },
};

static const char *const exit_meanings[EXIT_CODES] = {
	[EXIT_DONE] = "done",
	[EXIT_FAILED] = "failed for another reason than those below",
	[EXIT_USAGE] = "wrong usage",
	[EXIT_NO_KERNEL_SUPPORT] = "this kernel cannot do it (see: smccc_loader features)",
	[EXIT_REJECTED] = "the kernel's verifier rejected the policy",
	[EXIT_VM_BUSY] = "the VM already has a policy",
	[EXIT_NO_VM] =
		"no usable VM: no such process or fd, not a VM, or one that is protected or gone",
	[EXIT_BAD_POLICY] = "the policy file is missing, invalid, changed or does not compile",
	[EXIT_NO_PERMISSION] = "a capability or access right is missing",
	[EXIT_NAME] = "no attachment of this name, or the name is taken",
	[EXIT_FOUND] =
		"done, and found something: a failed test case, a lint finding, a difference",
	[EXIT_BAD_CASES] = "the case file is missing or has errors; no case was run",
	[EXIT_BAD_CONFIG] =
		"policies.conf is missing, has errors, or others can change it; nothing was applied",
};

int err_set(struct err *err, enum err_code code, const char *hint, const char *fmt, ...)
{
	va_list ap;

	if (err->code != ERR_NONE)
		return -1;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	va_end(ap);
	snprintf(err->hint, sizeof(err->hint), "%s", hint ? hint : "");
	return -1;
}

void err_hint(struct err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
}

void err_clear(struct err *err)
{
	free(err->detail);
	json_object_put(err->json);
	memset(err, 0, sizeof(*err));
}

struct json_object *err_json(const struct err *err, const char *command)
{
	struct json_object *error = json_object_new_object();
	int ret = json_add_string(error, "code", err_name(err)) ||
		  json_add(error, "exit", json_object_new_int(err_exit_code(err))) ||
		  (command && json_add_string(error, "command", command)) ||
		  json_add_string(error, "message", err->message) ||
		  json_add_string(error, "hint", err->hint);

	if (err->json) {
		json_object_object_foreach(err->json, key, value)
			ret = ret || json_add(error, key, json_object_get(value));
	}
	if (!ret)
		return error;
	json_object_put(error);
	return NULL;
}

static const char *get_text(struct json_object *error, const char *key)
{
	struct json_object *value;
	const char *text = NULL;

	if (json_object_object_get_ex(error, key, &value))
		text = json_object_get_string(value);
	return text ? text : "";
}

void err_take_json(struct err *err, struct json_object *error, const char *text)
{
	static const char *const told[] = { "code", "exit", "command", "message", "hint" };
	enum err_code code = err_from_name(get_text(error, "code"));
	size_t i;

	if (!get_text(error, "message")[0]) {
		err_set(err, code == ERR_NONE ? ERR_FAILED : code, NULL, "%s", text);
		return;
	}
	err_set(err, code == ERR_NONE ? ERR_FAILED : code, get_text(error, "hint"), "%s",
		get_text(error, "message"));
	/* what it has more */
	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		json_object_object_del(error, told[i]);
	err->json = json_object_get(error);
}

int err_exit_code(const struct err *err)
{
	return codes[err->code].exit;
}

const char *err_name(const struct err *err)
{
	return codes[err->code].name;
}

enum err_code err_from_name(const char *name)
{
	enum err_code code;

	for (code = ERR_NONE + 1; code < ERR_CODES; code++) {
		if (!strcmp(codes[code].name, name))
			return code;
	}
	return ERR_NONE;
}

const char *exit_meaning(enum exit_code code)
{
	return exit_meanings[code];
}
