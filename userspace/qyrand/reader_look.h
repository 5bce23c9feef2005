/* SPDX-License-Identifier: Apache-2.0 */
/* Where a text that was read stands in its region, so that the network can look at it alone: larger, straight, without what is around it. */
#ifndef QYRAN_READER_LOOK_H
#define QYRAN_READER_LOOK_H

#include "reader_decode.h"

#include <stdbool.h>

#define LOOK_ONE 16			/* positions in the input are in sixteenths of its columns and rows */

/* Ink of a text in the network's input: two parallel lines that may slope, between two columns. */
struct look_place {
	int32_t left, right;		/* columns, sixteenths */
	int32_t top, bottom;		/* rows at column 0, sixteenths */
	int32_t slope;			/* rows a column, 1/1024 */
	int32_t pitch;			/* columns from character to character, sixteenths */
};

/** look_align() - column of each character, sixteenths of the input's, on the likeliest way in which the text is read. */
void look_align(const struct log_tables *tables, const int16_t logs[LOG_SUMS], const struct hypothesis *text, int32_t ret[QYRAN_PLATE_TEXT_MAX]);

/** look_place() - from where the characters are and the edges that the network sees there. Returns false when that is no place for a text. */
bool look_place(const struct log_tables *tables, const int16_t sums[PLATE_SUMS], const int16_t logs[LOG_SUMS], const struct hypothesis *text,
		struct look_place *ret);

/**
 * look_cut_off() - how far the text seems to go on beyond the input's left or right edge, where a plate would have its own: 0 when it does not, up to
 * @most where a character is cut through.
 */
int32_t look_cut_off(const struct look_place *place, int32_t most);

/** look_whole() - the quad of a crop of @width x @height as a whole. */
struct plate_quad look_whole(uint32_t width, uint32_t height);

/** look_quad() - the place with its margins, in the crop, when @from is the quad that was the input. */
struct plate_quad look_quad(const struct look_place *place, const struct plate_quad *from);

#endif
