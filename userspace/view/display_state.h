/* SPDX-License-Identifier: Apache-2.0 */
/* Inside a display. Only display*.c include this. */
#ifndef QYRAN_VIEW_DISPLAY_STATE_H
#define QYRAN_VIEW_DISPLAY_STATE_H

#include "display.h"
#include "pixels.h"

#include <xf86drm.h>
#include <xf86drmMode.h>

#define DISPLAY_BUFFERS 3

enum plane_property {
	PLANE_FB_ID, PLANE_CRTC_ID, PLANE_SRC_X, PLANE_SRC_Y, PLANE_SRC_W, PLANE_SRC_H, PLANE_CRTC_X, PLANE_CRTC_Y, PLANE_CRTC_W, PLANE_CRTC_H,
	PLANE_ZPOS, PLANE_COLOR_ENCODING, PLANE_COLOR_RANGE, PLANE_PROPERTIES,
};

struct plane {
	uint32_t id;			/* 0: none */
	uint32_t property[PLANE_PROPERTIES];	/* 0: has none */
	bool zpos_fixed;
	uint64_t zpos, limited, bt601, bt709;	/* the value now; values of the enumerations */
};

struct buffer {
	uint32_t handle, fb, stride;
	uint8_t *pixels;
	size_t size;
};

/* The camera's memory as the display's. */
struct import {
	uint32_t handle, fb;		/* fb 0: none */
	struct watch_picture picture;
};

struct display {
	int fd;
	char path[64], driver[32], about[160];
	struct display_wish wish;
	bool lit;
	uint32_t connector, crtc, crtc_index, mode_blob;
	uint32_t connector_crtc_id, crtc_mode_id, crtc_active;	/* properties */
	drmModeModeInfo mode;
	struct plane primary, above, frame;	/* above: ARGB; frame: YUYV, may be the primary itself */
	struct buffer pictures[DISPLAY_BUFFERS], overlays[DISPLAY_BUFFERS];
	uint8_t *canvas;			/* ordinary memory as large as the display */
	unsigned int next;			/* of the buffers */
	enum display_way way;
	struct import shown, coming, tried;	/* on the display, with the next flip, tried just now */
	uint32_t refused_width, refused_height;	/* size that cannot be imported */
	char refusal[96];			/* and why */
	struct pixels_place place;		/* of an imported frame */
	bool flipping;
	struct display_counts counts;
};

/* display_pick.c */
int display_pick_device(struct display *display, char *error, size_t error_size);
int display_pick_output(struct display *display, uint32_t width, uint32_t height, char *error, size_t error_size);
int display_pick_planes(struct display *display, char *error, size_t error_size);

/* display_buffer.c */
int display_buffer_new(struct display *display, uint32_t format, struct buffer *ret);
void display_buffer_free(struct display *display, struct buffer *buffer);
int display_import_new(struct display *display, const struct watch_picture *picture, struct import *ret);
void display_import_free(struct display *display, struct import *import);

#endif
