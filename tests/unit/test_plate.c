/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <errno.h>
#include <sim/scene/plate.h>
#include <sim/scene/random.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 20
#define OUTSIDE 0xff123456u
#define DIFFERENCE_MIN 0.09		/* of the ink of two characters: a tail, a slit, a serif */

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

static struct qyran_format one_character(const char *font)
{
	struct qyran_format format = {.width_mm = 60, .height_mm = 100, .rows = 1, .count = 1, .upper = 1, .background = 0xffffff, .weight = 1};

	strcpy(format.font, font);
	format.characters[0] = (struct qyran_format_character){.x_mm = 8, .y_mm = 12, .width_mm = 44, .height_mm = 76};
	strcpy(format.characters[0].allowed, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	return format;
}

/* The share of the ink of both that only one of them has. */
static double difference(cairo_surface_t *a, cairo_surface_t *b)
{
	int one = 0, any = 0;

	for (int y = MARGIN + 10; y < MARGIN + 90; y++)
		for (int x = MARGIN + 7; x < MARGIN + 54; x++) {
			bool in_a = (line_of(a, y)[x] & 0xff) < 0x40, in_b = (line_of(b, y)[x] & 0xff) < 0x40;

			one += in_a != in_b;
			any += in_a || in_b;
		}
	return (double)one / any;
}

static bool drawn_alike(char a, char b)
{
	return (a == '0' && b == 'O') || (a == '1' && b == 'I');
}

static void every_character_of_every_alphabet_looks_different(void)
{
	static const char all[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	cairo_surface_t *surfaces[sizeof(all) - 1];
	const char *font;
	size_t fonts = 0;

	while ((font = scene_glyph_font(fonts++))) {
		struct qyran_format format = one_character(font);
		int result;

		for (size_t i = 0; i < sizeof(all) - 1; i++) {
			const char text[2] = {all[i], '\0'};

			CU_ASSERT_TRUE_FATAL(scene_glyph_known(font, all[i]));
			surfaces[i] = draw(&format, text, &result);
			CU_ASSERT_EQUAL_FATAL(result, 0);
			for (size_t j = 0; j < i; j++) {
				if (!drawn_alike(all[j], all[i]) && difference(surfaces[i], surfaces[j]) < DIFFERENCE_MIN) {
					printf("# %s: %c and %c differ by %.3f\n", font, all[j], all[i], difference(surfaces[i], surfaces[j]));
					CU_FAIL("two characters look alike");
				}
			}
		}
		for (size_t i = 0; i < sizeof(all) - 1; i++)
			cairo_surface_destroy(surfaces[i]);
	}
	CU_ASSERT(fonts > 16);
}

static cairo_surface_t *draw_styled(const struct qyran_format *format, const char *text, const struct scene_plate_style *style, int *ret_result)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, format->width_mm / 2 + 2 * MARGIN, format->height_mm / 2 + 2 * MARGIN);
	cairo_t *cairo = cairo_create(surface);

	cairo_set_source_rgb(cairo, 0x12 / 255.0, 0x34 / 255.0, 0x56 / 255.0);
	cairo_paint(cairo);
	cairo_translate(cairo, MARGIN, MARGIN);
	cairo_scale(cairo, 0.5, 0.5);
	*ret_result = scene_plate_draw_styled(cairo, format, text, style);
	cairo_destroy(cairo);
	cairo_surface_flush(surface);
	return surface;
}

static bool same(cairo_surface_t *a, cairo_surface_t *b)
{
	size_t size = (size_t)cairo_image_surface_get_stride(a) * (size_t)cairo_image_surface_get_height(a);

	return !memcmp(cairo_image_surface_get_data(a), cairo_image_surface_get_data(b), size);
}

static void a_styled_plate_stays_inside_and_comes_again_with_its_seed(void)
{
	uint64_t random = 11;

	for (size_t i = 0; i < qyran_formats_count(formats); i++) {
		const struct qyran_format *format = qyran_formats_at(formats, i);
		struct scene_plate_style style, other;
		struct scene_plate_cell cells[QYRAN_PLATE_TEXT_MAX];
		int result, count, outside = 0;
		char text[QYRAN_PLATE_TEXT_MAX + 1];
		cairo_surface_t *first, *again, *different;

		scene_plate_style_random(&style, format, &random);
		other = style;
		other.seed++;
		other.pen.thickness *= 1.1;
		scene_plate_text(format, &random, text);
		first = draw_styled(format, text, &style, &result);
		CU_ASSERT_EQUAL(result, 0);
		again = draw_styled(format, text, &style, &result);
		different = draw_styled(format, text, &other, &result);
		CU_ASSERT_TRUE(same(first, again));
		CU_ASSERT_FALSE(same(first, different));
		for (int y = 0; y < format->height_mm / 2 + 2 * MARGIN; y++)
			for (int x = 0; x < format->width_mm / 2 + 2 * MARGIN; x++) {
				bool inside = x >= MARGIN && y >= MARGIN && 2 * (x - MARGIN) < format->width_mm && 2 * (y - MARGIN) < format->height_mm;

				outside += !inside && line_of(first, y)[x] != OUTSIDE;
			}
		CU_ASSERT_EQUAL(outside, 0);
		count = scene_plate_place(format, text, &style, cells);
		CU_ASSERT_EQUAL(count, (int)strlen(text));
		for (int c = 0; c < count; c++)
			CU_ASSERT_TRUE(cells[c].x_mm >= 0 && cells[c].y_mm >= 0 && cells[c].x_mm + cells[c].width_mm <= format->width_mm &&
				       cells[c].y_mm + cells[c].height_mm <= format->height_mm && (!c || cells[c].row >= cells[c - 1].row));
		cairo_surface_destroy(first);
		cairo_surface_destroy(again);
		cairo_surface_destroy(different);
	}
}

/* The ink of each character lies where scene_plate_place() says. */
static void characters_stand_where_they_are_said_to(void)
{
	struct qyran_format format = one_character("fe");
	int result, count;
	struct scene_plate_cell cells[QYRAN_PLATE_TEXT_MAX];

	format.width_mm = 200;
	format.count = 3;
	format.upper = 3;
	format.characters[1] = format.characters[2] = format.characters[0];
	format.characters[1].x_mm = 68;
	format.characters[1].optional = true;
	format.characters[2].x_mm = 140;
	for (int length = 2; length <= 3; length++) {
		cairo_surface_t *surface = draw(&format, &"HHH"[3 - length], &result);
		double left = 1e9, right = 0;

		count = scene_plate_place(&format, &"HHH"[3 - length], NULL, cells);
		CU_ASSERT_EQUAL_FATAL(count, length);
		for (int x = MARGIN + 6; x < MARGIN + format.width_mm - 6; x++)
			if ((line_of(surface, MARGIN + 30)[x] & 0xff) < 0x40) {
				left = x - MARGIN < left ? x - MARGIN : left;
				right = x + 1 - MARGIN;
			}
		CU_ASSERT_DOUBLE_EQUAL(left, cells[0].x_mm, 1.5);
		CU_ASSERT_DOUBLE_EQUAL(right, cells[count - 1].x_mm + cells[count - 1].width_mm, 1.5);
		CU_ASSERT_DOUBLE_EQUAL((left + right) / 2, 96, 1.5); /* the middle of the format's places */
		cairo_surface_destroy(surface);
	}
	CU_ASSERT_EQUAL(scene_plate_place(&format, "HHHH", NULL, cells), -EINVAL);
}

static void a_text_of_no_format_needs_a_style_and_room(void)
{
	struct qyran_format format = *qyran_formats_find(formats, "kz-2012");
	struct scene_plate_style style;
	struct scene_plate_cell cells[QYRAN_PLATE_TEXT_MAX];
	uint64_t random = 4;

	scene_plate_style_random(&style, &format, &random);
	CU_ASSERT_EQUAL(scene_plate_place(&format, "QQQ1111Q", NULL, cells), -EINVAL);
	CU_ASSERT_EQUAL(scene_plate_place(&format, "QQQ1111Q", &style, cells), 8);
	CU_ASSERT_EQUAL(scene_plate_place(&format, "QQ11", &style, cells), 4);
	CU_ASSERT_EQUAL(scene_plate_place(&format, "QQQ1111QQ", &style, cells), -EINVAL);
	CU_ASSERT_EQUAL(scene_plate_place(&format, "", &style, cells), -EINVAL);
	CU_ASSERT_EQUAL(scene_plate_place(&format, "QQ-1", &style, cells), -EINVAL);
	strcpy(style.alphabet, "runes");
	CU_ASSERT_EQUAL(scene_plate_place(&format, "QQ11", &style, cells), -EINVAL);
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
		{"every_character_of_every_alphabet_looks_different", every_character_of_every_alphabet_looks_different},
		{"a_styled_plate_stays_inside_and_comes_again_with_its_seed", a_styled_plate_stays_inside_and_comes_again_with_its_seed},
		{"characters_stand_where_they_are_said_to", characters_stand_where_they_are_said_to},
		{"a_text_of_no_format_needs_a_style_and_room", a_text_of_no_format_needs_a_style_and_room},
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
