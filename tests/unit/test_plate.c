/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <errno.h>
#include <sim/scene/plate.h>
#include <sim/scene/random.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 20
#define OUTSIDE 0xff123456u

static struct qyran_formats *formats;

static cairo_surface_t *draw(const struct qyran_format *format, const char *text, int *ret_result)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, format->width_mm + 2 * MARGIN, format->height_mm + 2 * MARGIN);
	cairo_t *cairo = cairo_create(surface);

	cairo_set_source_rgb(cairo, 0x12 / 255.0, 0x34 / 255.0, 0x56 / 255.0);
	cairo_paint(cairo);
	cairo_translate(cairo, MARGIN, MARGIN);
	*ret_result = scene_plate_draw(cairo, format, text);
	cairo_destroy(cairo);
	cairo_surface_flush(surface);
	return surface;
}

static const uint32_t *line_of(cairo_surface_t *surface, int y)
{
	return (const uint32_t *)(const void *)(cairo_image_surface_get_data(surface) + (size_t)y * (size_t)cairo_image_surface_get_stride(surface));
}

static void every_format_is_drawn_inside_its_rectangle(void)
{
	uint64_t random = 3;

	for (size_t i = 0; i < qyran_formats_count(formats); i++) {
		const struct qyran_format *format = qyran_formats_at(formats, i);
		int result, outside = 0, ink = 0;
		char text[QYRAN_PLATE_TEXT_MAX + 1];
		cairo_surface_t *surface;

		scene_plate_text(format, &random, text);
		CU_ASSERT_TRUE(qyran_format_matches(format, text));
		surface = draw(format, text, &result);
		CU_ASSERT_EQUAL(result, 0);
		for (int y = 0; y < format->height_mm + 2 * MARGIN; y++)
			for (int x = 0; x < format->width_mm + 2 * MARGIN; x++) {
				bool inside = x >= MARGIN && y >= MARGIN && x < format->width_mm + MARGIN && y < format->height_mm + MARGIN;
				uint32_t pixel = line_of(surface, y)[x];

				outside += !inside && pixel != OUTSIDE;
				ink += inside && (pixel & 0xffffff) == format->foreground;
			}
		CU_ASSERT_EQUAL(outside, 0);
		CU_ASSERT(ink > format->width_mm * format->height_mm / 20);
		cairo_surface_destroy(surface);
	}
}

static void every_character_looks_different(void)
{
	static const char all[] = "0123456789ABCDEFGHIJKLMNPQRSTUVWXYZ"; /* O is drawn as 0 is */
	struct qyran_format format = {.width_mm = 60, .height_mm = 100, .rows = 1, .count = 1, .upper = 1, .background = 0xffffff, .weight = 1};
	cairo_surface_t *surfaces[sizeof(all) - 1];
	int result;

	strcpy(format.font, "kz");
	format.characters[0] = (struct qyran_format_character){"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 8, 12, 44, 76, false};
	for (size_t i = 0; i < sizeof(all) - 1; i++) {
		const char text[2] = {all[i], '\0'};

		surfaces[i] = draw(&format, text, &result);
		CU_ASSERT_EQUAL_FATAL(result, 0);
		for (size_t j = 0; j < i; j++) {
			int different = 0;

			for (int y = 0; y < 140; y++)
				for (int x = 0; x < 100; x++)
					different += line_of(surfaces[i], y)[x] != line_of(surfaces[j], y)[x];
			CU_ASSERT(different > 100);
		}
	}
	for (size_t i = 0; i < sizeof(all) - 1; i++)
		cairo_surface_destroy(surfaces[i]);
}

static void what_does_not_fit_the_format_is_not_drawn(void)
{
	struct qyran_format format = *qyran_formats_find(formats, "kz-2012");
	int result;

	cairo_surface_destroy(draw(&format, "123ABC0", &result));
	CU_ASSERT_EQUAL(result, -EINVAL);
	cairo_surface_destroy(draw(&format, "1234BC02", &result));
	CU_ASSERT_EQUAL(result, -EINVAL);
	strcpy(format.font, "runes");
	cairo_surface_destroy(draw(&format, "123ABC02", &result));
	CU_ASSERT_EQUAL(result, -EINVAL);
	strcpy(format.font, "kz");
	strcpy(format.decoration, "tassels");
	cairo_surface_destroy(draw(&format, "123ABC02", &result));
	CU_ASSERT_EQUAL(result, -EINVAL);
}

static void the_same_seed_gives_the_same_texts(void)
{
	const struct qyran_format *format = qyran_formats_find(formats, "kz-2012");
	char first[QYRAN_PLATE_TEXT_MAX + 1], again[QYRAN_PLATE_TEXT_MAX + 1], next[QYRAN_PLATE_TEXT_MAX + 1];
	uint64_t a = 9, b = 9;

	scene_plate_text(format, &a, first);
	scene_plate_text(format, &b, again);
	scene_plate_text(format, &b, next);
	CU_ASSERT_STRING_EQUAL(first, again);
	CU_ASSERT_STRING_NOT_EQUAL(first, next);
}

int main(void)
{
	static const struct test_case cases[] = {
		{"every_format_is_drawn_inside_its_rectangle", every_format_is_drawn_inside_its_rectangle},
		{"every_character_of_a_plate_looks_different", every_character_looks_different},
		{"what_does_not_fit_the_format_is_not_drawn", what_does_not_fit_the_format_is_not_drawn},
		{"the_same_seed_gives_the_same_plates", the_same_seed_gives_the_same_texts},
	};
	char error[512];
	int result;

	if (qyran_formats_open("userspace/formats", &formats, error, sizeof(error))) {
		printf("not ok plate: %s\n", error);
		return 1;
	}
	result = test_cases_run("plate", cases, sizeof(cases) / sizeof(cases[0]));
	qyran_formats_close(formats);
	return result;
}
