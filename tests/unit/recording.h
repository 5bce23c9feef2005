/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings made by hand: records with known contents, for tests that need no logic. */
#ifndef QYRAN_TESTS_RECORDING_H
#define QYRAN_TESTS_RECORDING_H

#include <endian.h>
#include <qyran/record.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDING_WIDTH 64u
#define RECORDING_HEIGHT 48u
#define RECORDING_STRIDE 256u

/* Seals a record of @payload bytes made by @fill. The caller frees it. */
static inline struct qyran_record_header *recording_record(uint16_t type, uint64_t sequence, uint64_t frame, const void *payload, size_t size)
{
	size_t whole = 64 + (size + 63) / 64 * 64 + 64;
	struct qyran_record_header *record = aligned_alloc(64, whole);

	if (!record)
		abort();
	memset(record, 0xa5, whole);
	*record = (struct qyran_record_header){
		.type = htole16(type), .payload = htole32((uint32_t)size), .sequence = htole64(sequence),
		.frame = htole64(frame), .time_ns = htole64(1000 + frame * 40000000),
	};
	memcpy(record + 1, payload, size);
	qyran_record_seal(record);
	return record;
}

static inline void recording_write(FILE *to, struct qyran_record_header *record)
{
	if (fwrite(record, le32toh(record->length), 1, to) != 1)
		abort();
	free(record);
}

static inline uint8_t recording_pixel(uint64_t frame, size_t at)
{
	return (uint8_t)(frame * 31 + at * 7 + (at >> 8));
}

static inline struct qyran_record_header *recording_mover(uint64_t sequence, uint64_t frame)
{
	struct qyran_mover mover = { .x = htole16(8), .y = htole16(8), .w = htole16(16), .h = htole16(8), .cells = htole32(4), .cell_px = htole16(8) };

	return recording_record(QYRAN_RECORD_MOVER, sequence, frame, &mover, sizeof(mover));
}

static inline struct qyran_record_header *recording_region(uint64_t sequence, uint64_t frame)
{
	struct {
		struct qyran_region about;
		uint8_t pixels[24 * 10 * 2];
	} region = { .about = { .cut_w = htole16(24), .cut_h = htole16(10), .out_w = htole16(24), .out_h = htole16(10) } };

	region.about.pixels = htole32(sizeof(region.pixels));
	for (size_t i = 0; i < sizeof(region.pixels); i++)
		region.pixels[i] = recording_pixel(frame, i);
	return recording_record(QYRAN_RECORD_REGION, sequence, frame, &region, sizeof(region));
}

static inline struct qyran_record_header *recording_frame(uint64_t sequence, uint64_t frame)
{
	struct qyran_frame_info info = {
		.width = htole16(RECORDING_WIDTH), .height = htole16(RECORDING_HEIGHT), .stride = htole32(RECORDING_STRIDE),
		.slot = htole32((uint32_t)frame % QYRAN_SLOTS), .movers = htole16(1), .regions = htole16(1),
	};

	return recording_record(QYRAN_RECORD_FRAME, sequence, frame, &info, sizeof(info));
}

static inline struct qyran_record_header *recording_pixels(uint64_t sequence, uint64_t frame)
{
	struct {
		struct qyran_frame_pixels about;
		uint8_t pixels[RECORDING_STRIDE * RECORDING_HEIGHT];
	} payload = { .about = { .width = htole16(RECORDING_WIDTH), .height = htole16(RECORDING_HEIGHT), .stride = htole32(RECORDING_STRIDE) } };

	for (size_t i = 0; i < sizeof(payload.pixels); i++)
		payload.pixels[i] = recording_pixel(frame, i);
	return recording_record(QYRAN_RECORD_PIXELS, sequence, frame, &payload, sizeof(payload));
}

/* Frames @from to @to - 1, each with a mover, a region and, if @pixels, its pixels. */
static inline void recording_frames(FILE *to, uint64_t from, uint64_t until, bool pixels)
{
	for (uint64_t frame = from; frame < until; frame++) {
		recording_write(to, recording_mover(frame * 3, frame));
		recording_write(to, recording_region(frame * 3 + 1, frame));
		recording_write(to, recording_frame(frame * 3 + 2, frame));
		if (pixels)
			recording_write(to, recording_pixels(frame * 3 + 2, frame));
	}
}

#endif
