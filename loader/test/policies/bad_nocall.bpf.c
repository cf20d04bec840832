// SPDX-License-Identifier: GPL-2.0
/* A policy without its program. */
#include "smccc_policy.h"

SEC(".struct_ops.link") struct kvm_smccc_ops nocall = { .cookie = 1 };
