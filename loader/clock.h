/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SMCCC_CLOCK_H
#define SMCCC_CLOCK_H

#include <linux/types.h>
#include <time.h>

static inline __u64 clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

#endif
