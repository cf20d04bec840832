// SPDX-License-Identifier: GPL-2.0
/*
 * Usage: races DIRECTORY-OF-POLICIES [options], in the rig, as root.
 *
 *   --seconds N   for all rounds together (default 20), and the time it takes to check
 *   --seed S      of what happens and of how long it waits (default: another each time)
 *   --pair A,B    this pairing only, or "all": all actors at once. The default is each
 *                 pairing of attach, replace, pin, vm, vcpu and call, and then all
 *   --cycles N    then so many of attach, replace and detach,
 *   --cycles-per-vm N
 *                 and after each N of them (default 1) the end of the VM
 *   --mistake M   do something wrong, which must be noticed: count-twice, forget, slip,
 *                 leak-link, leak-map, leak-file, idle; or, which only KCSAN notices, peek
 */
#include <bpf/libbpf.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bpf_global.h"
#include "races.h"

struct options {
	double seconds;
	unsigned int seed;
	struct cycles cycles;
	const char *pair, *directory;
	enum mistake mistake;
};

static unsigned int tests, failures;

static void report(bool ok, const char *name)
{
	failures += !ok;
	printf("%s %u - %s\n", ok ? "ok" : "not ok", ++tests, name);
	fflush(stdout);
}

static void die(const char *what)
{
	fprintf(stderr, "races: %s\n", what);
	exit(1);
}

/* --- the policies */

/* Writes the map by attaching once: the kernel takes a value only then. */
static int ready_map(struct bpf_object *object, unsigned int number)
{
	struct bpf_link *link;
	struct bpf_map *map;
	char name[16];

	snprintf(name, sizeof(name), "races_%u", number);
	map = bpf_object__find_map_by_name(object, name);
	link = map ? bpf_map__attach_struct_ops(map) : NULL;
	if (!link)
		die("a policy cannot be attached");
	bpf_link__detach(link);
	bpf_link__destroy(link);
	return bpf_map__fd(map);
}

static struct bpf_object *load(const char *directory, struct policies *policies)
{
	struct vm_options options = { .nr_vcpus = 1 };
	struct bpf_object *object;
	char path[4096];
	struct vm vm;

	snprintf(path, sizeof(path), "%s/races.bpf.o", directory);
	object = bpf_object__open_file(path, NULL);
	if (!object || bpf_object__load(object))
		die("races.bpf.o cannot be loaded");
	vm_must_create(&vm, &options);
	dup2(vm.fd, RACES_VM_FD);
	for (unsigned int i = 0; i < RACES_POLICIES; i++)
		policies->map[i] = ready_map(object, i);
	close(RACES_VM_FD);
	vm_destroy(&vm);
	policies->verdicts = bpf_global(object, ".bss", "verdicts");
	policies->asked = bpf_global(object, ".bss", "asked");
	if (!policies->verdicts || !policies->asked)
		die("races.bpf.o has no verdicts");
	return object;
}

/* --- rounds */

/* of all rounds; the last: without a policy */
static uint64_t totals[VERDICTS + 1];

static void tell(const struct round *round)
{
	uint64_t sums[VERDICTS] = { 0 };

	for (unsigned int i = 0; i < VERDICTS; i++) {
		for (unsigned int vcpu = 0; vcpu < RACES_VCPUS; vcpu++)
			sums[i] += round->got[i][vcpu];
		totals[i] += sums[i];
	}
	totals[VERDICTS] += round->without;
	printf("# %u attached, %u replaced, %u detached, %u pins removed, %u VMs, %u vCPUs added\n",
	       round->attached, round->replaced, round->detached, round->pinned, round->vms,
	       round->vcpus);
	printf("# %zu calls: %llu without a policy, %llu left to KVM by one, %llu denied, "
	       "%llu forwarded, %llu answered\n",
	       round->nr_calls, (unsigned long long)round->without,
	       (unsigned long long)sums[HANDLE], (unsigned long long)sums[DENY],
	       (unsigned long long)sums[FORWARD], (unsigned long long)sums[ANSWER]);
}

static void play(const struct policies *policies, const struct options *options,
		 struct round *round, const char *pair, double seconds)
{
	char name[64];

	round->policies = policies;
	round->seed = options->seed + round->number * 1000;
	round->mistake = options->mistake;
	round_play(round, seconds);
	check_verdicts(round);
	check_counts(round);
	if (round->failure[0])
		printf("# %s\n# again: races %s --seed %u --pair %s --seconds %g\n", round->failure,
		       options->directory, options->seed, pair, seconds);
	tell(round);
	snprintf(name, sizeof(name), "every_call_got_what_was_in_force: %s", pair);
	report(!round->failure[0], name);
	round_free(round);
}

static void play_pair(const struct policies *policies, const struct options *options,
		      unsigned int a, unsigned int b, double seconds)
{
	struct round round = { .number = a * ACTORS + b, .threads = a == b ? 2 : 1 };
	char pair[32];

	round.plays[a] = round.plays[b] = true;
	snprintf(pair, sizeof(pair), "%s,%s", actor_names[a], actor_names[b]);
	play(policies, options, &round, pair, seconds);
}

static void play_all(const struct policies *policies, const struct options *options, double seconds)
{
	struct round round = { .threads = 2 };

	memset(round.plays, true, sizeof(round.plays));
	play(policies, options, &round, "all", seconds);
}

enum { PAIRS = ACTORS * (ACTORS + 1) / 2 };

/* Else there would have been nothing to compare. */
static bool every_verdict_came_up(void)
{
	for (unsigned int i = 0; i <= VERDICTS; i++) {
		if (!totals[i])
			return false;
	}
	return true;
}

static void play_every_pair(const struct policies *policies, const struct options *options)
{
	/* All at once takes a fifth. */
	double share = options->seconds * 4 / 5 / PAIRS;
	unsigned int a, b;

	for (a = 0; a < ACTORS; a++) {
		for (b = a; b < ACTORS; b++)
			play_pair(policies, options, a, b, share);
	}
	play_all(policies, options, options->seconds / 5);
	report(every_verdict_came_up(), "every_verdict_came_up");
}

static unsigned int actor(const char *name, size_t length)
{
	unsigned int i;

	for (i = 0; i < ACTORS; i++) {
		if (strlen(actor_names[i]) == length && !memcmp(actor_names[i], name, length))
			return i;
	}
	fprintf(stderr, "races: no actor '%.*s'\n", (int)length, name);
	exit(2);
}

static void play_rounds(const struct policies *policies, const struct options *options)
{
	const char *comma = options->pair ? strchr(options->pair, ',') : NULL;

	if (!options->seconds)
		return;
	if (!options->pair)
		play_every_pair(policies, options);
	else if (!strcmp(options->pair, "all"))
		play_all(policies, options, options->seconds);
	else if (comma)
		play_pair(policies, options, actor(options->pair, comma - options->pair),
			  actor(comma + 1, strlen(comma + 1)), options->seconds);
	else
		die("--pair takes two actors, A,B, or all");
}

/* --- the end */

/* Links and VMs are released by workers, too. */
static bool nothing_is_left(const struct bpf_objects *before)
{
	struct bpf_objects after;
	unsigned int i;

	for (i = 0; i < 100; i++) {
		after = bpf_objects_count();
		if (!bpf_objects_more(before, &after))
			return true;
		usleep(100 * 1000);
	}
	printf("# %u links, %u maps, %u programs; before %u, %u, %u\n", after.links, after.maps,
	       after.programs, before->links, before->maps, before->programs);
	return false;
}

static enum mistake find_mistake(const char *name)
{
	static const char *const names[MISTAKES] = { "none",	  "count-twice", "forget",
						     "slip",	  "leak-link",	 "leak-map",
						     "leak-file", "peek",	 "idle" };
	unsigned int i;

	for (i = 0; i < MISTAKES; i++) {
		if (!strcmp(names[i], name))
			return i;
	}
	die("no such mistake");
	return NO_MISTAKE;
}

static void parse(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{ "seconds", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 's' },
		{ "pair", required_argument, NULL, 'p' },
		{ "cycles", required_argument, NULL, 'c' },
		{ "cycles-per-vm", required_argument, NULL, 'v' },
		{ "mistake", required_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (option) {
		case 't':
			options->seconds = atof(optarg);
			break;
		case 's':
			options->seed = strtoul(optarg, NULL, 0);
			break;
		case 'p':
			options->pair = optarg;
			break;
		case 'c':
			options->cycles.nr = strtoul(optarg, NULL, 0);
			break;
		case 'v':
			options->cycles.per_vm = strtoul(optarg, NULL, 0) ?: 1;
			break;
		case 'm':
			options->mistake = find_mistake(optarg);
			break;
		default:
			exit(2);
		}
	}
	if (optind != argc - 1) {
		fprintf(stderr, "usage: %s DIRECTORY-OF-POLICIES [options]\n", argv[0]);
		exit(2);
	}
	options->directory = argv[optind];
}

int main(int argc, char **argv)
{
	struct options options = { .seconds = 20, .seed = time(NULL), .cycles = { .per_vm = 1 } };
	struct policies policies;
	struct bpf_objects before;
	struct bpf_object *object;

	parse(argc, argv, &options);
	printf("# seed %u\n", options.seed);
	object = load(options.directory, &policies);
	before = bpf_objects_count();
	play_rounds(&policies, &options);
	if (options.cycles.nr)
		report(!memory_cycles(&policies, &options.cycles, options.mistake),
		       "many_cycles_leave_nothing");
	report(nothing_is_left(&before), "no_link_map_or_program_is_left");
	bpf_object__close(object);
	printf("1..%u\n", tests);
	return !!failures;
}
