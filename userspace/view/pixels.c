/* SPDX-License-Identifier: Apache-2.0 */
#include "view/pixels.h"

#include <errno.h>
#include <libswscale/swscale.h>
#include <stdlib.h>
#include <string.h>

#define HD_LINES 720u	/* from here on colours are BT.709's (Rec. ITU-R BT.709-6); below, BT.601's */

struct pixels {
	struct SwsContext *scaler;
};

struct pixels_place pixels_fit(uint32_t width, uint32_t height, uint32_t display_width, uint32_t display_height)
{
	struct pixels_place place = { .width = display_width, .height = display_height };

	if (width == 0 || height == 0)
		return place;
	if ((uint64_t)display_width * height > (uint64_t)display_height * width)
		place.width = (uint32_t)((uint64_t)display_height * width / height);
	else
		place.height = (uint32_t)((uint64_t)display_width * height / width);
	place.x = (display_width - place.width) / 2;
	place.y = (display_height - place.height) / 2;
	return place;
}

struct pixels *pixels_new(void)
{
	return calloc(1, sizeof(struct pixels));
}

void pixels_free(struct pixels *pixels)
{
	if (pixels)
		sws_freeContext(pixels->scaler);
	free(pixels);
}

int pixels_convert(struct pixels *pixels, const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, uint8_t *to, uint32_t to_stride,
		   const struct pixels_place *place)
{
	const uint8_t *const from_planes[4] = { yuyv };
	uint8_t *const to_planes[4] = { to + (size_t)place->y * to_stride + (size_t)place->x * 4 };
	const int from_strides[4] = { (int)stride }, to_strides[4] = { (int)to_stride };
	const int *colours = sws_getCoefficients(height < HD_LINES ? SWS_CS_ITU601 : SWS_CS_ITU709);

	if (width == 0 || height == 0 || place->width == 0 || place->height == 0)
		return -EINVAL;
	pixels->scaler = sws_getCachedContext(pixels->scaler, (int)width, (int)height, AV_PIX_FMT_YUYV422, (int)place->width, (int)place->height,
					      AV_PIX_FMT_BGRA, SWS_FAST_BILINEAR, NULL, NULL, NULL);
	if (!pixels->scaler)
		return -ENOMEM;
	sws_setColorspaceDetails(pixels->scaler, colours, 0, colours, 1, 0, 1 << 16, 1 << 16);
	return sws_scale(pixels->scaler, from_planes, from_strides, 0, (int)height, to_planes, to_strides) > 0 ? 0 : -EINVAL;
}

void pixels_black(uint8_t *to, uint32_t to_stride, uint32_t width, uint32_t height, const struct pixels_place *place)
{
	for (uint32_t y = 0; y < height; y++) {
		uint8_t *row = to + (size_t)y * to_stride;

		if (y < place->y || y >= place->y + place->height) {
			memset(row, 0, (size_t)width * 4);
			continue;
		}
		memset(row, 0, (size_t)place->x * 4);
		memset(row + (size_t)(place->x + place->width) * 4, 0, (size_t)(width - place->x - place->width) * 4);
	}
}
