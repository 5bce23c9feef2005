/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a rendered region besides the plate's own drawing. User space is pixels of the crop, or the plate's millimetres. */
#ifndef QYRAN_TRAINING_CROP_DRAW_H
#define QYRAN_TRAINING_CROP_DRAW_H

#include <cairo.h>
#include <qyran/format.h>
#include <stdbool.h>
#include <stdint.h>

/* A rectangle: of the crop, of the plate, of the serial's ink. */
struct crop_box {
	double x0, y0, x1, y1;
};

/** crop_draw_body() - bodywork that fills the crop: paint, bumper, lamps, grille, badges. @plate: where a plate will be. */
void crop_draw_body(cairo_t *cairo, uint64_t *random, const struct crop_box *crop, const struct crop_box *plate);

/** crop_draw_decoy() - something that is no plate and may be taken for one. */
void crop_draw_decoy(cairo_t *cairo, uint64_t *random, const struct crop_box *crop);

/** crop_draw_rain() - streaks over the whole crop. */
void crop_draw_rain(cairo_t *cairo, uint64_t *random, const struct crop_box *crop);

/** crop_draw_word() - letters side by side from @x, @y on, each @height high, in the current colour. Returns where they end. */
double crop_draw_word(cairo_t *cairo, uint64_t *random, const char *word, double x, double y, double height);

/** crop_random_word() - @size at least 13. */
void crop_random_word(uint64_t *random, char *word, size_t size);

/** crop_draw_glow() - a soft spot of grey @level, which fades out from @inner of its radius on. */
void crop_draw_glow(cairo_t *cairo, double x, double y, double radius, double inner, double level, double alpha);

/** crop_set_grey() - the current colour. */
void crop_set_grey(cairo_t *cairo, double grey);

/* What is fixed to a plate and what lies on it; @ink is the serial's, in the plate's millimetres; @strength: 0 to 1; @sun: with shadows and glare. */
void crop_draw_holder(cairo_t *cairo, uint64_t *random, const struct qyran_format *format);	/* below the plate's own drawing */
void crop_draw_frame(cairo_t *cairo, uint64_t *random, const struct qyran_format *format, const struct crop_box *ink);	/* above it */
void crop_draw_wear(cairo_t *cairo, uint64_t *random, const struct qyran_format *format, const struct crop_box *ink, double strength, bool sun);

#endif
