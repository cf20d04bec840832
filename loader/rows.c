// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "rows.h"
#include "sweep.h"

/*
 * More than any list of rules makes. A policy that decides each ID by itself would make
 * 16 million, and gigabytes of what is said about them.
 */
#define ROWS_LIMIT (1U << 18)

static int push(struct rows *rows, const struct row *row, struct err *err)
{
	if (rows->count == ROWS_LIMIT)
		return err_set(err, ERR_POLICY_INVALID,
			       "`smccc_loader test` tells what it says to single calls",
			       "the policy decides neighbouring function IDs differently more "
			       "than %u times: too many to show",
			       ROWS_LIMIT);
	if (rows->count == rows->room) {
		size_t room = rows->room ? rows->room * 2 : 64;
		struct row *more = realloc(rows->row, room * sizeof(*more));

		if (!more)
			return err_no_memory(err);
		rows->row = more;
		rows->room = room;
	}
	rows->row[rows->count++] = *row;
	return 0;
}

/* Whole owners that are alike make one row; services of different owners do not. */
static bool extend(struct rows *rows, const struct row *row)
{
	size_t i, back = rows->count < 2 ? rows->count : 2;

	if (row->first & 0xffff || (row->last & 0xffff) != 0xffff)
		return false;
	for (i = rows->count - back; i < rows->count; i++) {
		struct row *last = &rows->row[i];

		if (last->class == row->class && last->conventions == row->conventions &&
		    !(last->first & 0xffff) && (last->last & 0xffff) == 0xffff &&
		    last->last >> 24 == (row->first >> 24) - 1) {
			last->last = row->last;
			return true;
		}
	}
	return false;
}

static int add(struct rows *rows, __u32 base, __u32 first, __u32 last, __u32 conventions,
	       __u16 class, struct err *err)
{
	__u32 bits = conventions == ROW_SMC64 ? SMCCC_64 : 0;
	struct row row = { .first = base | bits | first,
			   .last = base | bits | last,
			   .conventions = conventions,
			   .class = class };

	if (!class || extend(rows, &row))
		return 0;
	return push(rows, &row, err);
}

/* The end of the run that begins at i, in one convention or in both. */
static __u32 run_end(const __u16 *a, const __u16 *b, __u32 i)
{
	__u16 x = a[i], y = b[i];

	while (i + 1 < RUNNER_FUNCS && a[i + 1] == x && b[i + 1] == y)
		i++;
	return i;
}

static int add_one(struct rows *rows, __u32 base, const __u16 *classes, __u32 convention,
		   struct err *err)
{
	__u32 i, end;

	for (i = 0; i < RUNNER_FUNCS; i = end + 1) {
		end = run_end(classes, classes, i);
		if (add(rows, base, i, end, convention, classes[i], err))
			return -1;
	}
	return 0;
}

static int add_both(struct rows *rows, __u32 base, const __u16 *smc32, const __u16 *smc64,
		    struct err *err)
{
	__u32 i, end;

	for (i = 0; i < RUNNER_FUNCS; i = end + 1) {
		end = run_end(smc32, smc64, i);
		if (smc32[i] == smc64[i]) {
			if (add(rows, base, i, end, ROW_SMC32 | ROW_SMC64, smc32[i], err))
				return -1;
		} else if (add(rows, base, i, end, ROW_SMC32, smc32[i], err) ||
			   add(rows, base, i, end, ROW_SMC64, smc64[i], err)) {
			return -1;
		}
	}
	return 0;
}

/* How many rows the two ways would make, empty ones apart. */
static size_t count_both(const __u16 *smc32, const __u16 *smc64)
{
	size_t count = 0;
	__u32 i, end;

	for (i = 0; i < RUNNER_FUNCS; i = end + 1) {
		end = run_end(smc32, smc64, i);
		count += smc32[i] == smc64[i] ? !!smc32[i] : !!smc32[i] + !!smc64[i];
	}
	return count;
}

static size_t count_one(const __u16 *classes)
{
	size_t count = 0;
	__u32 i, end;

	for (i = 0; i < RUNNER_FUNCS; i = end + 1) {
		end = run_end(classes, classes, i);
		count += !!classes[i];
	}
	return count;
}

int rows__find(struct rows *rows, const __u16 *classes, struct err *err)
{
	__u32 owner, type;
	int ret = 0;

	memset(rows, 0, sizeof(*rows));
	for (type = 0; !ret && type < 2; type++) {
		for (owner = 0; !ret && owner <= SMCCC_OWNER_MASK; owner++) {
			__u32 base = SMCCC_ID(type ? SMCCC_FAST : 0, owner, 0);
			const __u16 *smc32 = classes + sweep__index(base);
			const __u16 *smc64 = classes + sweep__index(base | SMCCC_64);

			if (count_both(smc32, smc64) <= count_one(smc32) + count_one(smc64))
				ret = add_both(rows, base, smc32, smc64, err);
			else
				ret = add_one(rows, base, smc32, ROW_SMC32, err) ||
						      add_one(rows, base, smc64, ROW_SMC64, err) ?
					      -1 :
					      0;
		}
	}
	return ret;
}

void rows__free(struct rows *rows)
{
	free(rows->row);
	memset(rows, 0, sizeof(*rows));
}
