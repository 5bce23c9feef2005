/* SPDX-License-Identifier: Apache-2.0 */
/* The plate alphabet: 0-9 A-Z as strokes, so that a plate looks the same on every machine. */
#ifndef QYRAN_SCENE_PLATE_GLYPHS_H
#define QYRAN_SCENE_PLATE_GLYPHS_H

#include <cairo.h>
#include <stdbool.h>

/** scene_glyph_known() - does @font hold @c? */
bool scene_glyph_known(const char *font, char c);

/**
 * scene_glyph_draw() - strokes @c in the current colour so that its ink fills the cell @x, @y, @width, @height.
 * Only for what scene_glyph_known() knows.
 */
void scene_glyph_draw(cairo_t *cairo, const char *font, char c, double x, double y, double width, double height);

#endif
