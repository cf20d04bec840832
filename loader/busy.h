/* SPDX-License-Identifier: GPL-2.0 */
/* Which policy a VM has, when it is refused a second one. */
#ifndef SMCCC_BUSY_H
#define SMCCC_BUSY_H

#include <bpf/btf.h>

#include "error.h"
#include "pins.h"

/* Sets the error for a VM that already has a policy, and returns -1. */
int busy__explain(const struct pins *pins, int vm_fd, const struct btf *kernel, struct err *err);

#endif
