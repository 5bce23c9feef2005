/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/draw.h"

#include <cairo.h>
#include <errno.h>
#include <sim/scene/plate_glyphs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <setjmp.h>

#define LABEL_FONT "kz"	/* the plates' own: so that pictures look the same where no font is installed */
#define LABEL_STEP 10
#define LABEL_HEIGHT 17

struct bench_drawing {
	cairo_surface_t *surface;
	cairo_t *cairo;
};

static const double colours[][3] = {
	[BENCH_FOUND] = {.1, .9, .2}, [BENCH_MISSED] = {1, .15, .1}, [BENCH_CANDIDATE] = {1, .85, .1}, [BENCH_MOVER] = {.2, .6, 1},
};

void bench_tint(uint8_t *rgb, enum bench_pen pen)
{
	for (int i = 0; i < 3; i++)
		rgb[i] = (uint8_t)(.5 * rgb[i] + .5 * 255 * colours[pen][i]);
}

struct bench_drawing *bench_drawing_new(const uint8_t *rgb, unsigned int width, unsigned int height)
{
	struct bench_drawing *drawing = calloc(1, sizeof *drawing);

	if (!drawing)
		return NULL;
	drawing->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
	drawing->cairo = cairo_create(drawing->surface);
	if (cairo_status(drawing->cairo)) {
		cairo_destroy(drawing->cairo);
		cairo_surface_destroy(drawing->surface);
		free(drawing);
		return NULL;
	}
	unsigned char *row = cairo_image_surface_get_data(drawing->surface);
	for (unsigned int y = 0; y < height; y++, row += cairo_image_surface_get_stride(drawing->surface))
		for (unsigned int x = 0; x < width; x++, rgb += 3) {
			uint32_t pixel = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];

			memcpy(row + 4 * (size_t)x, &pixel, sizeof pixel);
		}
	cairo_surface_mark_dirty(drawing->surface);
	return drawing;
}

void bench_drawing_box(struct bench_drawing *drawing, struct bench_box box, enum bench_pen pen, const char *label)
{
	cairo_t *cairo = drawing->cairo;
	const double *c = colours[pen];

	/* A dark line beneath: so that the colour is seen on any ground. */
	cairo_rectangle(cairo, box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0);
	cairo_set_source_rgba(cairo, 0, 0, 0, .5);
	cairo_set_line_width(cairo, pen == BENCH_CANDIDATE ? 2.5 : 4);
	cairo_stroke_preserve(cairo);
	cairo_set_source_rgb(cairo, c[0], c[1], c[2]);
	cairo_set_line_width(cairo, pen == BENCH_CANDIDATE ? 1 : 2);
	cairo_stroke(cairo);
	if (!label)
		return;
	double y = box.y0 > LABEL_HEIGHT ? box.y0 - LABEL_HEIGHT : box.y1 + 2, width = LABEL_STEP * (double)strlen(label);
	cairo_rectangle(cairo, box.x0, y, width + 2, LABEL_HEIGHT - 2);
	cairo_set_source_rgba(cairo, 0, 0, 0, .6);
	cairo_fill(cairo);
	cairo_set_source_rgb(cairo, c[0], c[1], c[2]);
	for (size_t i = 0; label[i]; i++)
		if (scene_glyph_known(LABEL_FONT, label[i]))
			scene_glyph_draw(cairo, LABEL_FONT, label[i], box.x0 + 2 + LABEL_STEP * (double)i, y + 2, LABEL_STEP - 3, LABEL_HEIGHT - 6);
}

void bench_drawing_inset(struct bench_drawing *drawing, const uint8_t *grey, unsigned int width, unsigned int height, unsigned int times, unsigned int row)
{
	unsigned char *pixels = cairo_image_surface_get_data(drawing->surface);
	unsigned int all_width = (unsigned int)cairo_image_surface_get_width(drawing->surface), line = height * times;
	unsigned int all_height = (unsigned int)cairo_image_surface_get_height(drawing->surface), below = (row + 1) * line;
	size_t stride = (size_t)cairo_image_surface_get_stride(drawing->surface);

	if (below > all_height)
		return;
	cairo_surface_flush(drawing->surface);
	for (unsigned int y = 0; y < line; y++)
		for (unsigned int x = 0; x < width * times && x < all_width; x++) {
			uint32_t pixel = grey[y / times * width + x / times] * 0x010101u;

			memcpy(pixels + (all_height - below + y) * stride + 4 * (size_t)x, &pixel, sizeof pixel);
		}
	cairo_surface_mark_dirty(drawing->surface);
}

struct failure {
	struct jpeg_error_mgr base;
	jmp_buf where;
};

static void failed(j_common_ptr common)
{
	struct failure *failure = (struct failure *)common->err;

	longjmp(failure->where, 1);
}

static int write_jpeg(cairo_surface_t *surface, FILE *file)
{
	int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);
	const unsigned char *pixels = cairo_image_surface_get_data(surface);
	struct jpeg_compress_struct jpeg;
	struct failure failure;

	jpeg.err = jpeg_std_error(&failure.base);
	failure.base.error_exit = failed;
	if (setjmp(failure.where)) {
		jpeg_destroy_compress(&jpeg);
		return -EIO;
	}
	jpeg_create_compress(&jpeg);
	jpeg_stdio_dest(&jpeg, file);
	jpeg.image_width = (JDIMENSION)width;
	jpeg.image_height = (JDIMENSION)height;
	jpeg.input_components = 4;
	jpeg.in_color_space = JCS_EXT_BGRX;
	jpeg_set_defaults(&jpeg);
	jpeg_set_quality(&jpeg, 88, TRUE);
	jpeg_start_compress(&jpeg, TRUE);
	while (jpeg.next_scanline < jpeg.image_height) {
		JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + (size_t)jpeg.next_scanline * (size_t)cairo_image_surface_get_stride(surface));

		jpeg_write_scanlines(&jpeg, &row, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	return 0;
}

int bench_drawing_write(struct bench_drawing *drawing, const char *path)
{
	FILE *file = fopen(path, "wb");
	int result = file ? 0 : -errno;

	cairo_surface_flush(drawing->surface);
	if (file) {
		result = write_jpeg(drawing->surface, file);
		if (fclose(file) && !result)
			result = -errno;
	}
	cairo_destroy(drawing->cairo);
	cairo_surface_destroy(drawing->surface);
	free(drawing);
	return result;
}
