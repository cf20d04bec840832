// SPDX-License-Identifier: GPL-2.0
/*
 * usage: flood [--aarch32] VCPUS CALLS CALL
 *
 * A VM whose vCPUs all make the same call at full speed, so often each. It prints "ready",
 * and the calls begin at a line on stdin. Then a line "NAME NUMBER" is printed for each of
 *
 *	calls, not_supported	made, and answered so
 *	denied, violations	by KVM's statistics
 *	vcpus_us		CPU time of the threads that ran the vCPUs
 *	others_us		of all threads of other processes, and of the kernel
 *	other_us:THREAD		of those with 1 % and more of vcpus_us
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define MAX_THREADS 1024

struct thread {
	int id;
	char name[32];
	unsigned long long ns;
};

struct threads {
	struct thread thread[MAX_THREADS];
	unsigned int nr;
};

static struct vm vm;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "flood: %s\n", what);
	exit(1);
}

/* 0 for one that has ended. */
static int read_thread(struct thread *thread, const char *pid, const char *tid)
{
	char path[64];
	FILE *file;
	int got = 0;

	thread->id = atoi(tid);
	snprintf(path, sizeof(path), "/proc/%.16s/task/%.16s/schedstat", pid, tid);
	file = fopen(path, "r");
	if (file) {
		got = fscanf(file, "%llu", &thread->ns) == 1;
		fclose(file);
	}
	snprintf(path, sizeof(path), "/proc/%.16s/task/%.16s/comm", pid, tid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	got = got && fscanf(file, "%31s", thread->name) == 1;
	fclose(file);
	return got;
}

static void read_process(struct threads *threads, const char *pid)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.16s/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (threads->nr == MAX_THREADS)
			die("too many threads");
		threads->nr += read_thread(threads->thread + threads->nr, pid, entry->d_name);
	}
	if (dir)
		closedir(dir);
}

/* What each thread of the host has run for, but for those of this process. */
static void read_threads(struct threads *threads)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	if (!dir)
		die("cannot read /proc");
	threads->nr = 0;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    atoi(entry->d_name) != getpid())
			read_process(threads, entry->d_name);
	}
	closedir(dir);
	if (!threads->nr)
		die("cannot read what threads have run for");
}

static unsigned long long ns_before(const struct threads *before, int id)
{
	unsigned int i;

	for (i = 0; i < before->nr; i++) {
		if (before->thread[i].id == id)
			return before->thread[i].ns;
	}
	return 0;
}

static void print_others(const struct threads *before, const struct threads *after,
			 unsigned long long vcpus_ns)
{
	unsigned long long ns, all = 0;
	unsigned int i;

	for (i = 0; i < after->nr; i++) {
		ns = after->thread[i].ns - ns_before(before, after->thread[i].id);
		all += ns;
		if (ns >= vcpus_ns / 100)
			printf("other_us:%s %llu\n", after->thread[i].name, ns / 1000);
	}
	printf("vcpus_us %llu\nothers_us %llu\n", vcpus_ns / 1000, all / 1000);
}

/* Of threads that have ended: the process's time without this thread's. */
static unsigned long long vcpus_ns(void)
{
	struct timespec process, thread;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &process);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &thread);
	return (process.tv_sec - thread.tv_sec) * 1000000000ULL + process.tv_nsec - thread.tv_nsec;
}

static void run_calls(const struct loop_options *options, struct loop_result *sum)
{
	struct loop_result result;
	unsigned int i;

	for (i = 0; i < vm.nr_vcpus; i++) {
		if (vcpu_loop_setup(&vm.vcpus[i], options))
			die(vm.vcpus[i].err);
	}
	for (i = 0; i < vm.nr_vcpus; i++) {
		if (vcpu_start(&vm.vcpus[i]))
			die(vm.vcpus[i].err);
	}
	for (i = 0; i < vm.nr_vcpus; i++) {
		if (vcpu_join(&vm.vcpus[i]))
			die(vm.vcpus[i].err);
		vcpu_loop_read(&vm.vcpus[i], &result);
		sum->calls += result.calls;
		sum->got_a += result.got_a;
	}
}

static uint64_t stat_sum(const char *name)
{
	uint64_t value, sum = 0;
	unsigned int i;

	for (i = 0; i < vm.nr_vcpus; i++) {
		if (vcpu_stat(&vm.vcpus[i], name, &value))
			die(vm.vcpus[i].err);
		sum += value;
	}
	return sum;
}

static void flood(const struct loop_options *options)
{
	static struct threads before, after;
	struct loop_result result = { 0 };
	unsigned long long ns;

	read_threads(&before);
	ns = vcpus_ns();
	run_calls(options, &result);
	ns = vcpus_ns() - ns;
	read_threads(&after);
	print_others(&before, &after, ns);
	printf("calls %llu\nnot_supported %llu\n", (unsigned long long)result.calls,
	       (unsigned long long)result.got_a);
	printf("denied %llu\n", (unsigned long long)stat_sum("smccc_policy_denied"));
	printf("violations %llu\n", (unsigned long long)stat_sum("smccc_policy_violations"));
}

int main(int argc, char **argv)
{
	bool aarch32 = argc > 1 && !strcmp(argv[1], "--aarch32");
	struct loop_options options = { 0 };
	struct cli_call call;

	argv += 1 + aarch32;
	argc -= 1 + aarch32;
	if (argc != 3 || !parse_call(argv[2], GUEST_HVC, &call))
		die("usage: flood [--aarch32] VCPUS CALLS CALL");
	if (vm_create(&vm, &(struct vm_options){ .nr_vcpus = atoi(argv[0]), .aarch32 = aarch32 }))
		die(vm.err);
	vm.time_limit_ms = 0;
	puts("ready");
	fflush(stdout);
	getchar();
	options.call = call.call;
	options.limit = atoi(argv[1]);
	options.expect_a = aarch32 ? UINT32_MAX : UINT64_MAX;
	flood(&options);
	return 0;
}
