/* SPDX-License-Identifier: Apache-2.0 */
/* The plates' alphabets as data: internal to plate_glyphs.c. */
#ifndef QYRAN_SCENE_PLATE_ALPHABETS_H
#define QYRAN_SCENE_PLATE_ALPHABETS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * One character's centre lines, our own drawing after photographs of plates: x and y are per cent of the glyph's box less half a stroke on each
 * side, y down. M move, L line, R line to a corner that is rounded as the alphabet has it, C cubic curve, Z close.
 */
struct scene_glyph {
	char c;				/* 0 ends a list */
	uint8_t width;			/* per cent of its cell; the glyph stands in the middle */
	const char *path;
};

struct scene_alphabet {
	const char *name;
	double stroke;			/* thickness, of the height */
	double round_x, round_y;	/* rounding of corners, of half the box's inner width: 1, 1 makes half circles */
	bool soft;			/* strokes end round, not square */
	const struct scene_glyph *own;	/* what differs from @parent; may be NULL */
	const struct scene_alphabet *parent;
};

extern const struct scene_alphabet scene_alphabet_base;
extern const struct scene_alphabet scene_alphabets_europe[], scene_alphabets_america[], scene_alphabets_east[];	/* a NULL name ends each */

#endif
