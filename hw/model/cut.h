/* SPDX-License-Identifier: Apache-2.0 */
/* The cutter of the logic (cutter.v, halve.v): which pixels of a frame go into a REGION or WATCH, and what becomes of them. */
#ifndef QYRAN_MODEL_CUT_H
#define QYRAN_MODEL_CUT_H

#include <stdbool.h>
#include <stdint.h>

struct qyran_model_cut {
	uint32_t x, y, w, h;          /* pixels of the frame */
	uint32_t out_w, out_h;        /* pixels after halving */
	uint32_t halvings;
	uint32_t bytes;               /* of the pixels */
};

/**
 * qyran_model_cut() - places the cut round a box.
 * @margin_x: sixteenths of the box's height to add left and right, plus 4 pixels; likewise @margin_y.
 * @with_margin: false: no margins at all.
 */
struct qyran_model_cut qyran_model_cut(uint32_t width, uint32_t height, uint32_t x, uint32_t y, uint32_t w, uint32_t h,
				       uint32_t margin_x, uint32_t margin_y, bool with_margin);

/**
 * qyran_model_cut_pixels() - copies and halves the pixels.
 * @frame: YUYV with @stride bytes a line.
 * @out: @cut->bytes bytes.
 * Returns 0, or -ENOMEM.
 */
int qyran_model_cut_pixels(const struct qyran_model_cut *cut, const uint8_t *frame, uint32_t stride, uint8_t *out);

#endif
