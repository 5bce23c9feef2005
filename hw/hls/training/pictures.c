/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plate-pictures FORMATS SEED COUNT
 *
 * Writes training pictures to standard output, without end or COUNT of them: 1 byte "is a plate", 12 bytes upper row, 12 bytes lower row
 * (padded with 0), 12 bytes with the step at each character's centre, 12 with the input's row where its ink begins, 12 where it ends, then
 * the prepared input.
 *
 * plate-pictures --sheet FILE.png FORMATS SEED COUNT
 *
 * Draws COUNT of them as the network sees them, to look at, with their texts and with dots where characters begin and end.
 */
#include "crop.h"

#include <cairo.h>
#include <hw/hls/plate_reader.h>
#include <sim/scene/plate_glyphs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHEET_COLUMNS 7
#define SHEET_MOST 700
#define CELL_W (PLATE_INPUT_W + 4)
#define CELL_H (PLATE_INPUT_H + 14)

static struct crop crop;
static struct {
	uint8_t plate, rows[2][12], steps[12], tops[12], bottoms[12];
	int8_t input[PLATE_INPUT_H * PLATE_INPUT_W];
} record;

static uint8_t within(double value, int most)
{
	return (uint8_t)(value < 0 ? 0 : value > most ? most : value);
}

static int record_next(const struct qyran_formats *formats, uint64_t *random)
{
	if (crop_train(formats, random, &crop)) {
		fprintf(stderr, "a plate cannot be drawn: memory, or a format's font or decoration\n");
		return -1;
	}
	memset(&record, 0, sizeof(record));
	record.plate = crop.text[0] != '\0';
	memcpy(record.rows[0], crop.text, (size_t)crop.upper);
	memcpy(record.rows[1], crop.text + crop.upper, strlen(crop.text) - (size_t)crop.upper);
	for (size_t c = 0; c < strlen(crop.text); c++) {
		record.steps[c] = within(crop.centres[c] * PLATE_STEPS, PLATE_STEPS - 1);
		record.tops[c] = within(crop.tops[c] * PLATE_INPUT_H + 0.5, PLATE_INPUT_H);
		record.bottoms[c] = within(crop.bottoms[c] * PLATE_INPUT_H + 0.5, PLATE_INPUT_H);
	}
	plate_prepare(crop.yuyv, (uint32_t)crop.width, (uint32_t)crop.height, (uint32_t)crop.width * 2, record.input);
	return 0;
}

static int stream(const struct qyran_formats *formats, uint64_t random, uint64_t count)
{
	for (uint64_t i = 0; !count || i < count; i++) {
		if (record_next(formats, &random))
			return 1;
		if (fwrite(&record, sizeof(record), 1, stdout) != 1)
			break;
	}
	return 0;
}

static void sheet_cell(cairo_t *cairo, double left, double top)
{
	unsigned char grey[PLATE_INPUT_H * PLATE_INPUT_W * 4];
	cairo_surface_t *picture;

	for (int i = 0; i < PLATE_INPUT_H * PLATE_INPUT_W; i++)
		memset(&grey[4 * i], record.input[i] + 128, 4);
	picture = cairo_image_surface_create_for_data(grey, CAIRO_FORMAT_RGB24, PLATE_INPUT_W, PLATE_INPUT_H, PLATE_INPUT_W * 4);
	cairo_set_source_surface(cairo, picture, left, top);
	cairo_paint(cairo);
	cairo_surface_destroy(picture);
	for (int c = 0; crop.text[c]; c++) {
		double x = left + crop.centres[c] * PLATE_INPUT_W;

		cairo_set_source_rgb(cairo, 1, 0.2, 0.2);
		cairo_rectangle(cairo, x - 1, top + record.tops[c] - 1, 2, 1);
		cairo_rectangle(cairo, x - 1, top + record.bottoms[c], 2, 1);
		cairo_fill(cairo);
		cairo_set_source_rgb(cairo, 0.5, 1, 0.5);
		scene_glyph_draw(cairo, "kz", crop.text[c], left + c * 9 + (c >= crop.upper ? 6 : 0), top + PLATE_INPUT_H + 2, 6, 9);
	}
}

static int sheet(const struct qyran_formats *formats, uint64_t random, int count, const char *path)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, SHEET_COLUMNS * CELL_W, (count + SHEET_COLUMNS - 1) / SHEET_COLUMNS * CELL_H);
	cairo_t *cairo = cairo_create(surface);
	int result = 0;

	for (int i = 0; i < count && !result; i++) {
		result = record_next(formats, &random) ? 1 : 0;
		sheet_cell(cairo, i % SHEET_COLUMNS * CELL_W, i / SHEET_COLUMNS * CELL_H);
	}
	cairo_destroy(cairo);
	if (!result && cairo_surface_write_to_png(surface, path) != CAIRO_STATUS_SUCCESS) {
		fprintf(stderr, "%s cannot be written: memory, or the folder\n", path);
		result = 1;
	}
	cairo_surface_destroy(surface);
	return result;
}

int main(int argc, char **argv)
{
	bool as_sheet = argc == 6 && !strcmp(argv[1], "--sheet");
	const char *const *rest = (const char *const *)argv + (as_sheet ? 3 : 1);
	struct qyran_formats *formats;
	uint64_t seed, count;
	char error[512];
	int result;

	if (argc != 4 && !as_sheet) {
		fprintf(stderr, "usage: %s [--sheet FILE.png] FORMATS SEED COUNT (0: without end)\n", argv[0]);
		return 2;
	}
	seed = strtoull(rest[1], NULL, 10);
	count = strtoull(rest[2], NULL, 10);
	if (as_sheet && (!count || count > SHEET_MOST)) {
		fprintf(stderr, "%s: a sheet holds 1 to %d pictures\n", argv[0], SHEET_MOST);
		return 2;
	}
	if (qyran_formats_open(rest[0], &formats, error, sizeof(error))) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	result = as_sheet ? sheet(formats, seed, (int)count, argv[2]) : stream(formats, seed, count);
	qyran_formats_close(formats);
	return result;
}
