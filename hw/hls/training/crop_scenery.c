/* SPDX-License-Identifier: Apache-2.0 */
#include "crop_draw.h"
#include "crop_random.h"

#include <math.h>

void crop_set_grey(cairo_t *cairo, double grey)
{
	cairo_set_source_rgb(cairo, grey, grey, grey);
}

static double width_of(const struct crop_box *box)
{
	return box->x1 - box->x0;
}

static double height_of(const struct crop_box *box)
{
	return box->y1 - box->y0;
}

/* A colour of which the brightness is @level, not too bright a one. */
static void set_paint(cairo_t *cairo, uint64_t *random, double level, double alpha)
{
	double cast = chance(random, 0.4) ? between(random, 0, 0.8) : 0;

	cairo_set_source_rgba(cairo, level * (1 - cast * between(random, 0, 1)), level * (1 - cast * between(random, 0, 1)),
			      level * (1 - cast * between(random, 0, 1)), alpha);
}

static void band(cairo_t *cairo, uint64_t *random, const struct crop_box *crop, double y, double thick, double level)
{
	double w = width_of(crop), tilt = normal(random) * 0.04 * w, bow = normal(random) * 0.06 * w;
	cairo_pattern_t *shade = cairo_pattern_create_linear(0, y, 0, y + thick);

	for (int i = 0; i <= 2; i++) {
		double l = level * between(random, 0.5, 1.5);

		cairo_pattern_add_color_stop_rgb(shade, i / 2.0, l, l, l);
	}
	cairo_move_to(cairo, crop->x0, y - tilt);
	cairo_curve_to(cairo, crop->x0 + w / 3, y + bow, crop->x1 - w / 3, y + bow, crop->x1, y + tilt);
	cairo_line_to(cairo, crop->x1, y + tilt + thick);
	cairo_curve_to(cairo, crop->x1 - w / 3, y + bow + thick, crop->x0 + w / 3, y + bow + thick, crop->x0, y - tilt + thick);
	cairo_set_source(cairo, shade);
	cairo_fill(cairo);
	cairo_pattern_destroy(shade);
}

static void seam(cairo_t *cairo, uint64_t *random, const struct crop_box *crop, const struct crop_box *plate)
{
	double w = width_of(crop), h = height_of(crop), size = height_of(plate);
	double x = crop->x0 + between(random, -0.3, 1.3) * w, y = crop->y0 + between(random, -0.2, 1.2) * h;

	set_paint(cairo, random, chance(random, 0.6) ? between(random, 0, 0.25) : between(random, 0.5, 1), between(random, 0.4, 1));
	cairo_set_line_width(cairo, size * mostly_low(random, 0.02, 0.2));
	cairo_move_to(cairo, x, y);
	cairo_curve_to(cairo, x + normal(random) * w / 2, y + normal(random) * h / 3, x + normal(random) * w, y + normal(random) * h / 2,
		       x + normal(random) * w, y + normal(random) * h / 2);
	cairo_stroke(cairo);
}

void crop_draw_glow(cairo_t *cairo, double x, double y, double radius, double inner, double level, double alpha)
{
	cairo_pattern_t *light = cairo_pattern_create_radial(x, y, radius * inner, x, y, radius);

	cairo_pattern_add_color_stop_rgba(light, 0, level, level, level, alpha);
	cairo_pattern_add_color_stop_rgba(light, 1, level, level, level, 0);
	cairo_set_source(cairo, light);
	cairo_rectangle(cairo, x - radius, y - radius, 2 * radius, 2 * radius);
	cairo_fill(cairo);
	cairo_pattern_destroy(light);
}

static void lines(cairo_t *cairo, uint64_t *random, const struct crop_box *box, double pitch, bool upright, double slant)
{
	double share = between(random, 0.2, 0.7), length = upright ? height_of(box) : width_of(box);

	cairo_save(cairo);
	cairo_rectangle(cairo, box->x0, box->y0, width_of(box), height_of(box));
	cairo_clip(cairo);
	cairo_set_line_width(cairo, pitch * share);
	for (double at = (upright ? box->x0 : box->y0) - length * fabs(slant); at < (upright ? box->x1 : box->y1) + length * fabs(slant); at += pitch) {
		cairo_move_to(cairo, upright ? at : box->x0, upright ? box->y0 : at);
		cairo_line_to(cairo, upright ? at + slant * length : box->x1, upright ? box->y1 : at + slant * length);
	}
	cairo_stroke(cairo);
	cairo_restore(cairo);
}

static void badge(cairo_t *cairo, uint64_t *random, double x, double y, double size)
{
	double wide = between(random, 1, 2), level = between(random, 0, 1);

	cairo_save(cairo);
	cairo_translate(cairo, x, y);
	cairo_scale(cairo, wide, 1);
	crop_set_grey(cairo, level);
	cairo_set_line_width(cairo, size * between(random, 0.06, 0.2));
	cairo_new_sub_path(cairo);
	cairo_arc(cairo, 0, 0, size / 2, 0, 2 * M_PI);
	if (chance(random, 0.3)) {
		cairo_fill_preserve(cairo);
		crop_set_grey(cairo, 1 - level);
	}
	cairo_stroke(cairo);
	for (int i = below(random, 5); i > 0; i--) {
		double angle = between(random, 0, 2 * M_PI), reach = size * between(random, 0.2, 0.48);

		cairo_move_to(cairo, reach * cos(angle), reach * sin(angle));
		cairo_line_to(cairo, reach * cos(angle + 2.2), reach * sin(angle + 2.2));
		cairo_line_to(cairo, reach * cos(angle + 4), reach * sin(angle + 4));
	}
	cairo_stroke(cairo);
	cairo_restore(cairo);
}

/* Rounded, light, with inner lights and stripes. */
static void lamp(cairo_t *cairo, uint64_t *random, double x, double y, double w, double h)
{
	double level = between(random, 0.1, 1);
	struct crop_box inside = {x - w * 0.4, y - h * 0.4, x + w * 0.4, y + h * 0.4};

	cairo_save(cairo);
	cairo_translate(cairo, x, y);
	cairo_rotate(cairo, normal(random) * 0.2);
	cairo_scale(cairo, w / 2, h / 2);
	cairo_set_source_rgb(cairo, level, level * between(random, 0.1, 1), level * between(random, 0.1, 1));
	cairo_arc(cairo, 0, 0, 1, 0, 2 * M_PI);
	cairo_fill(cairo);
	cairo_restore(cairo);
	if (chance(random, 0.4)) {
		crop_set_grey(cairo, between(random, 0, 1));
		lines(cairo, random, &inside, h * between(random, 0.06, 0.2), chance(random, 0.6), 0);
	}
	for (int i = below(random, 4); i > 0; i--)
		crop_draw_glow(cairo, x + normal(random) * w / 5, y + normal(random) * h / 5, h * between(random, 0.1, 0.5), between(random, 0.1, 0.8),
			       between(random, 0.3, 1), between(random, 0.4, 1));
}

static void word_near(cairo_t *cairo, uint64_t *random, double x, double y, double height)
{
	char word[16];

	crop_random_word(random, word, sizeof(word));
	crop_set_grey(cairo, between(random, 0, 1));
	crop_draw_word(cairo, random, word, x, y, height);
}

/* The plate's place: a recess or panel that is lit otherwise. */
static void recess(cairo_t *cairo, uint64_t *random, const struct crop_box *plate)
{
	double w = width_of(plate), h = height_of(plate), more_x = w * between(random, 0.03, 0.5), more_y = h * between(random, 0.08, 0.7);
	double x = plate->x0 - more_x + normal(random) * 0.05 * w, y = plate->y0 - more_y + normal(random) * 0.1 * h;
	double level = between(random, 0, 1) * between(random, 0.2, 1), radius = h * between(random, 0.02, 0.4);

	w += 2 * more_x;
	h += 2 * more_y;
	for (int ring = below(random, 2); ring < 2; ring++) {
		set_paint(cairo, random, fmin(1, level * between(random, 0.6, 1.4)), 1);
		cairo_new_path(cairo);
		cairo_arc(cairo, x + radius, y + radius, radius, M_PI, 3 * M_PI / 2);
		cairo_arc(cairo, x + w - radius, y + radius, radius, 3 * M_PI / 2, 0);
		cairo_arc(cairo, x + w - radius, y + h - radius, radius, 0, M_PI / 2);
		cairo_arc(cairo, x + radius, y + h - radius, radius, M_PI / 2, M_PI);
		cairo_close_path(cairo);
		cairo_fill(cairo);
		x += h * 0.04;
		y += h * 0.04;
		w -= h * 0.08;
		h -= h * 0.08;
		radius *= 0.9;
	}
}

static void paint(cairo_t *cairo, uint64_t *random, const struct crop_box *crop)
{
	double level = chance(random, 0.5) ? between(random, 0.02, 0.3) : between(random, 0.2, 1);
	double cast[3] = {1, 1, 1};
	cairo_pattern_t *shade = cairo_pattern_create_linear(between(random, -0.3, 0.3) * width_of(crop), crop->y0, 0, crop->y1);

	if (chance(random, 0.4))
		for (int i = 0; i < 3; i++)
			cast[i] = between(random, 0.2, 1);
	for (int i = 0; i < 4; i++) {
		double l = level * between(random, 0.45, 1.5);

		cairo_pattern_add_color_stop_rgb(shade, (i + between(random, -0.3, 0.3)) / 3.0, l * cast[0], l * cast[1], l * cast[2]);
	}
	cairo_set_source(cairo, shade);
	cairo_paint(cairo);
	cairo_pattern_destroy(shade);
}

void crop_draw_body(cairo_t *cairo, uint64_t *random, const struct crop_box *crop, const struct crop_box *plate)
{
	double w = width_of(crop), h = height_of(crop), size = height_of(plate);
	struct crop_box part;

	paint(cairo, random, crop);
	for (int i = below(random, 4); i > 0; i--)
		band(cairo, random, crop, crop->y0 + between(random, -0.1, 1.1) * h, size * mostly_low(random, 0.05, 1.5), between(random, 0, 0.8));
	for (int i = below(random, 4); i > 0; i--)
		seam(cairo, random, crop, plate);
	if (chance(random, 0.12)) {
		bool above = chance(random, 0.5);

		part = (struct crop_box){crop->x0, above ? crop->y0 : plate->y1, crop->x1, above ? plate->y0 : crop->y1};
		crop_set_grey(cairo, between(random, 0, 1));
		lines(cairo, random, &part, size * between(random, 0.08, 0.5), chance(random, 0.4), normal(random) * 0.1);
	}
	if (chance(random, 0.1))
		lamp(cairo, random, chance(random, 0.5) ? crop->x0 : crop->x1, plate->y0 + normal(random) * size, size * between(random, 0.6, 2), size);
	if (chance(random, 0.12))
		badge(cairo, random, (plate->x0 + plate->x1) / 2 + normal(random) * w / 8, plate->y0 - size * between(random, 0.2, 0.9), size * between(random, 0.3, 0.9));
	if (chance(random, 0.12))
		word_near(cairo, random, crop->x0 + between(random, -0.1, 0.7) * w, plate->y0 - size * between(random, 0.35, 0.9), size * between(random, 0.12, 0.35));
	if (chance(random, 0.1))
		word_near(cairo, random, crop->x0 + between(random, -0.1, 0.7) * w, plate->y1 + size * between(random, 0.08, 0.5), size * between(random, 0.12, 0.35));
	if (chance(random, 0.35))
		recess(cairo, random, plate);
	for (int i = chance(random, 0.15) ? 2 : 0; i > 0; i--) /* plate lamps */
		crop_draw_glow(cairo, plate->x0 + between(random, 0, 1) * (plate->x1 - plate->x0), plate->y0 - size * between(random, 0, 0.3),
			       size * between(random, 0.2, 1), 0, 1, between(random, 0.2, 0.9));
	if (chance(random, 0.12)) /* reflection of something bright */
		crop_draw_glow(cairo, crop->x0 + between(random, 0, 1) * w, crop->y0 + between(random, 0, 1) * h, size * between(random, 0.2, 1), 0, 1,
			       between(random, 0.2, 0.8));
}

void crop_draw_rain(cairo_t *cairo, uint64_t *random, const struct crop_box *crop)
{
	double w = width_of(crop), h = height_of(crop), slant = normal(random) * 0.15, length = h * between(random, 0.15, 0.6);
	double bright = between(random, 0.7, 1), thin = between(random, 0.5, 1.4);

	cairo_set_source_rgba(cairo, bright, bright, bright, between(random, 0.1, 0.35));
	cairo_set_line_width(cairo, thin);
	for (int i = (int)(w * h / length / between(random, 25, 90)) + 3; i > 0; i--) {
		double x = crop->x0 + between(random, 0, 1) * w, y = crop->y0 + between(random, -0.3, 1) * h;

		cairo_move_to(cairo, x, y);
		cairo_line_to(cairo, x + slant * length, y + length);
	}
	cairo_stroke(cairo);
}

static void boxes(cairo_t *cairo, uint64_t *random, const struct crop_box *crop, int count)
{
	double w = width_of(crop), h = height_of(crop);

	while (count-- > 0) {
		set_paint(cairo, random, between(random, 0, 1), between(random, 0.5, 1));
		cairo_rectangle(cairo, crop->x0 + between(random, -0.2, 1) * w, crop->y0 + between(random, -0.2, 1) * h, w * mostly_low(random, 0.02, 0.8),
				h * mostly_low(random, 0.04, 1));
		cairo_fill(cairo);
	}
}

static void leaves(cairo_t *cairo, uint64_t *random, const struct crop_box *crop)
{
	double w = width_of(crop), h = height_of(crop), size = h * between(random, 0.02, 0.15);

	for (int i = 150; i > 0; i--) {
		double x = crop->x0 + between(random, 0, 1) * w, y = crop->y0 + between(random, 0, 1) * h, level = between(random, 0, 1);

		if (i % 10 == 0)
			crop_set_grey(cairo, level);
		cairo_move_to(cairo, x, y);
		cairo_line_to(cairo, x + normal(random) * size, y + normal(random) * size);
		cairo_line_to(cairo, x + normal(random) * size, y + normal(random) * size);
		if (i % 10 == 1)
			cairo_fill(cairo);
	}
}

/* Lines that cross: railings, branches, scaffolds. */
static void bars(cairo_t *cairo, uint64_t *random, const struct crop_box *crop)
{
	double pitch = height_of(crop) * between(random, 0.08, 0.5);

	for (int i = 1 + below(random, 3); i > 0; i--) {
		crop_set_grey(cairo, between(random, 0, 1));
		lines(cairo, random, crop, pitch * between(random, 0.4, 1.6), chance(random, 0.6), chance(random, 0.5) ? normal(random) * 0.4 : 0);
	}
}

static void lettering(cairo_t *cairo, uint64_t *random, const struct crop_box *crop)
{
	double w = width_of(crop), h = height_of(crop), size = h * between(random, 0.15, 0.7), y = crop->y0 + between(random, 0, 0.5) * h;

	if (chance(random, 0.3)) { /* on a sign or panel */
		set_paint(cairo, random, between(random, 0, 1), 1);
		cairo_rectangle(cairo, crop->x0 + between(random, 0, 0.15) * w, y - size * 0.3, w * between(random, 0.5, 0.9), size * 1.6);
		cairo_fill(cairo);
	}
	for (int row = 1 + below(random, 3); row > 0; row--) {
		double x = crop->x0 + between(random, -0.3, 0.5) * w, level = between(random, 0, 1);
		char word[16];

		crop_random_word(random, word, sizeof(word));
		if (chance(random, 0.35)) { /* raised chrome letters */
			crop_set_grey(cairo, 1 - level);
			cairo_save(cairo);
			cairo_translate(cairo, size * 0.05, size * 0.05);
			uint64_t same = *random;
			crop_draw_word(cairo, &same, word, x, y, size);
			cairo_restore(cairo);
		}
		crop_set_grey(cairo, level);
		crop_draw_word(cairo, random, word, x, y, size);
		y += size * between(random, 1.1, 1.6);
	}
}

static void wheel(cairo_t *cairo, uint64_t *random, const struct crop_box *crop)
{
	double radius = height_of(crop) * between(random, 0.4, 0.9), x = crop->x0 + between(random, 0.1, 0.9) * width_of(crop), y = crop->y1 - radius * between(random, 0.5, 1);
	int spokes = 5 + below(random, 12);

	crop_set_grey(cairo, between(random, 0, 0.2));
	cairo_arc(cairo, x, y, radius, 0, 2 * M_PI);
	cairo_fill(cairo);
	crop_set_grey(cairo, between(random, 0.3, 1));
	cairo_set_line_width(cairo, radius * between(random, 0.06, 0.2));
	for (int i = 0; i < spokes; i++) {
		cairo_move_to(cairo, x, y);
		cairo_line_to(cairo, x + 0.7 * radius * cos(i * 2 * M_PI / spokes), y + 0.7 * radius * sin(i * 2 * M_PI / spokes));
	}
	cairo_new_sub_path(cairo);
	cairo_arc(cairo, x, y, radius * 0.7, 0, 2 * M_PI);
	cairo_stroke(cairo);
}

/* Something with the size and the shading of a plate, with stripes or nothing on it. */
static void panel(cairo_t *cairo, uint64_t *random, const struct crop_box *crop)
{
	double w = width_of(crop), h = height_of(crop), x = crop->x0 + between(random, 0.05, 0.25) * w, y = crop->y0 + between(random, 0.1, 0.35) * h;
	struct crop_box box = {x, y, crop->x1 - between(random, 0.05, 0.25) * w, crop->y1 - between(random, 0.1, 0.35) * h};

	set_paint(cairo, random, between(random, 0.1, 1), 1);
	cairo_rectangle(cairo, box.x0, box.y0, width_of(&box), height_of(&box));
	cairo_fill_preserve(cairo);
	crop_set_grey(cairo, between(random, 0, 1));
	cairo_set_line_width(cairo, h * between(random, 0.01, 0.05));
	cairo_stroke(cairo);
	if (chance(random, 0.4))
		lines(cairo, random, &box, h * between(random, 0.04, 0.3), chance(random, 0.7), normal(random) * 0.2);
}

void crop_draw_decoy(cairo_t *cairo, uint64_t *random, const struct crop_box *crop)
{
	double h = height_of(crop), w = width_of(crop);

	switch (below(random, 11)) {
	case 0:
		bars(cairo, random, crop);
		break;
	case 1:
		leaves(cairo, random, crop);
		break;
	case 2:
	case 3:
	case 4:
		lettering(cairo, random, crop);
		break;
	case 5:
		boxes(cairo, random, crop, 5 + below(random, 20));
		break;
	case 6:
		panel(cairo, random, crop);
		break;
	case 7:
		wheel(cairo, random, crop);
		break;
	case 8:
		for (int i = 1 + below(random, 3); i > 0; i--)
			lamp(cairo, random, crop->x0 + between(random, 0, 1) * w, crop->y0 + between(random, 0, 1) * h, h * between(random, 0.5, 2), h * between(random, 0.3, 1));
		break;
	case 9:
		for (int i = 1 + below(random, 2); i > 0; i--)
			badge(cairo, random, crop->x0 + between(random, 0.1, 0.9) * w, crop->y0 + between(random, 0.2, 0.8) * h, h * between(random, 0.3, 1));
		break;
	default:
		break; /* bodywork alone */
	}
}
