/* SPDX-License-Identifier: Apache-2.0 */
/* Every format file there and back: drawn, taken apart by the grammar, and, with the argument "read", read by the reader. */
#include "cases.h"

#include <hw/hls/training/crop.h>
#include <qyrand/reader.h>
#include <sim/scene/plate.h>
#include <sim/scene/random.h>
#include <string.h>

#define SEED 0x666f726d617473u		/* not one that is trained on */
#define TEXTS 300			/* of each format: enough for every character that may be missing to be there once */
#define READINGS 3

static struct qyran_formats *formats;

static int upper_of(const struct qyran_format *format, const uint8_t *slots, size_t length)
{
	int upper = 0;

	for (size_t i = 0; i < length; i++)
		upper += slots[i] < format->upper;
	return upper;
}

static void what_is_drawn_is_parsed(void)
{
	uint64_t random = SEED;

	for (size_t f = 0; f < qyran_formats_count(formats); f++) {
		const struct qyran_format *format = qyran_formats_at(formats, f);
		uint32_t seen = 0;

		for (int round = 0; round < TEXTS; round++) {
			struct scene_plate_cell cells[QYRAN_PLATE_TEXT_MAX];
			char text[QYRAN_PLATE_TEXT_MAX + 1];
			uint8_t slots[QYRAN_PLATE_TEXT_MAX];
			size_t length;
			int upper;

			scene_plate_text(format, &random, text);
			length = strlen(text);
			CU_ASSERT_TRUE(qyran_format_matches(format, text));
			CU_ASSERT_EQUAL_FATAL(qyran_format_slots(format, text, slots), 0);
			CU_ASSERT_EQUAL_FATAL(scene_plate_place(format, text, NULL, cells), (int)length);
			upper = upper_of(format, slots, length);
			for (size_t i = 0; i < length; i++) {
				const struct scene_plate_cell *cell = &cells[i];

				seen |= 1u << slots[i];
				CU_ASSERT(strchr(format->characters[slots[i]].allowed, text[i]) && (i == 0 || slots[i] > slots[i - 1]));
				CU_ASSERT_EQUAL(cell->row, (int)i >= upper);
				CU_ASSERT(cell->x_mm >= 0 && cell->x_mm + cell->width_mm <= format->width_mm);
				CU_ASSERT(cell->y_mm >= 0 && cell->y_mm + cell->height_mm <= format->height_mm);
				if (i > 0 && cell->row == cell[-1].row)
					CU_ASSERT(cell->x_mm >= cell[-1].x_mm + cell[-1].width_mm);
			}
		}
		CU_ASSERT_EQUAL(seen, (1u << format->count) - 1);
	}
}

static void draw(const struct qyran_format *format, const char *text, uint32_t *pixels, int width, int height)
{
	cairo_surface_t *surface = cairo_image_surface_create_for_data((unsigned char *)pixels, CAIRO_FORMAT_RGB24, width, height, width * 4);
	cairo_t *cairo = cairo_create(surface);

	cairo_scale(cairo, (double)width / format->width_mm, (double)height / format->height_mm);
	CU_ASSERT_EQUAL(scene_plate_draw(cairo, format, text), 0);
	cairo_destroy(cairo);
	cairo_surface_flush(surface);
	cairo_surface_destroy(surface);
}

/* The picture tells the text: changing the last character changes the picture. */
static void every_text_has_its_own_picture(void)
{
	enum { W = 160, H = 120 };
	static uint32_t one[W * H], other[W * H];
	uint64_t random = SEED + 1;

	for (size_t f = 0; f < qyran_formats_count(formats); f++) {
		const struct qyran_format *format = qyran_formats_at(formats, f);
		char text[QYRAN_PLATE_TEXT_MAX + 1];
		uint8_t slots[QYRAN_PLATE_TEXT_MAX];
		const char *allowed;
		size_t last;

		scene_plate_text(format, &random, text);
		memset(one, 0x55, sizeof(one));
		memset(other, 0x55, sizeof(other));
		draw(format, text, one, W, H);
		draw(format, text, other, W, H);
		CU_ASSERT_EQUAL(memcmp(one, other, sizeof(one)), 0);
		last = strlen(text) - 1;
		CU_ASSERT_EQUAL_FATAL(qyran_format_slots(format, text, slots), 0);
		allowed = format->characters[slots[last]].allowed;
		if (!allowed[1])
			continue;
		text[last] = text[last] == allowed[0] ? allowed[1] : allowed[0];
		draw(format, text, other, W, H);
		CU_ASSERT_NOT_EQUAL(memcmp(one, other, sizeof(one)), 0);
	}
}

/* Plates draw O as 0, and some I as 1: where a place may hold both, they are one. */
static bool same(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		char x = *a == 'O' || *a == 'Q' ? '0' : *a == 'I' ? '1' : *a, y = *b == 'O' || *b == 'Q' ? '0' : *b == 'I' ? '1' : *b;

		if (x != y)
			return false;
	}
	return *a == *b;
}

static bool is_read(struct qyran_reader *reader, const struct qyran_format *format, uint64_t *random)
{
	static struct crop crop;
	struct crop_wish wish = {.format = format, .width_px = 160, .light = CROP_DAY, .cut = CROP_CANDIDATE};

	for (int i = 0; i < READINGS; i++) {
		struct qyran_reading reading;

		CU_ASSERT_EQUAL_FATAL(crop_render(&wish, random, &crop), 0);
		CU_ASSERT_EQUAL_FATAL(qyran_reader_read(reader, crop.yuyv, (uint32_t)crop.width, (uint32_t)crop.height, (uint32_t)crop.width * 2,
							&reading), 0);
		if (same(reading.text, crop.text) && reading.rows == format->rows)
			return true;
	}
	return false;
}

static void what_is_drawn_is_read(void)
{
	struct qyran_reader *reader;
	uint64_t random = SEED + 2;
	int unread = 0;

	CU_ASSERT_EQUAL_FATAL(qyran_reader_new(formats, &reader), 0);
	for (size_t f = 0; f < qyran_formats_count(formats); f++) {
		const struct qyran_format *format = qyran_formats_at(formats, f);

		if (is_read(reader, format, &random))
			continue;
		fprintf(stderr, "%s: none of %d renderings is read right\n", format->name, READINGS);
		unread++;
	}
	CU_ASSERT_EQUAL(unread, 0);
	qyran_reader_free(reader);
}

int main(int argc, char **argv)
{
	static const struct test_case cases[] = {
		{"what_is_drawn_of_a_format_is_parsed", what_is_drawn_is_parsed},
		{"every_text_of_a_format_has_its_own_picture", every_text_has_its_own_picture},
		{"what_is_drawn_of_a_format_is_read", what_is_drawn_is_read},
	};
	char error[512];
	int result;

	if (qyran_formats_open("userspace/formats", &formats, error, sizeof(error))) {
		printf("not ok formats-read: %s\n", error);
		return 1;
	}
	result = test_cases_run("formats-read", cases, argc > 1 && !strcmp(argv[1], "read") ? 3 : 2);
	qyran_formats_close(formats);
	return result;
}
