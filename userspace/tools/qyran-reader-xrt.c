/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qyran-reader-xrt XCLBIN KERNEL - computes the reader's sums with a kernel in the logic, through XRT; started by qyrand, which talks to it as
 * qyrand/reader_shared.h says. It ends with the service, whatever XRT does meanwhile.
 */
#include "qyrand/reader_shared.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <ert.h>
#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

#define POLL_MS 50

enum { WEIGHTS, INPUT, SUMS, BUFFERS };

static const size_t sizes[BUFFERS] = { PLATE_WEIGHT_BYTES, PLATE_INPUT_H * PLATE_INPUT_W, PLATE_SUMS * sizeof(int16_t) };

struct accelerator {
	xrtDeviceHandle device;
	xrtKernelHandle kernel;
	xrtRunHandle run;
	xrtBufferHandle buffers[BUFFERS];
	void *maps[BUFFERS];
};

static void say(enum reader_message_type type, uint32_t serial, const char *text)
{
	struct reader_message message = { .type = type, .serial = serial };

	snprintf(message.text, sizeof(message.text), "%s", text);
	if (send(READER_SOCKET_FD, &message, sizeof(message), MSG_NOSIGNAL) < 0)
		_exit(1);
}

__attribute__((format(printf, 1, 2), noreturn))
static void refuse(const char *format, ...)
{
	char text[200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	say(READER_REFUSED, 0, text);
	_exit(1);
}

/* XRT may hang: the end of the service is noticed beside it, and ends what XRT started too. */
static void *watch_service(void *user)
{
	struct pollfd wait = { .fd = READER_SOCKET_FD };

	(void)user;
	while (!(wait.revents & (POLLHUP | POLLERR | POLLNVAL)))
		poll(&wait, 1, -1);
	kill(0, SIGKILL);
	_exit(1);
}

static struct reader_shared *join(void)
{
	struct rlimit none = { 0, 0 };
	struct stat about;
	pthread_t watcher;
	int kind;
	socklen_t size = sizeof(kind);
	void *shared;

	if (getsockopt(READER_SOCKET_FD, SOL_SOCKET, SO_TYPE, &kind, &size) != 0 || kind != SOCK_SEQPACKET || fstat(READER_MEMORY_FD, &about) != 0 ||
	    about.st_size != (off_t)sizeof(struct reader_shared)) {
		fprintf(stderr, "qyran-reader-xrt: is started by qyrand, with [reader] backend = xrt in its configuration\n");
		exit(2);
	}
	if (getpgrp() != getpid())
		setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	/* What XRT starts must not hold the service's socket open. */
	fcntl(READER_SOCKET_FD, F_SETFD, FD_CLOEXEC);
	fcntl(READER_MEMORY_FD, F_SETFD, FD_CLOEXEC);
	shared = mmap(NULL, sizeof(struct reader_shared), PROT_READ | PROT_WRITE, MAP_SHARED, READER_MEMORY_FD, 0);
	if (shared == MAP_FAILED)
		refuse("no memory: %s", strerror(errno));
	if (pthread_create(&watcher, NULL, watch_service, NULL) != 0)
		refuse("no thread");
	return shared;
}

static void open_buffers(struct accelerator *accelerator)
{
	for (int i = 0; i < BUFFERS; i++) {
		int group = xrtKernelArgGroupId(accelerator->kernel, i);

		accelerator->buffers[i] = xrtBOAlloc(accelerator->device, sizes[i], XRT_BO_FLAGS_NONE, (xrtMemoryGroup)group);
		accelerator->maps[i] = accelerator->buffers[i] ? xrtBOMap(accelerator->buffers[i]) : NULL;
		if (group < 0 || !accelerator->maps[i])
			refuse("the accelerator has no memory for its argument %d", i);
		if (xrtRunSetArg(accelerator->run, i, accelerator->buffers[i]) != 0)
			refuse("the kernel does not take its argument %d", i);
	}
}

/* XRT aborts where it does not find its parts. The folder `xrt` beside this program leads to them where a distribution has put them elsewhere. */
static void find_xrt(void)
{
	const char *emulation = getenv("XCL_EMULATION_MODE"), *root = getenv("XILINX_XRT");
	char own[4096] = "", path[4200];
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 8);

	if (!root && length > 0) {
		strcpy(strrchr(own, '/'), "/xrt");
		setenv("XILINX_XRT", own, 1);
		root = own;
	}
	snprintf(path, sizeof(path), "%.4000s/lib/libxrt_%s.so.2", root ? root : "", emulation ? strcmp(emulation, "hw_emu") == 0 ? "hwemu" : "swemu" : "core");
	if (access(path, R_OK) != 0)
		refuse("XILINX_XRT=%.120s is not where XRT is: lib/%s is not there", root ? root : "", strrchr(path, '/') + 1);
}

static void open_accelerator(const char *xclbin, const char *name, const struct reader_shared *shared, struct accelerator *ret)
{
	xuid_t id;

	find_xrt();
	if (access(xclbin, R_OK) != 0)
		refuse("%s: %s", xclbin, strerror(errno));
	ret->device = xrtDeviceOpen(0);
	if (!ret->device)
		refuse("XRT finds no device");
	if (xrtDeviceLoadXclbinFile(ret->device, xclbin) != 0 || xrtDeviceGetXclbinUUID(ret->device, id) != 0)
		refuse("%s: XRT does not load it", xclbin);
	ret->kernel = xrtPLKernelOpenExclusive(ret->device, id, name);
	if (!ret->kernel)
		refuse("%s: no kernel %s in it", xclbin, name);
	ret->run = xrtRunOpen(ret->kernel);
	if (!ret->run)
		refuse("the kernel %s cannot be run", name);
	open_buffers(ret);
	memcpy(ret->maps[WEIGHTS], shared->weights, sizes[WEIGHTS]);
	if (xrtBOSync(ret->buffers[WEIGHTS], XCL_BO_SYNC_BO_TO_DEVICE, sizes[WEIGHTS], 0) != 0)
		refuse("the weights cannot be copied to the accelerator");
}

static int compute(const struct accelerator *accelerator, struct reader_shared *shared)
{
	int state = ERT_CMD_STATE_NEW, rc = -EIO;

	memcpy(accelerator->maps[INPUT], shared->input, sizes[INPUT]);
	if (xrtBOSync(accelerator->buffers[INPUT], XCL_BO_SYNC_BO_TO_DEVICE, sizes[INPUT], 0) == 0 && xrtRunStart(accelerator->run) == 0) {
		while (state != ERT_CMD_STATE_COMPLETED && state != ERT_CMD_STATE_ERROR && state != ERT_CMD_STATE_ABORT)
			state = (int)xrtRunWaitFor(accelerator->run, POLL_MS);
		if (state == ERT_CMD_STATE_COMPLETED && xrtBOSync(accelerator->buffers[SUMS], XCL_BO_SYNC_BO_FROM_DEVICE, sizes[SUMS], 0) == 0) {
			memcpy(shared->sums, accelerator->maps[SUMS], sizes[SUMS]);
			rc = 0;
		}
	}
	/* Not before the kernel is done: on a board it reads this very memory. */
	explicit_bzero(accelerator->maps[INPUT], sizes[INPUT]);
	explicit_bzero(accelerator->maps[SUMS], sizes[SUMS]);
	return rc;
}

int main(int argc, char **argv)
{
	struct accelerator accelerator = { 0 };
	struct reader_message message;
	struct reader_shared *shared;

	if (argc != 3) {
		fprintf(stderr, "usage: qyran-reader-xrt XCLBIN KERNEL, started by qyrand\n");
		return 2;
	}
	shared = join();
	open_accelerator(argv[1], argv[2], shared, &accelerator);
	say(READER_READY, 0, "");
	while (recv(READER_SOCKET_FD, &message, sizeof(message), 0) == (ssize_t)sizeof(message)) {
		if (compute(&accelerator, shared) != 0)
			refuse("its kernel failed");
		say(READER_DONE, message.serial, "");
	}
	return 0;
}
