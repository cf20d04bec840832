// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "privileges.h"

/*
 * CAP_BPF and CAP_PERFMON load and attach, CAP_SYS_PTRACE finds the VMs of other
 * processes. Those below are root's, and nothing fails for the lack of them that an
 * ordinary user could do: CAP_SYS_ADMIN mounts the BPF file system and sees what other
 * programs attached, the last two read policies and pins of other users.
 */
static const cap_value_t used[] = {
	CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH,
};
#define USED (sizeof(used) / sizeof(used[0]))

/* Those of them that we have. */
static int keep_used(cap_t now, cap_t kept)
{
	cap_flag_value_t has;
	size_t i;

	for (i = 0; i < USED; i++) {
		if (cap_get_flag(now, used[i], CAP_EFFECTIVE, &has))
			return -1;
		if (has && (cap_set_flag(kept, CAP_EFFECTIVE, 1, used + i, CAP_SET) ||
			    cap_set_flag(kept, CAP_PERMITTED, 1, used + i, CAP_SET)))
			return -1;
	}
	return cap_set_proc(kept);
}

int privileges__drop(struct err *err)
{
	cap_t now = cap_get_proc(), kept = cap_init();
	int ret = now && kept ? keep_used(now, kept) : -1;

	/* a compiler, if we start one, gets none of them, unless its user is root */
	if (!ret)
		ret = cap_reset_ambient() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (ret)
		err_set(err, ERR_FAILED,
			"run it where no seccomp filter or LSM policy forbids capset(2) and prctl(2)",
			"cannot drop capabilities: %s", strerror(errno));
	cap_free(now);
	cap_free(kept);
	return ret ? -1 : 0;
}

static int make_inheritable(cap_t now, bool on)
{
	cap_flag_value_t has;
	size_t i;

	for (i = 0; i < USED; i++) {
		if (cap_get_flag(now, used[i], CAP_PERMITTED, &has) ||
		    cap_set_flag(now, CAP_INHERITABLE, 1, used + i,
				 on && has ? CAP_SET : CAP_CLEAR))
			return -1;
	}
	if (cap_set_proc(now))
		return -1;
	/* what is not inheritable any more is not ambient either */
	for (i = 0; i < USED && on; i++) {
		if (!cap_get_flag(now, used[i], CAP_PERMITTED, &has) && has &&
		    cap_set_ambient(used[i], CAP_SET))
			return -1;
	}
	return 0;
}

int privileges__hand_on(bool on)
{
	cap_t now = cap_get_proc();
	int ret = now && !make_inheritable(now, on) ? 0 : -errno;

	cap_free(now);
	return ret;
}
