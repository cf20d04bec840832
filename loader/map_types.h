/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a policy's maps are declared, as something to compare: kept in the record of
 * an attachment, so that a policy that replaces it can tell whether its maps are
 * the same. (The kernel knows, too, but tells only by CAP_SYS_ADMIN.)
 */
#ifndef SMCCC_MAP_TYPES_H
#define SMCCC_MAP_TYPES_H

#include <bpf/libbpf.h>

struct json_object;

/*
 * {"counters": "SHA-256 of the C declarations of its key and value", ...} of an
 * object that is not yet loaded: all maps that get pinned, by those names; "" for
 * one without types. Of global variables also their places and initial values, which
 * belong to the policy. NULL on lack of memory.
 */
struct json_object *map_types__of(const struct bpf_object *obj);

#endif
