/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels of a frame as a display wants them; libswscale does the work. */
#ifndef QYRAN_VIEW_PIXELS_H
#define QYRAN_VIEW_PIXELS_H

#include <stdint.h>

/* Where a picture lies on a display: the largest size of its shape that fits, in the middle. */
struct pixels_place {
	uint32_t x, y, width, height;
};

/** pixels_fit() - places @width x @height on a display. */
struct pixels_place pixels_fit(uint32_t width, uint32_t height, uint32_t display_width, uint32_t display_height);

struct pixels;

/** pixels_new() - NULL when there is no memory. */
struct pixels *pixels_new(void);

/** pixels_free() - accepts NULL. */
void pixels_free(struct pixels *pixels);

/**
 * pixels_convert() - YUYV (BT.601 below 720 lines, BT.709 from there on; limited range) to XRGB8888 in the place; what lies outside it is left alone.
 * Sizes may change from call to call.
 * @yuyv: @width x @height, @stride bytes from line to line. @to: the display, @to_stride bytes from line to line.
 * Returns 0, -ENOMEM, or -EINVAL for sizes that cannot be scaled.
 */
int pixels_convert(struct pixels *pixels, const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, uint8_t *to, uint32_t to_stride,
		   const struct pixels_place *place);

/** pixels_black() - all of a display but the place. */
void pixels_black(uint8_t *to, uint32_t to_stride, uint32_t width, uint32_t height, const struct pixels_place *place);

#endif
