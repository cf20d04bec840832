/* SPDX-License-Identifier: GPL-2.0 */
/* Rows of listing__read() as metrics. */
#ifndef SMCCC_EXPOSITION_H
#define SMCCC_EXPOSITION_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

/*
 * Text that Prometheus' text format and its reader of OpenMetrics have in common: for
 * both it ends with "# EOF", and info is a gauge. They differ in how the family of a
 * counter is named, NAME_total or, strictly as OpenMetrics 1.0 has it, NAME.
 * To be freed by the caller; NULL on lack of memory.
 */
char *exposition__make(struct json_object *rows, bool openmetrics, size_t *size);

#endif
