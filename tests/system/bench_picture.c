/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-picture FILE.png WIDTH HEIGHT GREY [plate X Y W | text TEXT | block X Y W H GREY]…   draws a picture whose truth is known, for the tests
 * of the benches. TEXT is that of the plates after it.
 */
#include <cairo.h>
#include <qyran/format.h>
#include <sim/scene/plate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int draw_plate(cairo_t *cairo, double x, double y, double width, const char *text)
{
	struct qyran_formats *formats;
	char error[256];
	int result = -1;

	if (qyran_formats_open("userspace/formats", &formats, error, sizeof error)) {
		fprintf(stderr, "bench-picture: %s\n", error);
		return -1;
	}
	for (size_t i = 0; i < qyran_formats_count(formats) && result; i++) {
		const struct qyran_format *format = qyran_formats_at(formats, i);

		if (strcmp(format->name, "kz-2012"))
			continue;
		cairo_save(cairo);
		cairo_translate(cairo, x, y);
		cairo_scale(cairo, width / format->width_mm, width / format->width_mm);
		result = scene_plate_draw(cairo, format, text);
		cairo_restore(cairo);
	}
	qyran_formats_close(formats);
	return result;
}

static void fill(cairo_t *cairo, double x, double y, double width, double height, double grey)
{
	cairo_rectangle(cairo, x, y, width, height);
	cairo_set_source_rgb(cairo, grey / 255, grey / 255, grey / 255);
	cairo_fill(cairo);
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, atoi(argv[2]), atoi(argv[3]));
	cairo_t *cairo = cairo_create(surface);
	const char *text = "512ABE02";
	int result = 0, at = 5;

	fill(cairo, 0, 0, atof(argv[2]), atof(argv[3]), atof(argv[4]));
	while (at < argc && !result) {
		if (!strcmp(argv[at], "plate") && at + 3 < argc) {
			result = draw_plate(cairo, atof(argv[at + 1]), atof(argv[at + 2]), atof(argv[at + 3]), text);
			at += 4;
		} else if (!strcmp(argv[at], "text") && at + 1 < argc) {
			text = argv[at + 1];
			at += 2;
		} else if (!strcmp(argv[at], "block") && at + 5 < argc) {
			fill(cairo, atof(argv[at + 1]), atof(argv[at + 2]), atof(argv[at + 3]), atof(argv[at + 4]), atof(argv[at + 5]));
			at += 6;
		} else {
			result = 2;
		}
	}
	if (!result && cairo_surface_write_to_png(surface, argv[1]))
		result = 1;
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	return result ? 1 : 0;
}
