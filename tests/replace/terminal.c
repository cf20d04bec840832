// SPDX-License-Identifier: GPL-2.0
/* The loader at a terminal, with somebody who answers. */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "replace_test.h"

#define QUESTION "[y/N] "
/* A comparison takes some of that where the host is emulated, and busy. */
#define LIMIT_MS 300000

/* Keeps what there is room for. */
static ssize_t read_more(int fd)
{
	size_t used = strlen(output.out), room = sizeof(output.out) - 1 - used;
	char text[4096];
	ssize_t got = read(fd, text, sizeof(text));

	if (got > 0)
		strncat(output.out, text, (size_t)got < room ? (size_t)got : room);
	return got;
}

/* Until the text ends with what is expected, or the terminal is closed: false then. */
static bool read_until(int fd, const char *end)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };
	size_t used, len = end ? strlen(end) : 0;

	do {
		if (poll(&polled, 1, LIMIT_MS) <= 0)
			fail_msg("nothing more comes after: %s", output.out);
		if (read_more(fd) <= 0)
			return false;
		used = strlen(output.out);
	} while (!end || used < len || strcmp(output.out + used - len, end));
	return true;
}

int run_at_terminal(char *const args[], const char *answer, void (*meanwhile)(pid_t pid))
{
	char *argv[64] = { loader };
	int fd, i, status;
	pid_t pid;

	for (i = 0; args[i]; i++)
		argv[i + 1] = args[i];
	memset(&output, 0, sizeof(output));
	pid = forkpty(&fd, NULL, NULL, NULL);
	assert_true(pid >= 0);
	if (!pid) {
		execv(argv[0], argv);
		_exit(127);
	}
	if (read_until(fd, QUESTION)) {
		if (meanwhile) {
			struct child_output shown = output;

			meanwhile(pid);
			output = shown;
		}
		assert_int_equal(write(fd, answer, strlen(answer)), strlen(answer));
		read_until(fd, NULL);
	}
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	output.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return output.status;
}
