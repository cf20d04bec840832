// SPDX-License-Identifier: GPL-2.0
/*
 * Makes calls of a policy that is not attached, for tests of its readers.
 *
 * Usage: produce POLICY.bpf.o DIRECTORY [EVENTS-BYTES]
 *
 * Pins the policy's maps in the directory, which is on a BPF file system, and says
 * "ready". Then each line on stdin makes calls through the policy's test program:
 *
 *	COUNT FLAGS IMM VCPU ID X1 ... X7	so many of these
 *	rate COUNT SECONDS			PSCI_VERSION, so many a second
 *
 * and is answered by a line: "done COUNT SECONDS". The pins go when stdin ends.
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policy_run.h"

static const char *const maps[] = { "events", "counters" };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int pin(struct policy *policy, const char *dir, bool remove)
{
	char path[256];
	size_t i;
	int fd;

	for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		fd = policy_map(policy, maps[i]);
		snprintf(path, sizeof(path), "%s/%s", dir, maps[i]);
		if (fd >= 0 && (remove ? unlink(path) : bpf_obj_pin(fd, path))) {
			perror(path);
			return 1;
		}
	}
	return 0;
}

static void make_calls(struct policy *policy, const struct kvm_smccc_call *call, long count)
{
	struct kvm_smccc_call copy;

	while (count-- > 0) {
		copy = *call;
		policy_set_time(policy, now() * 1e9);
		policy_call(policy, &copy);
	}
}

/* In steps of a millisecond, at that pace however long one of them takes. */
static long keep_rate(struct policy *policy, long rate, double seconds)
{
	struct kvm_smccc_call call = { .func_id = PSCI_VERSION, .regs[0] = PSCI_VERSION };
	const struct timespec pause = { .tv_nsec = 200000 };
	double start = now(), at;
	long made = 0, due;

	while ((at = now() - start) < seconds) {
		due = rate * at - made;
		make_calls(policy, &call, due);
		made += due > 0 ? due : 0;
		nanosleep(&pause, NULL);
	}
	return made;
}

static bool read_call(const char *line, struct kvm_smccc_call *call, long *count)
{
	unsigned int imm;
	__u64 id;
	__u64 *x = call->regs;

	memset(call, 0, sizeof(*call));
	if (sscanf(line, "%li %i %i %i %lli %lli %lli %lli %lli %lli %lli %lli", count,
		   &call->flags, &imm, &call->vcpu_id, &id, &x[1], &x[2], &x[3], &x[4], &x[5],
		   &x[6], &x[7]) < 5)
		return false;
	call->imm = imm;
	call->func_id = id;
	call->regs[0] = id;
	return true;
}

static int serve(struct policy *policy)
{
	struct kvm_smccc_call call;
	double seconds, start;
	char line[512];
	long count;

	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		start = now();
		if (sscanf(line, "rate %li %lf", &count, &seconds) == 2) {
			count = keep_rate(policy, count, seconds);
		} else if (read_call(line, &call, &count)) {
			make_calls(policy, &call, count);
		} else {
			fprintf(stderr, "produce: not a call: %s", line);
			return 2;
		}
		printf("done %li %.3f\n", count, now() - start);
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct policy_setup setup = {};
	struct policy *policy;
	int ret;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: produce POLICY.bpf.o DIRECTORY [EVENTS-BYTES]\n");
		return 2;
	}
	if (argc == 4) {
		setup.map = "events";
		setup.map_entries = atoi(argv[3]);
	}
	policy = policy_open(argv[1], &setup);
	if (!policy)
		return 1;
	ret = pin(policy, argv[2], false);
	if (!ret)
		ret = serve(policy);
	pin(policy, argv[2], true);
	policy_close(policy);
	return ret;
}
