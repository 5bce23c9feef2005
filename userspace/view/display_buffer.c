/* SPDX-License-Identifier: Apache-2.0 */
#include "view/display_state.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int display_buffer_new(struct display *display, uint32_t format, struct buffer *ret)
{
	struct buffer made = { 0 };
	uint32_t width = display->mode.hdisplay, height = display->mode.vdisplay;
	uint32_t handles[4] = { 0 }, strides[4] = { 0 }, offsets[4] = { 0 };
	uint64_t size, offset;
	void *mapped;
	int rc = drmModeCreateDumbBuffer(display->fd, width, height, 32, 0, &made.handle, &made.stride, &size);

	if (rc < 0)
		return rc;
	made.size = (size_t)size;
	handles[0] = made.handle;
	strides[0] = made.stride;
	rc = drmModeAddFB2(display->fd, width, height, format, handles, strides, offsets, &made.fb, 0);
	if (rc == 0)
		rc = drmModeMapDumbBuffer(display->fd, made.handle, &offset);
	if (rc < 0)
		goto err;
	mapped = mmap(NULL, made.size, PROT_READ | PROT_WRITE, MAP_SHARED, display->fd, (off_t)offset);
	if (mapped == MAP_FAILED) {
		rc = -errno;
		goto err;
	}
	made.pixels = mapped;
	memset(made.pixels, 0, made.size);
	*ret = made;
	return 0;

err:
	display_buffer_free(display, &made);
	return rc;
}

void display_buffer_free(struct display *display, struct buffer *buffer)
{
	if (buffer->pixels)
		munmap(buffer->pixels, buffer->size);
	if (buffer->fb)
		drmModeRmFB(display->fd, buffer->fb);
	if (buffer->handle)
		drmModeDestroyDumbBuffer(display->fd, buffer->handle);
	memset(buffer, 0, sizeof(*buffer));
}

int display_import_new(struct display *display, const struct watch_picture *picture, struct import *ret)
{
	const struct qyran_view_picture *about = &picture->about;
	uint32_t handles[4] = { 0 }, strides[4] = { about->stride }, offsets[4] = { 0 };
	struct import made = { .picture = { .fd = -1 } };
	int rc = drmPrimeFDToHandle(display->fd, picture->fd, &made.handle);

	if (rc < 0)
		return -errno;
	handles[0] = made.handle;
	rc = drmModeAddFB2(display->fd, about->width, about->height, DRM_FORMAT_YUYV, handles, strides, offsets, &made.fb, 0);
	if (rc < 0) {
		drmCloseBufferHandle(display->fd, made.handle);
		return rc;
	}
	*ret = made;
	return 0;
}

void display_import_free(struct display *display, struct import *import)
{
	if (import->fb)
		drmModeRmFB(display->fd, import->fb);
	if (import->handle)
		drmCloseBufferHandle(display->fd, import->handle);
	watch_picture_close(&import->picture);
	*import = (struct import){ .picture = { .fd = -1 } };
}
