/* SPDX-License-Identifier: Apache-2.0 */
#include "plate.h"

#include "plate_glyphs.h"
#include "random.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static void set_colour(cairo_t *cairo, uint32_t rgb)
{
	cairo_set_source_rgb(cairo, (double)(rgb >> 16 & 255) / 255, (double)(rgb >> 8 & 255) / 255, (double)(rgb & 255) / 255);
}

static void fill_box(cairo_t *cairo, uint32_t rgb, double x, double y, double width, double height)
{
	set_colour(cairo, rgb);
	cairo_rectangle(cairo, x, y, width, height);
	cairo_fill(cairo);
}

static void rounded_box(cairo_t *cairo, double x, double y, double width, double height, double radius)
{
	cairo_new_path(cairo);
	cairo_arc(cairo, x + width - radius, y + radius, radius, -M_PI / 2, 0);
	cairo_arc(cairo, x + width - radius, y + height - radius, radius, 0, M_PI / 2);
	cairo_arc(cairo, x + radius, y + height - radius, radius, M_PI / 2, M_PI);
	cairo_arc(cairo, x + radius, y + radius, radius, M_PI, 3 * M_PI / 2);
	cairo_close_path(cairo);
}

static void draw_word(cairo_t *cairo, const struct qyran_format *format, const char *word, double x, double y, double width, double height)
{
	for (size_t i = 0, count = strlen(word); i < count; i++)
		scene_glyph_draw(cairo, format->font, word[i], x + (double)i * width * 1.25, y, width, height);
}

static void draw_disc(cairo_t *cairo, uint32_t rgb, double x, double y, double radius)
{
	set_colour(cairo, rgb);
	cairo_arc(cairo, x, y, radius, 0, 2 * M_PI);
	cairo_fill(cairo);
}

/* The line between the serial and the region, which is the last @region characters. */
static void draw_divider(cairo_t *cairo, const struct qyran_format *format, int region)
{
	const struct qyran_format_character *at;
	double top;

	if (region <= 0 || region >= format->count)
		return;
	at = &format->characters[format->count - region];
	top = format->rows == 1 ? 0 : at->y_mm - 18.0;
	fill_box(cairo, format->foreground, at->x_mm - 14.0, top, 4, format->height_mm - top);
}

static void draw_kz_flag(cairo_t *cairo, const struct qyran_format *format)
{
	fill_box(cairo, 0x00afca, 16, 24, 38, 24);
	draw_disc(cairo, 0xfec50c, 35, 35, 6);
	set_colour(cairo, format->foreground);
	draw_word(cairo, format, "KZ", 18, 60, 14, 22);
	draw_divider(cairo, format, 2);
}

static void draw_kz_mark(cairo_t *cairo, const struct qyran_format *format)
{
	if (format->rows == 1) {
		fill_box(cairo, 0x00afca, 18, 30, 30, 18);
		set_colour(cairo, format->foreground);
		draw_word(cairo, format, "KZ", 18, 60, 13, 20);
	} else {
		fill_box(cairo, 0x00afca, 22, 120, 38, 22);
		set_colour(cairo, format->foreground);
		draw_word(cairo, format, "KZ", 24, 152, 15, 24);
	}
}

static void draw_ru_region(cairo_t *cairo, const struct qyran_format *format)
{
	const struct qyran_format_character *last = &format->characters[format->count - 1];
	double right = last->x_mm + last->width_mm;

	draw_divider(cairo, format, format->count - 6);
	draw_word(cairo, format, "RUS", right - 86, 84, 12, 18);
	fill_box(cairo, 0xd0d0d0, right - 34, 84, 32, 6);
	fill_box(cairo, 0x0039a6, right - 34, 90, 32, 6);
	fill_box(cairo, 0xd52b1e, right - 34, 96, 32, 6);
}

static void draw_nothing(cairo_t *cairo, const struct qyran_format *format)
{
	(void)cairo;
	(void)format;
}

static const struct decoration {
	const char *name;
	void (*draw)(cairo_t *cairo, const struct qyran_format *format);
} decorations[] = {
	{"", draw_nothing}, {"kz-flag", draw_kz_flag}, {"kz-mark", draw_kz_mark}, {"ru-region", draw_ru_region},
	{"eu-band", draw_nothing}, {"it-band", draw_nothing}, {"uk-band", draw_nothing}, {"br-tag", draw_nothing}, {"br-mercosul", draw_nothing},
	{"us-state", draw_nothing}, {"tr-band", draw_nothing}, {"ua-band", draw_nothing}, {"by-flag", draw_nothing}, {"uz-flag", draw_nothing},
	{"kg-flag", draw_nothing}, {"ae-emirate", draw_nothing},
};

static const struct decoration *decoration_find(const char *name)
{
	for (size_t i = 0; i < sizeof(decorations) / sizeof(decorations[0]); i++)
		if (!strcmp(decorations[i].name, name))
			return &decorations[i];
	return NULL;
}

int scene_plate_draw(cairo_t *cairo, const struct qyran_format *format, const char *text)
{
	const struct decoration *decoration = decoration_find(format->decoration);
	const double frame = 4;

	if (!decoration || !qyran_format_matches(format, text))
		return -EINVAL;
	for (const char *c = text; *c; c++)
		if (!scene_glyph_known(format->font, *c))
			return -EINVAL;
	cairo_save(cairo);
	rounded_box(cairo, 0, 0, format->width_mm, format->height_mm, 10);
	cairo_clip(cairo);
	fill_box(cairo, format->background, 0, 0, format->width_mm, format->height_mm);
	set_colour(cairo, format->foreground);
	rounded_box(cairo, frame, frame, format->width_mm - 2 * frame, format->height_mm - 2 * frame, 8);
	cairo_set_line_width(cairo, 4);
	cairo_stroke(cairo);
	decoration->draw(cairo, format);
	set_colour(cairo, format->foreground);
	for (int i = 0; i < format->count; i++) {
		const struct qyran_format_character *at = &format->characters[i];

		scene_glyph_draw(cairo, format->font, text[i], at->x_mm, at->y_mm, at->width_mm, at->height_mm);
	}
	cairo_restore(cairo);
	return 0;
}

void scene_plate_text(const struct qyran_format *format, uint64_t *random, char ret_text[QYRAN_PLATE_TEXT_MAX + 1])
{
	for (int i = 0; i < format->count; i++) {
		const char *allowed = format->characters[i].allowed;

		ret_text[i] = allowed[scene_random_below(random, (uint32_t)strlen(allowed))];
	}
	ret_text[format->count] = '\0';
}
