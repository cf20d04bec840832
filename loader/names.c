// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "names.h"

#define NAMED(name, id) { #name, id },
const struct named_function named_functions[] = { SMCCC_FUNCTIONS(NAMED) };
const size_t named_functions_count = sizeof(named_functions) / sizeof(named_functions[0]);

/* These are none of SMCCC's: they can be called by name, but no table has a place for them. */
static const struct named_function psci_0_1[] = { SMCCC_FUNCTIONS_PSCI_0_1(NAMED) };
#define PSCI_0_1 (sizeof(psci_0_1) / sizeof(psci_0_1[0]))

#define OWNER(name, first, last)                             \
	{                                                    \
		name, first, last, 0, SMCCC_FUNC_MASK, false \
	}
#define REST(name, owner)                                    \
	{                                                    \
		name, owner, owner, 0, SMCCC_FUNC_MASK, true \
	}

const struct service services[] = {
	OWNER("Arm Architecture", SMCCC_OWNER_ARCH, SMCCC_OWNER_ARCH),
	OWNER("CPU", SMCCC_OWNER_CPU, SMCCC_OWNER_CPU),
	OWNER("SiP", SMCCC_OWNER_SIP, SMCCC_OWNER_SIP),
	OWNER("OEM", SMCCC_OWNER_OEM, SMCCC_OWNER_OEM),
	{ "PSCI", 4, 4, SMCCC_PSCI_FIRST, SMCCC_PSCI_LAST, false },
	{ "SDEI", 4, 4, 0x20, 0x3f, false }, /* DEN0054, section 5.1 */
	{ "TRNG", 4, 4, SMCCC_TRNG_FIRST, SMCCC_TRNG_LAST, false },
	{ "FF-A", 4, 4, SMCCC_FFA_FIRST, SMCCC_FFA_LAST, false },
	REST("Standard Secure", SMCCC_OWNER_STANDARD),
	{ "PV time", 5, 5, SMCCC_PV_TIME_FIRST, SMCCC_PV_TIME_LAST, false },
	REST("Standard Hypervisor", SMCCC_OWNER_STANDARD_HYP),
	OWNER("Vendor Hypervisor", SMCCC_OWNER_VENDOR_HYP, SMCCC_OWNER_VENDOR_HYP),
	OWNER("reserved owners", SMCCC_OWNER_VENDOR_HYP + 1, SMCCC_OWNER_TRUSTED_APP - 1),
	OWNER("Trusted Application", SMCCC_OWNER_TRUSTED_APP, SMCCC_OWNER_TRUSTED_OS - 1),
	OWNER("Trusted OS", SMCCC_OWNER_TRUSTED_OS, SMCCC_OWNER_MASK),
};
const size_t services_count = sizeof(services) / sizeof(services[0]);

const char *names__function(__u32 id)
{
	size_t i;

	for (i = 0; i < named_functions_count; i++) {
		if (named_functions[i].id == id)
			return named_functions[i].name;
	}
	for (i = 0; i < PSCI_0_1; i++) {
		if (psci_0_1[i].id == id)
			return psci_0_1[i].name;
	}
	return NULL;
}

static bool is_name(const struct named_function *function, const char *name, size_t len)
{
	return strlen(function->name) == len && !memcmp(function->name, name, len);
}

bool names__find(const char *name, size_t len, __u32 *id)
{
	size_t i;

	for (i = 0; i < named_functions_count; i++) {
		*id = named_functions[i].id;
		if (is_name(&named_functions[i], name, len))
			return true;
	}
	for (i = 0; i < PSCI_0_1; i++) {
		*id = psci_0_1[i].id;
		if (is_name(&psci_0_1[i], name, len))
			return true;
	}
	return false;
}

bool names__twin(__u32 id, __u32 *twin)
{
	*twin = id ^ SMCCC_64;
	return names__function(id) && names__function(*twin);
}

const char *names__call(__u32 id, char text[NAMES_CALL_SIZE])
{
	const char *name = names__function(id);

	snprintf(text, NAMES_CALL_SIZE, name ? "%s (0x%08x)" : "%s0x%08x", name ? name : "", id);
	return text;
}
