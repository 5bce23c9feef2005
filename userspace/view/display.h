/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A display through libdrm: atomic mode setting, one picture a vertical blank. One thread.
 *
 * What is shown comes in one of three ways, the first that driver and planes can do:
 *   planes     the camera's own memory on a plane that takes YUYV (imported by PRIME), what is drawn on an ARGB plane above it
 *   overlay    a converted picture on the primary plane, what is drawn on an ARGB plane above it
 *   composed   both in one buffer on the primary plane
 */
#ifndef QYRAN_VIEW_DISPLAY_H
#define QYRAN_VIEW_DISPLAY_H

#include "watch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct display;

enum display_way {
	DISPLAY_COMPOSED,
	DISPLAY_OVERLAY,
	DISPLAY_PLANES,
};

/* NULL: picks by itself. */
struct display_wish {
	const char *device;	/* /dev/dri/cardN; the first that has a connected connector */
	const char *connector;	/* "HDMI-A-1"; the first that is connected */
	const char *mode;	/* "1920x1080" or "1920x1080@60"; the picture's size if there is, else the preferred one */
	bool one_buffer;	/* composed, whatever the planes can do */
};

/** display_list() - devices, connectors, modes and planes, for people. Returns 0, or -ENODEV when there is no device, with a line in @error. */
int display_list(const char *device, FILE *to, char *error, size_t error_size);

/**
 * display_open() - takes a device: it must have atomic mode setting and no other master.
 * Returns 0, or a negative errno with one line in @error: -ENODEV no device; -ENOTSUP no atomic mode setting; -EBUSY another one is master, who is named.
 */
int display_open(const struct display_wish *wish, struct display **ret, char *error, size_t error_size);

/** display_close() - frees what it made; the console is put back by guard_run(). Accepts NULL. */
void display_close(struct display *display);

/** display_fd() - readable when display_events() has something to do. */
int display_fd(const struct display *display);

/**
 * display_start() - picks connector and mode and lights it, black.
 * @width, @height: of the pictures; 0 when not known.
 * Returns 0; -ENOENT with a line in @error when nothing is connected or the wish cannot be met; another negative errno.
 */
int display_start(struct display *display, uint32_t width, uint32_t height, char *error, size_t error_size);

/** display_stop() - dark; everything that was shown is given back. */
void display_stop(struct display *display);

/** display_check() - is the lit connector still there with its mode? Asks the driver; now and then. */
bool display_check(struct display *display);

void display_size(const struct display *display, uint32_t *ret_width, uint32_t *ret_height);

/** display_about() - "HDMI-A-1 1920x1080@60 (driver)". Borrowed. */
const char *display_about(const struct display *display);

/** display_way() - how the latest picture is shown. */
enum display_way display_way(const struct display *display);

/** display_refusal() - why the camera's memory is not shown itself; "" when it is, or there was none. Borrowed. */
const char *display_refusal(const struct display *display);

/** display_ready() - may the next picture be shown, or is the last flip still to come? */
bool display_ready(const struct display *display);

/** display_events() - takes flips that are done. Returns how many, or a negative errno. */
int display_events(struct display *display);

/* Memory to draw into. */
struct display_canvas {
	uint8_t *pixels;
	uint32_t width, height, stride;		/* pixels, lines, bytes */
};

/**
 * display_import() - can this picture's memory be shown as it is? Tried once a size; what the driver says is remembered.
 * Returns 0 or a negative errno.
 */
int display_import(struct display *display, const struct watch_picture *picture);

/** display_picture() - where the next converted picture goes (overlay: write only, slow to read; composed: ordinary memory). */
struct display_canvas display_picture(struct display *display);

/** display_overlay() - where what is drawn goes, ARGB; not to be used when composed. */
struct display_canvas display_overlay(struct display *display);

/**
 * display_show() - flips to what was drawn, at the next vertical blank.
 * @picture: planes: the picture to show, taken over (fd becomes -1) and closed when it is no longer shown; else NULL.
 * Returns 0, or a negative errno: nothing has changed; -ENODEV or -EINVAL may mean that the connector or mode has gone.
 */
int display_show(struct display *display, struct watch_picture *picture);

/* Pictures in each way, flips, and imports that were refused. */
struct display_counts {
	uint64_t shown[3], flips, refused;
};
struct display_counts display_count(const struct display *display);

#endif
