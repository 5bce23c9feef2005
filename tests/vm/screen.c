/* SPDX-License-Identifier: Apache-2.0 */
/*
 * On the host: what a guest's display shows.
 *
 *   screen dump MONITOR FILE.ppm      QEMU's screen dump, over its monitor's socket
 *   screen compare FILE.ppm FILE      with a PPM, or a PNG: "same WIDTHxHEIGHT", or one line on what differs and status 1
 */
#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PROMPT "(qemu) "

struct image {
	int width, height;
	uint32_t *pixels;	/* 0x00RRGGBB */
};

/* Reads until the monitor asks for the next command; true when it did. */
static bool read_to_prompt(int fd)
{
	char text[65536];
	size_t used = 0;

	while (used < sizeof(text)) {
		ssize_t got = read(fd, text + used, sizeof(text) - used);

		if (got <= 0)
			return false;
		used += (size_t)got;
		if (used >= strlen(PROMPT) && !memcmp(text + used - strlen(PROMPT), PROMPT, strlen(PROMPT)))
			return true;
	}
	return false;
}

static int dump(const char *monitor, const char *file)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 20 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool done;

	if (fd < 0 || strlen(monitor) >= sizeof(address.sun_path))
		return 1;
	strcpy(address.sun_path, monitor);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	unlink(file);
	done = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && read_to_prompt(fd) && dprintf(fd, "screendump %s\n", file) > 0 &&
		read_to_prompt(fd) && access(file, R_OK) == 0;
	close(fd);
	if (!done)
		printf("%s: no screen dump\n", monitor);
	return done ? 0 : 1;
}

static bool read_ppm(const char *path, struct image *ret)
{
	FILE *file = fopen(path, "re");
	unsigned char colour[3];
	bool good = file && fscanf(file, "P6 %d %d 255", &ret->width, &ret->height) == 2 && fgetc(file) == '\n' && ret->width > 0 && ret->height > 0 &&
		    ret->width <= 8192 && ret->height <= 8192;
	size_t count = good ? (size_t)ret->width * (size_t)ret->height : 0;

	ret->pixels = good ? malloc(count * 4) : NULL;
	good = ret->pixels;
	for (size_t i = 0; good && i < count; i++) {
		good = fread(colour, 1, 3, file) == 3;
		ret->pixels[i] = (uint32_t)colour[0] << 16 | (uint32_t)colour[1] << 8 | colour[2];
	}
	if (file)
		fclose(file);
	return good;
}

static bool read_png(const char *path, struct image *ret)
{
	cairo_surface_t *surface = cairo_image_surface_create_from_png(path);
	bool good = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;

	ret->width = cairo_image_surface_get_width(surface);
	ret->height = cairo_image_surface_get_height(surface);
	ret->pixels = good ? malloc((size_t)ret->width * (size_t)ret->height * 4) : NULL;
	for (int y = 0; ret->pixels && y < ret->height; y++)
		for (int x = 0; x < ret->width; x++) {
			uint32_t pixel;

			memcpy(&pixel, cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface) + x * 4, 4);
			ret->pixels[y * ret->width + x] = pixel & 0xffffff;
		}
	cairo_surface_destroy(surface);
	return ret->pixels;
}

static int compare(const char *screen, const char *wanted)
{
	struct image a, b;
	size_t length = strlen(wanted), count, differ = 0, first = 0;

	if (!read_ppm(screen, &a)) {
		printf("%s: no picture\n", screen);
		return 1;
	}
	if (!(length > 4 && !strcmp(wanted + length - 4, ".png") ? read_png(wanted, &b) : read_ppm(wanted, &b))) {
		printf("%s: no picture\n", wanted);
		return 1;
	}
	if (a.width != b.width || a.height != b.height) {
		printf("the screen is %dx%d, %dx%d was wanted\n", a.width, a.height, b.width, b.height);
		return 1;
	}
	count = (size_t)a.width * (size_t)a.height;
	for (size_t i = count; i-- > 0;)
		if (a.pixels[i] != b.pixels[i]) {
			differ++;
			first = i;
		}
	if (differ)
		printf("%zu of %zu pixels differ, the first at %zu,%zu: screen %06x, wanted %06x\n", differ, count, first % (size_t)a.width,
		       first / (size_t)a.width, a.pixels[first], b.pixels[first]);
	else
		printf("same %dx%d\n", a.width, a.height);
	free(a.pixels);
	free(b.pixels);
	return differ ? 1 : 0;
}

int main(int count, char **arguments)
{
	if (count == 4 && !strcmp(arguments[1], "dump"))
		return dump(arguments[2], arguments[3]);
	if (count == 4 && !strcmp(arguments[1], "compare"))
		return compare(arguments[2], arguments[3]);
	fprintf(stderr, "usage: screen dump MONITOR FILE.ppm | screen compare FILE.ppm FILE\n");
	return 2;
}
