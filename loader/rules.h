/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules as data, for a policy that decides by them (examples/ranges.bpf.c): read
 * from the command line and from a file, put into the policy's map "rules".
 */
#ifndef SMCCC_LOADER_RULES_H
#define SMCCC_LOADER_RULES_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include "error.h"
#include "options.h"
#include "smccc_rules.h"

/* Zeroed to begin with; rules__free() in any case. */
struct rules {
	struct smccc_rule *rule; /* [0]: for the rest; [1] to [count]: sorted, linked */
	__u32 count;
	bool given;
	bool optional; /* a policy that takes no rules does not mind */
	bool forward;  /* one of them says so */
};

/*
 * "FIRST[-LAST]=VERDICT", FIRST and LAST function IDs by name or number, VERDICT
 * handle, deny or forward; "default=VERDICT" for all other IDs, else handle. In
 * the file a rule a line, # for comments. Overlaps are errors. Either may be NULL.
 */
int rules__read(struct rules *rules, const struct opt_list *options, const char *file,
		struct err *err);
/* Before the object is loaded: makes room. label is the policy's, for messages. */
int rules__prepare(const struct rules *rules, struct bpf_object *object, const char *label,
		   struct err *err);
bool rules__taken_by(struct bpf_object *object);
/* The map that such a policy has them in. */
bool rules__is_map(const struct bpf_map *map);
/* After: writes them, for good. */
int rules__fill(const struct rules *rules, struct bpf_object *object, struct err *err);
void rules__free(struct rules *rules);

#endif
