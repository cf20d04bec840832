// SPDX-License-Identifier: GPL-2.0
/*
 * Attach, replace, detach and VM destroy again and again. What one in two of them left
 * would be seen, whatever it is: objects of any of the kernel's caches, pages, BPF's objects.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "races.h"

#define MAX_CACHES 512
/* For how long what is freed late, after RCU and by workers, may take. */
#define TRIES 600

static unsigned int count(int (*next)(__u32 id, __u32 *next))
{
	unsigned int nr = 0;
	__u32 id = 0;

	while (!next(id, &id))
		nr++;
	return nr;
}

struct bpf_objects bpf_objects_count(void)
{
	return (struct bpf_objects){
		.links = count(bpf_link_get_next_id),
		.maps = count(bpf_map_get_next_id),
		.programs = count(bpf_prog_get_next_id),
	};
}

bool bpf_objects_more(const struct bpf_objects *before, const struct bpf_objects *after)
{
	return after->links > before->links || after->maps > before->maps ||
	       after->programs > before->programs;
}

struct memory {
	unsigned int nr;
	struct cache {
		char name[64];
		long objects, per_slab;
	} caches[MAX_CACHES];
	long unreclaimable, percpu, vmalloc; /* KiB */
	long areas;			     /* of vmalloc's */
	struct bpf_objects bpf;
};

static FILE *must_open(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file) {
		fprintf(stderr, "races: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return file;
}

static void read_caches(struct memory *memory)
{
	FILE *file = must_open("/proc/slabinfo");
	char line[256];

	memory->nr = 0;
	while (memory->nr < MAX_CACHES && fgets(line, sizeof(line), file)) {
		struct cache *cache = &memory->caches[memory->nr];

		memory->nr += line[0] != '#' && sscanf(line, "%63s %ld %*d %*d %ld", cache->name,
						       &cache->objects, &cache->per_slab) == 3;
	}
	fclose(file);
}

static void read_meminfo(struct memory *memory)
{
	FILE *file = must_open("/proc/meminfo");
	char line[128];

	while (fgets(line, sizeof(line), file)) {
		sscanf(line, "SUnreclaim: %ld", &memory->unreclaimable);
		sscanf(line, "Percpu: %ld", &memory->percpu);
		sscanf(line, "VmallocUsed: %ld", &memory->vmalloc);
	}
	fclose(file);
}

/* Areas that are free, but still to be unmapped, have objects in "vmap_area", too. */
static void read_areas(struct memory *memory)
{
	FILE *file = must_open("/proc/vmallocinfo");
	char line[512];

	memory->areas = 0;
	while (fgets(line, sizeof(line), file))
		memory->areas += !strstr(line, "unpurged");
	fclose(file);
}

/* KASAN keeps what is freed for a while; shrinking its cache ends that. */
static void shrink_caches(void)
{
	glob_t caches;

	if (glob("/sys/kernel/slab/*/shrink", 0, NULL, &caches)) {
		fprintf(stderr, "races: /sys/kernel/slab: no caches\n");
		exit(1);
	}
	for (size_t i = 0; i < caches.gl_pathc; i++) {
		int fd = open(caches.gl_pathv[i], O_WRONLY | O_CLOEXEC);

		/* A cache may have gone meanwhile. */
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 || write(fd, "1", 1) != 1) {
			fprintf(stderr, "races: %s: %s\n", caches.gl_pathv[i], strerror(errno));
			exit(1);
		}
		close(fd);
	}
	globfree(&caches);
}

static void read_memory(struct memory *memory)
{
	shrink_caches();
	read_caches(memory);
	read_areas(memory);
	read_meminfo(memory);
	memory->bpf = bpf_objects_count();
}

/* A cache that came meanwhile counts from 0. */
static long objects_before(const struct memory *memory, const char *name)
{
	for (unsigned int i = 0; i < memory->nr; i++) {
		if (!strcmp(memory->caches[i].name, name))
			return memory->caches[i].objects;
	}
	return 0;
}

/* What stayed of so many cycles, in words; false: nothing. */
static bool objects_stayed(const struct memory *before, const struct memory *after, long limit,
			   char text[128])
{
	long more;

	for (unsigned int i = 0; i < after->nr; i++) {
		const struct cache *cache = &after->caches[i];

		/* Objects of a slab that a CPU has all count: two slabs of each CPU's. */
		more = cache->objects - objects_before(before, cache->name);
		if (more < limit + 4 * cache->per_slab || !strcmp(cache->name, "vmap_area"))
			continue;
		snprintf(text, 128, "%ld objects of %s", more, cache->name);
		return true;
	}
	more = after->areas - before->areas;
	snprintf(text, 128, "%ld areas of vmalloc", more);
	return more >= limit;
}

static bool pages_stayed(const struct memory *before, const struct memory *after, long limit,
			 char text[128])
{
	long slabs = after->unreclaimable - before->unreclaimable;
	long percpu = after->percpu - before->percpu;
	long vmalloc = after->vmalloc - before->vmalloc;

	limit *= sysconf(_SC_PAGESIZE) / 1024;
	snprintf(text, 128, "%ld KiB of slabs, %ld per CPU, %ld of vmalloc", slabs, percpu,
		 vmalloc);
	return slabs >= limit || percpu >= limit || vmalloc >= limit;
}

static bool something_stayed(const struct memory *before, const struct memory *after,
			     const struct cycles *cycles, char text[128])
{
	/* One in two cycles, or VMs. */
	long limit = cycles->nr / cycles->per_vm / 2;

	if (bpf_objects_more(&before->bpf, &after->bpf)) {
		snprintf(text, 128, "%d links, %d maps, %d programs",
			 after->bpf.links - before->bpf.links, after->bpf.maps - before->bpf.maps,
			 after->bpf.programs - before->bpf.programs);
		return true;
	}
	return objects_stayed(before, after, limit, text) ||
	       pages_stayed(before, after, limit, text);
}

static void leak(enum mistake mistake)
{
	int fd = -1;

	if (mistake == LEAK_MAP)
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "leak", 4, 8, 1, NULL);
	else if (mistake == LEAK_FILE)
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (mistake && fd < 0)
		perror("races: cannot even leak");
}

/* The last policy keeps the hook on, on a VM of its own: that is not what is tested here. */
#define KEEPER	(RACES_POLICIES - 1)
#define CYCLING (RACES_POLICIES - 1)

/* The VM's link of the cycle before, or the policy's, may still be about to go. */
static int attach(const struct policies *policies, unsigned int policy)
{
	int link;

	do {
		link = bpf_link_create(policies->map[policy], 0, BPF_STRUCT_OPS, NULL);
		if (link == -EBUSY)
			sched_yield();
	} while (link == -EBUSY);
	return link;
}

static int replace(const struct policies *policies, int link, unsigned int policy)
{
	int err;

	do {
		err = bpf_link_update(link, policies->map[policy], NULL);
		if (err == -EBUSY)
			sched_yield();
	} while (err == -EBUSY);
	return err;
}

/* By BPF_LINK_DETACH, with the fd, or with a pin. */
static int detach(int link, unsigned int number)
{
	const char *pin = "/sys/fs/bpf/races_cycle";
	int err = 0;

	if (number % 3 == 0)
		err = bpf_link_detach(link);
	else if (number % 3 == 1)
		err = bpf_obj_pin(link, pin);
	close(link);
	if (number % 3 == 1)
		unlink(pin);
	return err;
}

/* A VM of so many cycles, the last of which ends with it. */
static int run_vm(const struct policies *policies, unsigned int first, unsigned int cycles,
		  enum mistake mistake)
{
	struct vm_options options = { .nr_vcpus = 1 };
	int err, link = -1;
	unsigned int i;
	struct vm vm;

	err = vm_create(&vm, &options);
	if (err)
		return err;
	dup2(vm.fd, RACES_VM_FD);
	for (i = first; !err && i < first + cycles; i++) {
		if (link >= 0)
			err = detach(link, i);
		link = attach(policies, i % CYCLING);
		if (!err)
			err = link < 0 ? link : replace(policies, link, (i + 1) % CYCLING);
		leak(mistake);
	}
	close(RACES_VM_FD);
	vm_destroy(&vm);
	if (link >= 0)
		close(link);
	return err;
}

static int run_cycles(const struct policies *policies, const struct cycles *cycles,
		      enum mistake mistake)
{
	unsigned int i, nr;

	for (i = 0; i < cycles->nr; i += nr) {
		int err;

		nr = cycles->nr - i < cycles->per_vm ? cycles->nr - i : cycles->per_vm;
		err = run_vm(policies, i, nr, mistake);
		if (err) {
			printf("# cycle %u or later: %s\n", i, strerror(-err));
			return -1;
		}
	}
	return 0;
}

static int measure(const struct policies *policies, const struct cycles *cycles,
		   enum mistake mistake)
{
	struct cycles warm_up = { .nr = cycles->nr / 10 + 1, .per_vm = cycles->per_vm };
	static struct memory before, after;
	unsigned int tries = mistake ? 1 : TRIES;
	char text[128];

	/* What is allocated once and for all, and the maps' late releases. */
	if (run_cycles(policies, &warm_up, NO_MISTAKE))
		return -1;
	sleep(1);
	/* Reading takes memory, too, the first time. */
	read_memory(&before);
	read_memory(&before);
	if (run_cycles(policies, cycles, mistake))
		return -1;
	for (; tries; tries--) {
		read_memory(&after);
		if (!something_stayed(&before, &after, cycles, text))
			break;
		usleep(100 * 1000);
	}
	printf("# %u cycles left %s\n", cycles->nr, text);
	return tries ? 0 : -1;
}

int memory_cycles(const struct policies *policies, const struct cycles *cycles,
		  enum mistake mistake)
{
	struct vm_options options = { .nr_vcpus = 1 };
	int link, result;
	struct vm vm;

	vm_must_create(&vm, &options);
	dup2(vm.fd, RACES_VM_FD);
	link = attach(policies, KEEPER);
	result = link < 0 ? link : measure(policies, cycles, mistake);
	close(link);
	vm_destroy(&vm);
	return result;
}
