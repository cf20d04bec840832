// SPDX-License-Identifier: GPL-2.0
/*
 * usage: vms COUNT COMMAND [ARGUMENT...]
 *
 * Another process than the loader's ancestors in all but blood: holds COUNT VMs,
 * the first of them by a second fd as well, while COMMAND runs, which does not
 * inherit them. Its pid is in $VMS, the fd of its first VM in $VMS_FD.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_number(const char *name, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	setenv(name, text, 1);
}

static int open_vms(int count)
{
	struct rlimit limit = { count + 64, count + 64 };
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int i, fd, first = -1;

	if (count > 900 && setrlimit(RLIMIT_NOFILE, &limit))
		return -1;
	for (i = 0; i < count; i++) {
		fd = ioctl(kvm, KVM_CREATE_VM, 0L);
		if (fd < 0)
			return -1;
		if (!i)
			first = fd;
	}
	set_number("VMS", getpid());
	set_number("VMS_FD", first);
	return count && fcntl(first, F_DUPFD_CLOEXEC, 0) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 3 || open_vms(atoi(argv[1]))) {
		fprintf(stderr, "vms: %s\n", argc < 3 ? "no command" : strerror(errno));
		return 125;
	}
	pid = fork();
	if (!pid) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
