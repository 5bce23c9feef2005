/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plate-candidates FORMATS SEED COUNT [PHOTO.jpg…]   renders pictures and writes what the detector's model makes of them, binary:
 *
 * for each picture u32 width, height, plates, candidates; then plates of f32 x0, y0, x1, y1, angle, dark, two rows; then candidates of
 * u16 lane, level, x0, x1, y0, y1 (cells, ends included), u8 feature bins[7], u8 0.
 */
#include "hw/model/detect.h"
#include "hw/training/picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#define CANDIDATES_MAX 20000

struct row {
	uint16_t lane, level, x0, x1, y0, y1;
	uint8_t feature[QYRAN_DETECT_FEATURES], zero;
};

static struct row rows[CANDIDATES_MAX];
static uint32_t count;

static void take(void *owner, const struct qyran_detect_candidate *c)
{
	(void)owner;
	if (count == CANDIDATES_MAX)
		return;
	struct row *row = &rows[count++];
	*row = (struct row){ .lane = c->region.scale, .level = c->level, .x0 = c->x0, .x1 = c->x1, .y0 = c->y0, .y1 = c->y1 };
	memcpy(row->feature, c->feature, sizeof row->feature);
}

/* Halved while larger than 1400 px: a background needs no more. */
static int read_photo(const char *path, struct training_photo *ret)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return -errno;
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr errors;
	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_decompress(&jpeg);
	jpeg_stdio_src(&jpeg, file);
	jpeg_read_header(&jpeg, TRUE);
	jpeg.out_color_space = JCS_GRAYSCALE;
	jpeg.scale_num = 1;
	for (jpeg.scale_denom = 1; jpeg.scale_denom < 8 && (jpeg.image_width > jpeg.scale_denom * 1400 || jpeg.image_height > jpeg.scale_denom * 1400);)
		jpeg.scale_denom *= 2;
	jpeg_start_decompress(&jpeg);
	struct training_photo photo = { jpeg.output_width, jpeg.output_height, malloc((size_t)jpeg.output_width * jpeg.output_height) };
	while (photo.luma != NULL && jpeg.output_scanline < jpeg.output_height) {
		JSAMPROW line = photo.luma + (size_t)jpeg.output_scanline * photo.width;
		jpeg_read_scanlines(&jpeg, &line, 1);
	}
	if (photo.luma != NULL)
		jpeg_finish_decompress(&jpeg);
	jpeg_destroy_decompress(&jpeg);
	fclose(file);
	*ret = photo;
	return photo.luma == NULL ? -ENOMEM : 0;
}

static int emit(const struct training_picture *p)
{
	uint32_t head[4] = { p->width, p->height, p->plates, count };
	if (fwrite(head, sizeof head, 1, stdout) != 1)
		return -EIO;
	for (unsigned i = 0; i < p->plates; i++) {
		const struct training_plate *t = &p->plate[i];
		float plate[7] = { (float)t->x0, (float)t->y0, (float)t->x1, (float)t->y1, (float)t->angle, t->dark, t->two_rows };
		fwrite(plate, sizeof plate, 1, stdout);
	}
	return fwrite(rows, sizeof *rows, count, stdout) == count ? 0 : -EIO;
}

int main(int argc, char **argv)
{
	static struct training_photo photos[TRAINING_PHOTOS];
	struct training_picture picture = { .luma = malloc((size_t)QYRAN_DETECT_WIDTH_MAX * QYRAN_DETECT_HEIGHT_MAX) };
	struct qyran_formats *formats;
	struct qyran_detect *detect = qyran_detect_new();
	char error[512];
	unsigned photo_count = 0;

	if (argc < 4) {
		fprintf(stderr, "usage: %s FORMATS SEED COUNT [PHOTO.jpg…]\n", argv[0]);
		return 2;
	}
	if (detect == NULL || picture.luma == NULL) {
		perror(argv[0]);
		return 1;
	}
	if (qyran_formats_open(argv[1], &formats, error, sizeof error) < 0) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	for (int i = 4; i < argc && photo_count < TRAINING_PHOTOS; i++, photo_count++) {
		int r = read_photo(argv[i], &photos[photo_count]);
		if (r < 0) {
			fprintf(stderr, "%s: %s\n", argv[i], strerror(-r));
			return 1;
		}
	}
	uint64_t random = strtoull(argv[2], NULL, 10), pictures = strtoull(argv[3], NULL, 10);
	qyran_detect_watch(detect, take, NULL);
	for (uint64_t n = 0; n < pictures; n++) {
		if (training_picture_render(formats, photos, photo_count, &random, &picture) < 0) {
			fprintf(stderr, "a picture cannot be drawn: memory, or a format's font or decoration\n");
			return 1;
		}
		struct qyran_detect_settings s = qyran_detect_settings_reset();
		s.width = (uint16_t)picture.width;
		s.height = (uint16_t)picture.height;
		s.movers = false;
		qyran_detect_set(detect, &s);
		qyran_detect_reset(detect);
		count = 0;
		qyran_detect_frame(detect, picture.luma, picture.width);
		if (emit(&picture) < 0)
			break;
	}
	for (unsigned i = 0; i < photo_count; i++)
		free(photos[i].luma);
	qyran_formats_close(formats);
	qyran_detect_free(detect);
	free(picture.luma);
	return 0;
}
