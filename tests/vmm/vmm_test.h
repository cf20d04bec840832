/* SPDX-License-Identifier: GPL-2.0 */
/* What the VMM's own tests share; includes cmocka as it wants to be included. */
#ifndef VMM_VMM_TEST_H
#define VMM_VMM_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "smccc_ids.h"
#include "vm.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A function that nobody implements. */
#define UNKNOWN 0x82001234U

/* The four ways to call. */
struct way {
	bool aarch32;
	enum guest_conduit conduit;
};

static const struct way ways[] = {
	{ false, GUEST_HVC },
	{ false, GUEST_SMC },
	{ true, GUEST_HVC },
	{ true, GUEST_SMC },
};

#define FOR_EACH_WAY(way) for (const struct way *way = ways; way < ways + ARRAY_SIZE(ways); way++)

extern const char *vmm_path;

/* Each runs one file's tests; the number that failed. */
int run_call_tests(void);
int run_loop_tests(void);
int run_cli_tests(void);

#endif /* VMM_VMM_TEST_H */
