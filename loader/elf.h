/* SPDX-License-Identifier: GPL-2.0 */
/* Files that are no BPF objects: libelf tells what they are, libbpf does not. */
#ifndef SMCCC_ELF_H
#define SMCCC_ELF_H

#include "policy_file.h"

/* Refuses what is not an ELF object for BPF, saying what it is instead. */
int elf__check(const struct policy_file *file, struct err *err);

#endif
