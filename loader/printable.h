/* SPDX-License-Identifier: GPL-2.0 */
/* Text that others chose, such as the names of processes, made fit for terminals and JSON. */
#ifndef SMCCC_PRINTABLE_H
#define SMCCC_PRINTABLE_H

#include <stddef.h>

/* How long the UTF-8 character at text is; 0: it is none. */
size_t printable__utf8(const char *text);
/* Puts '?' for control characters and for what is not UTF-8. */
void printable__make(char *text);

#endif
