/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/vm/device.h"

#include "sim/vm/parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEAD_BUS 0xffffffffu
#define STEP_CLOCKS 64u	/* what an access waits for at most while the logic runs: some 60 us; the look at the link costs a hundredth of it */
#define STORM_NS 10000000u	/* an interrupt that nobody looked at for so long is not waited for */
#define FOREVER 0xffffffffu

uint64_t rig_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* One less of a fault that is told in accesses or interrupts; true when it hits. */
static bool take(uint32_t *left)
{
	if (*left == 0)
		return false;
	if (*left != FOREVER)
		(*left)--;
	return true;
}

static uint8_t *dma(struct rig_device *device, uint64_t address, size_t size)
{
	uint8_t *at = NULL;

	if (!take(&device->faults.dma_error) && (device->master || rig_config_master(&device->config)))
		at = device->host.memory(device->host.context, address, size);
	if (!at)
		device->counts.dma_refused++;
	return at;
}

static int dma_read(void *context, uint64_t address, void *bytes, size_t size)
{
	struct rig_device *device = context;
	const uint8_t *at = dma(device, address, size);

	if (!at)
		return -EFAULT;
	memcpy(bytes, at, size);
	device->counts.dma_read += size;
	return 0;
}

static int dma_write(void *context, uint64_t address, const void *bytes, size_t size)
{
	struct rig_device *device = context;
	uint8_t *at = dma(device, address, size);

	if (!at)
		return -EFAULT;
	memcpy(at, bytes, size);
	device->counts.dma_written += size;
	return 0;
}

static int power_up(struct rig_device *device)
{
	struct qyran_board_memory memory = { .read = dma_read, .write = dma_write, .context = device };

	return qyran_board_new(&memory, QYRAN_PACE_SCENE, &device->board);
}

int rig_device_new(const struct rig_host *host, struct rig_video *video, uint64_t epoch_ns, bool master, struct rig_device **ret)
{
	struct rig_device *device = calloc(1, sizeof(*device));
	int rc;

	if (!device)
		return -ENOMEM;
	device->host = *host;
	device->video = video;
	device->epoch_ns = epoch_ns;
	device->master = master;
	rc = power_up(device);
	if (rc < 0) {
		free(device);
		return rc;
	}
	rig_config_reset(&device->config);
	rig_play_reset(device);
	*ret = device;
	return 0;
}

void rig_device_free(struct rig_device *device)
{
	if (!device)
		return;
	qyran_board_free(device->board);
	free(device);
}

void rig_device_reset(struct rig_device *device)
{
	uint32_t resets = device->counts.resets + 1, verdict = device->verdict;
	struct rig_device made = { .host = device->host, .video = device->video, .epoch_ns = device->epoch_ns, .master = device->master };

	qyran_board_free(device->board);
	*device = made;
	device->counts.resets = resets;
	device->verdict = verdict;
	if (power_up(device) < 0) {
		fprintf(stderr, "boardd: no memory for the logic\n");
		exit(1);
	}
	rig_config_reset(&device->config);
	rig_play_reset(device);
}

/* The line is a level, a message an edge: one is sent when the line rises, and again when it stays high after it was acknowledged or enabled. */
void rig_device_level(struct rig_device *device, bool again)
{
	bool level = qyran_board_irq(device->board);

	if (level && (again || !device->level))
		device->irq_due = true;
	device->level = level;
	if (!level)
		device->irq_lost = false;
}

/* Returns false when it has to be tried again without a cause from the guest. */
static bool send(struct rig_device *device)
{
	uint64_t address = 0;
	uint32_t data = 0;

	if (!device->master && !(rig_config_master(&device->config) && rig_config_msi(&device->config, &address, &data)))
		return true;
	if (device->host.interrupt(device->host.context, address, data) < 0)
		return false;
	device->counts.irqs_sent++;
	return true;
}

/* Returns false when an interrupt waits for the transport. */
static bool interrupts(struct rig_device *device)
{
	struct rig_faults *faults = &device->faults;

	rig_device_level(device, false);
	if (device->irq_due && take(&faults->swallow)) {
		device->counts.irqs_swallowed++;
		device->irq_due = false;
		device->irq_lost = true;
	}
	if (device->irq_due) {
		if (!send(device))
			return false;
		device->irq_due = false;
	}
	if (faults->storm > 0 && (!faults->storm_waits || rig_now_ns() - faults->storm_at_ns > STORM_NS)) {
		if (!send(device))
			return false;
		faults->storm--;
		faults->storm_waits = true;
		faults->storm_at_ns = rig_now_ns();
	}
	return true;
}

int rig_device_work(struct rig_device *device)
{
	int wait;

	if (device->busy)
		device->busy = qyran_board_step(device->board, STEP_CLOCKS);
	wait = rig_play_work(device);
	if (!interrupts(device))
		return wait == 0 ? 0 : 1;
	if (device->busy)
		return 0;
	if (device->faults.storm > 0)
		return wait < 0 || wait > 10 ? 10 : wait;
	return wait;
}

static void written(struct rig_device *device, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case QYRAN_REG_CONTROL:
		if ((value & QYRAN_CONTROL_RUN_MASK) && !device->run) {
			device->published = 0;
			device->faults.sequence_add = 0;
			device->ring_size_taken = device->ring_size;
			device->size_taken = device->size;
		}
		device->run = value & QYRAN_CONTROL_RUN_MASK;
		break;
	case QYRAN_REG_RING_BASE_LO:
		device->ring_base = (device->ring_base & 0xffffffff00000000u) | value;
		break;
	case QYRAN_REG_RING_BASE_HI:
		device->ring_base = (device->ring_base & 0xffffffffu) | (uint64_t)value << 32;
		break;
	case QYRAN_REG_RING_SIZE:
		device->ring_size = value;
		break;
	case QYRAN_REG_SIZE:
		device->size = value;
		break;
	}
}

static bool dead(struct rig_device *device)
{
	if (device->faults.dead == 0)
		return false;
	if (device->faults.dead_after > 0) {
		device->faults.dead_after--;
		return false;
	}
	return take(&device->faults.dead);
}

static uint32_t logic_read(struct rig_device *device, uint32_t offset)
{
	const struct rig_faults *faults = &device->faults;

	if (dead(device))
		return DEAD_BUS;
	switch (offset) {
	case QYRAN_REG_ID:
		if (faults->show_id)
			return faults->show_id;
		break;
	case QYRAN_REG_VERSION:
		if (faults->show_version)
			return faults->show_version;
		break;
	case QYRAN_REG_STATE:
		if (faults->never_idle)
			return qyran_board_read(device->board, offset) & ~(QYRAN_STATE_IDLE_MASK << QYRAN_STATE_IDLE_SHIFT);
		break;
	case QYRAN_REG_RING_PRODUCER:
		return rig_publish(device) + faults->producer_add;
	case QYRAN_REG_IRQ_STATUS:
		if (faults->storm_waits) {
			device->faults.storm_waits = false;
			device->faults.storm_seen++;
		}
		break;
	}
	return qyran_board_read(device->board, offset);
}

static void logic_write(struct rig_device *device, uint32_t offset, uint32_t value)
{
	if (dead(device))
		return;
	device->busy = true;
	device->play.changed = true;
	qyran_board_write(device->board, offset, value);
	written(device, offset, value);
	rig_device_level(device, offset == QYRAN_REG_IRQ_STATUS || offset == QYRAN_REG_IRQ_ENABLE);
}

static bool whole(struct rig_device *device, uint32_t offset, uint32_t size)
{
	if (size == 4 && offset % 4 == 0)
		return true;
	device->counts.wrong_size++;
	return false;
}

uint64_t rig_device_read(struct rig_device *device, int bar, uint32_t offset, uint32_t size)
{
	if (bar == 0)
		device->counts.reads++;
	else
		device->bench_accesses++;
	if (!whole(device, offset, size))
		return ~0ull;
	return bar == 0 ? logic_read(device, offset) : rig_bench_read(device, offset);
}

void rig_device_write(struct rig_device *device, int bar, uint32_t offset, uint32_t size, uint64_t value)
{
	if (bar == 0)
		device->counts.writes++;
	else
		device->bench_accesses++;
	if (!whole(device, offset, size))
		return;
	if (bar == 0)
		logic_write(device, offset, (uint32_t)value);
	else
		rig_bench_write(device, offset, (uint32_t)value);
}

int rig_device_verdict(const struct rig_device *device)
{
	return device->verdict > 0 && device->verdict <= 256 ? (int)(device->verdict - 1) : 1;
}

uint64_t rig_device_activity(const struct rig_device *device)
{
	return (uint64_t)device->counts.reads + device->counts.writes + device->counts.frames + device->bench_accesses;
}

void rig_device_summary(const struct rig_device *device, char *line, size_t size)
{
	const struct rig_counts *counts = &device->counts;

	snprintf(line, size,
		 "frames=%u reads=%u writes=%u wrong-size=%u interrupts=%u swallowed=%u dma-written=%llu dma-read=%llu dma-refused=%u records=%u resets=%u",
		 counts->frames, counts->reads, counts->writes, counts->wrong_size, counts->irqs_sent, counts->irqs_swallowed,
		 (unsigned long long)counts->dma_written, (unsigned long long)counts->dma_read, counts->dma_refused, counts->records, counts->resets);
}
