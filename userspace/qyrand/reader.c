/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"

#include "reader_look.h"
#include "reader_state.h"

#include <errno.h>
#include <qyran/record.h>
#include <stdlib.h>
#include <string.h>

/* Of a text that the region's edge cuts off; as far as it goes against "here is a plate", in its sums: the plate may be, the text is not all of it. */
#define CUT_OFF (2 * 8 * PLATE_SUM_ONE)

_Static_assert(LOG_SUMS + 1 <= QYRAN_READING_SUMS, "a reading's evidence has room");

int qyran_reader_new(const struct qyran_formats *formats, struct qyran_reader **ret)
{
	struct qyran_reader *reader = calloc(1, sizeof(*reader));
	int result;

	if (!reader)
		return -ENOMEM;
	result = reader_cpu_new(&reader->backend);
	if (result) {
		free(reader);
		return result;
	}
	log_tables_make(&reader->tables);
	grammar_make(&reader->grammar, &reader->tables, formats);
	*ret = reader;
	return 0;
}

void qyran_reader_free(struct qyran_reader *reader)
{
	if (!reader)
		return;
	reader_backend_free(reader->backend);
	free(reader);
}

void qyran_reader_use(struct qyran_reader *reader, struct reader_backend *backend)
{
	reader_backend_free(reader->backend);
	reader->backend = backend;
}

/* Looks again where the text stands, when there is one: what is read counts like two frames of one plate. */
static void look_again(struct qyran_reader *reader, const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, const struct look_place *place,
		       struct qyran_reading *ret)
{
	struct plate_quad whole = look_whole(width, height), quad = look_quad(place, &whole);
	bool surer;

	plate_prepare_quad(yuyv, width, height, stride, &quad, reader->input);
	reader_backend_run(reader->backend, reader->input, reader->sums);
	reader_state_reading(reader, reader->sums, &reader->looks[1], &reader->second);
	ret->looks = 2;
	if (reader->second.status == QYRAN_READING_NOT_A_PLATE)
		return;
	surer = reader->second.confidence > ret->confidence;
	reader->looks[1].plate = (int16_t)(reader->looks[1].plate - look_cut_off(place, CUT_OFF));
	reader_state_both(reader, reader->looks, ret);
	if (surer)
		memcpy(ret->sums, reader->second.sums, sizeof(ret->sums));
	ret->sums[LOG_SUMS] = (int16_t)((reader->looks[0].plate + reader->looks[1].plate) / 2);
}

int qyran_reader_read(struct qyran_reader *reader, const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride,
		      struct qyran_reading *ret)
{
	struct look_place place;

	if (width < PLATE_CROP_MIN || height < PLATE_CROP_MIN || width > PLATE_CROP_MAX_W || height > PLATE_CROP_MAX_H || stride < 2 * width ||
	    (uint64_t)stride * height > QYRAN_PIXELS_MAX)
		return -EINVAL;
	plate_prepare(yuyv, width, height, stride, reader->input);
	reader_backend_run(reader->backend, reader->input, reader->sums);
	reader_state_reading(reader, reader->sums, &reader->looks[0], ret);
	if (ret->status != QYRAN_READING_NOT_A_PLATE && look_place(&reader->tables, reader->sums, ret->sums, &reader->looks[0].texts[0], &place))
		look_again(reader, yuyv, width, height, stride, &place, ret);
	return 0;
}
