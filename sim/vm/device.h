/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The camera as a PCI device: configuration space with MSI, BAR0 (hw/regs.def), BAR2 (sim/vm/bench.h), DMA and interrupts, round the
 * Verilated logic. It knows nothing of QEMU: a transport brings accesses in and gives it the guest's memory and a way to interrupt.
 */
#ifndef QYRAN_VM_DEVICE_H
#define QYRAN_VM_DEVICE_H

#include "sim/vm/video.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RIG_PCI_VENDOR 0x1234u	/* QEMU's, for experiments */
#define RIG_PCI_DEVICE 0x5159u	/* "QY" */
#define RIG_PCI_SUBSYSTEM 1u	/* a simulated board: the driver says so */
#define RIG_BAR0_SIZE 0x20000u
#define RIG_CONFIG_SIZE 256u

struct rig_device;

/* What a transport gives. */
struct rig_host {
	/* The guest's memory at a bus address, or NULL when not all of it is there. */
	uint8_t *(*memory)(void *context, uint64_t address, size_t size);
	/* Sends one message-signalled interrupt without waiting. Returns 0, or -EAGAIN when it has to be sent again later. */
	int (*interrupt)(void *context, uint64_t address, uint32_t data);
	void *context;
};

/**
 * rig_device_new() - @host: copied; @video: borrowed, must outlive the device; @epoch_ns: what BENCH_EPOCH is after a reset.
 * @master: bus master and interrupts need no permission in the configuration space (a transport without one).
 * Returns 0 or a negative errno.
 */
int rig_device_new(const struct rig_host *host, struct rig_video *video, uint64_t epoch_ns, bool master, struct rig_device **ret);

/** rig_device_free() - accepts NULL. */
void rig_device_free(struct rig_device *device);

/** rig_device_reset() - as after power on; what sim/vm/bench.h calls kept is kept. */
void rig_device_reset(struct rig_device *device);

/** rig_device_config_read() - @size: 1, 2 or 4; outside the configuration space all ones. */
uint32_t rig_device_config_read(struct rig_device *device, uint32_t offset, uint32_t size);
void rig_device_config_write(struct rig_device *device, uint32_t offset, uint32_t size, uint32_t value);

/** rig_device_bar() - which BAR (0, 2) a bus address lies in, with the offset there; -1: none. */
int rig_device_bar(const struct rig_device *device, uint64_t address, uint32_t *ret_offset);

/**
 * rig_device_read(), rig_device_write() - one access to a BAR. A write returns before the logic has run further: the transport answers
 * the guest first, then calls rig_device_work().
 */
uint64_t rig_device_read(struct rig_device *device, int bar, uint32_t offset, uint32_t size);
void rig_device_write(struct rig_device *device, int bar, uint32_t offset, uint32_t size, uint64_t value);

/**
 * rig_device_work() - runs the logic for a fraction of a millisecond of the host's time, plays frames, sends interrupts.
 * Returns how many milliseconds may pass until it has to be called again: 0 when there is more to do, -1 when only an access brings more.
 */
int rig_device_work(struct rig_device *device);

/** rig_device_verdict() - exit status that the guest has given; 1 when it gave none. */
int rig_device_verdict(const struct rig_device *device);

/** rig_device_activity() - a number that rises with each access and each frame. */
uint64_t rig_device_activity(const struct rig_device *device);

/** rig_device_summary() - one line on what the device has seen, for a log. */
void rig_device_summary(const struct rig_device *device, char *line, size_t size);

#endif
