// SPDX-License-Identifier: GPL-2.0
/* What grows with the number of VMs and of vCPUs. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"
#include "smccc_ids.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static long available_kb(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128];
	long kb = -1;

	while (file && kb < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "MemAvailable: %ld kB", &kb);
	if (kb < 0)
		die("/proc/meminfo: no MemAvailable");
	fclose(file);
	return kb;
}

static void add_figure(struct json_object *row, const char *name, double value)
{
	json_object_object_add(row, name, json_object_new_double(value));
}

/* All are attached, replaced and detached one after the other; figures are means. */
static void measure_vms(struct json_object *rows, int nr)
{
	struct json_object *row = json_object_new_object();
	struct bench_policy *policies = calloc(2 * nr, sizeof(*policies));
	int *vms = calloc(nr, sizeof(*vms)), kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), i;
	uint64_t start;
	long before;

	if (!policies || !vms || kvm < 0)
		die("%d VMs: %s", nr, strerror(errno));
	for (i = 0; i < nr; i++) {
		vms[i] = ioctl(kvm, KVM_CREATE_VM, 0UL);
		if (vms[i] < 0)
			die("VM %d: %s", i, strerror(errno));
	}

	/* What is freed late, from before, does not count. */
	sleep(5);
	before = available_kb();
	for (i = 0; i < nr; i++)
		policy_load(&policies[i], vms[i], "bench-constant", "constant_deny", 0);
	start = now_ns();
	for (i = 0; i < nr; i++)
		policy_attach(&policies[i]);
	add_figure(row, "attach", (double)(now_ns() - start) / nr);
	/* Fewer would be lost in what else the host allocates meanwhile. */
	if (nr >= 100)
		add_figure(row, "kib", (double)(before - available_kb()) / nr);

	for (i = 0; i < nr; i++)
		policy_load(&policies[nr + i], vms[i], "bench-constant", "constant_handle", 0);
	start = now_ns();
	for (i = 0; i < nr; i++)
		policy_replace(&policies[i], &policies[nr + i]);
	add_figure(row, "replace", (double)(now_ns() - start) / nr);
	start = now_ns();
	for (i = 0; i < nr; i++)
		policy_detach(&policies[nr + i]);
	add_figure(row, "detach", (double)(now_ns() - start) / nr);

	json_object_object_add(row, "vms", json_object_new_int(nr));
	json_object_array_add(rows, row);
	for (i = 0; i < nr; i++)
		close(vms[i]);
	for (i = 0; i < 2 * nr; i++)
		policy_free(&policies[i]);
	close(kvm);
	free(policies);
	free(vms);
}

void bench_vms(struct json_object *rows)
{
	static const int vms[] = { 1, 10, 100, 500 };
	size_t i;

	struct rlimit files = { .rlim_cur = 65536, .rlim_max = 65536 };
	/* What the first ones allocate once and for all does not count. */
	struct json_object *warm_up = json_object_new_array();

	if (setrlimit(RLIMIT_NOFILE, &files))
		die("RLIMIT_NOFILE: %s", strerror(errno));
	measure_vms(warm_up, 10);
	json_object_put(warm_up);
	for (i = 0; i < ARRAY_SIZE(vms); i++)
		measure_vms(rows, vms[i]);
}

static double measure_vcpus(unsigned int nr, const char *file, const char *policy_name)
{
	struct bench_policy policy;
	struct vm vm;
	double cost;

	if (vm_create(&vm, &(struct vm_options){ .nr_vcpus = nr }))
		die("VM: %s", vm.err);
	if (policy_name) {
		policy_load(&policy, vm.fd, file, policy_name, 0);
		policy_attach(&policy);
	}
	cost = measure_calls(&vm, nr, PSCI_VERSION);
	if (policy_name)
		policy_free(&policy);
	vm_destroy(&vm);
	return cost;
}

void bench_vcpus(struct json_object *rows)
{
	unsigned int nr;

	/* All CPUs' instructions count: let the host finish what a boot leaves to do. */
	measure_vcpus(8, NULL, NULL);
	for (nr = 1; nr <= 8; nr *= 2) {
		struct json_object *row = json_object_new_object();

		json_object_object_add(row, "vcpus", json_object_new_int(nr));
		add_figure(row, "none", measure_vcpus(nr, NULL, NULL));
		add_figure(row, "always", measure_vcpus(nr, "bench-constant", "always_handle"));
		add_figure(row, "counter", measure_vcpus(nr, "bench", "counter_handle"));
		json_object_array_add(rows, row);
	}
}
