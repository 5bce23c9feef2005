/* SPDX-License-Identifier: Apache-2.0 */
/* What JPEG does to luma: 8x8 cosine transforms, quantised. */
#ifndef QYRAN_TRAINING_CROP_JPEG_H
#define QYRAN_TRAINING_CROP_JPEG_H

/**
 * crop_jpeg() - as if the picture had been compressed and read back.
 * @pixels: grey levels, @width times @height, changed in place.
 * @quality: 1 to 100, as libjpeg counts.
 * @shift_x, @shift_y: 0 to 7: where the grid of blocks begins.
 */
void crop_jpeg(float *pixels, int width, int height, int quality, int shift_x, int shift_y);

#endif
