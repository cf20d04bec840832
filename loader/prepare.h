/* SPDX-License-Identifier: GPL-2.0 */
/* A policy from its file to a map in the kernel that can be put on a VM: attach and replace. */
#ifndef SMCCC_PREPARE_H
#define SMCCC_PREPARE_H

#include <signal.h>

#include "policy.h"
#include "policy_file.h"
#include "vm.h"

struct json_object;

/* Zeroed to begin with; prepared__close() in any case. */
struct prepared {
	const struct policy_source *source;
	struct policy_file file;
	struct policy policy;
	struct btf *kernel;
	struct json_object *map_types; /* see map_types.h */
	struct ops_values values;      /* as they are in force once it is attached */
	struct json_object *record;
};

/* The options that attach and replace share. */
#define POLICY_OPTIONS(container)                                                        \
	{ .name = "cookie",                                                              \
	  .arg = "N",                                                                    \
	  .help = "64-bit number that the policy sees with each call",                   \
	  OPTION_NUMBER_AT(container, cookie) },                                         \
		{ .name = "include",                                                     \
		  .letter = 'I',                                                         \
		  .arg = "DIR",                                                          \
		  .help = "where to look for headers of a .bpf.c (may be repeated)",     \
		  OPTION_LIST_AT(container, include) },                                  \
		{ .name = "rule",                                                        \
		  .arg = "ID[-ID]=VERDICT",                                              \
		  .help = "a rule for a policy that decides by rules (may be repeated)", \
		  OPTION_LIST_AT(container, rule) },                                     \
		{ .name = "rules",                                                       \
		  .arg = "FILE",                                                         \
		  .help = "a file of such rules, one a line",                            \
		  OPTION_STRING_AT(container, rules) },                                  \
	{                                                                                \
		.name = "data-dir", .arg = "DIR",                                        \
		.help = "where the default policy and smccc_policy.h are "               \
			"(default $SMCCC_BPF_DIR)",                                      \
		OPTION_STRING_AT(container, data_dir)                                    \
	}

/* Everything up to the question whether this kernel can run it. */
int prepared__open(struct prepared *prepared, const struct policy_source *source, struct err *err);
/* Into the kernel, not yet on a VM. */
int prepared__load(struct prepared *prepared, const struct policy_settings *settings,
		   const struct vm_owner *vmm, bool verbose, struct err *err);

/* What one VM of many has of it: a map of its own, over the programs that were loaded once. */
struct instance {
	int map_fd; /* -1: there is none */
	__u32 map_id;
	struct ops_values values;
	struct json_object *record;
};

/* Into the kernel, for many: vm_fd and cookie of the settings do not matter yet. */
int prepared__load_once(struct prepared *prepared, const struct policy_settings *settings,
			bool verbose, struct err *err);
int prepared__instance(struct prepared *prepared, const struct policy_settings *settings,
		       const struct vm_owner *vmm, struct instance *instance, struct err *err);
void instance__close(struct instance *instance);

/* Of a map; 0 if it cannot be had. */
__u32 prepared__id_of(int map_fd);
__u32 prepared__map_id(const struct prepared *prepared);
void prepared__close(struct prepared *prepared);

/*
 * From here on SIGINT, SIGTERM and SIGHUP wait until the process ends by
 * itself: what is being done is then done, or undone, and said.
 */
void critical__enter(void);
/* The same until critical__end(), in a process that is not ours to end. */
void critical__begin(sigset_t *before);
void critical__end(const sigset_t *before);
/* From here on they come to nothing, those that wait too. */
void critical__ignore(void);
/* Did one of them come meanwhile? */
bool critical__is_interrupted(void);

#endif
