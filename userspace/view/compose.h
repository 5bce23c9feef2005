/* SPDX-License-Identifier: Apache-2.0 */
/* One picture of everything: the frame and what is drawn over it. */
#ifndef QYRAN_VIEW_COMPOSE_H
#define QYRAN_VIEW_COMPOSE_H

#include "overlay.h"
#include "watch.h"

struct compose;

/** compose_new() - @config: as for overlay_new(). Returns NULL with errno ENOMEM. */
struct compose *compose_new(const struct qyran_config *config);

/** compose_free() - accepts NULL. */
void compose_free(struct compose *compose);

/** compose_overlay() - what is drawn over the picture, for a plane of its own. */
struct overlay *compose_overlay(struct compose *compose);

/**
 * compose_draw() - draws into XRGB8888 memory that can be read fast (not a display's own).
 * @picture: mapped here where that is needed; NULL: black.
 * @state: NULL while qyrand is away.
 * Returns 0 or a negative errno.
 */
int compose_draw(struct compose *compose, uint8_t *to, uint32_t stride, uint32_t width, uint32_t height, struct watch_picture *picture,
		 const struct qyran_view_state *state, const struct overlay_status *status);

/** compose_frame() - the picture alone, black around it; may be memory that is slow to read. Otherwise as compose_draw(). */
int compose_frame(struct compose *compose, uint8_t *to, uint32_t stride, uint32_t width, uint32_t height, struct watch_picture *picture);

/** compose_source() - what a picture is, in words. */
const char *compose_source(const struct watch_picture *picture);

#endif
