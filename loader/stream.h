/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For commands that run until they are told to end: the signals that tell them,
 * as a descriptor, and an output that a reader who has stopped reading cannot
 * keep from ending.
 */
#ifndef SMCCC_STREAM_H
#define SMCCC_STREAM_H

#include <stdbool.h>
#include <stdio.h>

#include "error.h"

struct stream {
	int signals; /* a signalfd: SIGINT, SIGTERM, SIGHUP; SIGWINCH */
	bool stop;   /* one of the first three came */
	bool resized;
	FILE *out; /* stdout, with a buffer of its own */
	int error; /* errno: out has failed; nothing more is written */
};

int stream__open(struct stream *stream, struct err *err);
/* Reads the signals that have come. */
void stream__read_signals(struct stream *stream);
/* Writes what is buffered. False: it is over, see error. */
bool stream__flush(struct stream *stream);
/*
 * A reader that went away, or did not read any more after a signal, is no failure;
 * a full disk is.
 */
int stream__close(struct stream *stream, struct err *err);

#endif
