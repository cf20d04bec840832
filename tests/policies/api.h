/* SPDX-License-Identifier: GPL-2.0 */
/* Between api.bpf.c and its test. */
#ifndef API_H
#define API_H

/* Cookies that ask for something else than a decoded call. */
#define API_TAKE 0x100000000 /* x0 = how many of x4 smccc_take(key, interval x2, burst x3) */
/* get one; the key is x1, and for each further one x5 more */
#define API_CODE 0x200000000 /* smccc_answer_code(x1) */

#define API_BUCKETS 4096

/* What x0 of a decoded call says; x1: ID, x2: owner, x3: function, x4, x5: arguments 1, 17 */
enum api_bits {
	API_FAST = 1 << 0,
	API_64 = 1 << 1,
	API_SMC = 1 << 2,
	API_AARCH32 = 1 << 3,
	API_NAMED = 1 << 4,
	API_PSCI = 1 << 5,
	API_TRNG = 1 << 6,
	API_FFA = 1 << 7,
	API_PV_TIME = 1 << 8,
	API_VENDOR_HYP = 1 << 9,
	API_IS_COOKIE = 1 << 10,
	API_PSCI_0_1 = 1 << 11,
};

#endif
