// SPDX-License-Identifier: GPL-2.0
/*
 * The first process of the emulated host: mounts what a Linux host has mounted,
 * runs the command of tests/rig/run, and powers off.
 *
 * One static program, because each further process would cost 50 ms of the
 * boot under emulation.
 *
 * /rig is the folder of this run on the machine outside. From it come "fstab"
 * (what to mount), "dir", "argv" and "env" (the command); "stdout", "stderr",
 * "started" and "status" go back through it. No "argv" means a shell on the
 * console.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONSOLE	 "/dev/ttyAMA0"
#define KMEMLEAK "/sys/kernel/debug/kmemleak"

/* A stream of the command: what it writes into the pipe goes to the file. */
struct stream {
	int pipe[2];
	int file;
};

static void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	/* A first process that ends is a kernel panic. */
	for (;;)
		pause();
}

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	int err = errno;
	va_list args;

	fprintf(stderr, "rig: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(err));
	power_off();
	abort();
}

static void make_dir(const char *path)
{
	char part[4096];
	size_t i;

	for (i = 1; i <= strlen(path); i++) {
		if (path[i] && path[i] != '/')
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)i, path);
		if (mkdir(part, 0755) && errno != EEXIST)
			die("cannot create %s", part);
	}
}

static void mount_on(const char *source, const char *target, const char *type, unsigned long flags,
		     const char *options)
{
	make_dir(target);
	if (mount(source, target, type, flags, options))
		die("cannot mount %s (%s) on %s", source, type, target);
}

static void open_console(void)
{
	int fd = open(CONSOLE, O_RDWR | O_NOCTTY);

	for (int i = 0; fd >= 0 && i <= 2; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

/* The root disk is read-only; a tmpfs above it takes what is written. */
static void enter_root(void)
{
	mount_on("/dev/vda", "/disk", "squashfs", MS_RDONLY, NULL);
	mount_on("tmpfs", "/written", "tmpfs", 0, NULL);
	make_dir("/written/upper");
	make_dir("/written/work");
	mount_on("overlay", "/new", "overlay", 0,
		 "lowerdir=/disk,upperdir=/written/upper,workdir=/written/work");
	mount_on("/dev", "/new/dev", NULL, MS_MOVE, NULL);
	mount_on("/rig", "/new/rig", NULL, MS_MOVE, NULL);
	if (chdir("/new") || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		die("cannot enter the root file system");
}

static void mount_fstab(const char *path)
{
	FILE *file = setmntent(path, "r");
	struct mntent *entry;

	if (!file)
		die("cannot read %s", path);
	while ((entry = getmntent(file)))
		mount_on(entry->mnt_fsname, entry->mnt_dir, entry->mnt_type,
			 hasmntopt(entry, "ro") ? MS_RDONLY : 0,
			 strcmp(entry->mnt_opts, "defaults") ? entry->mnt_opts : NULL);
	endmntent(file);
}

/* What udev would have made. */
static void link_streams(void)
{
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" },
		{ "/proc/self/fd/0", "/dev/stdin" },
		{ "/proc/self/fd/1", "/dev/stdout" },
		{ "/proc/self/fd/2", "/dev/stderr" },
	};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (symlink(links[i][0], links[i][1]))
			die("cannot create %s", links[i][1]);
}

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;

	*size = 0;
	if (!file)
		die("cannot read %s", path);
	size_t room = 0;
	do {
		room += 65536;
		text = realloc(text, room + 1);
		if (!text)
			die("cannot read %s", path);
		*size += fread(text + *size, 1, room - *size, file);
		if (ferror(file))
			die("cannot read %s", path);
	} while (!feof(file));
	text[*size] = '\0';
	fclose(file);
	return text;
}

/* A file of strings that each end in a zero byte, as a vector for execve(). */
static char **read_vector(const char *path)
{
	size_t size, count = 0;
	char *text = read_file(path, &size);
	char **vector = calloc(size + 1, sizeof(*vector));

	if (!vector)
		die("cannot read %s", path);
	for (char *s = text; s < text + size; s += strlen(s) + 1)
		vector[count++] = s;
	return vector;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die("cannot write %s", path);
	close(fd);
}

static void stream_open(struct stream *stream, const char *path)
{
	stream->file = open(path, O_WRONLY | O_CLOEXEC);
	if (stream->file < 0)
		die("cannot open %s", path);
	if (pipe2(stream->pipe, O_CLOEXEC))
		die("cannot make a pipe");
}

/* Passes on what has come; false at the end of the stream. */
static bool stream_copy(struct stream *stream)
{
	static char buffer[65536];
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is a stream where it is polled */
	ssize_t size = read(stream->pipe[0], buffer, sizeof(buffer));

	if (size > 0) {
		if (write(stream->file, buffer, size) != size)
			die("cannot pass on the command's output");
		return true;
	}
	return size < 0 && errno == EINTR;
}

static void __attribute__((noreturn)) exec_job(char **argv, char **env)
{
	sigset_t none;
	size_t size;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (chdir(read_file("/rig/dir", &size)))
		fprintf(stderr, "rig: cannot enter the project's folder: %s\n", strerror(errno));
	environ = env;
	execvp(argv[0], argv);
	fprintf(stderr, "rig: cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static pid_t start_job(char **argv, char **env, struct stream *out, struct stream *err)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t pid = fork();

	if (pid < 0)
		die("cannot fork");
	if (pid == 0) {
		dup2(null, STDIN_FILENO);
		dup2(out->pipe[1], STDOUT_FILENO);
		dup2(err->pipe[1], STDERR_FILENO);
		exec_job(argv, env);
	}
	close(null);
	close(out->pipe[1]);
	close(err->pipe[1]);
	return pid;
}

static pid_t start_shell(char **env)
{
	static char *argv[] = { "bash", "-i", NULL };
	pid_t pid = fork();

	if (pid < 0)
		die("cannot fork");
	if (pid == 0) {
		setsid();
		/* Opening it makes it the new session's terminal. */
		if (open(CONSOLE, O_RDWR) < 0)
			die("cannot open " CONSOLE);
		ioctl(STDIN_FILENO, TIOCSCTTY, 0);
		exec_job(argv, env);
	}
	return pid;
}

/* Collects dead processes; true when the job is among them. */
static bool reap(pid_t job, int *status)
{
	bool found = false;
	int wstatus;
	pid_t pid;

	while ((pid = waitpid(-1, &wstatus, WNOHANG)) > 0) {
		if (pid != job)
			continue;
		found = true;
		*status = WIFSIGNALED(wstatus) ? 128 + WTERMSIG(wstatus) : WEXITSTATUS(wstatus);
	}
	return found;
}

/*
 * Returns the job's exit status when all its output is passed on. What it left
 * running is killed then: it may hold the output open, and its end (of a
 * virtual machine, say) is part of what is tested.
 */
static int wait_job(pid_t job, int sigchld, struct stream *out, struct stream *err)
{
	struct pollfd fds[] = {
		{ .fd = out ? out->pipe[0] : -1, .events = POLLIN },
		{ .fd = err ? err->pipe[0] : -1, .events = POLLIN },
		{ .fd = sigchld, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	int status = 0;

	while (fds[0].fd >= 0 || fds[1].fd >= 0 || fds[2].fd >= 0) {
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			die("cannot wait for the command");
		if (fds[0].revents && !stream_copy(out))
			fds[0].fd = -1;
		if (fds[1].revents && !stream_copy(err))
			fds[1].fd = -1;
		if (fds[2].revents && read(sigchld, &info, sizeof(info)) > 0 &&
		    reap(job, &status)) {
			kill(-1, SIGKILL);
			fds[2].fd = -1;
		}
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	return status;
}

static int block_sigchld(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int run_job(char **argv, char **env)
{
	struct stream out, err;
	int sigchld = block_sigchld();

	if (!argv[0])
		return wait_job(start_shell(env), sigchld, NULL, NULL);
	stream_open(&out, "/rig/stdout");
	stream_open(&err, "/rig/stderr");
	write_file("/rig/started", "");
	return wait_job(start_job(argv, env, &out, &err), sigchld, &out, &err);
}

/*
 * What was allocated and is not pointed to any more, if the kernel can tell: it says so in
 * its log, where tests/rig/run finds it. An object must be 5 s old, and unchanged from one
 * scan to the next.
 */
static void find_leaks(void)
{
	static char leaks[1 << 16];
	int fd = open(KMEMLEAK, O_RDWR | O_CLOEXEC);
	ssize_t len;
	int i;

	if (fd < 0)
		return;
	sleep(6);
	for (i = 0; i < 2; i++) {
		if (write(fd, "scan", strlen("scan")) < 0)
			die("cannot scan for leaks");
	}
	while ((len = read(fd, leaks, sizeof(leaks))) > 0)
		fwrite(leaks, 1, len, stderr);
	close(fd);
}

int main(void)
{
	char text[16];

	mount_on("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	open_console();
	mount_on("rig", "/rig", "9p", 0, "trans=virtio,version=9p2000.L,cache=none");
	enter_root();
	mount_fstab("/rig/fstab");
	link_streams();
	sethostname("rig", 3);
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): kept until the power goes off */
	snprintf(text, sizeof(text), "%d\n",
		 run_job(read_vector("/rig/argv"), read_vector("/rig/env")));
	find_leaks();
	sync();
	write_file("/rig/status", text);
	power_off();
}
