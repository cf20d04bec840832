// SPDX-License-Identifier: GPL-2.0
/*
 * Attach, replace, detach and VM destroy again and again. What one cycle in two left would
 * be seen, whatever it is: objects of any of the kernel's caches, pages, BPF's objects.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
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

struct memory {
	unsigned int nr;
	struct cache {
		char name[64];
		long objects;
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

		memory->nr += line[0] != '#' &&
			      sscanf(line, "%63s %ld ", cache->name, &cache->objects) == 2;
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

static void read_memory(struct memory *memory)
{
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

static bool same_objects(const struct bpf_objects *a, const struct bpf_objects *b)
{
	return a->links == b->links && a->maps == b->maps && a->programs == b->programs;
}

/* What stayed of so many cycles, in words; false: nothing. */
static bool objects_stayed(const struct memory *before, const struct memory *after, long limit,
			   char text[128])
{
	unsigned int i;
	long more;

	for (i = 0; i < after->nr; i++) {
		more = after->caches[i].objects - objects_before(before, after->caches[i].name);
		if (more < limit || !strcmp(after->caches[i].name, "vmap_area"))
			continue;
		snprintf(text, 128, "%ld objects of %s", more, after->caches[i].name);
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
			     unsigned int cycles, char text[128])
{
	if (!same_objects(&before->bpf, &after->bpf)) {
		snprintf(text, 128, "%d links, %d maps, %d programs",
			 after->bpf.links - before->bpf.links, after->bpf.maps - before->bpf.maps,
			 after->bpf.programs - before->bpf.programs);
		return true;
	}
	return objects_stayed(before, after, cycles / 2, text) ||
	       pages_stayed(before, after, cycles / 2, text);
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

/* The link or the VM is the first to go; sometimes the link is pinned. */
static int cycle(const struct policies *policies, unsigned int number)
{
	unsigned int a = number % RACES_POLICIES, b = (number + 1) % RACES_POLICIES;
	bool vm_first = number % 2, pinned = number % 4 < 2;
	struct vm_options options = { .nr_vcpus = 1 };
	const char *pin = "/sys/fs/bpf/races_cycle";
	struct vm vm;
	int link, err;

	err = vm_create(&vm, &options);
	if (err)
		return err;
	dup2(vm.fd, RACES_VM_FD);
	do
		link = bpf_link_create(policies->map[a], 0, BPF_STRUCT_OPS, NULL);
	while (link == -EBUSY); /* its link was released by a worker, or is to be */
	err = link < 0 ? link : 0;
	if (!err && pinned)
		err = bpf_obj_pin(link, pin);
	while (!err && (err = bpf_link_update(link, policies->map[b], NULL)) == -EBUSY)
		err = 0;
	if (!vm_first)
		close(link);
	if (pinned && !vm_first)
		unlink(pin);
	close(RACES_VM_FD);
	vm_destroy(&vm);
	if (vm_first)
		close(link);
	if (pinned && vm_first)
		unlink(pin);
	return err;
}

static int run_cycles(const struct policies *policies, unsigned int cycles, enum mistake mistake)
{
	for (unsigned int i = 0; i < cycles; i++) {
		int err = cycle(policies, i);

		if (err) {
			printf("# cycle %u: %s\n", i, strerror(-err));
			return -1;
		}
		leak(mistake);
	}
	return 0;
}

int memory_cycles(const struct policies *policies, unsigned int cycles, enum mistake mistake)
{
	static struct memory before, after;
	unsigned int tries = mistake ? 1 : TRIES;
	char text[128];

	/* What is allocated once and for all, and the maps' late releases. */
	if (run_cycles(policies, cycles / 10 + 1, NO_MISTAKE))
		return -1;
	sleep(1);
	read_memory(&before);
	if (run_cycles(policies, cycles, mistake))
		return -1;
	for (; tries; tries--) {
		read_memory(&after);
		if (!something_stayed(&before, &after, cycles, text)) {
			printf("# %u cycles left %s\n", cycles, text);
			return 0;
		}
		usleep(100 * 1000);
	}
	printf("# %u cycles left %s\n", cycles, text);
	return -1;
}
