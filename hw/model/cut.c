/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/cut.h"

#include <errno.h>
#include <linux/qyran.h>
#include <stdlib.h>
#include <string.h>

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

struct qyran_model_cut qyran_model_cut(uint32_t width, uint32_t height, uint32_t x, uint32_t y, uint32_t w, uint32_t h,
				       uint32_t margin_x, uint32_t margin_y, bool with_margin)
{
	uint32_t grow_x = with_margin ? h * margin_x / 16 + 4 : 0;
	uint32_t grow_y = with_margin ? h * margin_y / 16 + 4 : 0;
	uint32_t left = x > grow_x ? x - grow_x : 0, right = least(x + w + grow_x, width);
	uint32_t top = y > grow_y ? y - grow_y : 0, bottom = least(y + h + grow_y, height);
	struct qyran_model_cut cut = { .y = top, .h = bottom - top };

	for (;; cut.halvings++) {
		uint32_t align = (4u << cut.halvings) - 1;

		cut.x = left & ~align;
		cut.w = least((right + align) & ~align, width & ~align) - cut.x;
		cut.out_w = cut.w >> cut.halvings;
		cut.out_h = cut.h >> cut.halvings;
		cut.bytes = cut.out_w * cut.out_h * 2;
		if (cut.bytes <= QYRAN_PIXELS_MAX || cut.halvings == 3)
			return cut;
	}
}

static uint8_t mean(unsigned int a, unsigned int b, unsigned int c, unsigned int d)
{
	return (uint8_t)((a + b + c + d + 2) / 4);
}

/* In place: the halved picture never overtakes what it is made from. */
static void halve(uint8_t *pixels, uint32_t line, uint32_t lines)
{
	uint8_t *to = pixels;

	for (uint32_t y = 0; y < lines / 2; y++) {
		const uint8_t *a = pixels + (size_t)2 * y * line, *b = a + line;

		for (uint32_t i = 0; i < line; i += 8, to += 4) {
			uint8_t out[4] = {
				mean(a[i], a[i + 2], b[i], b[i + 2]),
				mean(a[i + 1], a[i + 5], b[i + 1], b[i + 5]),
				mean(a[i + 4], a[i + 6], b[i + 4], b[i + 6]),
				mean(a[i + 3], a[i + 7], b[i + 3], b[i + 7]),
			};

			memcpy(to, out, sizeof(out));
		}
	}
}

int qyran_model_cut_pixels(const struct qyran_model_cut *cut, const uint8_t *frame, uint32_t stride, uint8_t *out)
{
	uint32_t line = cut->w * 2, lines = cut->out_h << cut->halvings;
	uint8_t *pixels = malloc((size_t)line * lines);

	if (!pixels)
		return -ENOMEM;
	for (uint32_t y = 0; y < lines; y++)
		memcpy(pixels + (size_t)y * line, frame + (size_t)(cut->y + y) * stride + cut->x * 2, line);
	for (uint32_t i = 0; i < cut->halvings; i++)
		halve(pixels, line >> i, lines >> i);
	memcpy(out, pixels, cut->bytes);
	free(pixels);
	return 0;
}
