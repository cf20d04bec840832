// SPDX-License-Identifier: GPL-2.0
/*
 * usage: vm_fds COMMAND [ARGUMENT...]
 *
 * Runs COMMAND with KVM's kinds of descriptors open, at the numbers below, as a
 * VMM would that starts the loader. The VMs live until COMMAND ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { VM = 60, OTHER_VM = 61, VCPU = 62, KVM = 63, DEVICE = 64 };

/* Without close-on-exec, which KVM sets on all it returns. */
static int expose(int fd, int number)
{
	if (fd < 0 || dup2(fd, number) < 0)
		return -1;
	close(fd);
	return 0;
}

static int open_all(void)
{
	struct kvm_create_device device = {};

	if (expose(open("/dev/kvm", O_RDWR), KVM) || expose(ioctl(KVM, KVM_CREATE_VM, 0L), VM) ||
	    expose(ioctl(KVM, KVM_CREATE_VM, 0L), OTHER_VM) ||
	    expose(ioctl(VM, KVM_CREATE_VCPU, 0L), VCPU))
		return -1;
	/* the one device that every architecture has */
	device.type = KVM_DEV_TYPE_VFIO;
	if (!ioctl(VM, KVM_CREATE_DEVICE, &device))
		expose(device.fd, DEVICE);
	return 0;
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 2 || open_all()) {
		fprintf(stderr, "vm_fds: %s\n", argc < 2 ? "no command" : strerror(errno));
		return 125;
	}
	pid = fork();
	if (!pid) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
