/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands on the planes of vkms, beside qyran-view that put it there.
 *
 *   planes show CARD FILE.png       adds the planes' buffers up as vkms of Linux 6.1 does (vkms_composer.c, vkms_formats.c), compares their
 *                                   checksum with that of the device (debugfs) and the sum with the picture: colours may be off by a rounding
 *   planes import CARD SOCKET       imports a picture of qyrand's socket by PRIME and says how far the driver goes
 */
#include "view/watch.h"

#include <cairo.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#define PLANES 4
#define ROUNDING 2	/* of 255: cairo rounds each stroke over the frame, vkms once */

struct layer {
	uint32_t width, height, stride, format;
	const uint8_t *pixels;
};

static int fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	return 1;
}

static size_t layers_of(int fd, struct layer *layers)
{
	drmModePlaneRes *planes = drmModeGetPlaneResources(fd);
	size_t count = 0;

	for (uint32_t i = 0; planes && i < planes->count_planes && count < PLANES; i++) {
		drmModePlane *plane = drmModeGetPlane(fd, planes->planes[i]);
		drmModeFB2 *buffer = plane && plane->fb_id ? drmModeGetFB2(fd, plane->fb_id) : NULL;
		uint64_t offset;
		void *mapped = MAP_FAILED;

		if (buffer && drmModeMapDumbBuffer(fd, buffer->handles[0], &offset) == 0)
			mapped = mmap(NULL, (size_t)buffer->pitches[0] * buffer->height, PROT_READ, MAP_SHARED, fd, (off_t)offset);
		if (mapped != MAP_FAILED)
			layers[count++] = (struct layer){ buffer->width, buffer->height, buffer->pitches[0], buffer->pixel_format, mapped };
		drmModeFreeFB2(buffer);
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(planes);
	return count;
}

/* The kernel's crc32_le(): no inversion, neither before nor after. */
static uint32_t crc32_le(uint32_t crc, const void *from, size_t size)
{
	static uint32_t table[256];
	const uint8_t *bytes = from;

	for (uint32_t i = 0; !table[255] && i < 256; i++)
		for (uint32_t bit = 0, value = i; bit < 8; bit++)
			table[i] = value = value >> 1 ^ (value & 1 ? 0xedb88320u : 0);
	for (size_t i = 0; i < size; i++)
		crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
	return crc;
}

static uint16_t blend(uint16_t source, uint16_t under, uint16_t alpha)
{
	uint32_t sum = (uint32_t)source * 0xffff + (uint32_t)under * (0xffffu - alpha);

	return (uint16_t)((sum + 0x7fff) / 0xffff);
}

/* One line: a, r, g, b of 16 bits a pixel. */
static void add_up(const struct layer *layers, size_t count, uint32_t y, uint16_t (*line)[4])
{
	for (uint32_t x = 0; x < layers[0].width; x++)
		memcpy(line[x], (uint16_t[4]){ 0xffff }, sizeof(line[x]));
	for (size_t i = 0; i < count; i++)
		for (uint32_t x = 0; x < layers[0].width; x++) {
			const uint8_t *pixel = layers[i].pixels + (size_t)y * layers[i].stride + (size_t)x * 4;
			uint16_t alpha = layers[i].format == DRM_FORMAT_ARGB8888 ? (uint16_t)(pixel[3] * 257) : 0xffff;

			for (int c = 1; c < 4; c++)
				line[x][c] = blend((uint16_t)(pixel[3 - c] * 257), line[x][c], alpha);
		}
}

/* The device's checksum of a frame that came after now; each read gives one frame's. */
static int device_crc(const char *card, uint32_t *ret)
{
	char path[128], line[64];
	ssize_t got = 0;
	uint32_t frame;
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%s/crtc-0/crc/data", card + strcspn(card, "0123456789"));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	for (int i = 0; i < 3 && got >= 0; i++) /* the first ones may be older */
		got = read(fd, line, sizeof(line) - 1);
	if (got < 0)
		got = -errno;
	close(fd);
	if (got <= 0)
		return got < 0 ? (int)got : -ENODATA;
	line[got] = '\0';
	return sscanf(line, "%x %x", &frame, ret) == 2 ? 0 : -EPROTO;
}

static int show(int fd, const char *card, const char *png)
{
	struct layer layers[PLANES];
	size_t count = layers_of(fd, layers);
	cairo_surface_t *picture = cairo_image_surface_create_from_png(png);
	uint32_t wanted = 0, seen = 0;
	int worst = 0, rc;
	size_t off = 0;
	uint16_t (*line)[4];

	if (count == 0 || cairo_surface_status(picture) != CAIRO_STATUS_SUCCESS || cairo_image_surface_get_width(picture) != (int)layers[0].width ||
	    cairo_image_surface_get_height(picture) != (int)layers[0].height) {
		printf("nothing on the planes, or %s is not of their size\n", png);
		return 1;
	}
	for (size_t i = 0; i < count; i++)
		if (layers[i].width != layers[0].width || layers[i].height != layers[0].height)
			return fail("a plane's buffer is not as large as the display");
	line = malloc(layers[0].width * sizeof(*line));
	for (uint32_t y = 0; line && y < layers[0].height; y++) {
		const uint8_t *want = cairo_image_surface_get_data(picture) + (size_t)y * (size_t)cairo_image_surface_get_stride(picture);

		add_up(layers, count, y, line);
		wanted = crc32_le(wanted, line, layers[0].width * sizeof(*line));
		for (uint32_t x = 0; x < layers[0].width; x++)
			for (int c = 1; c < 4; c++) {
				int difference = abs((line[x][c] + 128) / 257 - want[x * 4 + 3 - (uint32_t)c]);

				off += difference > 0;
				worst = difference > worst ? difference : worst;
			}
	}
	free(line);
	cairo_surface_destroy(picture);
	rc = device_crc(card, &seen);
	if (rc < 0) {
		errno = -rc;
		return fail("the device's checksum");
	}
	printf("%zu planes, %ux%u; device %08x, expected %08x; against the picture at most %d of 255 off (%zu values)\n", count, layers[0].width,
	       layers[0].height, seen, wanted, worst, off);
	return seen == wanted && worst <= ROUNDING ? 0 : 1;
}

static unsigned int takers_of(int fd, uint32_t format)
{
	drmModePlaneRes *planes = drmModeGetPlaneResources(fd);
	unsigned int takers = 0;

	for (uint32_t i = 0; planes && i < planes->count_planes; i++) {
		drmModePlane *plane = drmModeGetPlane(fd, planes->planes[i]);

		for (uint32_t f = 0; plane && f < plane->count_formats; f++)
			takers += plane->formats[f] == format;
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(planes);
	return takers;
}

static int import(int fd, const char *socket)
{
	struct watch *watch = watch_new("", socket);
	struct watch_picture picture = { .fd = -1 };
	uint32_t handle = 0, buffer = 0, handles[4] = { 0 }, strides[4] = { 0 }, offsets[4] = { 0 };
	int prime, added = -1;

	for (int i = 0; watch && i < 200 && !watch_take(watch, &picture); i++) {
		watch_poll(watch);
		poll(NULL, 0, 50);
	}
	if (picture.fd < 0) {
		printf("no picture came\n");
		watch_free(watch);
		return 1;
	}
	prime = drmPrimeFDToHandle(fd, picture.fd, &handle) == 0 ? 0 : -errno;
	if (prime == 0) {
		handles[0] = handle;
		strides[0] = picture.about.stride;
		added = drmModeAddFB2(fd, picture.about.width, picture.about.height, DRM_FORMAT_YUYV, handles, strides, offsets, &buffer, 0);
	}
	printf("%s by PRIME: %s; as a YUYV framebuffer: %s; planes that take YUYV: %u\n", picture.about.kind == QYRAN_VIEW_DMABUF ? "dma-buf" : "memory that is no dma-buf",
	       prime == 0 ? "imported" : strerror(-prime), prime < 0 ? "not tried" : added == 0 ? "made" : strerror(-added), takers_of(fd, DRM_FORMAT_YUYV));
	if (buffer)
		drmModeRmFB(fd, buffer);
	if (handle)
		drmCloseBufferHandle(fd, handle);
	watch_picture_close(&picture);
	watch_free(watch);
	return 0;
}

int main(int count, char **arguments)
{
	int fd, status = 2;

	if (count != 4) {
		fprintf(stderr, "usage: planes show CARD FILE.png | planes import CARD SOCKET\n");
		return 2;
	}
	fd = open(arguments[2], O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return fail(arguments[2]);
	drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
	if (!strcmp(arguments[1], "show"))
		status = show(fd, arguments[2], arguments[3]);
	else if (!strcmp(arguments[1], "import"))
		status = import(fd, arguments[3]);
	close(fd);
	return status;
}
