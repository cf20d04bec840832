/* SPDX-License-Identifier: GPL-2.0 */
/* What smccc_loader apply prints. */
#ifndef SMCCC_APPLY_REPORT_H
#define SMCCC_APPLY_REPORT_H

#include "apply.h"

bool apply_report__failed(const struct apply_vm *vms, size_t count);
/* A row for each VM found; an error if one did not get its policy, or not all can be found. */
int apply_report__vms(const struct apply_vm *vms, const struct found_vms *found, bool json,
		      struct err *err);
/* why: the policies could not be loaded here; NULL: they were. */
void apply_report__checked(const struct policies_conf *conf, const struct err *why, bool json);

#endif
