/* SPDX-License-Identifier: Apache-2.0 */
/* Kazakhstan, Russia, Ukraine, Belarus, Uzbekistan, Kyrgyzstan, the Emirates. */
#include "plate_canvas.h"

#include "random.h"

#include <math.h>
#include <string.h>

static void draw_word(struct plate_canvas *canvas, const char *word, double x, double y, double width, double height)
{
	plate_colour(canvas->cairo, canvas->foreground);
	for (size_t i = 0, count = strlen(word); i < count; i++)
		scene_glyph_draw(canvas->cairo, "kz", word[i], x + (double)i * width * 1.25, y, width, height);
}

/* The line between the serial and the region, which is the last @region of the format's characters. */
static void draw_divider(struct plate_canvas *canvas, int region)
{
	const struct qyran_format *format = canvas->format;

	for (int i = 1; region > 0 && i < canvas->count; i++) {
		const struct scene_plate_cell *cell = &canvas->cells[i];
		const struct qyran_format_character *at = &format->characters[cell->slot];
		double top = format->rows == 1 ? 0 : at->y_mm - 18.0, moved = cell->x_mm + cell->width_mm / 2 - at->x_mm - at->width_mm / 2.0;

		if (cell->slot < format->count - region)
			continue;
		plate_fill_box(canvas->cairo, canvas->foreground, at->x_mm + moved - 14.0, top, 4, format->height_mm - top);
		return;
	}
}

/* The characters right of the last row's widest gap. */
static int region_count(const struct qyran_format *format)
{
	int widest = 0, gap = 0;

	for (int i = (format->rows == 2 ? format->upper : 0) + 1; i < format->count; i++) {
		int space = format->characters[i].x_mm - format->characters[i - 1].x_mm - format->characters[i - 1].width_mm;

		if (space >= gap) {
			gap = space;
			widest = i;
		}
	}
	return gap >= 20 ? format->count - widest : 0;
}

/* The flag's stripes, top to bottom. */
static void draw_stripes(struct plate_canvas *canvas, const uint32_t *colours, int count, struct plate_box box)
{
	for (int i = 0; i < count; i++)
		plate_fill_box(canvas->cairo, colours[i], box.x, box.y + i * box.height / count, box.width, box.height / count);
}

/* A line up and down in the widest gap; the region is left or right of it. */
static void draw_gap_line(struct plate_canvas *canvas, int row)
{
	struct plate_box gap = plate_gap(canvas, row);

	if (gap.width > 0)
		plate_fill_box(canvas->cairo, canvas->foreground, gap.x + gap.width / 2 - 1.5, 0, 3,
			       canvas->format->rows == 1 ? canvas->format->height_mm : gap.y + gap.height + 6);
}

void plate_kz_flag(struct plate_canvas *canvas)
{
	if (!canvas->styled || !plate_chance(canvas, 0.08)) {
		plate_fill_box(canvas->cairo, 0x00afca, 16, 24, 38, 24);
		plate_disc(canvas->cairo, 0xfec50c, 35, 35, 6);
	}
	if (!canvas->styled || !plate_chance(canvas, 0.08))
		draw_word(canvas, "KZ", 18, 60, 14, 22);
	if (!canvas->styled || !plate_chance(canvas, 0.1))
		draw_divider(canvas, 2);
}

void plate_kz_mark(struct plate_canvas *canvas)
{
	if (canvas->format->rows == 1) {
		plate_fill_box(canvas->cairo, 0x00afca, 18, 30, 30, 18);
		draw_word(canvas, "KZ", 18, 60, 13, 20);
	} else {
		plate_fill_box(canvas->cairo, 0x00afca, 22, 120, 38, 22);
		draw_word(canvas, "KZ", 24, 152, 15, 24);
	}
}

void plate_ru_region(struct plate_canvas *canvas)
{
	static const uint32_t flag[] = {0xd0d0d0, 0x0039a6, 0xd52b1e};
	const struct qyran_format *format = canvas->format;
	const struct qyran_format_character *last = &format->characters[format->count - 1];
	double right = last->x_mm + last->width_mm, y = format->rows == 1 ? 84 : format->height_mm - 28.0;

	draw_divider(canvas, region_count(format));
	draw_word(canvas, "RUS", right - 86, y, 12, 18);
	if (!canvas->styled || plate_chance(canvas, 0.7))
		draw_stripes(canvas, flag, 3, (struct plate_box){right - 34, y, 32, 18});
}

/* A band at the left edge as wide as there is room; 0: none. */
static double left_band(struct plate_canvas *canvas, double widest)
{
	double room = plate_ink(canvas, -1).x - 5;

	return room < 20 ? 0 : fmin(room, widest);
}

void plate_ua_band(struct plate_canvas *canvas)
{
	double width = left_band(canvas, canvas->styled ? plate_between(canvas, 34, 48) : 42), height = canvas->format->height_mm;
	uint32_t blue = 0x1f4fb4, yellow = 0xf0d020;
	bool flag_only = canvas->styled && plate_chance(canvas, 0.35);

	if (canvas->format->rows == 2)
		height /= 2;
	if (width <= 0)
		return;
	if (flag_only) { /* before 2015: a small flag and the code in the ink's colour */
		plate_fill_box(canvas->cairo, blue, 6, 0.2 * height, width - 10, 0.16 * height);
		plate_fill_box(canvas->cairo, yellow, 6, 0.36 * height, width - 10, 0.16 * height);
		plate_lettering(canvas, "din", "UA", canvas->foreground, (struct plate_box){6, 0.62 * height, width - 10, 0.2 * height});
		return;
	}
	plate_fill_box(canvas->cairo, blue, 0, 0, width, height);
	plate_fill_box(canvas->cairo, yellow, 0.15 * width, 0.32 * height, 0.7 * width, 0.14 * height);
	if (plate_chance(canvas, 0.4))
		plate_fill_box(canvas->cairo, yellow, 0, 0.5 * height, width, 0.5 * height);
	plate_lettering(canvas, "din", "UA", 0xf4f4f4, (struct plate_box){0.15 * width, 0.66 * height, 0.7 * width, 0.2 * height});
	if (canvas->styled && plate_chance(canvas, 0.15))
		plate_shield(canvas, (struct plate_box){0.3 * width, 0.08 * height, 0.4 * width, 0.2 * height});
}

void plate_by_flag(struct plate_canvas *canvas)
{
	static const uint32_t flag[] = {0xc8202c, 0xc8202c, 0x2f8a3f};
	double width = left_band(canvas, 44), height = canvas->format->height_mm;
	struct plate_box gap = plate_gap(canvas, canvas->format->rows - 1);

	if (width > 0) {
		bool one = canvas->format->rows == 1;

		draw_stripes(canvas, flag, 3, (struct plate_box){6, (one ? 0.22 : 0.1) * height, width - 10, 0.16 * height});
		plate_lettering(canvas, "by", "BY", canvas->foreground, (struct plate_box){6, (one ? 0.56 : 0.3) * height, width - 10, 22});
	}
	if (gap.width > 0) /* the region's hyphen */
		plate_fill_box(canvas->cairo, canvas->foreground, gap.x + 0.25 * gap.width, gap.y + (gap.height - canvas->stroke_mm) / 2, 0.5 * gap.width,
			       canvas->stroke_mm);
}

void plate_uz_flag(struct plate_canvas *canvas)
{
	static const uint32_t flag[] = {0x2098c8, 0xf0f0f0, 0x30a050};
	struct plate_box ink = plate_ink(canvas, canvas->format->rows - 1);
	double right = ink.x + ink.width, room = canvas->format->width_mm - right - 8;

	draw_gap_line(canvas, 0);
	if (room > 18) {
		double width = fmin(room - 4, 38);

		draw_stripes(canvas, flag, 3, (struct plate_box){right + 7, ink.y + 2, width, 0.6 * width});
		plate_lettering(canvas, "din", "UZ", canvas->foreground, (struct plate_box){right + 7, ink.y + ink.height - 24, width, 20});
	}
}

void plate_kg_flag(struct plate_canvas *canvas)
{
	double width = left_band(canvas, 46), height = canvas->format->height_mm;

	draw_gap_line(canvas, 0);
	if (width > 0) {
		plate_fill_box(canvas->cairo, 0xe02030, 6, 0.2 * height, width - 10, 0.28 * height);
		plate_disc(canvas->cairo, 0xf0d030, 6 + (width - 10) / 2, 0.34 * height, 0.08 * height);
		plate_lettering(canvas, "din", "KG", canvas->foreground, (struct plate_box){6, 0.6 * height, width - 10, 20});
	}
}

/* Strokes in the manner of Arabic lettering: a line with bows below, bars above and dots. */
static void draw_arabic(struct plate_canvas *canvas, struct plate_box box)
{
	cairo_t *cairo = canvas->cairo;
	double x = box.x, y = box.y + 0.6 * box.height;

	plate_colour(cairo, canvas->foreground);
	cairo_set_line_width(cairo, fmax(0.13 * box.height, 1.2));
	cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
	while (x < box.x + box.width) {
		double step = fmin(box.height * plate_between(canvas, 0.3, 0.7), box.x + box.width - x + 0.1);
		double dot = y + (plate_chance(canvas, 0.5) ? 0.3 : -0.35) * box.height;
		int kind = (int)scene_random_below(&canvas->random, 4);

		cairo_new_path(cairo);
		cairo_move_to(cairo, x, y);
		if (kind == 0) {
			cairo_line_to(cairo, x, box.y);
		} else if (kind == 1) {
			cairo_curve_to(cairo, x, y + 0.5 * box.height, x + step, y + 0.5 * box.height, x + step, y);
		} else if (kind == 2) {
			cairo_line_to(cairo, x + step, y);
		} else {
			cairo_curve_to(cairo, x + step, y - 0.5 * box.height, x + step, y + 0.2 * box.height, x, y);
			cairo_line_to(cairo, x + step, y);
		}
		cairo_stroke(cairo);
		if (plate_chance(canvas, 0.4))
			plate_disc(cairo, canvas->foreground, x + step / 2, dot, 0.08 * box.height);
		x += step;
	}
}

void plate_ae_emirate(struct plate_canvas *canvas)
{
	static const char *const emirates[] = {"DUBAI", "ABU DHABI", "SHARJAH", "AJMAN", "RAK", "FUJAIRAH", "UAE"};
	const char *name = emirates[scene_random_below(&canvas->random, 7)];
	struct plate_box ink = plate_ink(canvas, -1), gap = plate_gap(canvas, 0);
	double height = canvas->format->height_mm, above = ink.y - 6;

	if (gap.width >= 34) { /* between the code and the number */
		double x = gap.x + 5, width = gap.width - 10;

		draw_arabic(canvas, (struct plate_box){x, gap.y + 0.12 * gap.height, width, 0.3 * gap.height});
		plate_lettering(canvas, "ae", name, canvas->foreground, (struct plate_box){x, gap.y + 0.62 * gap.height, width, 0.22 * gap.height});
	} else if (above > 12) {
		double width = canvas->format->width_mm;

		draw_arabic(canvas, (struct plate_box){0.3 * width, 4, 0.4 * width, 0.5 * above});
		plate_lettering(canvas, "ae", name, canvas->foreground, (struct plate_box){0.3 * width, 4 + 0.6 * above, 0.4 * width, 0.36 * above});
	} else if (ink.x > 24) {
		draw_arabic(canvas, (struct plate_box){6, 0.2 * height, ink.x - 12, 0.25 * height});
		plate_lettering(canvas, "ae", name, canvas->foreground, (struct plate_box){6, 0.6 * height, ink.x - 12, 0.18 * height});
	}
	if (canvas->styled && plate_chance(canvas, 0.2))
		plate_fill_box(canvas->cairo, plate_chance(canvas, 0.5) ? 0xc02030 : 0xd0a030, 0, 0, fmax(ink.x - 6, 0) * 0.9, height);
}
