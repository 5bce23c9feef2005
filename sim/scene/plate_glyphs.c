/* SPDX-License-Identifier: Apache-2.0 */
#include "plate_glyphs.h"

#include <stdlib.h>
#include <string.h>

/*
 * Centre lines of the strokes, our own drawing in the manner of plate letters: x and y are per cent of the cell less half a stroke on
 * each side, y down. M move, L line, C cubic curve, Z close.
 */
static const char *const digits[10] = {
	"M0 30C0 10 20 0 50 0C80 0 100 10 100 30L100 70C100 90 80 100 50 100C20 100 0 90 0 70Z",
	"M15 26L68 0L68 100",
	"M2 27C2 10 20 0 50 0C80 0 98 11 98 29C98 46 82 56 0 100L100 100",
	"M2 21C8 8 25 0 50 0C80 0 95 10 95 26C95 42 80 48 42 48C82 48 100 58 100 74C100 91 80 100 50 100C22 100 5 92 0 77",
	"M58 0L0 74L100 74M76 44L76 100",
	"M92 0L13 0L7 45C20 37 35 34 50 34C82 34 100 47 100 67C100 88 80 100 50 100C25 100 6 92 0 77",
	"M74 0C40 18 0 44 0 68C0 89 22 100 50 100C80 100 100 88 100 68C100 50 80 38 50 38C25 38 5 49 0 68",
	"M0 0L100 0L36 100",
	"M50 0C20 0 6 10 6 25C6 40 22 47 50 47C78 47 94 40 94 25C94 10 80 0 50 0ZM50 47C18 47 0 58 0 73C0 90 20 100 50 100C80 100 100 90 100 73C100 58 82 47 50 47Z",
	"M26 100C60 82 100 56 100 32C100 11 78 0 50 0C20 0 0 12 0 32C0 50 20 62 50 62C75 62 95 51 100 32",
};

static const char *const letters[26] = {
	"M0 100L44 0L56 0L100 100M15 69L85 69",
	"M0 48L60 48C86 48 94 36 94 24C94 8 82 0 60 0L0 0L0 100L60 100C88 100 100 90 100 74C100 57 88 48 60 48",
	"M100 28C98 10 80 0 50 0C20 0 0 10 0 30L0 70C0 90 20 100 50 100C80 100 98 90 100 72",
	"M0 0L0 100L48 100C85 100 100 86 100 66L100 34C100 14 85 0 48 0Z",
	"M100 0L0 0L0 100L100 100M0 48L84 48",
	"M100 0L0 0L0 100M0 48L84 48",
	"M100 27C98 10 80 0 50 0C20 0 0 10 0 30L0 70C0 90 20 100 50 100C80 100 100 90 100 71L100 55L56 55",
	"M0 0L0 100M100 0L100 100M0 48L100 48",
	"M50 0L50 100",
	"M100 0L100 70C100 90 80 100 50 100C20 100 2 90 0 70",
	"M0 0L0 100M96 0L4 58M32 41L100 100",
	"M0 0L0 100L100 100",
	"M0 100L0 0L50 62L100 0L100 100",
	"M0 100L0 0L100 100L100 0",
	"M0 30C0 10 20 0 50 0C80 0 100 10 100 30L100 70C100 90 80 100 50 100C20 100 0 90 0 70Z",
	"M0 100L0 0L58 0C88 0 100 12 100 28C100 46 88 57 58 57L0 57",
	"M0 30C0 10 20 0 50 0C80 0 100 10 100 30L100 70C100 90 80 100 50 100C20 100 0 90 0 70ZM58 70L100 100",
	"M0 100L0 0L58 0C88 0 100 12 100 28C100 45 88 55 58 55L0 55M50 55L100 100",
	"M97 25C92 8 75 0 50 0C20 0 4 10 4 26C4 42 20 46 50 49C82 52 100 58 100 74C100 92 80 100 50 100C22 100 5 92 0 75",
	"M0 0L100 0M50 0L50 100",
	"M0 0L0 70C0 90 20 100 50 100C80 100 100 90 100 70L100 0",
	"M0 0L48 100L52 100L100 0",
	"M0 0L22 100L50 28L78 100L100 0",
	"M0 0L100 100M100 0L0 100",
	"M0 0L50 52L100 0M50 52L50 100",
	"M0 0L100 0L0 100L100 100",
};

static const struct font {
	const char *name;
	double stroke;			/* thickness, of the height */
} fonts[] = {
	{"kz", 0.14}, {"gost", 0.14}, {"ua", 0.13}, {"by", 0.13}, {"fe", 0.145}, {"din", 0.13}, {"sk", 0.1}, {"fr", 0.14}, {"it", 0.12}, {"es", 0.13},
	{"nl", 0.14}, {"uk", 0.17}, {"us-a", 0.12}, {"us-b", 0.13}, {"us-c", 0.13}, {"br-mandatory", 0.16}, {"ae", 0.12},
};

static const struct font *font_find(const char *name)
{
	for (size_t i = 0; i < sizeof(fonts) / sizeof(fonts[0]); i++)
		if (!strcmp(fonts[i].name, name))
			return &fonts[i];
	return NULL;
}

static const char *glyph_find(char c)
{
	if (c >= '0' && c <= '9')
		return digits[c - '0'];
	return c >= 'A' && c <= 'Z' ? letters[c - 'A'] : NULL;
}

bool scene_glyph_known(const char *font, char c)
{
	return font_find(font) && glyph_find(c);
}

void scene_glyph_draw(cairo_t *cairo, const char *font, char c, double x, double y, double width, double height)
{
	double stroke = font_find(font)->stroke * height;
	double sx = (width - stroke) / 100, sy = (height - stroke) / 100;
	double p[6];

	x += stroke / 2;
	y += stroke / 2;
	cairo_new_path(cairo);
	for (const char *at = glyph_find(c); *at;) {
		char command = *at++;
		int count = command == 'C' ? 6 : command == 'Z' ? 0 : 2;

		for (int i = 0; i < count; i++) {
			char *end;

			p[i] = i % 2 ? y + sy * (double)strtol(at, &end, 10) : x + sx * (double)strtol(at, &end, 10);
			at = end;
		}
		if (command == 'M')
			cairo_move_to(cairo, p[0], p[1]);
		else if (command == 'L')
			cairo_line_to(cairo, p[0], p[1]);
		else if (command == 'C')
			cairo_curve_to(cairo, p[0], p[1], p[2], p[3], p[4], p[5]);
		else
			cairo_close_path(cairo);
	}
	cairo_set_line_width(cairo, stroke);
	cairo_set_line_cap(cairo, CAIRO_LINE_CAP_SQUARE);
	cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
	cairo_stroke(cairo);
}
