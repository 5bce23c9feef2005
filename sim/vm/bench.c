/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/vm/bench.h"

#include "sim/vm/parts.h"

/* Registers that are a number and no more. */
static uint32_t *plain(struct rig_device *device, uint32_t offset)
{
	struct rig_faults *faults = &device->faults;
	struct rig_play *play = &device->play;

	switch (offset) {
	case BENCH_SOURCE: return &play->source;
	case BENCH_FRAMES: return &play->frames;
	case BENCH_PERIOD_NS: return &play->period_ns;
	case BENCH_PINS: return &play->pins;
	case BENCH_RECORD_KIND: return &faults->record_kind;
	case BENCH_RECORD_AT: return &faults->record_at;
	case BENCH_RECORD_VALUE: return &faults->record_value;
	case BENCH_RECORD_TYPE: return &faults->record_type;
	case BENCH_RECORD_SKIP: return &faults->record_skip;
	case BENCH_RECORD_COUNT: return &faults->record_count;
	case BENCH_PRODUCER_ADD: return &faults->producer_add;
	case BENCH_IRQ_SWALLOW: return &faults->swallow;
	case BENCH_DEAD: return &faults->dead;
	case BENCH_DEAD_AFTER: return &faults->dead_after;
	case BENCH_SHOW_ID: return &faults->show_id;
	case BENCH_SHOW_VERSION: return &faults->show_version;
	case BENCH_DMA_ERROR: return &faults->dma_error;
	case BENCH_NEVER_IDLE: return &faults->never_idle;
	default: return NULL;
	}
}

static uint32_t wide(struct rig_device *device, uint64_t value)
{
	device->latched_hi = (uint32_t)(value >> 32);
	return (uint32_t)value;
}

static uint32_t clip(struct rig_device *device, bool frames)
{
	uint32_t width, height, count;

	rig_video_clip(device->video, &width, &height, &count);
	return frames ? count : width | height << 16;
}

uint32_t rig_bench_read(struct rig_device *device, uint32_t offset)
{
	const struct rig_counts *counts = &device->counts;
	const struct rig_play *play = &device->play;
	const uint32_t *number = plain(device, offset);

	if (number)
		return *number;
	switch (offset) {
	case BENCH_ID: return BENCH_ID_VALUE;
	case BENCH_HOST_NS_LO: return wide(device, rig_now_ns());
	case BENCH_PLAY: return play->under_way || (play->more && play->left > 0);
	case BENCH_PACE: return play->pace;
	case BENCH_FRAMES_LEFT: return play->more ? play->left : 0;
	case BENCH_CLIP_SIZE: return clip(device, false);
	case BENCH_CLIP_FRAMES: return clip(device, true);
	case BENCH_EPOCH_LO: return (uint32_t)play->epoch_ns;
	case BENCH_EPOCH_HI: return (uint32_t)(play->epoch_ns >> 32);
	case BENCH_IRQ_STORM: return device->faults.storm;
	case BENCH_IRQ_STORM_SEEN: return device->faults.storm_seen;
	case BENCH_FRAMES_PLAYED: return counts->frames;
	case BENCH_READS: return counts->reads;
	case BENCH_WRITES: return counts->writes;
	case BENCH_WRONG_SIZE: return counts->wrong_size;
	case BENCH_IRQS_SENT: return counts->irqs_sent;
	case BENCH_IRQS_SWALLOWED: return counts->irqs_swallowed;
	case BENCH_DMA_REFUSED: return counts->dma_refused;
	case BENCH_RECORDS: return counts->records;
	case BENCH_RECORDS_CHANGED: return counts->records_changed;
	case BENCH_RESETS: return counts->resets;
	case BENCH_DMA_WRITTEN_LO: return wide(device, counts->dma_written);
	case BENCH_DMA_READ_LO: return wide(device, counts->dma_read);
	case BENCH_CLOCKS_LO: return wide(device, qyran_board_clocks(device->board));
	case BENCH_HOST_NS_HI:
	case BENCH_DMA_WRITTEN_HI:
	case BENCH_DMA_READ_HI:
	case BENCH_CLOCKS_HI: return device->latched_hi;
	default: return 0;
	}
}

void rig_bench_write(struct rig_device *device, uint32_t offset, uint32_t value)
{
	struct rig_play *play = &device->play;
	uint32_t *number = plain(device, offset);

	if (number) {
		*number = value;
		return;
	}
	switch (offset) {
	case BENCH_VERDICT:
		device->verdict = value;
		break;
	case BENCH_PLAY:
		rig_play_command(device, value);
		break;
	case BENCH_PACE:
		rig_play_pace(device, value);
		break;
	case BENCH_EPOCH_LO:
		play->epoch_ns = (play->epoch_ns & 0xffffffff00000000u) | value;
		break;
	case BENCH_EPOCH_HI:
		play->epoch_ns = (play->epoch_ns & 0xffffffffu) | (uint64_t)value << 32;
		break;
	case BENCH_ADVANCE_NS:
		qyran_board_advance(device->board, value);
		break;
	case BENCH_PPS:
		if (value == 1)
			qyran_board_pps(device->board);
		break;
	case BENCH_IRQ_STORM:
		device->faults.storm = value;
		device->faults.storm_waits = false;
		break;
	}
}
