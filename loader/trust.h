/* SPDX-License-Identifier: GPL-2.0 */
/* Whether nobody else can change a file that decides what is done with our rights. */
#ifndef SMCCC_TRUST_H
#define SMCCC_TRUST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The file, or folder, and each folder above it belong to root, or to the user
 * who runs the loader, and nobody else may write to them (where the next part of the
 * path is a folder, too, the sticky bit will do). The same goes for the symbolic links
 * that lead there. Otherwise why gets the reason. Nobody else can change this: what
 * holds before the file is read holds when it is read, and the other way round.
 */
bool trust__holds(const char *path, char *why, size_t size);

#endif
