/* SPDX-License-Identifier: Apache-2.0 */
/* Stills for the benches: anything that libavcodec decodes, made to fit the logic, and pictures of what was found. */
#ifndef QYRAN_BENCH_PICTURE_H
#define QYRAN_BENCH_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bench_picture {
	unsigned int width, height;
	uint8_t *luma;		/* full range: a JPEG's own Y, or BT.601 of RGB */
	uint8_t *rgb;		/* 3 bytes a pixel; NULL unless asked for */
	double scale;		/* pixels of this picture for one of the file */
};

/**
 * bench_picture_read() - decodes the first picture of a file.
 * @colour: also its colours.
 * Returns 0 and a picture that the caller frees with bench_picture_free(), or a negative errno with why (no path) in @error. A picture of which
 * a part is missing counts as one that does not decode.
 */
int bench_picture_read(const char *path, bool colour, struct bench_picture *ret, char *error, size_t error_size);

/**
 * bench_picture_fit() - shrinks a picture to at most 1920x1080 by the mean over each new pixel's area, and leaves off what is more than a
 * multiple of 8 columns and 2 lines, as the board does with clips.
 * Returns 0, -ENOMEM, or -EINVAL when it is smaller than 64x48 then; the picture is untouched on failure.
 */
int bench_picture_fit(struct bench_picture *picture);

/** bench_picture_fit_into() - the same with another limit. */
int bench_picture_fit_into(struct bench_picture *picture, unsigned int width_most, unsigned int height_most);

void bench_picture_free(struct bench_picture *picture);

#endif
