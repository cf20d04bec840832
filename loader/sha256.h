/* SPDX-License-Identifier: GPL-2.0 */
/* SHA-256 (FIPS 180-4), which neither libbpf nor any other library that we have offers. */
#ifndef SMCCC_SHA256_H
#define SMCCC_SHA256_H

#include <stddef.h>

#define SHA256_TEXT_SIZE 65

/* As sha256sum prints it. */
void sha256__text(const void *data, size_t size, char text[SHA256_TEXT_SIZE]);

#endif
