// SPDX-License-Identifier: GPL-2.0
/* smccc_loader monitor: calls as policies report them, while they happen. */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "attachment.h"
#include "clock.h"
#include "command.h"
#include "event.h"
#include "feed.h"
#include "kernel.h"
#include "output.h"
#include "stream.h"

#define LOOK_EVERY_MS 1000
#define LOOK_SOON_MS  50
#define EVENTS_HINT                                                                                 \
	"give the policy a SMCCC_EVENTS(65536) and let it call smccc_event(), or see smccc_loader " \
	"top"

/* What epoll returns besides feed.h's */
#define EPOLL_SIGNAL 2
#define EPOLL_STDOUT 3

struct monitor_args {
	struct common_args common;
	const char *maps;
};

static const struct option_def monitor_options[] = {
	{ .name = "maps",
	  .arg = "DIR",
	  .help = "the folder where the maps of some policy are pinned, instead of NAMEs",
	  OPTION_STRING_AT(struct monitor_args, maps) },
	PIN_DIR_OPTION,
	{},
};

struct monitor {
	const struct monitor_args *args;
	struct feeds feeds;
	struct stream stream;
	struct event_printer printer;
	__u64 events;
	bool begun;
	int told[FEED_NOTES]; /* how often */
};

static const struct {
	const char *name; /* in JSON */
	const char *text;
} notes[FEED_NOTES] = {
	[FEED_WATCHING] = { "watching", "watching the events of %s" },
	[FEED_NO_EVENTS] = { "no_events", "%s has no ring buffer \"events\"; " EVENTS_HINT },
	[FEED_BUSY] = { "busy", "another monitor reads the events of %s; each is read once" },
	[FEED_REPLACED] = { "replaced", "the policy was replaced by %s" },
	[FEED_MISSED] = { "missed",
			  "%llu policies were replaced before they were seen: what they reported is lost" },
	[FEED_LOST] = { "lost",
			"%llu events lost: more than the policy reports, or its ring buffer holds" },
	[FEED_LOST_BEFORE] = { "lost_before",
			       "%llu events lost earlier, since the policy was attached" },
	[FEED_ODD] = { "odd", "the ring buffer holds records of %llu bytes, which are no events" },
	[FEED_DETACHED] = { "detached", "the policy was detached" },
	[FEED_ENDED] = { "ended", "the VM has ended" },
};

static const char *const number_names[FEED_NOTES] = {
	[FEED_MISSED] = "policies",
	[FEED_LOST] = "events",
	[FEED_LOST_BEFORE] = "events",
	[FEED_ODD] = "size",
};

static bool is_about_number(enum feed_note note)
{
	return number_names[note];
}

static void tell_json(struct monitor *m, enum feed_note note, const struct feed_vm *vm,
		      __u64 number)
{
	fprintf(m->stream.out, "{\"kind\":\"%s\",\"vm\":%s", notes[note].name,
		vm ? vm->quoted : "null");
	if (is_about_number(note))
		fprintf(m->stream.out, ",\"%s\":%llu", number_names[note], number);
	else if (vm)
		fprintf(m->stream.out, ",\"policy\":\"%s\"", vm->policy);
	fputs("}\n", m->stream.out);
}

static void tell(void *arg, enum feed_note note, const struct feed_vm *vm, __u64 number)
{
	struct monitor *m = arg;

	m->told[note]++;
	/* these may be what to fail with, see check_readable() */
	if (!m->begun && (note == FEED_NO_EVENTS || note == FEED_BUSY))
		return;
	if (m->args->common.json) {
		tell_json(m, note, vm, number);
		return;
	}
	/* in the order in which things happened, on a terminal */
	stream__flush(&m->stream);
	fprintf(stderr, "smccc_loader: %s: ", vm ? vm->name : "?");
	if (is_about_number(note))
		fprintf(stderr, notes[note].text, number);
	else
		fprintf(stderr, notes[note].text, vm && vm->policy[0] ? vm->policy : "the policy");
	fputc('\n', stderr);
}

static void take_event(void *arg, const struct feed_vm *vm, const struct smccc_event *event)
{
	struct monitor *m = arg;
	const char *unknown = m->printer.json ? "null" : "?";

	m->events++;
	event__print(&m->printer, m->stream.out,
		     !vm	     ? unknown :
		     m->printer.json ? vm->quoted :
				       vm->name,
		     event);
}

static void summarize(struct monitor *m)
{
	const struct feeds *feeds = &m->feeds;

	if (m->args->common.json) {
		fprintf(m->stream.out,
			"{\"kind\":\"summary\",\"events\":%llu,\"lost\":", m->events);
		fprintf(m->stream.out, feeds->lost_unknown ? "null}\n" : "%llu}\n", feeds->lost);
		stream__flush(&m->stream);
		return;
	}
	stream__flush(&m->stream);
	fprintf(stderr, "smccc_loader: %llu events, %llu lost%s\n", m->events, feeds->lost,
		feeds->lost_unknown ? " or more, which nobody counted" : "");
}

/* --- the loop */

static int watch(int epoll, int fd, __u32 events, __u32 what, struct err *err)
{
	struct epoll_event event = { .events = events, .data.u32 = what };

	/* EPERM: it is a file, which is always ready */
	if (!epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) || errno == EPERM)
		return 0;
	return err_set(err, ERR_FAILED, NULL, "epoll_ctl: %s", strerror(errno));
}

static void wait_for_more(struct monitor *m)
{
	struct epoll_event events[16];
	int i, count = epoll_wait(m->feeds.epoll, events, 16,
				  m->feeds.soon ? LOOK_SOON_MS : LOOK_EVERY_MS);

	for (i = 0; i < count; i++) {
		switch (events[i].data.u32) {
		case FEED_EPOLL_LINK:
			m->feeds.look = true;
			break;
		case EPOLL_SIGNAL:
			stream__read_signals(&m->stream);
			break;
		case EPOLL_STDOUT:
			/* nobody reads any more */
			m->stream.error = EPIPE;
			break;
		}
	}
}

static bool is_over(const struct monitor *m)
{
	return m->stream.stop || m->stream.error ||
	       (m->args->common.count && !feeds__has_vm(&m->feeds));
}

static int loop(struct monitor *m, struct err *err)
{
	__u64 now, look_at = 0;

	while (!is_over(m)) {
		event__update_clock(&m->printer);
		feeds__read(&m->feeds);
		now = clock_ns(CLOCK_MONOTONIC);
		if (now >= look_at || m->feeds.look || m->feeds.soon) {
			look_at = now + LOOK_EVERY_MS * 1000000ULL;
			feeds__count_lost(&m->feeds);
			if (!m->args->maps && feeds__look(&m->feeds, err))
				return -1;
		}
		stream__flush(&m->stream);
		if (!is_over(m))
			wait_for_more(m);
	}
	/* what came before the signal, of policies put in since the last look, too */
	m->feeds.look = true;
	if (!m->stream.error && !m->args->maps && feeds__look(&m->feeds, err))
		return -1;
	feeds__read(&m->feeds);
	feeds__count_lost(&m->feeds);
	return 0;
}

/* --- what to monitor */

static int check_named(const struct monitor *m, struct err *err)
{
	const struct common_args *common = &m->args->common;
	struct attachment attachment;
	int i, ret;

	for (i = 0; i < common->count; i++) {
		ret = attachment__open(&attachment, &m->feeds.pins, common->word[i]);
		if (!ret)
			attachment__close(&attachment);
		else if (ret == -EACCES || ret == -EPERM)
			return err_set(err, ERR_NO_PERMISSION, "run as root",
				       "cannot open the attachment %s: %s", common->word[i],
				       strerror(-ret));
		else
			return err_set(err, ERR_NO_SUCH_NAME, "see smccc_loader list",
				       "no policy is attached under the name %s", common->word[i]);
	}
	return 0;
}

/* Of those that were asked for there must be one that can be read. */
static int check_readable(const struct monitor *m, struct err *err)
{
	const char *name = m->args->maps ? m->args->maps : m->args->common.word[0];

	if (!name || m->told[FEED_WATCHING])
		return 0;
	if (m->told[FEED_BUSY])
		return err_set(err, ERR_EVENTS_BUSY, "end the other one first",
			       "another monitor reads the events of %s, and each is read once",
			       name);
	return err_set(err, ERR_NO_EVENTS, EVENTS_HINT,
		       "the policy of %s has no ring buffer \"events\"", name);
}

/* What tell() has held back. */
static void tell_unread(struct monitor *m)
{
	const struct feed_vm *vm;

	m->begun = true;
	for (vm = m->feeds.vms; vm; vm = vm->next) {
		if (vm->wanted && !vm->ring)
			tell(m, FEED_NO_EVENTS, vm, 0);
		else if (vm->wanted && vm->ring->busy)
			tell(m, FEED_BUSY, vm, 0);
	}
}

static int begin(struct monitor *m, struct err *err)
{
	struct feeds *feeds = &m->feeds;

	if (m->args->maps)
		return feeds__add_folder(feeds, m->args->maps, err) || check_readable(m, err) ? -1 :
												0;
	if (check_named(m, err) || feeds__look(feeds, err) || check_readable(m, err))
		return -1;
	tell_unread(m);
	if (!feeds->vms && !m->args->common.json)
		fprintf(stderr, "smccc_loader: no policy is attached; waiting for one\n");
	return 0;
}

static int check_args(const struct monitor_args *args, struct err *err)
{
	int i;

	if (args->maps && args->common.count)
		return err_set(err, ERR_USAGE, "give one of them",
			       "--maps and the name '%s' exclude each other", args->common.word[0]);
	for (i = 0; i < args->common.count; i++) {
		if (pins__check_name(args->common.word[i], err))
			return -1;
	}
	if (kernel__has_capability(CAP_BPF) || kernel__has_capability(CAP_SYS_ADMIN))
		return 0;
	return err_set(err, ERR_NO_PERMISSION, "run as root, or grant it" GRANT_HOW,
		       "reading a policy's maps needs CAP_BPF");
}

static int monitor(struct monitor *m, struct err *err)
{
	int ret;

	m->feeds.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (m->feeds.epoll < 0)
		return err_set(err, ERR_FAILED, NULL, "epoll_create1: %s", strerror(errno));
	if (watch(m->feeds.epoll, m->stream.signals, EPOLLIN, EPOLL_SIGNAL, err) ||
	    watch(m->feeds.epoll, STDOUT_FILENO, 0, EPOLL_STDOUT, err))
		return -1;
	event__update_clock(&m->printer);
	ret = begin(m, err);
	if (!ret)
		ret = loop(m, err);
	if (!ret)
		summarize(m);
	return ret;
}

static int run_monitor(const void *arg, struct err *err)
{
	const struct monitor_args *args = arg;
	struct monitor m = {
		.args = args,
		.feeds = { .names = args->common.word,
			   .count = args->common.count,
			   .look = true,
			   .handler = { .event = take_event, .note = tell, .arg = &m } },
		.printer.json = args->common.json,
	};
	int ret;

	if (check_args(args, err))
		return -1;
	pins__at(&m.feeds.pins, args->common.pin_dir);
	ret = stream__open(&m.stream, err);
	if (!ret)
		ret = monitor(&m, err);
	feeds__close(&m.feeds);
	if (m.feeds.epoll > 0)
		close(m.feeds.epoll);
	return stream__close(&m.stream, err) ? -1 : ret;
}

const struct command monitor_command = {
	.name = "monitor",
	.usage = "[NAME...] [OPTION]...",
	.summary = "Show calls while they happen, as policies report them",
	.text = "Prints what the policies of the VMs put into their ring buffers \"events\": time,\n"
		"VM, vCPU, verdict, and the call with its arguments. Without a NAME it is every VM\n"
		"that has a policy, later ones included, until Ctrl-C; with one, it ends with the\n"
		"last of them. An event is read once, by one monitor. With --json each line is an\n"
		"object; \"kind\" is \"event\", or what else happened.\n",
	.options = monitor_options,
	.args_size = sizeof(struct monitor_args),
	.run = run_monitor,
};
