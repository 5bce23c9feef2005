/* SPDX-License-Identifier: Apache-2.0 */
#include "crop_draw.h"
#include "crop_random.h"

#include <math.h>

static void disc(cairo_t *cairo, double x, double y, double radius)
{
	cairo_new_sub_path(cairo);
	cairo_arc(cairo, x, y, radius, 0, 2 * M_PI);
	cairo_fill(cairo);
}

static void words_in(cairo_t *cairo, uint64_t *random, double x0, double x1, double y, double height)
{
	char word[16];
	double x = x0 + between(random, 0, 0.3) * (x1 - x0);

	cairo_save(cairo);
	cairo_rectangle(cairo, x0, y - height, x1 - x0, 3 * height);
	cairo_clip(cairo);
	for (int i = 1 + below(random, 3); i > 0 && x < x1; i--) {
		crop_random_word(random, word, sizeof(word));
		x += crop_draw_word(cairo, random, word, x, y, height) + height * between(random, 0.5, 2);
	}
	cairo_restore(cairo);
}

/* As dealers in Europe give it: a tray with a lip below, on which they print their name. */
void crop_draw_holder(cairo_t *cairo, uint64_t *random, const struct qyran_format *format)
{
	double w = format->width_mm, h = format->height_mm, edge = between(random, 2, 14), lip = chance(random, 0.5) ? between(random, 14, 34) : edge;
	double level = chance(random, 0.75) ? between(random, 0, 0.25) : between(random, 0.4, 0.95);

	if (!chance(random, 0.5))
		return;
	if (chance(random, 0.3)) { /* its shadow on the body */
		cairo_set_source_rgba(cairo, 0, 0, 0, between(random, 0.2, 0.6));
		cairo_rectangle(cairo, -edge + between(random, -10, 10), h, w + 2 * edge, lip + between(random, 5, 30));
		cairo_fill(cairo);
	}
	crop_set_grey(cairo, level);
	cairo_rectangle(cairo, -edge, -edge, w + 2 * edge, h + edge + lip);
	cairo_fill(cairo);
	if (chance(random, 0.3)) {
		crop_set_grey(cairo, between(random, 0.3, 1));
		cairo_set_line_width(cairo, between(random, 1, 4));
		cairo_rectangle(cairo, -edge, -edge, w + 2 * edge, h + edge + lip);
		cairo_stroke(cairo);
	}
	if (lip > edge && chance(random, 0.75)) {
		crop_set_grey(cairo, level < 0.4 ? between(random, 0.35, 1) : between(random, 0, 0.5));
		words_in(cairo, random, 0, w, h + lip * 0.2, lip * between(random, 0.4, 0.65));
	}
}

/* A ring that lies on the plate's edge, as in America, with broad bars above and below the serial. */
static void ring(cairo_t *cairo, uint64_t *random, const struct qyran_format *format, const struct crop_box *ink)
{
	double w = format->width_mm, h = format->height_mm, out = between(random, 0, 8), level = chance(random, 0.5) ? between(random, 0, 0.2) : between(random, 0.2, 0.95);
	double side = fmin(between(random, 2, 12), fmin(ink->x0, w - ink->x1) - 1), top = fmin(ink->y0 - 2, between(random, 4, 36)), bottom = fmin(h - ink->y1 - 2, between(random, 4, 36));

	if (side < 0)
		side = 0;
	top = fmax(top, 0);
	bottom = fmax(bottom, 0);
	crop_set_grey(cairo, level);
	cairo_rectangle(cairo, -out, -out, w + 2 * out, h + 2 * out);
	cairo_rectangle(cairo, w - side, top, 2 * side - w, h - top - bottom); /* wound the other way: a hole */
	cairo_fill(cairo);
	crop_set_grey(cairo, level < 0.4 ? between(random, 0.4, 1) : between(random, 0, 0.4));
	if (top > 10 && chance(random, 0.6))
		words_in(cairo, random, w * 0.1, w * 0.9, top * 0.1, (top + out) * between(random, 0.4, 0.7));
	if (bottom > 10 && chance(random, 0.7))
		words_in(cairo, random, w * 0.1, w * 0.9, h - bottom * 0.85, (bottom + out) * between(random, 0.4, 0.7));
}

static void screws(cairo_t *cairo, uint64_t *random, const struct qyran_format *format, const struct crop_box *ink)
{
	double w = format->width_mm, h = format->height_mm, in = between(random, 0.06, 0.3) * w, size = between(random, 3, 8);
	double level = between(random, 0, 1);

	for (int i = 0; i < 4; i++) {
		double x = i % 2 ? w - in : in, y = i / 2 ? h - between(random, 6, 14) : between(random, 6, 14);

		if ((i / 2 && chance(random, 0.5)) || (y + size > ink->y0 + 4 && y - size < ink->y1 - 4 && x + size > ink->x0 && x - size < ink->x1))
			continue;
		crop_set_grey(cairo, level);
		disc(cairo, x, y, size);
		cairo_set_source_rgba(cairo, 1 - level, 1 - level, 1 - level, 0.6);
		disc(cairo, x + size / 3, y + size / 3, size / 2);
	}
}

void crop_draw_frame(cairo_t *cairo, uint64_t *random, const struct qyran_format *format, const struct crop_box *ink)
{
	bool american = format->width_mm < 400;

	if (chance(random, 0.5))
		screws(cairo, random, format, ink);
	if (chance(random, american ? 0.45 : 0.08))
		ring(cairo, random, format, ink);
}

static void shadow(cairo_t *cairo, uint64_t *random, double w, double h, double strength)
{
	double far = 0.6 * w, dark = between(random, 0.15, 0.3 + 0.35 * strength);

	cairo_set_source_rgba(cairo, 0, 0, 0, dark);
	if (chance(random, 0.7)) { /* of the bodywork above, or of something beside */
		double at = between(random, -0.1, 1.1) * h, slope = normal(random) * 0.5 * h;

		cairo_move_to(cairo, -far, at - slope);
		cairo_line_to(cairo, w + far, at + slope);
		cairo_line_to(cairo, w + far, chance(random, 0.8) ? -far : h + far);
		cairo_line_to(cairo, -far, chance(random, 0.8) ? -far : h + far);
	} else {
		double at = between(random, 0, 1) * w, lean = normal(random) * h, thick = between(random, 0.02, 0.4) * w;

		cairo_move_to(cairo, at, -far);
		cairo_line_to(cairo, at + thick, -far);
		cairo_line_to(cairo, at + thick + lean, h + far);
		cairo_line_to(cairo, at + lean, h + far);
	}
	cairo_fill(cairo);
}

static void spatter(cairo_t *cairo, uint64_t *random, double w, double h, double strength)
{
	double level = chance(random, 0.3) ? between(random, 0.8, 1) : between(random, 0.05, 0.5);	/* snow or mud */

	cairo_set_source_rgba(cairo, level, level, level * between(random, 0.6, 1), between(random, 0.2, 0.4 + 0.5 * strength));
	for (int i = 5 + below(random, 40); i > 0; i--) {
		double y = h * (1 - mostly_low(random, 0, 1));

		disc(cairo, between(random, 0, w), y, mostly_low(random, 0.6, 6) * (y > h * 0.85 ? 1.6 : 1));
	}
}

/* Snow or mud that sticks to an edge, a little way into the serial at most. */
static void crust(cairo_t *cairo, uint64_t *random, const struct qyran_format *format, const struct crop_box *ink, double strength)
{
	double w = format->width_mm, h = format->height_mm, tall = ink->y1 - ink->y0, level = chance(random, 0.5) ? between(random, 0.75, 1) : between(random, 0.05, 0.4);
	bool above = chance(random, 0.4);
	double edge = above ? ink->y0 + tall * 0.1 * strength : ink->y1 - tall * 0.1 * strength;

	cairo_set_source_rgba(cairo, level, level, level, between(random, 0.5, 1));
	cairo_move_to(cairo, -5, above ? -5 : h + 5);
	for (int i = 0; i <= 12; i++)
		cairo_line_to(cairo, i * w / 12, above ? fmax(-5, edge - between(random, 0, 1) * ink->y0) : fmin(h + 5, edge + between(random, 0, 1) * (h - ink->y1)));
	cairo_line_to(cairo, w + 5, above ? -5 : h + 5);
	cairo_fill(cairo);
}

void crop_draw_wear(cairo_t *cairo, uint64_t *random, const struct qyran_format *format, const struct crop_box *ink, double strength, bool sun)
{
	double w = format->width_mm, h = format->height_mm;

	if (chance(random, 0.2 * strength)) { /* faded paint */
		double grey = between(random, 0.2, 0.9);

		cairo_set_source_rgba(cairo, grey, grey, grey, between(random, 0.1, 0.5));
		cairo_rectangle(cairo, 0, 0, w, h);
		cairo_fill(cairo);
	}
	for (int i = chance(random, 0.4) ? 1 + below(random, 4) : 0; i > 0; i--)
		crop_draw_glow(cairo, between(random, 0, w), between(random, 0, h), between(random, 5, 0.7 * h), 0, between(random, 0, 0.5),
			       between(random, 0.1, 0.5 * strength));
	if (chance(random, 0.15))
		spatter(cairo, random, w, h, strength);
	if (chance(random, 0.06 * strength))
		crust(cairo, random, format, ink, strength);
	if (chance(random, 0.06)) { /* scratches */
		crop_set_grey(cairo, between(random, 0, 1));
		cairo_set_line_width(cairo, between(random, 0.5, 2));
		for (int i = 1 + below(random, 4); i > 0; i--) {
			cairo_move_to(cairo, between(random, 0, w), between(random, 0, h));
			cairo_rel_line_to(cairo, normal(random) * 60, normal(random) * 20);
		}
		cairo_stroke(cairo);
	}
	if (chance(random, 0.02 * strength)) { /* tow ball or cable before the lower edge */
		crop_set_grey(cairo, between(random, 0, 0.3));
		disc(cairo, w * between(random, 0.3, 0.7), h + 14, 14 + (h - ink->y1) + between(random, -6, 4));
	}
	if (sun && chance(random, 0.25))
		shadow(cairo, random, w, h, strength);
	if (sun && chance(random, 0.1)) /* glare */
		crop_draw_glow(cairo, between(random, 0, w), between(random, 0, h), between(random, 0.3, 1.5) * h, 0, 1, between(random, 0.2, 0.35 + 0.4 * strength));
}
