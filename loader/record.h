/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel does not keep about an attachment: which file the policy came
 * from, who runs the VM, when it was attached. JSON text in a pinned array map:
 * it lives exactly as long as the pins do, and versions of the loader can read
 * each other's.
 */
#ifndef SMCCC_RECORD_H
#define SMCCC_RECORD_H

#include <linux/types.h>

#include "error.h"
#include "ops.h"
#include "vm.h"

struct bpf_object;
struct json_object;

struct record_data {
	const char *policy; /* the name that the policy gives itself */
	const char *file;
	struct ops_values values;
	struct vm_owner vmm;
	__u32 map_id; /* of the policy that this record is about */
	__u32 prog_id;
	char prog_tag[17];
};

/* All NULL on lack of memory, as json-c's own functions. */
struct json_object *record__make(const struct record_data *data);
/* The same policy from now on under other settings, in another struct_ops map. */
struct json_object *record__renew(struct json_object *old, const struct ops_values *values,
				  __u32 map_id);
/*
 * How many policies were loaded to replace others: who has seen the old record and then
 * the new one knows by "loads" whether there was one between.
 */
int record__count_load(struct json_object *record, struct json_object *old);
/* obj: what the record is about, if that is loaded now. */
int record__pin(struct json_object *record, const struct bpf_object *obj, const char *path,
		struct err *err);
/* NULL if there is none, or it cannot be understood. */
struct json_object *record__read(const char *path);

void record__get_vmm(struct json_object *record, struct vm_owner *vmm);
/* What operators call it; "" if it has no name. */
const char *record__vm_name(struct json_object *record);
void record__get_values(struct json_object *record, struct ops_values *values);
__u64 record__number(struct json_object *record, const char *key);
/* "" if there is none */
const char *record__string(struct json_object *record, const char *key);

#endif
