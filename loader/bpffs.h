/* SPDX-License-Identifier: GPL-2.0 */
/* The BPF file system, on which pins can be made. */
#ifndef SMCCC_BPFFS_H
#define SMCCC_BPFFS_H

#include <stdbool.h>

#include "error.h"

#define BPFFS "/sys/fs/bpf"

/* Is path, or the nearest of its parents that exists, on a BPF file system? */
bool bpffs__holds(const char *path);
/* An error if it is not. */
int bpffs__require(const char *dir, struct err *err);
/* The same, but mounts the BPF file system first if it should be there and is not. */
int bpffs__ensure(const char *dir, struct err *err);

#endif
