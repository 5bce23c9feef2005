/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/batch.h"
#include "tests/unit/cases.h"

#include <qyran/record.h>
#include <stdlib.h>
#include <string.h>

static uint64_t room[(QYRAN_RECORD_MAX + 64) / sizeof(uint64_t)];

/* A sound record of any payload; what the payload says is the case's. */
static const struct qyran_record_header *record(uint16_t type, uint64_t sequence, uint64_t frame, const void *payload, size_t size, size_t more)
{
	struct qyran_record_header *header = (void *)room;

	memset(room, 0, sizeof(room));
	header->type = type;
	header->sequence = sequence;
	header->frame = frame;
	header->time_ns = 1000 + frame;
	header->payload = (uint32_t)(size + more);
	memcpy(header + 1, payload, size);
	memset((uint8_t *)(header + 1) + size, 0x77, more);
	qyran_record_seal(header);
	return header;
}

static struct qyran_region region(uint16_t width, uint16_t height, uint32_t pixels)
{
	return (struct qyran_region){ .out_w = width, .out_h = height, .pixels = pixels };
}

static const struct qyran_frame_batch *add_frame(struct qyran_batch *batch, uint64_t sequence, uint64_t frame)
{
	struct qyran_frame_info info = { .width = 960, .height = 540, .slot = 1 };

	return qyran_batch_add(batch, record(QYRAN_RECORD_FRAME, sequence, frame, &info, sizeof(info), 0));
}

static void records_of_a_frame_come_together(void)
{
	struct qyran_batch *batch = qyran_batch_new();
	struct qyran_mover mover = { .w = 10 };
	struct qyran_region plate = region(8, 4, 64);
	const struct qyran_frame_batch *frame;

	CU_ASSERT_PTR_NULL(qyran_batch_add(batch, record(QYRAN_RECORD_MOVER, 0, 5, &mover, sizeof(mover), 0)));
	CU_ASSERT_PTR_NULL(qyran_batch_add(batch, record(QYRAN_RECORD_REGION, 1, 5, &plate, sizeof(plate), 64)));
	CU_ASSERT_PTR_NULL(qyran_batch_add(batch, record(77, 2, 5, &mover, sizeof(mover), 0)));
	frame = add_frame(batch, 3, 5);
	CU_ASSERT_PTR_NOT_NULL_FATAL(frame);
	CU_ASSERT(frame->number == 5 && frame->time_ns == 1005 && frame->mover_count == 1 && frame->region_count == 1);
	CU_ASSERT(frame->region_pixels[0][0] == 0x77 && frame->region_pixels[0][63] == 0x77);
	frame = add_frame(batch, 4, 6);
	CU_ASSERT(frame && frame->mover_count == 0 && frame->region_count == 0);
	CU_ASSERT(qyran_batch_count(batch).frames == 2 && qyran_batch_count(batch).dropped == 0 && qyran_batch_count(batch).odd == 0);
	qyran_batch_free(batch);
}

static void a_stream_that_begins_anew_loses_nothing(void)
{
	struct qyran_batch *batch = qyran_batch_new();
	struct qyran_mover mover = { .w = 10 };
	const struct qyran_frame_batch *frame;

	add_frame(batch, 7, 5);
	qyran_batch_add(batch, record(QYRAN_RECORD_MOVER, 8, 6, &mover, sizeof(mover), 0));
	qyran_batch_anew(batch);
	frame = add_frame(batch, 0, 6);
	CU_ASSERT(frame && frame->number == 6 && frame->mover_count == 0);
	frame = add_frame(batch, 3, 7);
	CU_ASSERT(frame && frame->number == 7);
	CU_ASSERT_EQUAL(qyran_batch_count(batch).dropped, 2);
	qyran_batch_free(batch);
}

static void a_frame_that_never_ended_is_not_mixed_into_the_next(void)
{
	struct qyran_batch *batch = qyran_batch_new();
	struct qyran_mover mover = { .w = 10 };
	const struct qyran_frame_batch *frame;

	qyran_batch_add(batch, record(QYRAN_RECORD_MOVER, 0, 5, &mover, sizeof(mover), 0));
	qyran_batch_add(batch, record(QYRAN_RECORD_MOVER, 4, 6, &mover, sizeof(mover), 0));
	frame = add_frame(batch, 5, 6);
	CU_ASSERT(frame && frame->mover_count == 1);
	CU_ASSERT_EQUAL(qyran_batch_count(batch).dropped, 3);
	qyran_batch_free(batch);
}

static void regions_that_lie_about_their_size_are_left_out(void)
{
	static const struct { uint16_t width, height; uint32_t pixels; size_t bytes; } lies[] = {
		{ 8, 4, 64, 63 }, { 8, 4, 128, 64 }, { 8, 4, 32, 64 }, { 0, 4, 0, 64 }, { 65535, 65535, 64, 64 }, { 65535, 65535, 0xfffc0002u, 64 },
		{ 512, 129, 132096, 64 },
	};
	struct qyran_batch *batch = qyran_batch_new();
	const size_t count = sizeof(lies) / sizeof(lies[0]);

	for (size_t i = 0; i < count; i++) {
		struct qyran_region plate = region(lies[i].width, lies[i].height, lies[i].pixels);

		qyran_batch_add(batch, record(QYRAN_RECORD_REGION, i, 1, &plate, sizeof(plate), lies[i].bytes));
	}
	qyran_batch_add(batch, record(QYRAN_RECORD_REGION, count, 1, "short", 5, 0));
	qyran_batch_add(batch, record(QYRAN_RECORD_MOVER, count + 1, 1, "short", 5, 0));
	CU_ASSERT_PTR_NULL(qyran_batch_add(batch, record(QYRAN_RECORD_FRAME, count + 2, 1, "short", 5, 0)));

	const struct qyran_frame_batch *frame = add_frame(batch, count + 3, 1);

	CU_ASSERT(frame && frame->region_count == 0 && frame->mover_count == 0);
	CU_ASSERT_EQUAL(qyran_batch_count(batch).odd, count + 3);
	CU_ASSERT_EQUAL(qyran_batch_count(batch).candidates, 0);
	qyran_batch_free(batch);
}

static void more_than_a_frame_may_hold_is_left_out(void)
{
	struct qyran_batch *batch = qyran_batch_new();
	struct qyran_region plate = region(8, 4, 64);
	struct qyran_mover mover = { .w = 10 };
	uint64_t sequence = 0;

	for (unsigned int i = 0; i < QYRAN_REGIONS_MAX + 3; i++)
		qyran_batch_add(batch, record(QYRAN_RECORD_REGION, sequence++, 1, &plate, sizeof(plate), 64));
	for (unsigned int i = 0; i < QYRAN_MOVERS_MAX + 4; i++)
		qyran_batch_add(batch, record(QYRAN_RECORD_MOVER, sequence++, 1, &mover, sizeof(mover), 0));

	const struct qyran_frame_batch *frame = add_frame(batch, sequence, 1);

	CU_ASSERT(frame && frame->region_count == QYRAN_REGIONS_MAX && frame->mover_count == QYRAN_MOVERS_MAX);
	CU_ASSERT_EQUAL(qyran_batch_count(batch).odd, 7);
	qyran_batch_free(batch);
}

static void a_frame_without_a_slot_counts_as_dropped(void)
{
	struct qyran_batch *batch = qyran_batch_new();
	struct qyran_frame_info info = { .slot = QYRAN_SLOT_NONE };

	CU_ASSERT_PTR_NOT_NULL(qyran_batch_add(batch, record(QYRAN_RECORD_FRAME, 0, 0, &info, sizeof(info), 0)));
	CU_ASSERT_EQUAL(qyran_batch_count(batch).dropped, 1);
	qyran_batch_free(batch);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "records_of_a_frame_come_together", records_of_a_frame_come_together },
		{ "a_frame_that_never_ended_is_not_mixed_into_the_next", a_frame_that_never_ended_is_not_mixed_into_the_next },
		{ "a_stream_that_begins_anew_loses_nothing", a_stream_that_begins_anew_loses_nothing },
		{ "regions_that_lie_about_their_size_are_left_out", regions_that_lie_about_their_size_are_left_out },
		{ "more_than_a_frame_may_hold_is_left_out", more_than_a_frame_may_hold_is_left_out },
		{ "a_frame_without_a_slot_counts_as_dropped", a_frame_without_a_slot_counts_as_dropped },
	};

	return test_cases_run("batch", cases, sizeof(cases) / sizeof(cases[0]));
}
