/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Multi-process QEMU's link, as QEMU 7.2 speaks it (include/hw/remote/mpqemu-link.h, hw/remote/proxy.c, hw/remote/memory.c): a header,
 * a body, files beside the header. It is private to QEMU and gone from 10.1 on; see README.md.
 */
#include "sim/vm/link.h"
#include "sim/vm/qtest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS_MAX 8u
#define FILES_MAX 16u

enum command { SYNC_SYSMEM, RET, CONFIG_WRITE, CONFIG_READ, BAR_WRITE, BAR_READ, SET_IRQFD, DEVICE_RESET };

struct header {
	int32_t command;
	uint32_t pad;
	uint64_t size;
};

struct config_access {
	uint32_t address, value;
	int32_t size;
};

struct bar_access {
	uint64_t address, value;
	uint32_t size;
	uint8_t memory, pad[3];
};

struct memory_table {
	uint64_t address[FDS_MAX], size[FDS_MAX];
	int64_t offset[FDS_MAX];
};

_Static_assert(sizeof(struct header) == 16, "QEMU's layout");
_Static_assert(sizeof(struct config_access) == 12, "QEMU's layout");
_Static_assert(sizeof(struct bar_access) == 24, "QEMU's layout");
_Static_assert(sizeof(struct memory_table) == 192, "QEMU's layout");

union body {
	struct config_access config;
	struct bar_access bar;
	struct memory_table memory;
};

struct proxy {
	int fd, qemu_fd;
	struct rig_qtest *qtest;
	struct region {
		uint64_t address, size;
		uint8_t *at;
	} region[FDS_MAX];
	unsigned int regions;
	/* Files that were mapped, whole: the table comes a hundred times a boot, the files stay the same. */
	struct file {
		dev_t device;
		ino_t inode;
		uint8_t *at;
		size_t size;
	} file[FILES_MAX];
	unsigned int files;
};

static const struct file *map(struct proxy *proxy, int fd)
{
	struct stat stat;
	struct file *file;
	void *at;

	if (fstat(fd, &stat) < 0 || stat.st_size <= 0)
		return NULL;
	for (unsigned int i = 0; i < proxy->files; i++)
		if (proxy->file[i].device == stat.st_dev && proxy->file[i].inode == stat.st_ino)
			return &proxy->file[i];
	if (proxy->files == FILES_MAX)
		return NULL;
	at = mmap(NULL, (size_t)stat.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return NULL;
	file = &proxy->file[proxy->files++];
	*file = (struct file){ stat.st_dev, stat.st_ino, at, (size_t)stat.st_size };
	return file;
}

static void take_memory(struct proxy *proxy, const struct memory_table *table, const int *fds, unsigned int count)
{
	proxy->regions = 0;
	for (unsigned int i = 0; i < count; i++) {
		const struct file *file = map(proxy, fds[i]);
		uint64_t offset = (uint64_t)table->offset[i];

		/* A file that was laid out anew is larger than its mapping, say: such memory is not there for DMA. */
		if (file && offset <= file->size && table->size[i] <= file->size - offset)
			proxy->region[proxy->regions++] = (struct region){ table->address[i], table->size[i], file->at + offset };
	}
}

static uint8_t *memory(void *self, uint64_t address, size_t size)
{
	const struct proxy *proxy = self;

	for (unsigned int i = 0; i < proxy->regions; i++) {
		const struct region *region = &proxy->region[i];

		if (address >= region->address && size <= region->size && address - region->address <= region->size - size)
			return region->at + (address - region->address);
	}
	return NULL;
}

static int interrupt(void *self, uint64_t address, uint32_t data)
{
	return rig_qtest_write(((struct proxy *)self)->qtest, address, data);
}

static int receive(int fd, void *bytes, size_t size)
{
	uint8_t *to = bytes;

	while (size > 0) {
		ssize_t got = recv(fd, to, size, MSG_WAITALL);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -ENOTCONN;
		to += got;
		size -= (size_t)got;
	}
	return 0;
}

static int receive_header(int fd, struct header *header, int *fds, unsigned int *ret_count)
{
	char control[CMSG_SPACE(FDS_MAX * sizeof(int))];
	struct iovec part = { header, sizeof(*header) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	ssize_t got;

	do
		got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return -ENOTCONN;
	*ret_count = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
			*ret_count = (unsigned int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
			memcpy(fds, CMSG_DATA(c), *ret_count * sizeof(int));
		}
	return receive(fd, (uint8_t *)header + got, sizeof(*header) - (size_t)got);
}

static int answer(int fd, uint64_t value)
{
	struct { struct header header; uint64_t value; } reply = { { .command = RET, .size = sizeof(value) }, value };

	return send(fd, &reply, sizeof(reply), MSG_NOSIGNAL) == sizeof(reply) ? 0 : -ENOTCONN;
}

/* Answers first where the answer says nothing, so that the guest runs on while the logic does. */
static int serve_one(struct proxy *proxy, struct rig_device *device, const struct header *header, const union body *body, const int *fds,
		     unsigned int count)
{
	uint32_t offset = 0;
	int bar, rc;

	switch (header->command) {
	case SYNC_SYSMEM:
		take_memory(proxy, &body->memory, fds, count);
		return 0;
	case SET_IRQFD:
		return 0;
	case CONFIG_READ:
		return answer(proxy->fd, rig_device_config_read(device, body->config.address, (uint32_t)body->config.size));
	case CONFIG_WRITE:
		rig_device_config_write(device, body->config.address, (uint32_t)body->config.size, body->config.value);
		return answer(proxy->fd, 0);
	case BAR_READ:
		bar = rig_device_bar(device, body->bar.address, &offset);
		return answer(proxy->fd, bar < 0 ? ~0ull : rig_device_read(device, bar, offset, body->bar.size));
	case BAR_WRITE:
		bar = rig_device_bar(device, body->bar.address, &offset);
		rc = answer(proxy->fd, 0);
		if (bar >= 0)
			rig_device_write(device, bar, offset, body->bar.size, body->bar.value);
		return rc;
	case DEVICE_RESET:
		rig_device_reset(device);
		return answer(proxy->fd, 0);
	}
	fprintf(stderr, "boardd: QEMU sent command %d of %llu bytes, which is not known here; this speaks the link of QEMU 7.2\n", header->command,
		(unsigned long long)header->size);
	return -EPROTO;
}

static int serve(void *self, struct rig_device *device, const struct pollfd *wait)
{
	static const uint64_t sizes[] = { sizeof(struct memory_table), 8, sizeof(struct config_access), sizeof(struct config_access),
					  sizeof(struct bar_access), sizeof(struct bar_access), 0, 0 };
	struct proxy *proxy = self;
	struct header header;
	union body body = { 0 };
	int fds[FDS_MAX], rc;
	unsigned int count;

	if (wait[1].revents)
		rig_qtest_drain(proxy->qtest);
	if (!wait[0].revents)
		return 0;
	rc = receive_header(proxy->fd, &header, fds, &count);
	if (rc < 0)
		return rc;
	if (header.command < 0 || header.command > DEVICE_RESET || header.size != sizes[header.command])
		header.command = -1;
	else
		rc = receive(proxy->fd, &body, header.size);
	if (rc == 0)
		rc = serve_one(proxy, device, &header, &body, fds, count);
	for (unsigned int i = 0; i < count; i++)
		close(fds[i]);
	return rc;
}

static nfds_t wait_for(void *self, struct pollfd *fds)
{
	struct proxy *proxy = self;

	fds[0] = (struct pollfd){ proxy->fd, POLLIN, 0 };
	fds[1] = (struct pollfd){ rig_qtest_fd(proxy->qtest), POLLIN, 0 };
	return 2;
}

/* In the child the socket stays open over exec; the parent's end of it is closed by it. */
static void inherit(void *self)
{
	fcntl(((struct proxy *)self)->qemu_fd, F_SETFD, 0);
}

static void close_proxy(void *self)
{
	struct proxy *proxy = self;

	for (unsigned int i = 0; i < proxy->files; i++)
		munmap(proxy->file[i].at, proxy->file[i].size);
	rig_qtest_free(proxy->qtest);
	if (proxy->fd >= 0)
		close(proxy->fd);
	if (proxy->qemu_fd >= 0)
		close(proxy->qemu_fd);
	free(proxy);
}

/* After QEMU is started its end must not be open here, or its death would not be seen. */
static void started(void *self)
{
	struct proxy *proxy = self;

	close(proxy->qemu_fd);
	proxy->qemu_fd = -1;
}

int rig_proxy_new(const char *qtest, struct rig_link *ret, int *ret_fd, struct rig_host *ret_host)
{
	static const struct rig_link_ops ops = { .inherit = inherit, .started = started, .wait = wait_for, .serve = serve, .close = close_proxy };
	struct proxy *proxy = calloc(1, sizeof(*proxy));
	int ends[2], rc;

	if (!proxy)
		return -ENOMEM;
	proxy->fd = proxy->qemu_fd = -1;
	rc = rig_qtest_new(qtest, &proxy->qtest);
	if (rc == 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		rc = -errno;
	if (rc < 0) {
		close_proxy(proxy);
		return rc;
	}
	proxy->fd = ends[0];
	proxy->qemu_fd = ends[1];
	*ret = (struct rig_link){ &ops, proxy };
	*ret_fd = proxy->qemu_fd;
	*ret_host = (struct rig_host){ .memory = memory, .interrupt = interrupt, .context = proxy };
	return 0;
}
