/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the device, shared by device.c, config.c, play.c, bench.c and mutate.c only. */
#ifndef QYRAN_VM_PARTS_H
#define QYRAN_VM_PARTS_H

#include "sim/board/board.h"
#include "sim/vm/bench.h"
#include "sim/vm/device.h"

#include <qyran/regs.h>

/* Configuration space: what it reads, and which bits of it software can write. */
struct rig_config {
	uint8_t bytes[RIG_CONFIG_SIZE], writable[RIG_CONFIG_SIZE];
};

void rig_config_reset(struct rig_config *config);
uint32_t rig_config_bar(const struct rig_config *config, int bar);
bool rig_config_memory(const struct rig_config *config);	/* BARs answer */
bool rig_config_master(const struct rig_config *config);
bool rig_config_msi(const struct rig_config *config, uint64_t *ret_address, uint32_t *ret_data);

struct rig_counts {
	uint32_t frames, reads, writes, wrong_size, irqs_sent, irqs_swallowed, dma_refused, records, records_changed, resets;
	uint64_t dma_written, dma_read;
};

/* Faults that a test has set. */
struct rig_faults {
	uint32_t record_kind, record_at, record_value, record_type, record_skip, record_count, producer_add;
	uint64_t sequence_add;
	uint32_t swallow, storm, storm_seen;
	bool storm_waits;	/* sent, not looked at yet */
	uint64_t storm_at_ns;
	uint32_t dead, dead_after, show_id, show_version, dma_error, never_idle;
};

struct rig_play {
	uint32_t source, pace, frames, left, period_ns, pins;
	uint64_t epoch_ns;
	bool on;		/* frames are left or under way */
	bool more;		/* frames are left */
	bool under_way;		/* a frame's pixels or records */
	bool ready;		/* next is valid */
	bool changed;		/* something was accessed since a frame could not be played */
	bool begun;		/* at pace host: the first frame has been played, at begun_ns */
	uint64_t begun_ns;
	struct rig_picture next;
	uint64_t epoch_of_play;
};

struct rig_device {
	struct rig_host host;
	struct rig_video *video;
	struct qyran_board *board;
	struct rig_config config;
	struct rig_counts counts;
	uint64_t bench_accesses;
	struct rig_faults faults;
	struct rig_play play;
	uint64_t epoch_ns;	/* after a reset */
	uint32_t latched_hi, verdict;
	uint32_t published;	/* ring index up to which records have been looked at */
	uint64_t ring_base;
	uint32_t ring_size, size;	/* as last written */
	uint32_t ring_size_taken, size_taken;	/* when RUN was set */
	bool master;		/* needs no permission */
	bool run, busy;		/* busy: the logic has something under way */
	bool level;		/* of the interrupt line */
	bool irq_due;		/* an interrupt is to be sent */
	bool irq_lost;		/* one was swallowed and the cause is still there */
};

uint64_t rig_now_ns(void);

/* device.c */
void rig_device_level(struct rig_device *device, bool again);

/* mutate.c: looks at the records up to the producer index, changes those that a fault is meant for. Returns the index that is shown. */
uint32_t rig_publish(struct rig_device *device);

/* play.c */
void rig_play_reset(struct rig_device *device);
void rig_play_command(struct rig_device *device, uint32_t value);
void rig_play_pace(struct rig_device *device, uint32_t value);
int rig_play_work(struct rig_device *device);

/* bench.c */
uint32_t rig_bench_read(struct rig_device *device, uint32_t offset);
void rig_bench_write(struct rig_device *device, uint32_t offset, uint32_t value);

#endif
