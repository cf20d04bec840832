// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "stream.h"

#define BUFFER_SIZE (256 * 1024)
/* How long a reader may take to go on reading once we are told to end. */
#define PATIENCE_MS 1000

/* Until there is room in stdout, or it is time to end. */
static int wait_for_room(struct stream *stream)
{
	struct pollfd polled[] = { { .fd = STDOUT_FILENO, .events = POLLOUT },
				   { .fd = stream->signals, .events = POLLIN } };
	int ret;

	for (;;) {
		ret = poll(polled, stream->stop ? 1 : 2, stream->stop ? PATIENCE_MS : -1);
		if (ret < 0 && errno != EINTR)
			return errno;
		if (ret > 0 && polled[0].revents)
			return 0;
		if (!ret)
			return ECANCELED;
		stream__read_signals(stream);
	}
}

/* No more at once than a pipe that has room takes for sure: a write() never waits. */
static ssize_t write_out(void *cookie, const char *data, size_t size)
{
	struct stream *stream = cookie;
	size_t done = 0;
	ssize_t ret;

	while (done < size && !stream->error) {
		stream->error = wait_for_room(stream);
		if (stream->error)
			break;
		ret = write(STDOUT_FILENO, data + done,
			    size - done < PIPE_BUF ? size - done : PIPE_BUF);
		if (ret >= 0)
			done += ret;
		else if (errno != EINTR && errno != EAGAIN)
			stream->error = errno;
	}
	return done;
}

int stream__open(struct stream *stream, struct err *err)
{
	cookie_io_functions_t functions = { .write = write_out };
	sigset_t set;

	*stream = (struct stream){ .signals = -1 };
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	stream->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (stream->signals < 0)
		return err_set(err, ERR_FAILED, NULL, "signalfd: %s", strerror(errno));
	stream->out = fopencookie(stream, "w", functions);
	if (!stream->out)
		return err_no_memory(err);
	setvbuf(stream->out, NULL, _IOFBF, BUFFER_SIZE);
	return 0;
}

void stream__read_signals(struct stream *stream)
{
	struct signalfd_siginfo info;

	while (read(stream->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGWINCH)
			stream->resized = true;
		else
			stream->stop = true;
	}
}

bool stream__flush(struct stream *stream)
{
	return !fflush(stream->out) && !stream->error;
}

int stream__close(struct stream *stream, struct err *err)
{
	if (stream->out)
		fclose(stream->out);
	stream->out = NULL;
	if (stream->signals >= 0)
		close(stream->signals);
	stream->signals = -1;
	if (!stream->error || stream->error == EPIPE || stream->error == ECANCELED)
		return 0;
	return err_set(err, ERR_OUTPUT, NULL, "cannot write the output: %s",
		       strerror(stream->error));
}
