/* SPDX-License-Identifier: GPL-2.0 */
/* What libbpf does not tell about an object file, through libelf. */
#ifndef SMCCC_ELF_H
#define SMCCC_ELF_H

#include <stddef.h>

#include "policy_file.h"

/* Refuses what is not an ELF object for BPF, saying what it is instead. */
int elf__check(const struct policy_file *file, struct err *err);
/* Copies the contents of section "license"; "" if there is none. */
void elf__license(const struct policy_file *file, char *license, size_t size);

#endif
