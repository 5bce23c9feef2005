/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/view_picture.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A mapped memfd of a picture's size. */
static int picture_new(struct qyran_view_picture *picture, uint8_t **ret_pixels)
{
	size_t size = (size_t)picture->stride * picture->height;
	int fd = memfd_create("qyran-view", MFD_CLOEXEC | MFD_ALLOW_SEALING), rc;
	void *made;

	if (fd < 0)
		return -errno;
	rc = ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
	made = rc == 0 ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
	if (made == MAP_FAILED) {
		rc = rc < 0 ? rc : -errno;
		close(fd);
		return rc;
	}
	*ret_pixels = made;
	return fd;
}

/* From here on nobody changes it. */
static int picture_done(const struct qyran_view_picture *picture, uint8_t *pixels, int fd)
{
	munmap(pixels, (size_t)picture->stride * picture->height);
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	return fd;
}

int qyran_view_picture_copy(const struct qyran_frame *frame, struct qyran_view_picture *ret)
{
	uint8_t *pixels;
	int fd;

	ret->width = frame->width;
	ret->height = frame->height;
	ret->stride = frame->width * 2;
	ret->kind = QYRAN_VIEW_COPY;
	fd = picture_new(ret, &pixels);
	if (fd < 0)
		return fd;
	for (uint32_t y = 0; y < frame->height; y++)
		memcpy(pixels + (size_t)y * ret->stride, frame->pixels + (size_t)y * frame->stride, ret->stride);
	return picture_done(ret, pixels, fd);
}

/* A region's pixels where they were cut, each as often as it was halved. */
static void put_region(const struct qyran_region *region, const uint8_t *from, uint8_t *pixels, const struct qyran_view_picture *picture)
{
	const uint32_t most = 8; /* more than any size needs */
	uint32_t x0 = le16toh(region->cut_x) & ~1u, y0 = le16toh(region->cut_y), out_w = le16toh(region->out_w), out_h = le16toh(region->out_h);

	if (region->halvings > most)
		return;
	for (uint32_t y = 0; y < out_h << region->halvings && y0 + y < picture->height; y++)
		for (uint32_t x = 0; x < out_w << region->halvings && x0 + x < picture->width; x++) {
			const uint8_t *pair = from + (size_t)(y >> region->halvings) * out_w * 2 + (x >> region->halvings) / 2 * 4;
			uint8_t *to = pixels + (size_t)(y0 + y) * picture->stride + (size_t)(x0 + x) * 2;

			to[0] = pair[(x >> region->halvings) % 2 * 2];
			to[1] = pair[(x0 + x) % 2 ? 3 : 1];
		}
}

int qyran_view_picture_regions(const struct qyran_frame_batch *seen, struct qyran_view_picture *ret)
{
	uint8_t *pixels;
	int fd;

	ret->stride = ret->width * 2;
	ret->kind = QYRAN_VIEW_REGIONS;
	if (ret->width == 0 || ret->height == 0)
		return -ENODATA;
	fd = picture_new(ret, &pixels);
	if (fd < 0)
		return fd;
	for (size_t i = 0; i < (size_t)ret->stride * ret->height; i += 2) {
		pixels[i] = 16; /* black, limited range */
		pixels[i + 1] = 128;
	}
	for (size_t i = 0; i < seen->region_count; i++)
		put_region(&seen->regions[i], seen->region_pixels[i], pixels, ret);
	return picture_done(ret, pixels, fd);
}
