/* SPDX-License-Identifier: GPL-2.0 */
/* How an attachment is shown, by every command that shows one. */
#ifndef SMCCC_REPORT_H
#define SMCCC_REPORT_H

#include <stdbool.h>

struct json_object;

/* A line about what was done, then the attachment's fields; or the row as JSON. */
void report__attachment(struct json_object *row, const char *done, bool json);
/* A table of what was attached; or {"attachments": [...]} */
void report__attached(struct json_object *rows, bool json);
/* The same of what is attached, with counters */
void report__list(struct json_object *rows, bool json);

/* A paragraph for each; as JSON the same as list */
void report__show(struct json_object *rows, bool json);

#endif
