/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"

#include "reader_state.h"

#include <errno.h>
#include <qyran/record.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MIN 4			/* characters of a plate */

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

static char letter_of(int class)
{
	return (char)(class <= 10 ? '0' + class - 1 : 'A' + class - 11);
}

static uint16_t per_mille(uint64_t part, uint64_t whole)
{
	return (uint16_t)(whole ? part * 1000 / whole : 0);
}

/* Every text's share of all that the pictures may show; what is not among the texts may be anything. */
void reader_state_result(const struct qyran_reader *reader, const struct hypothesis *texts, int count, uint64_t elsewhere,
			 struct qyran_reading *ret)
{
	const struct hypothesis *best = &texts[0];
	uint64_t shares[QYRAN_PLATE_TEXT_MAX] = {0}, total = elsewhere, first = 0;
	int format;

	for (int i = 0; i < count; i++) {
		int32_t behind = texts[i].posterior - best->posterior;
		uint64_t share = log_exp(&reader->tables, behind > 0 ? 0 : behind);

		total += share;
		first = i ? first : share;
		if (texts[i].length != best->length)
			continue;
		for (int c = 0; c < best->length; c++)
			if (texts[i].classes[c] == best->classes[c])
				shares[c] += share;
	}
	ret->length = best->length;
	ret->rows = best->upper < best->length ? 2 : 1;
	ret->confidence = per_mille(first, total);
	for (int c = 0; c < best->length; c++) {
		ret->text[c] = letter_of(best->classes[c]);
		ret->character_confidence[c] = per_mille(shares[c], total);
	}
	ret->text[best->length] = '\0';
	grammar_prior(&reader->grammar, best, &format);
	if (format >= 0)
		strcpy(ret->format, qyran_formats_at(reader->grammar.formats, (size_t)format)->name);
	ret->status = best->length >= TEXT_MIN && ret->confidence >= QYRAN_READ_CONFIDENCE ? QYRAN_READING_READ : QYRAN_READING_UNREAD;
}

/* Probability that none of the beam's texts holds, as the network sees it, relative to the best text: what is left to the beam's sum. */
static uint64_t share_elsewhere(const struct qyran_reader *reader, const struct hypothesis *texts, int count)
{
	int64_t left = 1 << 30;
	int32_t behind;

	for (int i = 0; i < count; i++)
		left -= log_exp(&reader->tables, texts[i].likelihood < 0 ? texts[i].likelihood : 0);
	if (left <= 0)
		return 0;
	/* left * e^prior / e^posterior of the best */
	behind = ELSEWHERE - texts[0].posterior;
	if (behind >= 0)
		return (uint64_t)left << 10;
	return ((uint64_t)left * log_exp(&reader->tables, behind)) >> 30;
}

void reader_state_reading(const struct qyran_reader *reader, const int16_t sums[PLATE_SUMS], struct qyran_reading *ret)
{
	struct hypothesis texts[BEAM];
	int16_t plate = INT16_MIN;
	int count;

	memset(ret, 0, sizeof(*ret));
	decode_logs(&reader->tables, sums, ret->sums);
	for (int step = 0; step < PLATE_STEPS; step++)
		if (sums[step * PLATE_OUTPUTS + PLATE_OUTPUTS - 1] > plate)
			plate = sums[step * PLATE_OUTPUTS + PLATE_OUTPUTS - 1];
	ret->sums[LOG_SUMS] = plate;
	ret->sum_count = LOG_SUMS + 1;
	count = decode_beam(&reader->tables, &reader->grammar, ret->sums, texts);
	reader_state_result(reader, texts, count, share_elsewhere(reader, texts, count), ret);
	if (plate < 0 || ret->length == 0)
		ret->status = QYRAN_READING_NOT_A_PLATE;
}

int qyran_reader_read(struct qyran_reader *reader, const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride,
		      struct qyran_reading *ret)
{
	if (width < PLATE_CROP_MIN || height < PLATE_CROP_MIN || width > PLATE_CROP_MAX_W || height > PLATE_CROP_MAX_H || stride < 2 * width ||
	    (uint64_t)stride * height > QYRAN_PIXELS_MAX)
		return -EINVAL;
	plate_prepare(yuyv, width, height, stride, reader->input);
	reader_backend_run(reader->backend, reader->input, reader->sums);
	reader_state_reading(reader, reader->sums, ret);
	return 0;
}
