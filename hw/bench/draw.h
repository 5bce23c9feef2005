/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of what was found and what was missed. */
#ifndef QYRAN_BENCH_DRAW_H
#define QYRAN_BENCH_DRAW_H

#include "hw/bench/bench.h"

#include <stdint.h>

struct bench_drawing;

enum bench_pen { BENCH_FOUND, BENCH_MISSED, BENCH_CANDIDATE, BENCH_MOVER };	/* green, red, yellow, blue */

/** bench_tint() - colours a pixel of 3 bytes lightly: for masks. */
void bench_tint(uint8_t *rgb, enum bench_pen pen);

/** bench_drawing_new() - begins with a picture of 3 bytes a pixel, red first. Returns NULL when there is no memory. */
struct bench_drawing *bench_drawing_new(const uint8_t *rgb, unsigned int width, unsigned int height);

/** bench_drawing_box() - the outline of a box; @label beside it: digits and capital letters, or NULL. */
void bench_drawing_box(struct bench_drawing *drawing, struct bench_box box, enum bench_pen pen, const char *label);

/** bench_drawing_inset() - a grey picture of its own in the lower left corner, @times as large, as far as there is room; @row: above so many others. */
void bench_drawing_inset(struct bench_drawing *drawing, const uint8_t *grey, unsigned int width, unsigned int height, unsigned int times, unsigned int row);

/** bench_drawing_write() - writes it as JPEG and frees it. Returns 0, or a negative errno. */
int bench_drawing_write(struct bench_drawing *drawing, const char *path);

#endif
