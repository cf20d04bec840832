/* SPDX-License-Identifier: GPL-2.0 */
/* Questions to whoever sits at the terminal. */
#ifndef SMCCC_ASK_H
#define SMCCC_ASK_H

#include <stdbool.h>

/* Whether stdin is a terminal. */
bool ask__is_possible(void);
/* Prints "QUESTION [y/N] " on stderr, and reads a line; anything but y and yes is a no. */
bool ask__yes(const char *question);

#endif
