/* SPDX-License-Identifier: Apache-2.0 */
/* The server of an ivshmem-doorbell device with one guest; sim/vm/mailbox.h says what lies in the memory that it shares. */
#include "sim/vm/bench.h"
#include "sim/vm/link.h"
#include "sim/vm/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PROTOCOL 0
#define GUEST 0	/* our number for it; we are peer 1 */
#define MEMORY_FOLLOWS (-1)
#define PEER 1

struct ivshmem {
	int listening, fd, shared, from_guest, to_guest;
	uint8_t *mailbox, *ram;
	size_t ram_size;
	uint64_t ram_base;
};

static uint8_t *memory(void *self, uint64_t address, size_t size)
{
	const struct ivshmem *link = self;

	if (address < link->ram_base || size > link->ram_size || address - link->ram_base > link->ram_size - size)
		return NULL;
	return link->ram + (address - link->ram_base);
}

static int interrupt(void *self, uint64_t address, uint32_t data)
{
	const uint64_t one = 1;

	(void)address;
	(void)data;
	return write(((struct ivshmem *)self)->to_guest, &one, sizeof(one)) == sizeof(one) ? 0 : -EAGAIN;
}

static int tell(int to, int64_t number, int file)
{
	union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr aligned; } control = { { 0 } };
	struct iovec part = { &number, sizeof(number) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (file >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		*CMSG_FIRSTHDR(&message) = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &file, sizeof(file));
	}
	return sendmsg(to, &message, MSG_NOSIGNAL) == sizeof(number) ? 0 : -EPROTO;
}

static int greet(struct ivshmem *link)
{
	int rc;

	link->fd = accept4(link->listening, NULL, NULL, SOCK_CLOEXEC);
	if (link->fd < 0)
		return -errno;
	rc = tell(link->fd, PROTOCOL, -1);
	if (rc == 0)
		rc = tell(link->fd, GUEST, -1);
	if (rc == 0)
		rc = tell(link->fd, MEMORY_FOLLOWS, link->shared);
	if (rc == 0)
		rc = tell(link->fd, PEER, link->from_guest);
	return rc < 0 ? rc : tell(link->fd, GUEST, link->to_guest);
}

static uint32_t *word(struct ivshmem *link, uint32_t page, uint32_t offset)
{
	return (uint32_t *)(link->mailbox + page * MAILBOX_PAGE + offset);
}

/* An access, if there is one in this mailbox. A write is answered before it is done, as on the other link. */
static void serve_page(struct ivshmem *link, struct rig_device *device, uint32_t page)
{
	uint32_t command = __atomic_load_n(word(link, page, MAILBOX_COMMAND), __ATOMIC_ACQUIRE);
	uint32_t address = *word(link, page, MAILBOX_ADDRESS), value = *word(link, page, MAILBOX_VALUE);
	int bar = address < BENCH_MAILBOX ? 0 : BENCH_BAR;

	if (bar == BENCH_BAR)
		address -= BENCH_MAILBOX;
	if (command == MAILBOX_READ)
		*word(link, page, MAILBOX_VALUE) = address < (bar == 0 ? RIG_BAR0_SIZE : BENCH_SIZE) ?
						   (uint32_t)rig_device_read(device, bar, address, 4) : 0xffffffff;
	if (command != 0)
		__atomic_store_n(word(link, page, MAILBOX_COMMAND), 0, __ATOMIC_RELEASE);
	if (command == MAILBOX_WRITE && address < (bar == 0 ? RIG_BAR0_SIZE : BENCH_SIZE))
		rig_device_write(device, bar, address, 4, value);
}

static int serve(void *self, struct rig_device *device, const struct pollfd *wait)
{
	struct ivshmem *link = self;
	uint64_t rung;

	if (link->fd < 0)
		return wait[0].revents ? greet(link) : 0;
	if (wait[0].revents)
		return -ENOTCONN;	/* QEMU says nothing on it: it has gone */
	if (wait[1].revents && read(link->from_guest, &rung, sizeof(rung)) == sizeof(rung))
		for (uint32_t page = 0; page < MAILBOX_SIZE / MAILBOX_PAGE; page++)
			serve_page(link, device, page);
	return 0;
}

static nfds_t wait_for(void *self, struct pollfd *fds)
{
	struct ivshmem *link = self;

	fds[0] = (struct pollfd){ link->fd < 0 ? link->listening : link->fd, POLLIN, 0 };
	fds[1] = (struct pollfd){ link->from_guest, POLLIN, 0 };
	return 2;
}

static void close_all(void *self)
{
	struct ivshmem *link = self;
	const int files[] = { link->listening, link->fd, link->shared, link->from_guest, link->to_guest };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (files[i] >= 0)
			close(files[i]);
	if (link->mailbox)
		munmap(link->mailbox, MAILBOX_SIZE);
	if (link->ram)
		munmap(link->ram, link->ram_size);
	free(link);
}

static int map(int fd, size_t size, uint8_t **ret)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return -errno;
	*ret = at;
	return 0;
}

static int map_ram(struct ivshmem *link, const char *path)
{
	struct stat stat;
	int fd = open(path, O_RDWR | O_CLOEXEC), rc;

	if (fd < 0)
		return -errno;
	rc = fstat(fd, &stat) < 0 ? -errno : stat.st_size <= 0 ? -EINVAL : 0;
	if (rc == 0) {
		link->ram_size = (size_t)stat.st_size;
		rc = map(fd, link->ram_size, &link->ram);
	}
	close(fd);
	return rc;
}

static int share(struct ivshmem *link)
{
	link->shared = memfd_create("mailbox", MFD_CLOEXEC);
	link->from_guest = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	link->to_guest = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (link->shared < 0 || link->from_guest < 0 || link->to_guest < 0 || ftruncate(link->shared, MAILBOX_SIZE) < 0)
		return -errno;
	return map(link->shared, MAILBOX_SIZE, &link->mailbox);
}

static int listen_at(struct ivshmem *link, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	link->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (link->listening < 0)
		return -errno;
	unlink(path);
	return bind(link->listening, (const struct sockaddr *)&address, sizeof(address)) < 0 || listen(link->listening, 1) < 0 ? -errno : 0;
}

int rig_ivshmem_new(const char *socket, const char *ram, uint64_t base, struct rig_link *ret, struct rig_host *ret_host)
{
	static const struct rig_link_ops ops = { .wait = wait_for, .serve = serve, .close = close_all };
	struct ivshmem *link = calloc(1, sizeof(*link));
	int rc;

	if (!link)
		return -ENOMEM;
	link->listening = link->fd = link->shared = link->from_guest = link->to_guest = -1;
	link->ram_base = base;
	rc = map_ram(link, ram);
	if (rc == 0)
		rc = share(link);
	if (rc == 0)
		rc = listen_at(link, socket);
	if (rc < 0) {
		close_all(link);
		return rc;
	}
	*ret = (struct rig_link){ &ops, link };
	*ret_host = (struct rig_host){ .memory = memory, .interrupt = interrupt, .context = link };
	return 0;
}
