/* SPDX-License-Identifier: GPL-2.0 */
/* The program in force, under other settings: no file is read, nothing is verified again. */
#ifndef SMCCC_SETTINGS_H
#define SMCCC_SETTINGS_H

#include <bpf/btf.h>

#include "ops.h"

/*
 * A map like that of the policy in force, with the same programs and other flags
 * and another cookie: its fd. -1 if the kernel does not let us: that takes
 * CAP_SYS_ADMIN, as all that has objects by their ids.
 */
int settings__make_map(int old_map_fd, const struct btf *kernel, const struct ops_values *values);

#endif
