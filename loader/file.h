/* SPDX-License-Identifier: GPL-2.0 */
/* Whole files into memory. */
#ifndef SMCCC_FILE_H
#define SMCCC_FILE_H

#include <stddef.h>

/* More than any policy needs; a device or a disk image given by mistake ends here. */
#define FILE_LIMIT (64UL << 20)

/* Reads from the start; data gets a terminating NUL beyond size and is freed by the caller. */
int file__read_fd(int fd, size_t limit, void **data, size_t *size);
/* -EISDIR and -EINVAL tell a directory and another non-regular file. */
int file__read(const char *path, size_t limit, void **data, size_t *size);

#endif
