/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SMCCC_PROC_H
#define SMCCC_PROC_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A number in /proc/PID/status, which everybody may read, by a scanf() format such as
 * "Uid: %*u %u". False if there is none, or no such process.
 */
bool proc__status(pid_t pid, const char *format, unsigned int *number);

#endif
