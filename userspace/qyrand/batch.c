/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/batch.h"

#include <endian.h>
#include <qyran/record.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct qyran_batch {
	struct qyran_frame_batch frame;
	bool complete, begun;
	uint64_t sequence;		/* expected next */
	bool sequence_known;
	uint8_t *pixels[QYRAN_REGIONS_MAX];
	size_t room[QYRAN_REGIONS_MAX];
	struct qyran_batch_counts counts;
};

struct qyran_batch *qyran_batch_new(void)
{
	return calloc(1, sizeof(struct qyran_batch));
}

void qyran_batch_free(struct qyran_batch *batch)
{
	if (!batch)
		return;
	for (size_t i = 0; i < QYRAN_REGIONS_MAX; i++) {
		if (batch->pixels[i])
			sodium_memzero(batch->pixels[i], batch->room[i]);
		free(batch->pixels[i]);
	}
	free(batch);
}

void qyran_batch_anew(struct qyran_batch *batch)
{
	batch->begun = batch->complete = batch->sequence_known = false;
}

struct qyran_batch_counts qyran_batch_count(const struct qyran_batch *batch)
{
	return batch->counts;
}

static void begin(struct qyran_batch *batch, const struct qyran_record_header *record)
{
	struct qyran_frame_batch *frame = &batch->frame;

	frame->number = le64toh(record->frame);
	frame->time_ns = le64toh(record->time_ns);
	frame->mover_count = frame->region_count = 0;
	batch->begun = true;
	batch->complete = false;
}

static bool add_mover(struct qyran_batch *batch, const void *payload, size_t size)
{
	struct qyran_frame_batch *frame = &batch->frame;

	if (size < sizeof(frame->movers[0]) || frame->mover_count == QYRAN_MOVERS_MAX)
		return false;
	memcpy(&frame->movers[frame->mover_count++], payload, sizeof(frame->movers[0]));
	return true;
}

static bool add_region(struct qyran_batch *batch, const void *payload, size_t size)
{
	struct qyran_frame_batch *frame = &batch->frame;
	struct qyran_region *region = &frame->regions[frame->region_count];
	size_t pixels, at = frame->region_count;

	if (at == QYRAN_REGIONS_MAX || size < sizeof(*region))
		return false;
	memcpy(region, payload, sizeof(*region));
	pixels = (size_t)le16toh(region->out_w) * le16toh(region->out_h) * 2;
	if (pixels == 0 || pixels > QYRAN_PIXELS_MAX || le32toh(region->pixels) != pixels || size < sizeof(*region) + pixels)
		return false;
	if (batch->room[at] < pixels) {
		uint8_t *more = malloc(pixels);

		if (!more)
			return false;
		free(batch->pixels[at]);
		batch->pixels[at] = more;
		batch->room[at] = pixels;
	}
	memcpy(batch->pixels[at], (const uint8_t *)payload + sizeof(*region), pixels);
	frame->region_pixels[at] = batch->pixels[at];
	frame->region_count++;
	batch->counts.candidates++;
	return true;
}

static bool end(struct qyran_batch *batch, const void *payload, size_t size)
{
	struct qyran_frame_info *info = &batch->frame.info;

	if (size < sizeof(*info))
		return false;
	memcpy(info, payload, sizeof(*info));
	batch->complete = true;
	batch->begun = false;
	batch->counts.frames++;
	if (le32toh(info->slot) == QYRAN_SLOT_NONE)
		batch->counts.dropped++;
	return true;
}

const struct qyran_frame_batch *qyran_batch_add(struct qyran_batch *batch, const struct qyran_record_header *record)
{
	const void *payload = qyran_record_payload(record);
	size_t size = le32toh(record->payload);
	uint64_t sequence = le64toh(record->sequence);
	bool fits = true;

	if (batch->sequence_known && sequence > batch->sequence)
		batch->counts.dropped += sequence - batch->sequence;
	batch->sequence = sequence + 1;
	batch->sequence_known = true;
	if (!batch->begun || le64toh(record->frame) != batch->frame.number)
		begin(batch, record);
	switch (le16toh(record->type)) {
	case QYRAN_RECORD_MOVER:
		fits = add_mover(batch, payload, size);
		break;
	case QYRAN_RECORD_REGION:
		fits = add_region(batch, payload, size);
		break;
	case QYRAN_RECORD_FRAME:
		fits = end(batch, payload, size);
		break;
	default:
		break;
	}
	batch->counts.odd += !fits;
	return batch->complete ? &batch->frame : NULL;
}
