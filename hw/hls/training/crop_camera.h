/* SPDX-License-Identifier: Apache-2.0 */
/* From a drawing to the pixels of a camera: perspective, lens, light, sensor, and what cameras do to pictures. */
#ifndef QYRAN_TRAINING_CROP_CAMERA_H
#define QYRAN_TRAINING_CROP_CAMERA_H

#include "crop.h"

#define CROP_CANVAS_MAX (192 * 1024)	/* pixels of a drawing */

/* Seen at an angle: what is drawn at X, Y (-1/2 to 1/2 of the canvas) is seen at X d / @zoom, Y d / @zoom, d = 1 / (1 - @tilt_x X - @tilt_y Y). */
struct crop_tilt {
	double tilt_x, tilt_y, zoom;
};

/** crop_tilt_see() - where the canvas's point @x, @y (0 to 1) is seen in the crop (0 to 1), in place. */
void crop_tilt_see(const struct crop_tilt *tilt, double *x, double *y);

struct crop_camera {
	struct crop_tilt tilt;
	double weights[3];		/* of blue, green and red in the luma */
	double relief;			/* embossed edges catch light */
	double grain, grain_cell;	/* dirt and texture: amplitude, and size in pixels of the crop */
	double blur, motion_x, motion_y;	/* pixels of the crop: sigma, lengths */
	double mean;			/* of the luma, grey levels; 0: whatever the gain makes of it */
	double gain, offset, gamma;	/* grey = offset + gain light^gamma */
	double slope_x, slope_y;	/* light is stronger by this on one side */
	double noise, noise_dark;	/* sigma in bright and dark parts, grey levels */
	double smooth;			/* noise is smoothed away, and detail with it: share */
	double sharpen;			/* amount of the halo */
	double shrink;			/* the picture was this much smaller once */
	int quality;			/* of a JPEG; 0: none */
	int interlace;			/* pixels between odd and even lines */
};

/** crop_camera_make() - a camera of some kind in some light; @width_px: of the plate. */
void crop_camera_make(struct crop_camera *camera, enum crop_light light, double width_px, uint64_t *random);

/** crop_camera_take() - takes the picture of @canvas, BGRX, into @crop, whose size is set. */
void crop_camera_take(const struct crop_camera *camera, const unsigned char *canvas, int width, int height, int stride, uint64_t *random,
		      struct crop *crop);

#endif
