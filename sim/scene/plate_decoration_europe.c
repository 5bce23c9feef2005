/* SPDX-License-Identifier: Apache-2.0 */
/* Blue bands, seals, shields and hyphens. */
#include "plate_canvas.h"

#include "random.h"

#include <math.h>
#include <string.h>

/* What stands between two groups of characters. */
enum between { NOTHING, HYPHEN, TWO_SEALS, SEALS_AND_HYPHEN, SEAL_BELOW, SEAL_ABOVE, SHIELD, TAG, DOT, BETWEEN_COUNT };

static const struct country {
	const char *code, *sign;		/* ISO 3166-1, and what stands in the band */
	uint8_t share[BETWEEN_COUNT];		/* per cent; what is left: any */
} countries[] = {
	{"DE", "D", {2, 12, 62, 4, 12, 0, 0, 0, 0}}, {"AT", "A", {2, 3, 0, 0, 0, 0, 88, 0, 0}}, {"SK", "SK", {2, 24, 4, 24, 2, 10, 26, 0, 0}},
	{"CZ", "CZ", {26, 8, 48, 3, 3, 3, 0, 0, 0}}, {"PL", "PL", {15, 3, 0, 0, 5, 0, 0, 65, 3}}, {"HU", "H", {10, 60, 0, 0, 5, 5, 10, 0, 0}},
	{"HR", "HR", {5, 30, 0, 0, 0, 0, 55, 0, 0}}, {"SI", "SLO", {5, 20, 0, 0, 0, 0, 60, 0, 5}}, {"FR", "F", {10, 78, 0, 0, 0, 0, 0, 0, 5}},
	{"NL", "NL", {2, 90, 0, 0, 0, 0, 0, 0, 2}}, {"BE", "B", {5, 75, 0, 0, 0, 0, 0, 0, 10}}, {"PT", "P", {35, 40, 0, 0, 0, 0, 0, 0, 15}},
	{"ES", "E", {85, 5, 0, 0, 0, 0, 0, 0, 0}}, {"IT", "I", {80, 3, 0, 0, 0, 0, 3, 3, 3}}, {"SE", "S", {60, 0, 0, 0, 5, 20, 0, 5, 0}},
	{"NO", "N", {70, 3, 0, 0, 5, 12, 0, 0, 0}}, {"FI", "FIN", {2, 90, 0, 0, 0, 0, 0, 0, 0}}, {"DK", "DK", {85, 3, 0, 0, 0, 0, 3, 0, 0}},
	{"CH", "CH", {10, 10, 0, 0, 0, 0, 10, 0, 60}}, {"LU", "L", {80, 8, 0, 0, 0, 0, 0, 0, 0}}, {"IE", "IRL", {3, 88, 0, 0, 0, 0, 0, 0, 0}},
	{"RO", "RO", {85, 5, 0, 0, 0, 0, 0, 0, 0}}, {"BG", "BG", {85, 5, 0, 0, 0, 0, 0, 0, 0}}, {"GR", "GR", {30, 55, 0, 0, 0, 0, 0, 0, 5}},
	{"RS", "SRB", {5, 30, 0, 0, 0, 0, 55, 0, 0}}, {"LT", "LT", {40, 0, 0, 0, 40, 10, 0, 0, 0}}, {"LV", "LV", {10, 80, 0, 0, 0, 0, 0, 0, 0}},
	{"EE", "EST", {80, 5, 0, 0, 5, 0, 0, 0, 0}}, {"TR", "TR", {90, 0, 0, 0, 5, 0, 0, 0, 0}}, {"GB", "UK", {90, 0, 0, 0, 3, 0, 0, 0, 2}},
};

static const struct country *country_of(const struct plate_canvas *canvas)
{
	for (size_t i = 0; i < sizeof(countries) / sizeof(countries[0]); i++)
		if (!strcmp(countries[i].code, canvas->format->country))
			return &countries[i];
	return NULL;
}

static enum between between_choose(struct plate_canvas *canvas, const struct country *country)
{
	double at = plate_between(canvas, 0, 100);

	for (int i = 0; country && i < BETWEEN_COUNT; i++)
		if ((at -= country->share[i]) < 0)
			return (enum between)i;
	return country || plate_chance(canvas, 0.35) ? (enum between)scene_random_below(&canvas->random, BETWEEN_COUNT) : NOTHING;
}

static void draw_between(struct plate_canvas *canvas, enum between kind, struct plate_box gap)
{
	double x = gap.x + gap.width / 2, y = gap.y + gap.height / 2, radius = fmin(0.38 * gap.width, plate_between(canvas, 0.15, 0.24) * gap.height);
	double line = canvas->stroke_mm * plate_between(canvas, 0.8, 1.1);

	if (kind == HYPHEN || kind == SEALS_AND_HYPHEN)
		plate_fill_box(canvas->cairo, canvas->foreground, gap.x + 0.2 * gap.width, y - line / 2, 0.6 * gap.width, line);
	if (kind == SEALS_AND_HYPHEN)
		radius = fmin(radius, 0.2 * gap.height);
	if (kind == TWO_SEALS || kind == SEALS_AND_HYPHEN || kind == SEAL_ABOVE)
		plate_seal(canvas, x, gap.y + 0.24 * gap.height, radius);
	if (kind == TWO_SEALS || kind == SEALS_AND_HYPHEN || kind == SEAL_BELOW)
		plate_seal(canvas, x, gap.y + 0.74 * gap.height, radius * plate_between(canvas, 0.9, 1.25));
	if (kind == SHIELD) {
		double width = fmin(0.85 * gap.width, 0.55 * gap.height), height = width * plate_between(canvas, 1, 1.4);

		plate_shield(canvas, (struct plate_box){x - width / 2, y - height / 2, width, height});
	}
	if (kind == TAG) {
		double width = fmin(0.6 * gap.width, 14), height = width * plate_between(canvas, 0.8, 2.2);

		plate_fill_box(canvas->cairo, plate_mix(canvas->background, canvas->foreground, plate_between(canvas, 0.2, 0.6)), x - width / 2, y - height / 2,
			       width, height);
	}
	if (kind == DOT)
		plate_disc(canvas->cairo, canvas->foreground, x, plate_chance(canvas, 0.5) ? y : gap.y + gap.height - line, 0.7 * line);
}

/* Stars in a ring: dashes of no length with round ends. */
static void draw_stars(struct plate_canvas *canvas, double x, double y, double radius)
{
	const double pitch[2] = {0, 2 * M_PI * radius / 12};

	cairo_save(canvas->cairo);
	plate_colour(canvas->cairo, 0xf0d020);
	cairo_new_path(canvas->cairo);
	cairo_arc(canvas->cairo, x, y, radius, 0, 2 * M_PI);
	cairo_set_dash(canvas->cairo, pitch, 2, 0);
	cairo_set_line_cap(canvas->cairo, CAIRO_LINE_CAP_ROUND);
	cairo_set_line_width(canvas->cairo, radius * 0.32);
	cairo_stroke(canvas->cairo);
	cairo_restore(canvas->cairo);
}

/* The height of the bands: the upper row's on plates of two. */
static double band_height(const struct plate_canvas *canvas)
{
	return canvas->format->rows == 1 ? canvas->format->height_mm : 0.52 * canvas->format->height_mm;
}

static void left_band(struct plate_canvas *canvas, const char *sign)
{
	double width = fmin(plate_ink(canvas, 0).x - 4, canvas->styled ? plate_between(canvas, 38, 54) : 46), height = band_height(canvas);
	double kind = canvas->styled ? plate_between(canvas, 0, 1) : 1, size;
	uint32_t blue = plate_chance(canvas, 0.5) ? 0 : 0x60a0ff;

	blue = plate_mix(0x003399, blue, canvas->styled ? plate_between(canvas, 0, 0.5) : 0);
	if (width < 12 || kind < 0.06)
		return;
	size = fmin(0.24 * height, 0.5 * width);
	if (kind < 0.18) { /* no band: a shield above the sign, in ink */
		plate_shield(canvas, (struct plate_box){0.3 * width, 0.18 * height, 0.5 * width, 0.34 * height});
		plate_lettering(canvas, "din", sign, canvas->foreground, (struct plate_box){0.15 * width, 0.62 * height, 0.8 * width, size});
		return;
	}
	plate_fill_box(canvas->cairo, blue, 0, 0, width, height);
	if (kind < 0.3) { /* a flag instead of stars */
		plate_fill_box(canvas->cairo, 0xf4f4f4, 0.2 * width, 0.16 * height, 0.6 * width, 0.13 * height);
		plate_fill_box(canvas->cairo, 0xd03030, 0.2 * width, 0.29 * height, 0.6 * width, 0.13 * height);
	} else {
		draw_stars(canvas, width / 2, 0.32 * height, fmin(0.17 * height, 0.34 * width));
	}
	plate_lettering(canvas, "din", sign, 0xf4f4f4, (struct plate_box){0.12 * width, 0.66 * height, 0.76 * width, size});
}

static void right_band(struct plate_canvas *canvas)
{
	struct plate_box ink = plate_ink(canvas, 0);
	double width = fmin(canvas->format->width_mm - ink.x - ink.width - 4, canvas->styled ? plate_between(canvas, 36, 50) : 44);
	double x = canvas->format->width_mm - width, height = band_height(canvas);
	char word[16];

	if (width < 12)
		return;
	plate_fill_box(canvas->cairo, 0x1c3f94, x, 0, width, height);
	if (plate_chance(canvas, 0.7)) {
		if (plate_chance(canvas, 0.5))
			plate_disc(canvas->cairo, 0xf0d020, x + width / 2, 0.3 * height, 0.26 * width);
		else
			plate_blob(canvas, plate_chance(canvas, 0.5) ? 0xf4f4f4 : 0xd03030,
				   (struct plate_box){x + 0.15 * width, 0.12 * height, 0.7 * width, 0.4 * height});
	}
	word[0] = (char)('0' + scene_random_below(&canvas->random, 10));
	word[1] = (char)('0' + scene_random_below(&canvas->random, 10));
	word[2] = '\0';
	if (plate_chance(canvas, 0.4))
		plate_word(canvas, 2, word);
	if (plate_chance(canvas, 0.85))
		plate_lettering(canvas, "din", word, 0xf4f4f4, (struct plate_box){x + 0.12 * width, 0.64 * height, 0.76 * width, 0.22 * height});
}

static void draw_gaps(struct plate_canvas *canvas, bool both)
{
	enum between kind = between_choose(canvas, country_of(canvas));

	for (int row = 0; row < canvas->format->rows; row++) {
		struct plate_box gap = plate_gap(canvas, row);

		if (gap.width > 0 && (row == 0 || both || plate_chance(canvas, 0.4)))
			draw_between(canvas, kind, gap);
	}
	if (canvas->format->rows == 1) { /* groups about as wide apart: a hyphen in each */
		struct plate_box widest = plate_gap(canvas, 0);
		bool alike = kind == HYPHEN || kind == DOT;

		for (int i = 1; widest.width > 0 && i < canvas->count; i++) {
			const struct scene_plate_cell *last = &canvas->cells[i - 1], *at = &canvas->cells[i];
			struct plate_box gap = {last->x_mm + last->width_mm, widest.y, at->x_mm - last->x_mm - last->width_mm, widest.height};

			if (gap.x != widest.x && gap.width > (alike ? 0.7 : 0.45) * widest.width && gap.width > 14 && (alike || plate_chance(canvas, 0.3)))
				draw_between(canvas, alike ? kind : HYPHEN, gap);
		}
	}
}

/* Old plates without a band have seals and hyphens too. */
void plate_plain(struct plate_canvas *canvas)
{
	if (canvas->styled && country_of(canvas) && plate_chance(canvas, 0.7))
		draw_gaps(canvas, false);
}

void plate_eu_band(struct plate_canvas *canvas)
{
	const struct country *country = country_of(canvas);

	left_band(canvas, country ? country->sign : canvas->format->country);
	if (country && !strcmp(country->code, "FR"))
		right_band(canvas);
	draw_gaps(canvas, false);
}

void plate_it_band(struct plate_canvas *canvas)
{
	const struct country *country = country_of(canvas);

	left_band(canvas, country ? country->sign : canvas->format->country);
	right_band(canvas);
	draw_gaps(canvas, false);
}

void plate_uk_band(struct plate_canvas *canvas)
{
	struct plate_box ink = plate_ink(canvas, -1);
	double width = fmin(ink.x - 4, 44), height = canvas->format->height_mm, below = height - ink.y - ink.height;
	double kind = canvas->styled ? plate_between(canvas, 0, 1) : 1;
	char word[16];

	if (width >= 12 && kind > 0.35) {
		plate_fill_box(canvas->cairo, kind > 0.9 ? 0x2f9a50 : 0x1c3f94, 0, 0, width, band_height(canvas));
		if (kind > 0.6) {
			draw_stars(canvas, width / 2, 0.32 * band_height(canvas), fmin(0.17 * height, 0.34 * width));
		} else { /* the union flag, roughly */
			plate_fill_box(canvas->cairo, 0xf4f4f4, 0.15 * width, 0.22 * height, 0.7 * width, 0.22 * height);
			plate_fill_box(canvas->cairo, 0xc82030, 0.15 * width, 0.3 * height, 0.7 * width, 0.06 * height);
			plate_fill_box(canvas->cairo, 0xc82030, 0.46 * width, 0.22 * height, 0.08 * width, 0.22 * height);
		}
		plate_lettering(canvas, "din", plate_chance(canvas, 0.5) ? "GB" : "UK", 0xf4f4f4,
				(struct plate_box){0.15 * width, 0.66 * band_height(canvas), 0.7 * width, 0.2 * band_height(canvas)});
	}
	if (canvas->styled && below > 8 && plate_chance(canvas, 0.6)) { /* the dealer */
		plate_word(canvas, 6 + (int)scene_random_below(&canvas->random, 9), word);
		plate_lettering(canvas, "us-c", word, canvas->foreground,
				(struct plate_box){0.3 * canvas->format->width_mm, height - 0.8 * below, 0.4 * canvas->format->width_mm, fmin(0.6 * below, 9)});
	}
}

void plate_tr_band(struct plate_canvas *canvas)
{
	double width = fmin(plate_ink(canvas, 0).x - 4, 46), height = band_height(canvas);

	if (width < 12)
		return;
	plate_fill_box(canvas->cairo, 0x003399, 0, 0, width, height);
	plate_lettering(canvas, "din", "TR", 0xf4f4f4, (struct plate_box){0.12 * width, 0.66 * height, 0.76 * width, fmin(0.24 * height, 0.5 * width)});
	if (canvas->styled && plate_chance(canvas, 0.3))
		draw_gaps(canvas, false);
}
