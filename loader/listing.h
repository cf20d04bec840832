/* SPDX-License-Identifier: GPL-2.0 */
/* All policies that can be seen, with their VMs' counters: what list, show and metrics tell. */
#ifndef SMCCC_LISTING_H
#define SMCCC_LISTING_H

#include "error.h"
#include "pins.h"

/*
 * An array of rows as of attachment__row(), each with "counters", or with null there
 * and the reason in "counters_unknown". To be put by the caller; NULL: err is set.
 */
struct json_object *listing__read(const struct pins *pins, struct err *err);

#endif
