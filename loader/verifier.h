/* SPDX-License-Identifier: GPL-2.0 */
/* What a reader needs of a verifier log. */
#ifndef SMCCC_VERIFIER_H
#define SMCCC_VERIFIER_H

#include <stddef.h>

#define VERIFIER_TAIL 10

struct verifier_summary {
	char source[256]; /* the source line that was refused, or "" */
	char place[128];  /* its file:line, or "" */
	char reason[256]; /* the verifier's own words, or "" */
	size_t tail;	  /* where in the log the last lines begin */
};

/*
 * Works on any layout: what is not found stays empty, and the last lines are
 * there in any case.
 */
void verifier__summarize(const char *log, struct verifier_summary *summary);

#endif
