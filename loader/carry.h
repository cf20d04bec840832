/* SPDX-License-Identifier: GPL-2.0 */
/* The maps of the policy in force, for the policy that replaces it. */
#ifndef SMCCC_CARRY_H
#define SMCCC_CARRY_H

#include <bpf/libbpf.h>

#include "attachment.h"

/*
 * Between opening and loading obj: has it use each map of the policy in force that
 * it declares in the same way, itself: so nothing is copied, and nothing lost that
 * is counted meanwhile. types: see map_types.h. What became of each map is returned,
 *
 *	"carried_over": "map", "shared_with" (how many other attachments)
 *	"anew": "map", "why"
 *	"given_up": "map"
 *
 * or NULL with err set.
 */
struct json_object *carry__over(const struct attachment *old, const struct pins *pins,
				struct bpf_object *obj, struct json_object *types, struct err *err);
/* The same if none is to be carried over: why is for all. */
struct json_object *carry__nothing(const struct attachment *old, const struct pins *pins,
				   struct bpf_object *obj, const char *why, struct err *err);
/* The same for the program in force, which keeps its maps. */
struct json_object *carry__all(const struct attachment *old, const struct pins *pins);
/* A line, or nothing if there were no maps. */
void carry__print(struct json_object *result);

#endif
