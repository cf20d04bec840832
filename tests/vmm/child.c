// SPDX-License-Identifier: GPL-2.0
/* Child processes that inherit a descriptor, with their output captured. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"

#define CHILD_LIMIT_S 60

struct stream {
	int fd;
	char *text; /* CHILD_OUTPUT_SIZE */
	size_t used;
};

/* One read; at its end the descriptor is closed. What does not fit is dropped. */
static void stream_read(struct stream *stream, bool *truncated)
{
	char buffer[4096];
	size_t room = CHILD_OUTPUT_SIZE - 1 - stream->used;
	ssize_t got = read(stream->fd, buffer, sizeof(buffer));

	if (got <= 0) {
		close(stream->fd);
		stream->fd = -1;
		return;
	}
	if ((size_t)got > room) {
		*truncated = true;
		got = room;
	}
	memcpy(stream->text + stream->used, buffer, got);
	stream->used += got;
	stream->text[stream->used] = '\0';
}

static int seconds_left(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return CHILD_LIMIT_S - (int)(now.tv_sec - start->tv_sec);
}

static int read_streams(struct stream streams[2], const struct timespec *start, bool *truncated)
{
	while (streams[0].fd >= 0 || streams[1].fd >= 0) {
		struct pollfd polled[2] = {
			{ .fd = streams[0].fd, .events = POLLIN },
			{ .fd = streams[1].fd, .events = POLLIN },
		};
		int left = seconds_left(start);

		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(polled, 2, left * 1000) < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < 2; i++)
			if (polled[i].fd >= 0 && polled[i].revents)
				stream_read(&streams[i], truncated);
	}
	return 0;
}

static int spawn(char *const argv[], int inherit_fd, int out, int err, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int result = posix_spawn_file_actions_init(&actions);

	if (result)
		return -result;
	result = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!result)
		result = posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
	/* Onto itself: takes close-on-exec off, in the child only. */
	if (!result && inherit_fd >= 0)
		result = posix_spawn_file_actions_adddup2(&actions, inherit_fd, inherit_fd);
	if (!result)
		result = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -result;
}

/* A child that has closed its output has not necessarily ended. */
static int wait_for_end(pid_t pid, const struct timespec *start, int *status)
{
	pid_t got;

	while (!(got = waitpid(pid, status, WNOHANG)) && seconds_left(start) > 0)
		usleep(1000);
	if (got == pid)
		return 0;
	return got ? -errno : -ETIMEDOUT;
}

static int run_with_pipes(char *const argv[], int inherit_fd, int out[2], int err[2],
			  struct child_output *output)
{
	struct stream streams[2] = {
		{ .fd = out[0], .text = output->out },
		{ .fd = err[0], .text = output->err },
	};
	struct timespec start;
	int result, status = 0;
	pid_t pid = 0;

	clock_gettime(CLOCK_MONOTONIC, &start);
	result = spawn(argv, inherit_fd, out[1], err[1], &pid);
	close(out[1]);
	close(err[1]);
	if (!result) {
		result = read_streams(streams, &start, &output->truncated);
		if (!result)
			result = wait_for_end(pid, &start, &status);
		if (result) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
		}
		output->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	for (int i = 0; i < 2; i++)
		if (streams[i].fd >= 0)
			close(streams[i].fd);
	return result;
}

int child_run(char *const argv[], int inherit_fd, struct child_output *output)
{
	int out[2], err[2];

	output->status = -1;
	output->truncated = false;
	output->out[0] = output->err[0] = '\0';

	if (pipe2(out, O_CLOEXEC))
		return -errno;
	if (pipe2(err, O_CLOEXEC)) {
		int error = -errno;

		close(out[0]);
		close(out[1]);
		return error;
	}
	return run_with_pipes(argv, inherit_fd, out, err, output);
}
