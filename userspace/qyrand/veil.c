/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/veil.h"

#include <endian.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define OWN_MARGIN_PX 8

struct area {
	int32_t x0, y0, x1, y1;
};

static struct area area_of(int32_t x, int32_t y, int32_t width, int32_t height, int32_t margin)
{
	return (struct area){ x - margin, y - margin, x + width + margin, y + height + margin };
}

static bool holds(const struct area *area, int32_t x, int32_t y)
{
	return x >= area->x0 && x < area->x1 && y >= area->y0 && y < area->y1;
}

static bool touch(const struct area *a, const struct area *b)
{
	return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

static struct area clip(struct area area, const struct qyran_frame *frame)
{
	int32_t width = (int32_t)frame->width, height = (int32_t)frame->height;

	area.x0 = area.x0 < 0 ? 0 : area.x0 & ~1;
	area.y0 = area.y0 < 0 ? 0 : area.y0;
	area.x1 = area.x1 > width ? width : (area.x1 + 1) & ~1;
	area.y1 = area.y1 > height ? height : area.y1;
	return area;
}

/* One tile takes its mean; pairs of pixels that belong to the own vehicle neither count nor change. */
static void veil_tile(uint8_t *pixels, uint32_t stride, const struct area *tile, const struct area *own)
{
	uint32_t sums[4] = { 0 }, count = 0;

	for (int pass = 0; pass < 2; pass++)
		for (int32_t y = tile->y0; y < tile->y1; y++)
			for (int32_t x = tile->x0; x < tile->x1; x += 2) {
				uint8_t *pair = pixels + (size_t)y * stride + (size_t)x * 2;

				if (holds(own, x, y) || holds(own, x + 1, y))
					continue;
				for (size_t i = 0; i < 4; i++) {
					if (pass)
						pair[i] = (uint8_t)((i % 2 ? sums[i] : (sums[0] + sums[2]) / 2) / count);
					else
						sums[i] += pair[i];
				}
				count += !pass;
			}
}

static void veil(struct qyran_frame *frame, uint8_t *pixels, struct area area, const struct area *own)
{
	area = clip(area, frame);
	for (int32_t y = area.y0; y < area.y1; y += QYRAN_VEIL_PX)
		for (int32_t x = area.x0; x < area.x1; x += QYRAN_VEIL_PX) {
			struct area tile = { x, y, x + QYRAN_VEIL_PX < area.x1 ? x + QYRAN_VEIL_PX : area.x1,
					     y + QYRAN_VEIL_PX < area.y1 ? y + QYRAN_VEIL_PX : area.y1 };

			veil_tile(pixels, frame->stride, &tile, own);
		}
}

/* The plate candidates inside a mover that stays. */
static void veil_plates(struct qyran_frame *frame, uint8_t *pixels, const struct qyran_frame_batch *seen, const struct area *mover,
			const struct area *own)
{
	for (size_t i = 0; i < seen->region_count; i++) {
		const struct qyran_region *r = &seen->regions[i];
		struct area area = area_of(le16toh(r->box_x), le16toh(r->box_y), le16toh(r->box_w), le16toh(r->box_h), 0);

		if (touch(&area, mover) && !touch(&area, own))
			veil(frame, pixels, area, own);
	}
}

int qyran_veil_new(const struct qyran_frame *frame, const struct qyran_frame_batch *seen, const struct qyran_box *own, bool current,
		   struct qyran_frame *ret)
{
	struct area mine = area_of(own->x, own->y, own->width, own->height, OWN_MARGIN_PX);
	size_t size = (size_t)frame->stride * frame->height;
	uint8_t *pixels = malloc(size);

	if (!pixels)
		return -ENOMEM;
	memcpy(pixels, frame->pixels, size);
	*ret = *frame;
	ret->pixels = pixels;
	ret->fd = -1;
	if (!seen)
		veil(ret, pixels, area_of(0, 0, (int32_t)frame->width, (int32_t)frame->height, 0), &mine);
	for (size_t i = 0; seen && i < seen->mover_count; i++) {
		const struct qyran_mover *m = &seen->movers[i];
		struct area area = area_of(le16toh(m->x), le16toh(m->y), le16toh(m->w), le16toh(m->h), 0);

		if (current || !touch(&area, &mine))
			veil(ret, pixels, area, &mine);
		else
			veil_plates(ret, pixels, seen, &area, &mine);
	}
	return 0;
}

void qyran_veil_free(struct qyran_frame *veiled)
{
	sodium_memzero((void *)(uintptr_t)veiled->pixels, (size_t)veiled->stride * veiled->height);
	free((void *)(uintptr_t)veiled->pixels);
	veiled->pixels = NULL;
}
