/* SPDX-License-Identifier: Apache-2.0 */
/* Brazil's town strips and Mercosul's band; the states' graphics, names, slogans and stickers. */
#include "plate_canvas.h"

#include "random.h"

#include <math.h>
#include <stdio.h>

static uint32_t some_colour(struct plate_canvas *canvas)
{
	static const uint32_t colours[] = {0x182858, 0xa01828, 0x1c5030, 0xe07818, 0x2060b0, 0x6a3a90, 0x101010, 0xc8a020, 0x40a0c8, 0x802848};

	return colours[scene_random_below(&canvas->random, 10)];
}

/* The background with a share of some colour. */
static uint32_t tinted(struct plate_canvas *canvas, double low, double high)
{
	uint32_t colour = some_colour(canvas);

	return plate_mix(canvas->background, colour, plate_between(canvas, low, high));
}

static void random_sizes_word(struct plate_canvas *canvas, int shortest, int longest, char word[16])
{
	plate_word(canvas, shortest + (int)scene_random_below(&canvas->random, (uint32_t)(longest - shortest + 1)), word);
}

void plate_br_tag(struct plate_canvas *canvas)
{
	static const char *const states[] = {"BA", "SP", "RJ", "MG", "ES", "GO", "DF", "PR", "SC", "RS", "PE", "CE", "PA", "AM", "MT", "MS"};
	struct plate_box ink = plate_ink(canvas, -1), gap = plate_gap(canvas, 0);
	double width = canvas->format->width_mm, top = ink.y, x, strip;
	uint32_t edge = plate_mix(canvas->background, canvas->foreground, 0.35);
	char town[16], text[24];

	if (gap.width > 0 && (!canvas->styled || plate_chance(canvas, 0.92))) /* a dot, square more often than round */
		plate_fill_box(canvas->cairo, canvas->foreground, gap.x + gap.width / 2 - 0.5 * canvas->stroke_mm, gap.y + gap.height / 2 - 0.5 * canvas->stroke_mm,
			       canvas->stroke_mm, canvas->stroke_mm * plate_between(canvas, 0.9, 1.2));
	if (top > 14) {
		strip = fmin(0.6 * top, 24);
		x = plate_between(canvas, 0.08, 0.2) * width;
		random_sizes_word(canvas, 5, 14, town);
		snprintf(text, sizeof(text), "%s %s", states[scene_random_below(&canvas->random, 16)], town);
		if (plate_chance(canvas, 0.8)) { /* the tag is riveted on */
			plate_colour(canvas->cairo, edge);
			cairo_rectangle(canvas->cairo, x, 0.9 * top - strip, width - 2 * x, strip);
			cairo_set_line_width(canvas->cairo, 1);
			cairo_stroke(canvas->cairo);
			plate_disc(canvas->cairo, edge, x + 8, 0.9 * top - strip / 2, 2.5);
			plate_disc(canvas->cairo, edge, width - x - 8, 0.9 * top - strip / 2, 2.5);
		}
		plate_lettering(canvas, plate_chance(canvas, 0.5) ? "br-mandatory" : "us-b", text, canvas->foreground,
				(struct plate_box){0.25 * width, 0.9 * top - 0.85 * strip, 0.5 * width, 0.7 * strip});
		if (canvas->styled && plate_chance(canvas, 0.7)) { /* the lead seal and its wire */
			static const uint32_t seals[] = {0xb81820, 0xb81820, 0xe0b020, 0x303030, 0xe0b0a0, 0x2f6a3a};
			double seal_x = plate_between(canvas, 0.06, 0.13) * width, seal_y = plate_between(canvas, 0.4, 0.75) * top;

			plate_blob(canvas, seals[scene_random_below(&canvas->random, 6)], (struct plate_box){seal_x - 12, seal_y - 11, 24, 22});
			plate_fill_box(canvas->cairo, 0x303030, seal_x, seal_y, plate_between(canvas, 8, 20), 2);
		}
	}
}

void plate_br_screws(struct plate_canvas *canvas)
{
	struct plate_box ink = plate_ink(canvas, -1);
	double width = canvas->format->width_mm, bottom = ink.y + ink.height, below = canvas->format->height_mm - bottom;
	double one = plate_between(canvas, 0.26, 0.34) * width, two = width - one, y = plate_between(canvas, 6, 12);

	if (plate_chance(canvas, 0.85)) {
		plate_screw(canvas, one, y, plate_between(canvas, 4, 7.5));
		plate_screw(canvas, two, y, plate_between(canvas, 4, 7.5));
	}
	if (below > 6 && plate_chance(canvas, 0.75)) { /* slots or screws right below the characters, or at their feet */
		bool slots = plate_chance(canvas, 0.75);

		y = bottom + plate_between(canvas, -1, 0.5 * below);
		for (int i = 0; i < 2; i++)
			if (slots)
				plate_fill_box(canvas->cairo, 0x181818, (i ? two : one) - 9, y, 18, 5);
			else
				plate_screw(canvas, i ? two : one, y + 4, fmin(0.5 * below, 6));
	}
}

void plate_br_mercosul(struct plate_canvas *canvas)
{
	struct plate_box ink = plate_ink(canvas, -1);
	double width = canvas->format->width_mm, height = canvas->format->height_mm, strip = fmin(0.9 * ink.y, 32), room = ink.x;

	if (strip > 8) {
		plate_fill_box(canvas->cairo, 0x1c3f94, 0, 0, width, strip);
		plate_lettering(canvas, "din", "BRASIL", 0xf4f4f4, (struct plate_box){0.36 * width, 0.25 * strip, 0.28 * width, 0.55 * strip});
		plate_disc(canvas->cairo, 0xd0d8f0, 0.08 * width, 0.5 * strip, 0.25 * strip);
		plate_fill_box(canvas->cairo, 0x2f9a50, 0.9 * width, 0.2 * strip, 0.07 * width, 0.6 * strip);
		plate_blob(canvas, 0xf0d020, (struct plate_box){0.91 * width, 0.25 * strip, 0.05 * width, 0.5 * strip});
	}
	if (room > 20) {
		double size = fmin(room - 12, 26);

		if (plate_chance(canvas, 0.8)) /* a code of dots */
			for (int i = 0; i < 16; i++)
				plate_fill_box(canvas->cairo, plate_chance(canvas, 0.55) ? canvas->foreground : canvas->background,
					       6 + (i % 4) * size / 4, strip + 6 + (i / 4) * size / 4, size / 4, size / 4);
		plate_lettering(canvas, "fe", "BR", canvas->foreground, (struct plate_box){5, height - 26, size, 16});
	}
}

static void draw_scenery(struct plate_canvas *canvas)
{
	double width = canvas->format->width_mm, height = canvas->format->height_mm, horizon = plate_between(canvas, 0.5, 0.9) * height;
	uint32_t near = tinted(canvas, 0.08, 0.3), sky = tinted(canvas, 0.05, 0.4);
	cairo_pattern_t *fade = cairo_pattern_create_linear(0, 0, 0, height);

	cairo_pattern_add_color_stop_rgb(fade, 0, (double)(sky >> 16 & 255) / 255, (double)(sky >> 8 & 255) / 255, (double)(sky & 255) / 255);
	cairo_pattern_add_color_stop_rgb(fade, plate_between(canvas, 0.3, 0.9), (double)(canvas->background >> 16 & 255) / 255,
					 (double)(canvas->background >> 8 & 255) / 255, (double)(canvas->background & 255) / 255);
	cairo_set_source(canvas->cairo, fade);
	cairo_paint(canvas->cairo);
	cairo_pattern_destroy(fade);
	if (plate_chance(canvas, 0.45)) { /* hills */
		cairo_new_path(canvas->cairo);
		cairo_move_to(canvas->cairo, 0, height);
		for (int i = 0; i <= 6; i++)
			cairo_line_to(canvas->cairo, i * width / 6, horizon - plate_between(canvas, 0, 0.25) * height);
		cairo_line_to(canvas->cairo, width, height);
		plate_colour(canvas->cairo, near);
		cairo_fill(canvas->cairo);
	}
	if (plate_chance(canvas, 0.15))
		plate_disc(canvas->cairo, near, horizon * width / height, horizon, plate_between(canvas, 0.1, 0.3) * height);
}

static void draw_state_gap(struct plate_canvas *canvas, struct plate_box gap)
{
	double kind = plate_between(canvas, 0, 1), x = gap.x + gap.width / 2, y = gap.y + gap.height / 2, size = fmin(0.9 * gap.width, 0.6 * gap.height);

	if (kind < 0.34) { /* stickers, one or two above each other */
		double high = size * plate_between(canvas, 1, 1.5), half = 0.5 * fmin(size, plate_between(canvas, 0.6, 0.9) * high);

		if (plate_chance(canvas, 0.5)) {
			plate_sticker(canvas, (struct plate_box){x - half, y - high / 2, 2 * half, 0.48 * high});
			plate_sticker(canvas, (struct plate_box){x - half, y + 0.02 * high, 2 * half, 0.48 * high});
		} else {
			plate_sticker(canvas, (struct plate_box){x - half, y - high / 2, 2 * half, high});
		}
		for (int i = 0; i < 2; i++) /* dark lines above and below */
			if (plate_chance(canvas, 0.4))
				plate_fill_box(canvas->cairo, canvas->foreground, x - half, y + (i ? 0.5 : -0.56) * high, 2 * half, 0.06 * high);
	} else if (kind < 0.56) { /* the state's outline, a bird: as dark as the characters or hardly seen */
		uint32_t colour = plate_chance(canvas, 0.5) ? plate_mix(canvas->background, canvas->foreground, 0.9) : tinted(canvas, 0.15, 1);

		size *= plate_between(canvas, 0.7, 1.5);
		plate_blob(canvas, colour, (struct plate_box){x - size / 2, y - size / 2, size, size});
	} else if (kind < 0.64) { /* a tree, a cactus: taller than the gap is wide */
		uint32_t green = plate_mix(some_colour(canvas), 0x2f9a70, 0.6);
		double high = plate_between(canvas, 0.9, 1.4) * gap.height;

		plate_fill_box(canvas->cairo, green, x - 1.5, y - high / 2, 3, high);
		for (int i = 0; i < 5; i++) {
			double half = (0.15 + 0.08 * i) * fmin(gap.width * 1.1, 0.5 * high);

			plate_fill_box(canvas->cairo, green, x - half, y - high / 2 + (0.15 + 0.16 * i) * high, 2 * half, 0.07 * high);
		}
	} else if (kind < 0.7) { /* fruits */
		plate_disc(canvas->cairo, 0xe07818, x - 0.15 * size, y - 0.1 * size, 0.33 * size);
		plate_disc(canvas->cairo, 0xe88828, x + 0.2 * size, y + 0.2 * size, 0.28 * size);
		plate_blob(canvas, 0x2f8a48, (struct plate_box){x - 0.4 * size, y - 0.6 * size, 0.8 * size, 0.4 * size});
	} else if (kind < 0.77) {
		plate_fill_box(canvas->cairo, canvas->foreground, x - 0.3 * size, y - 0.4 * canvas->stroke_mm, 0.6 * size, 0.8 * canvas->stroke_mm);
	} else if (kind < 0.83) {
		plate_disc(canvas->cairo, canvas->foreground, x, y, 0.7 * canvas->stroke_mm);
	}
}

/* Beside the characters: an emblem, or small letters above each other. */
static void draw_state_side(struct plate_canvas *canvas, struct plate_box room)
{
	double kind = plate_between(canvas, 0, 1);
	int letters = 2 + (int)scene_random_below(&canvas->random, 2);
	double size = fmin(room.width, 0.8 * room.height);

	if (room.width < 12)
		return;
	if (kind < 0.4) {
		for (int i = 0; i < letters; i++) {
			char letter[2] = {(char)('A' + scene_random_below(&canvas->random, 26)), '\0'};

			plate_lettering(canvas, "us-b", letter, canvas->foreground,
					(struct plate_box){room.x, room.y + i * room.height / letters, fmin(room.width, 16), fmin(0.8 * room.height / letters, 24)});
		}
	} else if (kind < 0.75) {
		plate_blob(canvas, some_colour(canvas), (struct plate_box){room.x + (room.width - size) / 2, room.y + (room.height - size) / 2, size, size});
		if (plate_chance(canvas, 0.5))
			plate_blob(canvas, some_colour(canvas), (struct plate_box){room.x + 0.2 * size, room.y + 0.4 * size, 0.5 * size, 0.5 * size});
	} else if (kind < 0.88) { /* white on a square: a wheelchair, a heart, a badge */
		double x = room.x + (room.width - size) / 2, y = room.y + (room.height - size) / 2;

		plate_fill_box(canvas->cairo, plate_chance(canvas, 0.6) ? 0x2060b0 : some_colour(canvas), x, y, size, size);
		plate_disc(canvas->cairo, 0xf4f4f4, x + 0.4 * size, y + 0.2 * size, 0.09 * size);
		plate_fill_box(canvas->cairo, 0xf4f4f4, x + 0.34 * size, y + 0.3 * size, 0.1 * size, 0.35 * size);
		plate_fill_box(canvas->cairo, 0xf4f4f4, x + 0.34 * size, y + 0.55 * size, 0.35 * size, 0.1 * size);
		plate_blob(canvas, 0xf4f4f4, (struct plate_box){x + 0.3 * size, y + 0.45 * size, 0.45 * size, 0.45 * size});
	} else {
		plate_seal(canvas, room.x + room.width / 2, room.y + room.height / 2, 0.4 * size);
	}
}

static void draw_state_words(struct plate_canvas *canvas, double above, double below)
{
	static const char *const faces[] = {"us-c", "us-a", "din", "fe", "uk"};
	double width = canvas->format->width_mm, height = canvas->format->height_mm, share = plate_between(canvas, 0.25, 0.6);
	uint32_t colour = plate_chance(canvas, 0.5) ? canvas->foreground : some_colour(canvas);
	struct plate_box name = {(1 - share) / 2 * width, 0.18 * above, share * width, 0.68 * above}, slogan;
	char word[16];

	if (above > 8 && plate_chance(canvas, 0.2)) { /* a band of colour behind it */
		uint32_t band = some_colour(canvas);

		plate_fill_box(canvas->cairo, band, 0, 0, width, plate_between(canvas, 0.6, 0.98) * above);
		colour = 0xf4f4f4;
	}
	if (above > 8) {
		if (plate_chance(canvas, 0.3)) {
			plate_script(canvas, colour, name);
		} else {
			random_sizes_word(canvas, 4, 13, word);
			plate_lettering(canvas, faces[scene_random_below(&canvas->random, 5)], word, colour, name);
		}
	}
	if (below > 6 && plate_chance(canvas, 0.2)) {
		uint32_t band = some_colour(canvas);

		plate_fill_box(canvas->cairo, band, 0, height - plate_between(canvas, 0.6, 0.95) * below, width, below);
	}
	if (below > 6 && plate_chance(canvas, 0.75)) {
		share = plate_between(canvas, 0.3, 0.65);
		slogan = (struct plate_box){(1 - share) / 2 * width, height - 0.75 * below, share * width, plate_between(canvas, 0.35, 0.6) * below};
		random_sizes_word(canvas, 6, 15, word);
		colour = plate_chance(canvas, 0.5) ? canvas->foreground : some_colour(canvas);
		plate_lettering(canvas, faces[scene_random_below(&canvas->random, 5)], word, colour, slogan);
	}
}

/* A dealer's frame lies over the edge and hides what is printed there, sometimes the characters' feet. */
static void draw_state_frame(struct plate_canvas *canvas, double above, double below)
{
	static const uint32_t frames[] = {0x101010, 0x202020, 0xc0c4c8, 0xf0f0f0, 0x808488, 0x303848};
	double width = canvas->format->width_mm, height = canvas->format->height_mm;
	double top = plate_between(canvas, 0.2, 0.85) * above, bottom = plate_between(canvas, 0.2, 0.85) * below, side = plate_between(canvas, 2, 7);
	uint32_t colour = frames[scene_random_below(&canvas->random, 6)], ink = (colour & 255) > 96 ? 0x181818 : 0xe8e8e8;
	char word[16];

	if (plate_chance(canvas, 0.4))
		bottom = below + plate_between(canvas, 0, 6);
	if (plate_chance(canvas, 0.2))
		top = above + plate_between(canvas, 0, 5);
	plate_fill_box(canvas->cairo, colour, 0, 0, width, top);
	plate_fill_box(canvas->cairo, colour, 0, height - bottom, width, bottom);
	plate_fill_box(canvas->cairo, colour, 0, 0, side, height);
	plate_fill_box(canvas->cairo, colour, width - side, 0, side, height);
	if (top > 10 && plate_chance(canvas, 0.6)) {
		random_sizes_word(canvas, 5, 14, word);
		plate_lettering(canvas, "us-c", word, ink, (struct plate_box){0.25 * width, 0.2 * top, 0.5 * width, 0.65 * top});
	}
	if (bottom > 10 && plate_chance(canvas, 0.7)) {
		random_sizes_word(canvas, 5, 14, word);
		plate_lettering(canvas, plate_chance(canvas, 0.5) ? "us-c" : "uk", word, ink,
				(struct plate_box){0.2 * width, height - 0.85 * bottom, 0.6 * width, 0.7 * bottom});
	}
}

void plate_us_state(struct plate_canvas *canvas)
{
	struct plate_box ink = plate_ink(canvas, -1), gap = plate_gap(canvas, 0);
	double width = canvas->format->width_mm, height = canvas->format->height_mm, above = ink.y - 3, below = height - ink.y - ink.height - 3;
	double right = width - ink.x - ink.width, sticker_high = fmin(0.8 * above, 26);

	if (plate_chance(canvas, 0.5))
		draw_scenery(canvas);
	draw_state_words(canvas, above, below);
	if (gap.width > 0)
		draw_state_gap(canvas, gap);
	if (plate_chance(canvas, 0.5))
		draw_state_side(canvas, (struct plate_box){6, ink.y, ink.x - 12, ink.height});
	if (plate_chance(canvas, 0.4))
		draw_state_side(canvas, (struct plate_box){ink.x + ink.width + 6, ink.y, right - 12, ink.height});
	if (above > 10)
		for (int i = 0; i < 2; i++)
			if (plate_chance(canvas, 0.45))
				plate_sticker(canvas, (struct plate_box){i ? width - 38 : 8, 0.1 * above, 30, sticker_high});
	if (below > 14 && plate_chance(canvas, 0.15))
		plate_sticker(canvas, (struct plate_box){plate_chance(canvas, 0.5) ? 8 : width - 38, height - 0.95 * below, 30, 0.85 * below});
}

void plate_us_frame(struct plate_canvas *canvas)
{
	struct plate_box ink = plate_ink(canvas, -1);
	double width = canvas->format->width_mm, height = canvas->format->height_mm, above = ink.y - 3, below = height - ink.y - ink.height - 3;

	if (plate_chance(canvas, 0.5))
		draw_state_frame(canvas, above, below);
	for (int i = 0; i < 4; i++)
		if (plate_chance(canvas, i < 2 ? 0.85 : 0.4))
			plate_screw(canvas, (i % 2 ? 0.79 : 0.21) * width, i < 2 ? fmin(11, 0.6 * above) : height - fmin(11, 0.6 * below), plate_between(canvas, 3, 6));
}
