/* SPDX-License-Identifier: Apache-2.0 */
#include "plate_canvas.h"

#include "random.h"

#include <math.h>
#include <string.h>

struct plate_box plate_ink(const struct plate_canvas *canvas, int row)
{
	double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;

	for (int i = 0; i < canvas->count; i++) {
		const struct scene_plate_cell *at = &canvas->cells[i];

		if (row >= 0 && at->row != row)
			continue;
		left = fmin(left, at->x_mm);
		top = fmin(top, at->y_mm);
		right = fmax(right, at->x_mm + at->width_mm);
		bottom = fmax(bottom, at->y_mm + at->height_mm);
	}
	if (right < left)
		return (struct plate_box){canvas->format->width_mm / 2.0, canvas->format->height_mm / 2.0, 0, 0};
	return (struct plate_box){left, top, right - left, bottom - top};
}

struct plate_box plate_gap(const struct plate_canvas *canvas, int row)
{
	struct plate_box gap = {0};
	double sum = 0;
	int count = 0;

	for (int i = 1; i < canvas->count; i++) {
		const struct scene_plate_cell *last = &canvas->cells[i - 1], *at = &canvas->cells[i];
		double x = last->x_mm + last->width_mm, width = at->x_mm - x;

		if (at->row != row || last->row != row)
			continue;
		sum += width;
		count++;
		if (width > gap.width)
			gap = (struct plate_box){x, fmax(last->y_mm, at->y_mm), width, fmin(last->height_mm, at->height_mm)};
	}
	/* Against the others' mean: a single wide one stands out. */
	if (count < 2 || gap.width < 14 || gap.width < 1.5 * (sum - gap.width) / (count - 1))
		gap.width = 0;
	return gap;
}

double plate_between(struct plate_canvas *canvas, double low, double high)
{
	return scene_random_between(&canvas->random, low, high);
}

bool plate_chance(struct plate_canvas *canvas, double probability)
{
	return plate_between(canvas, 0, 1) < probability;
}

uint32_t plate_mix(uint32_t a, uint32_t b, double share)
{
	uint32_t mixed = 0;

	for (int shift = 0; shift < 24; shift += 8) {
		double value = (double)(a >> shift & 255) * (1 - share) + (double)(b >> shift & 255) * share;

		mixed |= (uint32_t)fmin(fmax(value + 0.5, 0), 255) << shift;
	}
	return mixed;
}

void plate_colour(cairo_t *cairo, uint32_t rgb)
{
	cairo_set_source_rgb(cairo, (double)(rgb >> 16 & 255) / 255, (double)(rgb >> 8 & 255) / 255, (double)(rgb & 255) / 255);
}

void plate_fill_box(cairo_t *cairo, uint32_t rgb, double x, double y, double width, double height)
{
	plate_colour(cairo, rgb);
	cairo_rectangle(cairo, x, y, width, height);
	cairo_fill(cairo);
}

void plate_disc(cairo_t *cairo, uint32_t rgb, double x, double y, double radius)
{
	plate_colour(cairo, rgb);
	cairo_new_path(cairo);
	cairo_arc(cairo, x, y, radius, 0, 2 * M_PI);
	cairo_fill(cairo);
}

void plate_rounded_box(cairo_t *cairo, double x, double y, double width, double height, double radius)
{
	cairo_new_path(cairo);
	cairo_arc(cairo, x + width - radius, y + radius, radius, -M_PI / 2, 0);
	cairo_arc(cairo, x + width - radius, y + height - radius, radius, 0, M_PI / 2);
	cairo_arc(cairo, x + radius, y + height - radius, radius, M_PI / 2, M_PI);
	cairo_arc(cairo, x + radius, y + radius, radius, M_PI, 3 * M_PI / 2);
	cairo_close_path(cairo);
}

void plate_lettering(struct plate_canvas *canvas, const char *alphabet, const char *word, uint32_t rgb, struct plate_box box)
{
	struct scene_pen pen = {1, 1, false};
	double advance = 0.78 * box.height, units = 0, at;

	for (const char *c = word; *c; c++)
		units += *c == ' ' ? 0.6 : 0.25 + scene_glyph_width(alphabet, *c);
	if (units <= 0 || box.width <= 0 || box.height <= 0)
		return;
	advance = fmin(advance, box.width / units);
	pen.thickness = fmin(1.15, 1.9 * advance / box.height); /* squeezed letters are thinner */
	at = box.x + (box.width - advance * (units - 0.25)) / 2;
	plate_colour(canvas->cairo, rgb);
	for (const char *c = word; *c; c++) {
		double width = *c == ' ' ? 0.35 : scene_glyph_width(alphabet, *c);

		if (*c != ' ') /* a narrow character's cell is wider than its place */
			scene_glyph_draw_pen(canvas->cairo, alphabet, &pen, *c, at - advance * (1 - width) / 2, box.y, advance, box.height);
		at += advance * (width + 0.25);
	}
}

void plate_word(struct plate_canvas *canvas, int length, char ret_word[16])
{
	static const char consonants[] = "BCDFGHJKLMNPRSTVWXZ", vowels[] = "AEIOUAEIOY";
	bool vowel = plate_chance(canvas, 0.35);

	length = length > 15 ? 15 : length;
	for (int i = 0; i < length; i++) {
		const char *from = vowel ? vowels : consonants;

		ret_word[i] = from[scene_random_below(&canvas->random, (uint32_t)strlen(from))];
		vowel = plate_chance(canvas, vowel ? 0.15 : 0.8);
		if (i > 2 && i + 3 < length && plate_chance(canvas, 0.08))
			ret_word[++i] = ' ';
	}
	ret_word[length] = '\0';
}

void plate_script(struct plate_canvas *canvas, uint32_t rgb, struct plate_box box)
{
	int loops = 4 + (int)scene_random_below(&canvas->random, 6);
	double step = box.width / loops, x = box.x, y = box.y + 0.7 * box.height;

	cairo_new_path(canvas->cairo);
	cairo_move_to(canvas->cairo, x, y);
	for (int i = 0; i < loops; i++) {
		double rise = box.height * (i == 0 ? 0.7 : plate_chance(canvas, 0.25) ? 0.65 : plate_between(canvas, 0.2, 0.4));

		cairo_curve_to(canvas->cairo, x + 0.9 * step, y - 0.3 * rise, x + 0.6 * step, y - 1.4 * rise, x + 0.3 * step, y - 0.2 * rise);
		cairo_curve_to(canvas->cairo, x + 0.2 * step, y + 0.3 * box.height, x + 0.8 * step, y + 0.2 * box.height, x + step, y);
		x += step;
	}
	plate_colour(canvas->cairo, rgb);
	cairo_set_line_width(canvas->cairo, fmax(box.height * plate_between(canvas, 0.08, 0.16), 1));
	cairo_set_line_cap(canvas->cairo, CAIRO_LINE_CAP_ROUND);
	cairo_stroke(canvas->cairo);
}

void plate_shield(struct plate_canvas *canvas, struct plate_box box)
{
	static const uint32_t fields[] = {0xd0202a, 0x1f4fa0, 0xc8a020, 0xf0f0f0, 0x2f7a3a};
	cairo_t *cairo = canvas->cairo;
	uint32_t field = fields[scene_random_below(&canvas->random, 5)], charge = fields[scene_random_below(&canvas->random, 5)];

	cairo_new_path(cairo);
	cairo_move_to(cairo, box.x, box.y);
	cairo_line_to(cairo, box.x + box.width, box.y);
	cairo_line_to(cairo, box.x + box.width, box.y + 0.5 * box.height);
	cairo_curve_to(cairo, box.x + box.width, box.y + 0.8 * box.height, box.x + 0.6 * box.width, box.y + 0.95 * box.height, box.x + 0.5 * box.width,
		       box.y + box.height);
	cairo_curve_to(cairo, box.x + 0.4 * box.width, box.y + 0.95 * box.height, box.x, box.y + 0.8 * box.height, box.x, box.y + 0.5 * box.height);
	cairo_close_path(cairo);
	plate_colour(cairo, field);
	cairo_fill_preserve(cairo);
	plate_colour(cairo, 0x303030);
	cairo_set_line_width(cairo, 1);
	cairo_stroke(cairo);
	if (plate_chance(canvas, 0.6)) {
		plate_fill_box(cairo, charge, box.x + 0.42 * box.width, box.y + 0.12 * box.height, 0.16 * box.width, 0.6 * box.height);
		plate_fill_box(cairo, charge, box.x + 0.2 * box.width, box.y + 0.3 * box.height, 0.6 * box.width, 0.13 * box.height);
	}
	if (plate_chance(canvas, 0.5))
		plate_fill_box(cairo, charge, box.x + 0.15 * box.width, box.y + 0.62 * box.height, 0.7 * box.width, 0.14 * box.height);
}

void plate_seal(struct plate_canvas *canvas, double x, double y, double radius)
{
	static const uint32_t rims[] = {0xb8bcc0, 0xd03020, 0x2f8a48, 0x2060b0, 0xe07818, 0x8a6a50, 0x505050, 0xc8a020};
	uint32_t rim = rims[scene_random_below(&canvas->random, 8)];

	plate_disc(canvas->cairo, rim, x, y, radius);
	if (plate_chance(canvas, 0.75)) {
		uint32_t face = plate_chance(canvas, 0.7) ? 0xe8e8e8 : plate_mix(rim, 0, 0.3);

		plate_disc(canvas->cairo, face, x, y, radius * plate_between(canvas, 0.5, 0.8));
	}
	if (plate_chance(canvas, 0.6))
		plate_shield(canvas, (struct plate_box){x - 0.35 * radius, y - 0.4 * radius, 0.7 * radius, 0.8 * radius});
	if (plate_chance(canvas, 0.3))
		plate_fill_box(canvas->cairo, 0x303030, x - 0.5 * radius, y - 0.1 * radius, radius, 0.2 * radius);
}

void plate_sticker(struct plate_canvas *canvas, struct plate_box box)
{
	static const uint32_t colours[] = {0xd83020, 0xe8b020, 0x2f8a48, 0x2060b0, 0xf0f0f0, 0xe07818, 0x7040a0, 0x404040, 0xb0b0b0};
	uint32_t colour = colours[scene_random_below(&canvas->random, 9)], ink = plate_chance(canvas, 0.5) ? 0x202020 : 0xf4f4f4;
	char word[16];

	plate_fill_box(canvas->cairo, colour, box.x, box.y, box.width, box.height);
	if (plate_chance(canvas, 0.25))
		return;
	word[0] = (char)('0' + scene_random_below(&canvas->random, 10));
	word[1] = (char)('0' + scene_random_below(&canvas->random, 10));
	word[2] = '\0';
	if (plate_chance(canvas, 0.4))
		plate_word(canvas, 3, word);
	if (plate_chance(canvas, 0.6)) {
		plate_lettering(canvas, "us-c", word, ink,
				(struct plate_box){box.x + 0.1 * box.width, box.y + 0.3 * box.height, 0.8 * box.width, 0.5 * box.height});
	} else {
		plate_lettering(canvas, "us-c", word, ink,
				(struct plate_box){box.x + 0.15 * box.width, box.y + 0.1 * box.height, 0.7 * box.width, 0.3 * box.height});
		for (int i = 0; i < 3; i++)
			plate_fill_box(canvas->cairo, ink, box.x + 0.15 * box.width, box.y + (0.5 + 0.15 * i) * box.height,
				       plate_between(canvas, 0.3, 0.7) * box.width, 0.06 * box.height);
	}
}

void plate_blob(struct plate_canvas *canvas, uint32_t rgb, struct plate_box box)
{
	int corners = 5 + (int)scene_random_below(&canvas->random, 8);
	bool sharp = plate_chance(canvas, 0.5);

	cairo_new_path(canvas->cairo);
	for (int i = 0; i < corners; i++) {
		double angle = 2 * M_PI * i / corners, radius = plate_between(canvas, 0.25, 0.5);
		double x = box.x + box.width * (0.5 + radius * cos(angle)), y = box.y + box.height * (0.5 + radius * sin(angle));

		if (sharp || !i) {
			cairo_line_to(canvas->cairo, x, y);
		} else {
			double across = plate_between(canvas, -0.2, 0.2) * box.width, down = plate_between(canvas, -0.2, 0.2) * box.height;

			cairo_curve_to(canvas->cairo, x + across, y, x, y + down, x, y);
		}
	}
	cairo_close_path(canvas->cairo);
	plate_colour(canvas->cairo, rgb);
	cairo_fill(canvas->cairo);
}

void plate_screw(struct plate_canvas *canvas, double x, double y, double radius)
{
	static const uint32_t heads[] = {0x8a8c90, 0xb0b2b4, 0x505050, 0x202020, 0xf0f0f0, 0xe8c030, 0x7a5030};

	if (plate_chance(canvas, 0.4))
		plate_disc(canvas->cairo, plate_mix(canvas->background, 0, 0.4), x + 0.15 * radius, y + 0.25 * radius, radius * 1.1);
	plate_disc(canvas->cairo, heads[scene_random_below(&canvas->random, 7)], x, y, radius);
	if (plate_chance(canvas, 0.5))
		plate_disc(canvas->cairo, 0x404040, x, y, radius * 0.45);
}

void plate_edge_screws(struct plate_canvas *canvas)
{
	struct plate_box ink = plate_ink(canvas, -1);
	double width = canvas->format->width_mm, height = canvas->format->height_mm, radius = plate_between(canvas, 2.5, 7), x, y;

	if (!plate_chance(canvas, 0.4))
		return;
	if (plate_chance(canvas, 0.6)) { /* beside the characters */
		x = plate_between(canvas, 0.3, 0.7) * fmin(ink.x, width - ink.x - ink.width);
		y = plate_between(canvas, 0.45, 0.65) * height;
	} else { /* above them, where two holes are drilled anyhow */
		x = plate_between(canvas, 0.2, 0.36) * width;
		y = plate_chance(canvas, 0.6) ? 0.5 * ink.y : plate_between(canvas, 0.4, 0.6) * height;
	}
	x = fmax(x, radius + 1);
	plate_screw(canvas, x, y, radius);
	if (plate_chance(canvas, 0.9))
		plate_screw(canvas, width - x, y, radius);
}
