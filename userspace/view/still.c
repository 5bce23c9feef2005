/* SPDX-License-Identifier: Apache-2.0 */
#include "view/still.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 100
#define GRACE_MS 2000	/* how long the picture may be behind the first state */

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static cairo_status_t write_some(void *context, const unsigned char *bytes, unsigned int size)
{
	return fwrite(bytes, 1, size, context) == size ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

int still_png(const char *path, uint8_t *pixels, uint32_t width, uint32_t height)
{
	char part[4096];
	int fd, rc = 0;
	FILE *file;
	cairo_surface_t *surface;

	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part))
		return -ENAMETOOLONG;
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file) {
		rc = -errno;
		if (fd >= 0)
			close(fd);
		return rc;
	}
	surface = cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_RGB24, (int)width, (int)height, (int)width * 4);
	if (cairo_surface_write_to_png_stream(surface, write_some, file) != CAIRO_STATUS_SUCCESS)
		rc = errno ? -errno : -EIO;
	cairo_surface_destroy(surface);
	if (fclose(file) != 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(part, path) < 0)
		rc = -errno;
	if (rc < 0)
		unlink(part);
	return rc;
}

/* Waits until state and picture are of one frame; a picture that cannot come is not waited for. Returns 0 or -ETIMEDOUT. */
static int wait_for_frame(struct watch *watch, unsigned int wait_s, struct watch_picture *picture)
{
	uint64_t began = now_ms(), first_state = 0;

	for (;;) {
		const struct qyran_view_state *state = watch_state(watch);
		struct pollfd polls[2] = { { .events = POLLIN }, { .events = POLLIN } };
		struct watch_picture next;
		int fds[2];

		if (state && !first_state)
			first_state = now_ms();
		if (state && watch_take(watch, &next)) {
			watch_picture_close(picture);
			*picture = next;
			watch_want(watch);
		}
		if (state && picture->fd >= 0 && picture->about.number == state->number)
			return 0;
		if (state && (!watch_hopes(watch) || (now_ms() - first_state > GRACE_MS && (picture->fd >= 0 || !watch_pictures(watch)))))
			return 0;
		if (now_ms() - began > (uint64_t)wait_s * 1000)
			return state ? 0 : -ETIMEDOUT;
		watch_fds(watch, fds);
		polls[0].fd = fds[0];
		polls[1].fd = fds[1];
		poll(polls, 2, PATIENCE_MS);
		watch_poll(watch);
	}
}

int still_write(struct watch *watch, struct compose *compose, const char *path, unsigned int wait_s, char *error, size_t error_size)
{
	struct watch_picture picture = { .fd = -1 };
	struct overlay_status status = { .fault = "" };
	const struct qyran_view_state *state;
	uint8_t *pixels;
	int rc;

	watch_poll(watch);
	rc = wait_for_frame(watch, wait_s, &picture);
	if (rc < 0) {
		snprintf(error, error_size, "%s", *watch_fault(watch) ? watch_fault(watch) : "qyrand is there, but no frame came");
		watch_picture_close(&picture);
		return rc;
	}
	state = watch_state(watch);
	pixels = state->width && state->height ? malloc((size_t)state->width * state->height * 4) : NULL;
	if (!pixels)
		rc = -ENOMEM;
	status.source = compose_source(picture.fd >= 0 ? &picture : NULL);
	if (rc == 0)
		rc = compose_draw(compose, pixels, state->width * 4, state->width, state->height, picture.fd >= 0 ? &picture : NULL, state, &status);
	if (rc == 0)
		rc = still_png(path, pixels, state->width, state->height);
	if (rc < 0)
		snprintf(error, error_size, "%s: cannot be written: %s", path, strerror(-rc));
	free(pixels);
	watch_picture_close(&picture);
	return rc;
}
