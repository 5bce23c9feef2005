/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes training pictures to standard output, without end or COUNT of them: 1 byte "is a plate", 12 bytes upper row, 12 bytes lower row
 * (padded with 0), 12 bytes with the step at each character's centre, 12 with the input's row where its ink begins, 12 where it ends, then
 * the prepared input.
 */
#include "crop.h"

#include <errno.h>
#include <hw/hls/plate_reader.h>
#include <sim/scene/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DECOYS 0.12			/* share of pictures without a plate */

static uint8_t within(double value, int most)
{
	return (uint8_t)(value < 0 ? 0 : value > most ? most : value);
}

int main(int argc, char **argv)
{
	static struct crop crop;
	static struct {
		uint8_t plate, rows[2][12], steps[12], tops[12], bottoms[12];
		int8_t input[PLATE_INPUT_H * PLATE_INPUT_W];
	} record;
	struct qyran_formats *formats;
	char error[512];
	uint64_t random, count;

	if (argc != 4) {
		fprintf(stderr, "usage: %s FORMATS SEED COUNT (0: without end)\n", argv[0]);
		return 2;
	}
	if (qyran_formats_open(argv[1], &formats, error, sizeof(error))) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	random = strtoull(argv[2], NULL, 10);
	count = strtoull(argv[3], NULL, 10);
	for (uint64_t i = 0; !count || i < count; i++) {
		struct crop_wish wish = {0};

		if (scene_random_between(&random, 0, 1) >= DECOYS)
			wish.format = crop_format(formats, &random);
		if (crop_render(&wish, &random, &crop)) {
			fprintf(stderr, "a plate cannot be drawn: memory, or a format's font or decoration\n");
			return 1;
		}
		memset(&record, 0, sizeof(record));
		record.plate = wish.format != NULL;
		memcpy(record.rows[0], crop.text, (size_t)crop.upper);
		memcpy(record.rows[1], crop.text + crop.upper, strlen(crop.text) - (size_t)crop.upper);
		for (size_t c = 0; c < strlen(crop.text); c++) {
			record.steps[c] = within(crop.centres[c] * PLATE_STEPS, PLATE_STEPS - 1);
			record.tops[c] = within(crop.tops[c] * PLATE_INPUT_H + 0.5, PLATE_INPUT_H);
			record.bottoms[c] = within(crop.bottoms[c] * PLATE_INPUT_H + 0.5, PLATE_INPUT_H);
		}
		plate_prepare(crop.yuyv, (uint32_t)crop.width, (uint32_t)crop.height, (uint32_t)crop.width * 2, record.input);
		if (fwrite(&record, sizeof(record), 1, stdout) != 1)
			break;
	}
	qyran_formats_close(formats);
	return 0;
}
