/* SPDX-License-Identifier: Apache-2.0 */
/* Where a plate stands in a region: its size, turn and slant, and the errors of the cut around it. */
#ifndef QYRAN_TRAINING_CROP_VIEW_H
#define QYRAN_TRAINING_CROP_VIEW_H

#include "crop.h"
#include "crop_camera.h"
#include "crop_draw.h"

struct crop_view {
	int width, height;		/* of the crop */
	cairo_matrix_t plate;		/* millimetres to pixels of the crop, before the tilt */
	struct crop_box box;		/* the plate, pixels of the crop */
	struct crop_tilt tilt;
	double letter_px;		/* mean width of a character */
};

/** crop_view_make() - @ink: the serial's, in millimetres; @letter_mm: mean width of its characters. */
void crop_view_make(struct crop_view *view, const struct crop_wish *wish, const struct qyran_format *format, const struct crop_box *ink,
		    double letter_mm, uint64_t *random);

/** crop_view_cut_off() - moves the cut so that it goes through the serial. */
void crop_view_cut_off(struct crop_view *view, const struct crop_box *ink, uint64_t *random);

/** crop_view_see() - where the plate's point @x, @y, millimetres, is seen in the crop, 0 to 1, in place. */
void crop_view_see(const struct crop_view *view, double *x, double *y);

#endif
