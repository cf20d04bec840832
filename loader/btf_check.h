/* SPDX-License-Identifier: GPL-2.0 */
/* Types that libbpf takes for sane, and then is not safe with. */
#ifndef SMCCC_BTF_CHECK_H
#define SMCCC_BTF_CHECK_H

#include <bpf/btf.h>
#include <stdbool.h>

/* Of types that libbpf has read. -EINVAL: they are not sane; -ENOMEM. */
int btf_check(const struct btf *btf);

/*
 * Where a struct_ops is in its section, and how long, libbpf adds up in 32 bits, and
 * takes what is there: below this the sum is right.
 */
#define BTF_OFFSET_LIMIT (1U << 31)

#endif
