/* SPDX-License-Identifier: Apache-2.0 */
/* What is drawn over the picture, with cairo. */
#ifndef QYRAN_VIEW_OVERLAY_H
#define QYRAN_VIEW_OVERLAY_H

#include "pixels.h"
#include "qyrand/config.h"

#include <cairo.h>
#include <qyran/view.h>

struct overlay;

/* What only the viewer knows. */
struct overlay_status {
	const char *fault;		/* one line to be shown large; "" */
	const char *source;		/* what the picture is: "dma-buf", "copy", "regions only", "no picture" */
	uint32_t shown_mhz;		/* pictures shown in 1000 s; 0: not known */
};

/**
 * overlay_new() - @config: borrowed; what it knows of the road, the rules and the masks is drawn; NULL: nothing of that.
 * Returns NULL with errno ENOMEM. A survey that does not fit is left out.
 */
struct overlay *overlay_new(const struct qyran_config *config);

/** overlay_free() - accepts NULL. */
void overlay_free(struct overlay *overlay);

/**
 * overlay_draw() - draws over what is there.
 * @state: NULL while qyrand is away.
 * @place: where the picture lies on the display.
 */
void overlay_draw(struct overlay *overlay, cairo_t *cairo, uint32_t display_width, uint32_t display_height, const struct pixels_place *place,
		  const struct qyran_view_state *state, const struct overlay_status *status);

#endif
