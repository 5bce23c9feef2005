/* SPDX-License-Identifier: Apache-2.0 */
/* The plates' alphabets: 0-9 A-Z as strokes, so that a plate looks the same on every machine. */
#ifndef QYRAN_SCENE_PLATE_GLYPHS_H
#define QYRAN_SCENE_PLATE_GLYPHS_H

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>

/* How an alphabet is stroked. */
struct scene_pen {
	double thickness;	/* of the strokes, 1: as the alphabet has it */
	double roundness;	/* of the corners, likewise */
	bool soft;		/* strokes end round in any alphabet */
};

/** scene_glyph_known() - does @font hold @c? */
bool scene_glyph_known(const char *font, char c);

/** scene_glyph_font() - the name of the @index-th alphabet, NULL after the last. */
const char *scene_glyph_font(size_t index);

/** scene_glyph_width() - how much of its cell's width @c takes, 0 to 1; only for what scene_glyph_known() knows. */
double scene_glyph_width(const char *font, char c);

/**
 * scene_glyph_draw() - strokes @c in the current colour so that its ink fills the cell @x, @y, @width, @height; a narrow character stands in
 * the cell's middle. Only for what scene_glyph_known() knows.
 */
void scene_glyph_draw(cairo_t *cairo, const char *font, char c, double x, double y, double width, double height);

/** scene_glyph_draw_pen() - likewise; @pen: NULL for the alphabet's own. */
void scene_glyph_draw_pen(cairo_t *cairo, const char *font, const struct scene_pen *pen, char c, double x, double y, double width, double height);

#endif
