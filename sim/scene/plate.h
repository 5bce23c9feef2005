/* SPDX-License-Identifier: Apache-2.0 */
/* Drawn plates: for scenes, and for the pictures that the reader is trained on. */
#ifndef QYRAN_SCENE_PLATE_H
#define QYRAN_SCENE_PLATE_H

#include "plate_glyphs.h"

#include <cairo.h>
#include <qyran/format.h>

/* How one plate differs from the format's drawing. */
struct scene_plate_style {
	uint64_t seed;			/* of all that is drawn at random: words, emblems, stickers, screws, wear */
	char alphabet[16];		/* instead of the format's; empty: the format's */
	struct scene_pen pen;
	double glyph_width, glyph_height;	/* of each character about its centre, 1: as the format has it */
	double spacing;			/* of a row's characters, likewise */
	double aside;			/* a row with room beside it stands left (-1) to right (1) */
	bool proportional;		/* narrow characters stand closer */
	double jitter_mm;		/* each character is off by up to this */
	double lean;			/* sideways by height, of each character */
	double emboss_mm;		/* offset of a light and a dark edge; 0: flat */
	double worn;			/* of the ink, 0 to 1 */
	double shade;			/* of the background's gradient, 0 to 1 */
	double border_mm;		/* line along the edge; 0: none */
	uint32_t background, foreground;	/* 0xRRGGBB */
};

/* Where a character's ink stands. */
struct scene_plate_cell {
	double x_mm, y_mm, width_mm, height_mm;
	int row;			/* 0 is the upper or only one */
	int slot;			/* which of the format's characters it takes */
};

/** scene_plate_style_random() - a style such as plates of @format have; @random is the state of scene_random(), see random.h. */
void scene_plate_style_random(struct scene_plate_style *ret, const struct qyran_format *format, uint64_t *random);

/**
 * scene_plate_draw() - draws a plate; user space is millimetres, the plate's upper left corner at 0, 0.
 * The caller sets the transformation; nothing is drawn outside the plate's rectangle.
 * Returns 0, or -EINVAL when @text does not fit @format or its alphabet lacks a character.
 */
int scene_plate_draw(cairo_t *cairo, const struct qyran_format *format, const char *text);

/**
 * scene_plate_draw_styled() - likewise, in a style; @style: NULL as scene_plate_draw(). With a style a text that does not fit @format is drawn too,
 * on its first characters' places, if the format has enough of them.
 */
int scene_plate_draw_styled(cairo_t *cairo, const struct qyran_format *format, const char *text, const struct scene_plate_style *style);

/**
 * scene_plate_place() - where scene_plate_draw_styled() draws each character of @text; a row that lacks some stays in the middle of its place.
 * Returns the count of characters, or -EINVAL as scene_plate_draw_styled() does.
 */
int scene_plate_place(const struct qyran_format *format, const char *text, const struct scene_plate_style *style,
		      struct scene_plate_cell ret_cells[QYRAN_PLATE_TEXT_MAX]);

/** scene_plate_text() - a random text of @format. */
void scene_plate_text(const struct qyran_format *format, uint64_t *random, char ret_text[QYRAN_PLATE_TEXT_MAX + 1]);

#endif
