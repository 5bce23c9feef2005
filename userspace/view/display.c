/* SPDX-License-Identifier: Apache-2.0 */
#include "view/display_state.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Puts a buffer on a plane; @place: where, on the display. */
static void plane_set(drmModeAtomicReq *request, const struct display *display, const struct plane *plane, uint32_t fb, uint32_t width, uint32_t height,
		      const struct pixels_place *place)
{
	const uint64_t values[PLANE_ZPOS] = {
		fb, display->crtc, 0, 0, (uint64_t)width << 16, (uint64_t)height << 16, place->x, place->y, place->width, place->height,
	};

	for (int i = 0; i < PLANE_ZPOS; i++)
		drmModeAtomicAddProperty(request, plane->id, plane->property[i], values[i]);
}

static void plane_off(drmModeAtomicReq *request, const struct plane *plane)
{
	drmModeAtomicAddProperty(request, plane->id, plane->property[PLANE_FB_ID], 0);
	drmModeAtomicAddProperty(request, plane->id, plane->property[PLANE_CRTC_ID], 0);
}

static struct pixels_place whole(const struct display *display)
{
	return (struct pixels_place){ .width = display->mode.hdisplay, .height = display->mode.vdisplay };
}

/* The planes for a way of showing; @import: the frame's memory for DISPLAY_PLANES. */
static void planes_set(drmModeAtomicReq *request, const struct display *display, enum display_way way, const struct import *import,
		       const struct qyran_view_picture *about)
{
	struct pixels_place all = whole(display);
	uint32_t width = display->mode.hdisplay, height = display->mode.vdisplay;
	const struct plane *frame = &display->frame;
	bool on_primary = way == DISPLAY_PLANES && frame->id == display->primary.id;

	if (!on_primary)
		plane_set(request, display, &display->primary, display->pictures[display->next].fb, width, height, &all);
	if (way == DISPLAY_PLANES) {
		uint64_t encoding = about->height < 720 ? frame->bt601 : frame->bt709;

		plane_set(request, display, frame, import->fb, about->width, about->height, &display->place);
		if (frame->property[PLANE_COLOR_ENCODING] && encoding != UINT64_MAX)
			drmModeAtomicAddProperty(request, frame->id, frame->property[PLANE_COLOR_ENCODING], encoding);
		if (frame->property[PLANE_COLOR_RANGE] && frame->limited != UINT64_MAX)
			drmModeAtomicAddProperty(request, frame->id, frame->property[PLANE_COLOR_RANGE], frame->limited);
	} else if (frame->id && frame->id != display->primary.id) {
		plane_off(request, frame);
	}
	if (way != DISPLAY_COMPOSED) {
		plane_set(request, display, &display->above, display->overlays[display->next].fb, width, height, &all);
		if (display->above.property[PLANE_ZPOS] && !display->above.zpos_fixed && frame->id)
			drmModeAtomicAddProperty(request, display->above.id, display->above.property[PLANE_ZPOS], frame->zpos + 1);
	} else if (display->above.id) {
		plane_off(request, &display->above);
	}
}

int display_open(const struct display_wish *wish, struct display **ret, char *error, size_t error_size)
{
	struct display *display = calloc(1, sizeof(*display));
	int rc;

	if (!display) {
		snprintf(error, error_size, "no memory");
		return -ENOMEM;
	}
	display->fd = -1;
	display->wish = *wish;
	display->shown.picture.fd = display->coming.picture.fd = display->tried.picture.fd = -1;
	rc = display_pick_device(display, error, error_size);
	if (rc < 0) {
		free(display);
		return rc;
	}
	*ret = display;
	return 0;
}

void display_close(struct display *display)
{
	if (!display)
		return;
	display_stop(display);
	close(display->fd);
	free(display);
}

int display_fd(const struct display *display)
{
	return display->fd;
}

static int buffers_make(struct display *display)
{
	int rc = 0;

	display->canvas = calloc((size_t)display->mode.hdisplay * display->mode.vdisplay, 4);
	if (!display->canvas)
		return -ENOMEM;
	for (int i = 0; rc == 0 && i < DISPLAY_BUFFERS; i++) {
		rc = display_buffer_new(display, DRM_FORMAT_XRGB8888, &display->pictures[i]);
		if (rc == 0 && display->above.id && display_buffer_new(display, DRM_FORMAT_ARGB8888, &display->overlays[i]) < 0)
			display->above.id = display->frame.id = 0; /* one buffer for both will do */
	}
	return rc;
}

/* Lights the display with the first buffers. */
static int modeset(struct display *display, enum display_way way, bool only_test)
{
	drmModeAtomicReq *request = drmModeAtomicAlloc();
	int rc;

	if (!request)
		return -ENOMEM;
	drmModeAtomicAddProperty(request, display->connector, display->connector_crtc_id, display->crtc);
	drmModeAtomicAddProperty(request, display->crtc, display->crtc_mode_id, display->mode_blob);
	drmModeAtomicAddProperty(request, display->crtc, display->crtc_active, 1);
	planes_set(request, display, way, NULL, NULL);
	rc = drmModeAtomicCommit(display->fd, request, DRM_MODE_ATOMIC_ALLOW_MODESET | (only_test ? DRM_MODE_ATOMIC_TEST_ONLY : 0), NULL);
	drmModeAtomicFree(request);
	return rc;
}

int display_start(struct display *display, uint32_t width, uint32_t height, char *error, size_t error_size)
{
	int rc = display_pick_output(display, width, height, error, error_size);

	if (rc == 0)
		rc = display_pick_planes(display, error, error_size);
	if (rc < 0)
		return rc;
	rc = drmModeCreatePropertyBlob(display->fd, &display->mode, sizeof(display->mode), &display->mode_blob);
	if (rc == 0)
		rc = buffers_make(display);
	display->way = display->above.id && modeset(display, DISPLAY_OVERLAY, true) == 0 ? DISPLAY_OVERLAY : DISPLAY_COMPOSED;
	if (rc == 0 && display->way == DISPLAY_COMPOSED)
		display->frame.id = 0;
	if (rc == 0)
		rc = modeset(display, display->way, false);
	display->lit = true;
	if (rc < 0) {
		snprintf(error, error_size, "%s: cannot be lit: %s; try another --mode", display->about, strerror(-rc));
		display_stop(display);
	}
	return rc;
}

void display_stop(struct display *display)
{
	drmModeAtomicReq *request = display->lit ? drmModeAtomicAlloc() : NULL;

	if (request) {
		plane_off(request, &display->primary);
		if (display->above.id)
			plane_off(request, &display->above);
		if (display->frame.id && display->frame.id != display->primary.id)
			plane_off(request, &display->frame);
		drmModeAtomicAddProperty(request, display->connector, display->connector_crtc_id, 0);
		drmModeAtomicAddProperty(request, display->crtc, display->crtc_active, 0);
		drmModeAtomicAddProperty(request, display->crtc, display->crtc_mode_id, 0);
		drmModeAtomicCommit(display->fd, request, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
		drmModeAtomicFree(request);
	}
	display->lit = display->flipping = false;
	display_import_free(display, &display->tried);
	display_import_free(display, &display->coming);
	display_import_free(display, &display->shown);
	for (int i = 0; i < DISPLAY_BUFFERS; i++) {
		display_buffer_free(display, &display->pictures[i]);
		display_buffer_free(display, &display->overlays[i]);
	}
	if (display->mode_blob)
		drmModeDestroyPropertyBlob(display->fd, display->mode_blob);
	display->mode_blob = 0;
	free(display->canvas);
	display->canvas = NULL;
	display->refused_width = display->refused_height = 0;
	*display->refusal = '\0';
}

bool display_check(struct display *display)
{
	drmModeConnector *connector = drmModeGetConnectorCurrent(display->fd, display->connector);
	bool there = false;

	for (int i = 0; connector && connector->connection == DRM_MODE_CONNECTED && i < connector->count_modes && !there; i++)
		there = connector->modes[i].hdisplay == display->mode.hdisplay && connector->modes[i].vdisplay == display->mode.vdisplay &&
			connector->modes[i].clock == display->mode.clock;
	drmModeFreeConnector(connector);
	return there;
}

void display_size(const struct display *display, uint32_t *ret_width, uint32_t *ret_height)
{
	*ret_width = display->mode.hdisplay;
	*ret_height = display->mode.vdisplay;
}

const char *display_about(const struct display *display)
{
	return display->about;
}

const char *display_refusal(const struct display *display)
{
	return display->refusal;
}

enum display_way display_way(const struct display *display)
{
	return display->way;
}

bool display_ready(const struct display *display)
{
	return display->lit && !display->flipping;
}

static void on_flip(int fd, unsigned int sequence, unsigned int seconds, unsigned int microseconds, void *context)
{
	struct display *display = context;

	(void)fd;
	(void)sequence;
	(void)seconds;
	(void)microseconds;
	display_import_free(display, &display->shown);
	display->shown = display->coming;
	display->coming = (struct import){ .picture = { .fd = -1 } };
	display->flipping = false;
	display->counts.flips++;
}

int display_events(struct display *display)
{
	drmEventContext handlers = { .version = 2, .page_flip_handler = on_flip };
	uint64_t before = display->counts.flips;

	errno = 0;
	if (drmHandleEvent(display->fd, &handlers) < 0 && errno != EAGAIN && errno != EINTR)
		return errno ? -errno : -EIO;
	return (int)(display->counts.flips - before);
}

/* Would the planes take the frame at this place? */
static int import_test(struct display *display, const struct watch_picture *picture, const struct pixels_place *place)
{
	drmModeAtomicReq *request = drmModeAtomicAlloc();
	int rc;

	if (!request)
		return -ENOMEM;
	display->place = *place;
	planes_set(request, display, DISPLAY_PLANES, &display->tried, &picture->about);
	rc = drmModeAtomicCommit(display->fd, request, DRM_MODE_ATOMIC_TEST_ONLY | DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
	drmModeAtomicFree(request);
	return rc;
}

/* Said and counted once a size. */
static int import_refused(struct display *display, const struct qyran_view_picture *about, int rc, const char *why)
{
	display->refused_width = about->width;
	display->refused_height = about->height;
	display->counts.refused++;
	snprintf(display->refusal, sizeof(display->refusal), "%s", why);
	return rc;
}

int display_import(struct display *display, const struct watch_picture *picture)
{
	const struct qyran_view_picture *about = &picture->about;
	struct pixels_place fit = pixels_fit(about->width, about->height, display->mode.hdisplay, display->mode.vdisplay), same = fit;
	int rc;

	if (about->kind != QYRAN_VIEW_DMABUF || display->wish.one_buffer)
		return -ENOTSUP;
	if (about->width == display->refused_width && about->height == display->refused_height)
		return -EINVAL;
	if (!display->frame.id)
		return import_refused(display, about, -ENOTSUP, "no plane takes YUYV below one that takes ARGB8888");
	display_import_free(display, &display->tried);
	rc = display_import_new(display, picture, &display->tried);
	if (rc == 0)
		rc = import_test(display, picture, &fit);
	if (rc < 0 && display->tried.fb && about->width <= display->mode.hdisplay && about->height <= display->mode.vdisplay) {
		/* no scaler: as it is, in the middle */
		same = (struct pixels_place){ (display->mode.hdisplay - about->width) / 2, (display->mode.vdisplay - about->height) / 2, about->width, about->height };
		rc = import_test(display, picture, &same);
	}
	if (rc < 0) {
		display_import_free(display, &display->tried);
		return import_refused(display, about, rc, rc == -EINVAL ? "the driver takes its memory, but not on a plane as it is" : strerror(-rc));
	}
	return 0;
}

struct display_canvas display_picture(struct display *display)
{
	struct display_canvas canvas = { .width = display->mode.hdisplay, .height = display->mode.vdisplay };

	canvas.pixels = display->way == DISPLAY_COMPOSED ? display->canvas : display->pictures[display->next].pixels;
	canvas.stride = display->way == DISPLAY_COMPOSED ? canvas.width * 4 : display->pictures[display->next].stride;
	return canvas;
}

struct display_canvas display_overlay(struct display *display)
{
	return (struct display_canvas){ .pixels = display->canvas, .width = display->mode.hdisplay, .height = display->mode.vdisplay,
					.stride = display->mode.hdisplay * 4u };
}

static void canvas_copy(const struct display *display, struct buffer *to)
{
	size_t line = (size_t)display->mode.hdisplay * 4;

	for (size_t y = 0; y < display->mode.vdisplay; y++)
		memcpy(to->pixels + y * to->stride, display->canvas + y * line, line);
}

int display_show(struct display *display, struct watch_picture *picture)
{
	enum display_way way = picture ? DISPLAY_PLANES : display->above.id ? DISPLAY_OVERLAY : DISPLAY_COMPOSED;
	drmModeAtomicReq *request;
	int rc;

	if (!display_ready(display))
		return -EBUSY;
	if (picture && !display->tried.fb)
		return -EINVAL;
	request = drmModeAtomicAlloc();
	if (!request)
		return -ENOMEM;
	if (way == DISPLAY_PLANES && display->way != DISPLAY_PLANES) /* nothing old round the frame */
		memset(display->pictures[display->next].pixels, 0, display->pictures[display->next].size);
	canvas_copy(display, way == DISPLAY_COMPOSED ? &display->pictures[display->next] : &display->overlays[display->next]);
	planes_set(request, display, way, &display->tried, picture ? &picture->about : NULL);
	rc = drmModeAtomicCommit(display->fd, request, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, display);
	drmModeAtomicFree(request);
	if (rc < 0)
		return rc;
	display->flipping = true;
	display->way = way;
	display->counts.shown[way]++;
	display->next = (display->next + 1) % DISPLAY_BUFFERS;
	if (picture) {
		display->coming = display->tried;
		display->coming.picture = *picture;
		*picture = (struct watch_picture){ .fd = -1 };
		display->tried = (struct import){ .picture = { .fd = -1 } };
	}
	return 0;
}

struct display_counts display_count(const struct display *display)
{
	return display->counts;
}
