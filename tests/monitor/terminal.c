// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command on a terminal of a given size and passes on what it prints.
 *
 * Usage: terminal ROWS COLUMNS COMMAND [ARGUMENT...]
 *
 * SIGUSR1 makes the terminal 2 rows of 12 columns. The exit status is the command's.
 */
#include <errno.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t shrink;

static void on_usr1(int signal)
{
	shrink = 1;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_usr1 };
	struct winsize size = {};
	char buffer[4096];
	ssize_t len;
	int fd, status;
	pid_t pid;

	if (argc < 4) {
		fprintf(stderr, "usage: terminal ROWS COLUMNS COMMAND [ARGUMENT...]\n");
		return 2;
	}
	size.ws_row = atoi(argv[1]);
	size.ws_col = atoi(argv[2]);
	pid = forkpty(&fd, NULL, NULL, &size);
	if (!pid) {
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	sigaction(SIGUSR1, &action, NULL);
	/* EIO: nobody has the terminal any more */
	while ((len = read(fd, buffer, sizeof(buffer))) > 0 || (len < 0 && errno == EINTR)) {
		if (shrink) {
			shrink = 0;
			ioctl(fd, TIOCSWINSZ, &(struct winsize){ .ws_row = 2, .ws_col = 12 });
		}
		if (len > 0 && write(STDOUT_FILENO, buffer, len) != len)
			return 1;
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
