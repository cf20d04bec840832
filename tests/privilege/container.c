// SPDX-License-Identifier: GPL-2.0
/*
 * usage: container [OPTION=VALUE]... -- COMMAND [ARGUMENT...]
 *
 * Runs COMMAND as root of a user namespace and a mount namespace of its own, the user
 * 100000 outside, with a BPF file system on /sys/fs/bpf that has the options, as
 * delegate_progs=struct_ops: what a container manager does that lets a container make
 * BPF tokens. mount(8) cannot: the file system has to be opened inside, for its user
 * namespace, and to get its options and its superblock from root outside.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define IDS "0 100000 65536"

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "container: %s: %s\n", what, strerror(errno));
	exit(125);
}

static void send_fd(int socket, int fd)
{
	char room[CMSG_SPACE(sizeof(int))] = {}, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = room,
			      .msg_controllen = sizeof(room) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(int));
	if (sendmsg(socket, &msg, 0) != 1)
		die("cannot pass the file system on");
}

static int receive_fd(int socket)
{
	char room[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = room,
			      .msg_controllen = sizeof(room) };
	struct cmsghdr *head;
	int fd;

	if (recvmsg(socket, &msg, 0) != 1)
		die("the container ended early");
	head = CMSG_FIRSTHDR(&msg);
	if (!head)
		die("the container sent nothing");
	memcpy(&fd, CMSG_DATA(head), sizeof(int));
	return fd;
}

/* Each side waits so until the other one has got as far. */
static void tell(int socket)
{
	if (write(socket, "", 1) != 1)
		die("the other side ended");
}

static void await(int socket)
{
	char byte;

	if (read(socket, &byte, 1) != 1)
		exit(125);
}

static void write_map(pid_t pid, const char *name)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = fopen(path, "w");
	if (!file || fputs(IDS "\n", file) < 0 || fclose(file))
		die(path);
}

/* Option by option, for the kernel takes no two in one. */
static void make_file_system(int fs, char **option)
{
	char *value;

	for (; *option && strcmp(*option, "--"); option++) {
		value = strchr(*option, '=');
		if (!value)
			die(*option);
		*value++ = '\0';
		if (syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, *option, value, 0))
			die(*option);
	}
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		die("cannot make the BPF file system");
}

static void run_inside(int socket, char **command)
{
	int fs, mnt;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		die("unshare");
	tell(socket);
	await(socket);
	if (setgid(0) || setuid(0))
		die("cannot become root inside");
	fs = syscall(SYS_fsopen, "bpf", FSOPEN_CLOEXEC);
	if (fs < 0)
		die("fsopen");
	send_fd(socket, fs);
	await(socket);
	mnt = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	if (mnt < 0 ||
	    syscall(SYS_move_mount, mnt, "", AT_FDCWD, "/sys/fs/bpf", MOVE_MOUNT_F_EMPTY_PATH))
		die("cannot mount /sys/fs/bpf");
	execvp(command[0], command);
	die(command[0]);
}

int main(int argc, char **argv)
{
	char **command = argv + 1;
	int sockets[2], status;
	pid_t pid;

	while (*command && strcmp(*command, "--"))
		command++;
	if (argc < 3 || !*command || !command[1] ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		die("no command");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		close(sockets[0]);
		run_inside(sockets[1], command + 1);
	}
	close(sockets[1]);
	await(sockets[0]);
	write_map(pid, "uid_map");
	write_map(pid, "gid_map");
	tell(sockets[0]);
	make_file_system(receive_fd(sockets[0]), argv + 1);
	tell(sockets[0]);
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
