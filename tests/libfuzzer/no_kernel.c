// SPDX-License-Identifier: GPL-2.0
/*
 * The linker's --wrap brings here what libbpf asks the C library for: bpf(2), and
 * the file with the kernel's types.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "no_kernel.h"
#include "target.h"

#define LOG_BYTES  4096
#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
FILE *__real_fopen64(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode);
int __real_faccessat(int dir, const char *path, int mode, int flags);
int __wrap_faccessat(int dir, const char *path, int mode, int flags);

static struct {
	const char *text;
	size_t size;
} refusal;

void no_kernel__verifier_says(const void *data, size_t size)
{
	size_t len = size < LOG_BYTES ? size : LOG_BYTES;

	refusal.text = size % 2 ? (const char *)data + size - len : NULL;
	refusal.size = len;
}

static long fail(int error)
{
	errno = error;
	return -1;
}

/* Something to map, where maps can be mapped. */
static long create_map(const union bpf_attr *attr)
{
	__u64 size = ((attr->value_size + 7ULL) & ~7ULL) * attr->max_entries;
	int fd = memfd_create("map", MFD_CLOEXEC);

	MUST(fd >= 0);
	if (!attr->max_entries && attr->map_type != BPF_MAP_TYPE_RINGBUF)
		size = 0;
	if (size >> 40 || ftruncate(fd, size)) {
		close(fd);
		return fail(E2BIG);
	}
	return fd;
}

static long load_program(const union bpf_attr *attr)
{
	if (refusal.text && attr->log_level && attr->log_size) {
		char *log = (char *)(unsigned long)attr->log_buf;
		size_t len = refusal.size < attr->log_size ? refusal.size : attr->log_size - 1;

		memcpy(log, refusal.text, len);
		log[len] = '\0';
	}
	return refusal.text ? fail(EACCES) : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static long bpf(int command, const union bpf_attr *attr)
{
	switch (command) {
	case BPF_MAP_CREATE:
		return create_map(attr);
	case BPF_PROG_LOAD:
		return load_program(attr);
	case BPF_BTF_LOAD:
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	case BPF_MAP_UPDATE_ELEM:
	case BPF_MAP_FREEZE:
	case BPF_PROG_BIND_MAP:
		return 0;
	default:
		return fail(EINVAL);
	}
}

/* Takes six arguments, as syscall() itself does, whether or not they are given. */
__attribute__((no_sanitize("address"))) long __wrap_syscall(long number, ...)
{
	long arg[6];
	va_list ap;
	int i;

	va_start(ap, number);
	for (i = 0; i < 6; i++)
		arg[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_bpf)
		return bpf(arg[0], (const union bpf_attr *)arg[1]);
	return __real_syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

/* Its types are those of kernel.bpf.c, from the program's folder. */
static const char *types_file(void)
{
	static char path[4096];
	ssize_t len;

	if (!path[0]) {
		len = readlink("/proc/self/exe", path, sizeof(path) - 32);
		MUST(len > 0);
		path[len] = '\0';
		strcpy(strrchr(path, '/'), "/kernel.btf");
	}
	return path;
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	return __real_fopen64(strcmp(path, KERNEL_BTF) ? path : types_file(), mode);
}

int __wrap_faccessat(int dir, const char *path, int mode, int flags)
{
	return strcmp(path, KERNEL_BTF) ? __real_faccessat(dir, path, mode, flags) : 0;
}
