/* SPDX-License-Identifier: Apache-2.0 */
/* How QEMU reaches the device: one table of operations a transport. */
#ifndef QYRAN_VM_LINK_H
#define QYRAN_VM_LINK_H

#include "sim/vm/device.h"

#include <poll.h>

#define RIG_LINK_FDS 3u

struct rig_link {
	const struct rig_link_ops *ops;
	void *self;
};

struct rig_link_ops {
	/* Called in the child before exec: what QEMU inherits. And in the parent, once QEMU is started. */
	void (*inherit)(void *self);
	void (*started)(void *self);
	/* What to wait for; fills in at most RIG_LINK_FDS and returns how many. */
	nfds_t (*wait)(void *self, struct pollfd *fds);
	/* Serves what is there. Returns 0, or -ENOTCONN when QEMU has gone, or another negative errno. */
	int (*serve)(void *self, struct rig_device *device, const struct pollfd *fds);
	void (*close)(void *self);
};

/**
 * rig_proxy_new() - multi-process QEMU's link (x-pci-proxy-dev), interrupts through the qtest socket.
 * @qtest: path of the socket that QEMU makes (-qtest unix:PATH,server=on,wait=off).
 * @ret_fd: number of the file that QEMU inherits, for x-pci-proxy-dev's fd=.
 * @ret_host: what the device needs.
 * Returns 0 or a negative errno.
 */
int rig_proxy_new(const char *qtest, struct rig_link *ret, int *ret_fd, struct rig_host *ret_host);

/**
 * rig_ivshmem_new() - a mailbox in the shared memory of an ivshmem-doorbell device, for machines that have no x-pci-proxy-dev.
 * @socket: path of the socket that it makes for QEMU's ivshmem-doorbell.
 * @ram: file that is the guest's memory (memory-backend-file, share=on), @base: where it lies in the guest.
 */
int rig_ivshmem_new(const char *socket, const char *ram, uint64_t base, struct rig_link *ret, struct rig_host *ret_host);

#endif
