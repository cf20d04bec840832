/* SPDX-License-Identifier: GPL-2.0 */
/* A record of a policy's ring buffer as a line: for people, or as a JSON object. */
#ifndef SMCCC_LOADER_EVENT_H
#define SMCCC_LOADER_EVENT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "smccc_event.h"

/* Zeroed to begin with, but for json. */
struct event_printer {
	bool json;
	__s64 offset_ns; /* from the events' clock to that on the wall */
	time_t second;	 /* which date holds */
	char date[32];
};

/* Once before events are printed; the clock on the wall may be set at any time. */
void event__update_clock(struct event_printer *printer);
/* vm: the name, in JSON quoted. */
void event__print(struct event_printer *printer, FILE *out, const char *vm,
		  const struct smccc_event *event);

#endif
