/* SPDX-License-Identifier: GPL-2.0 */
/* Files that others read while they are written. */
#ifndef SMCCC_ATOMIC_FILE_H
#define SMCCC_ATOMIC_FILE_H

#include <stddef.h>

#include "error.h"

/*
 * Puts the file in place of the one that was there, mode 0644. A reader finds the one or
 * the other, whole; if it fails, the old one.
 */
int atomic_file__write(const char *path, const void *data, size_t size, struct err *err);

#endif
