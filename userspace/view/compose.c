/* SPDX-License-Identifier: Apache-2.0 */
#include "view/compose.h"

#include <errno.h>
#include <stdlib.h>

struct compose {
	struct overlay *overlay;
	struct pixels *pixels;
};

struct compose *compose_new(const struct qyran_config *config)
{
	struct compose *compose = calloc(1, sizeof(*compose));

	if (!compose)
		return NULL;
	compose->overlay = overlay_new(config);
	compose->pixels = pixels_new();
	if (!compose->overlay || !compose->pixels) {
		compose_free(compose);
		errno = ENOMEM;
		return NULL;
	}
	return compose;
}

void compose_free(struct compose *compose)
{
	if (!compose)
		return;
	overlay_free(compose->overlay);
	pixels_free(compose->pixels);
	free(compose);
}

struct overlay *compose_overlay(struct compose *compose)
{
	return compose->overlay;
}

int compose_frame(struct compose *compose, uint8_t *to, uint32_t stride, uint32_t width, uint32_t height, struct watch_picture *picture)
{
	struct pixels_place place = { 0 };
	int rc = 0;

	if (picture) {
		const struct qyran_view_picture *about = &picture->about;

		place = pixels_fit(about->width, about->height, width, height);
		rc = watch_picture_map(picture);
		if (rc == 0)
			rc = pixels_convert(compose->pixels, picture->pixels, about->width, about->height, about->stride, to, stride, &place);
	}
	if (rc == 0)
		pixels_black(to, stride, width, height, &place);
	return rc;
}

int compose_draw(struct compose *compose, uint8_t *to, uint32_t stride, uint32_t width, uint32_t height, struct watch_picture *picture,
		 const struct qyran_view_state *state, const struct overlay_status *status)
{
	struct pixels_place place = { 0 };
	cairo_surface_t *surface;
	cairo_t *cairo;
	int rc = compose_frame(compose, to, stride, width, height, picture);

	if (rc < 0)
		return rc;
	if (picture)
		place = pixels_fit(picture->about.width, picture->about.height, width, height);
	else if (state)
		place = pixels_fit(state->width, state->height, width, height);
	surface = cairo_image_surface_create_for_data(to, CAIRO_FORMAT_RGB24, (int)width, (int)height, (int)stride);
	cairo = cairo_create(surface);
	overlay_draw(compose->overlay, cairo, width, height, &place, state, status);
	cairo_surface_flush(surface);
	rc = cairo_status(cairo) == CAIRO_STATUS_SUCCESS ? 0 : -ENOMEM;
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	return rc;
}

const char *compose_source(const struct watch_picture *picture)
{
	static const char *const names[] = { [QYRAN_VIEW_DMABUF] = "dma-buf", [QYRAN_VIEW_COPY] = "copy", [QYRAN_VIEW_REGIONS] = "plate regions only" };

	if (!picture || picture->about.kind < QYRAN_VIEW_DMABUF || picture->about.kind > QYRAN_VIEW_REGIONS)
		return "no picture";
	return names[picture->about.kind];
}
