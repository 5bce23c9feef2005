/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures that the reader is trained on and measured with. */
#include "cases.h"

#include <hw/hls/training/crop_camera.h>
#include <hw/hls/training/crop_jpeg.h>
#include <jpeglib.h>
#include <math.h>
#include <sim/scene/random.h>
#include <stdlib.h>
#include <string.h>

#define SEED 0x63726f70u
#define SIDE 96				/* of the flat pictures for cameras */
#define CAMERAS 40

static struct qyran_formats *formats;
static struct crop crop;

static void labels_lie_on_the_picture_and_in_order(void)
{
	uint64_t random = SEED;
	int decoys = 0, letters[128] = {0};

	for (int i = 0; i < 250; i++) {
		int count;

		CU_ASSERT_EQUAL_FATAL(crop_train(formats, &random, &crop), 0);
		CU_ASSERT_FATAL(crop.width >= 8 && crop.width <= CROP_W_MAX && crop.height >= 8 && crop.width * crop.height <= CROP_AREA_MAX);
		count = (int)strlen(crop.text);
		decoys += count == 0;
		CU_ASSERT(crop.upper >= (count > 0) && crop.upper <= count);
		for (int c = 0; c < count; c++) {
			letters[(unsigned char)crop.text[c]]++;
			CU_ASSERT(crop.centres[c] > 0 && crop.centres[c] < 1);
			CU_ASSERT(crop.tops[c] > -0.1 && crop.tops[c] < crop.bottoms[c] && crop.bottoms[c] < 1.1);
			CU_ASSERT(c == 0 || c == crop.upper || crop.centres[c] > crop.centres[c - 1]);
			CU_ASSERT(c < crop.upper || crop.tops[c] > crop.tops[0]);
		}
	}
	CU_ASSERT(decoys > 250 * 0.08 && decoys < 250 * 0.22);
	for (const char *c = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"; *c; c++)
		CU_ASSERT(letters[(unsigned char)*c] > 0);
}

static void the_same_seed_gives_the_same_pictures(void)
{
	static struct crop again;
	uint64_t first = SEED + 1, second = SEED + 1;

	for (int i = 0; i < 30; i++) {
		CU_ASSERT_EQUAL_FATAL(crop_train(formats, &first, &crop), 0);
		CU_ASSERT_EQUAL_FATAL(crop_train(formats, &second, &again), 0);
		CU_ASSERT_EQUAL(first, second);
		CU_ASSERT_EQUAL(crop.width, again.width);
		CU_ASSERT_EQUAL(crop.height, again.height);
		CU_ASSERT_STRING_EQUAL(crop.text, again.text);
		CU_ASSERT_EQUAL(memcmp(crop.yuyv, again.yuyv, (size_t)(2 * crop.width * crop.height)), 0);
	}
}

static double mean_luma(void)
{
	double sum = 0;

	for (int i = 0; i < crop.width * crop.height; i++)
		sum += crop.yuyv[2 * i];
	return sum / (crop.width * crop.height);
}

static void dusk_is_dark_and_day_is_not(void)
{
	uint64_t random = SEED + 2;
	double day = 0;

	for (int i = 0; i < CAMERAS; i++) {
		struct crop_wish wish = {.format = qyran_formats_find(formats, "kz-2012"), .width_px = 100, .light = CROP_DUSK};

		CU_ASSERT_EQUAL_FATAL(crop_render(&wish, &random, &crop), 0);
		CU_ASSERT(mean_luma() <= 60);
		wish.light = CROP_DAY;
		CU_ASSERT_EQUAL_FATAL(crop_render(&wish, &random, &crop), 0);
		day += mean_luma() / CAMERAS;
	}
	CU_ASSERT(day > 70);
}

/* A picture of a dark half and a bright half, without texture. */
static void take_edge(enum crop_light light, bool noisy, uint64_t *random)
{
	static unsigned char canvas[4 * SIDE * 4 * SIDE];
	struct crop_camera camera;

	for (int i = 0; i < 4 * SIDE * SIDE; i++)
		memset(&canvas[4 * i], i % (2 * SIDE) < SIDE ? 60 : 180, 4);
	crop_camera_make(&camera, light, 100, random);
	camera.grain = 0;
	if (!noisy)
		camera.noise = camera.noise_dark = 0;
	crop.width = crop.height = SIDE;
	crop_camera_take(&camera, canvas, 2 * SIDE, 2 * SIDE, 8 * SIDE, random, &crop);
}

/* Sigma of the noise, from the differences of neighbours far from the edge. */
static double noise(void)
{
	double squares = 0;
	int count = 0;

	for (int y = 0; y < SIDE; y++)
		for (int x = SIDE * 3 / 4; x < SIDE - 1; x += 2, count++)
			squares += pow(crop.yuyv[2 * (y * SIDE + x)] - crop.yuyv[2 * (y * SIDE + x + 1)], 2);
	return sqrt(squares / count / 2);
}

/* Sigma of the blur across the edge: the second moment of the mean line's slope. */
static double blur(void)
{
	double line[SIDE] = {0}, sum = 0, first = 0, second = 0;

	for (int i = 0; i < SIDE * SIDE; i++)
		line[i % SIDE] += crop.yuyv[2 * i];
	for (int x = SIDE / 2 - 8; x < SIDE / 2 + 8; x++) {
		double slope = line[x + 1] - line[x];

		sum += slope;
		first += slope * x;
		second += slope * x * x;
	}
	return sqrt(second / sum - pow(first / sum, 2));
}

static void dusk_is_noisy_and_rain_is_blurred(void)
{
	uint64_t random = SEED + 3;

	for (int i = 0; i < CAMERAS; i++) {
		take_edge(CROP_DUSK, true, &random);
		CU_ASSERT(noise() >= 8);
		take_edge(CROP_DAY, true, &random);
		CU_ASSERT(noise() < 5);
		take_edge(CROP_RAIN, false, &random);
		CU_ASSERT(blur() >= 1.5);
		take_edge(CROP_DAY, false, &random);
		CU_ASSERT(blur() < 1.2);
	}
}

/* What libjpeg makes of it. */
static void compress(unsigned char *pixels, int width, int height, int quality)
{
	struct jpeg_compress_struct to;
	struct jpeg_decompress_struct from;
	struct jpeg_error_mgr errors;
	unsigned char *data = NULL;
	unsigned long size = 0;

	to.err = from.err = jpeg_std_error(&errors);
	jpeg_create_compress(&to);
	jpeg_mem_dest(&to, &data, &size);
	to.image_width = (JDIMENSION)width;
	to.image_height = (JDIMENSION)height;
	to.input_components = 1;
	to.in_color_space = JCS_GRAYSCALE;
	jpeg_set_defaults(&to);
	jpeg_set_quality(&to, quality, TRUE);
	to.dct_method = JDCT_FLOAT;
	jpeg_start_compress(&to, TRUE);
	for (int y = 0; y < height; y++)
		jpeg_write_scanlines(&to, &(JSAMPROW){&pixels[y * width]}, 1);
	jpeg_finish_compress(&to);
	jpeg_destroy_compress(&to);
	jpeg_create_decompress(&from);
	jpeg_mem_src(&from, data, size);
	jpeg_read_header(&from, TRUE);
	from.dct_method = JDCT_FLOAT;
	jpeg_start_decompress(&from);
	for (int y = 0; y < height; y++)
		jpeg_read_scanlines(&from, &(JSAMPROW){&pixels[y * width]}, 1);
	jpeg_finish_decompress(&from);
	jpeg_destroy_decompress(&from);
	free(data);
}

static void jpeg_does_what_libjpeg_does(void)
{
	static const int qualities[] = {10, 30, 50, 75, 95};
	enum { WIDTH = 80, HEIGHT = 48 };
	uint64_t random = SEED + 4;

	for (size_t q = 0; q < sizeof(qualities) / sizeof(qualities[0]); q++) {
		unsigned char pixels[WIDTH * HEIGHT];
		float ours[WIDTH * HEIGHT];
		int off = 0;

		for (int i = 0; i < WIDTH * HEIGHT; i++) {
			int x = i % WIDTH, y = i / WIDTH;

			pixels[i] = (unsigned char)(128 + 60 * sin(x * 0.3 + y * 0.1) + 50 * ((x / 5 + y / 7) % 2) - 25 + (double)scene_random_below(&random, 20));
			ours[i] = pixels[i];
		}
		compress(pixels, WIDTH, HEIGHT, qualities[q]);
		crop_jpeg(ours, WIDTH, HEIGHT, qualities[q], 0, 0);
		for (int i = 0; i < WIDTH * HEIGHT; i++)
			off += fabs(fmin(255, fmax(0, (double)ours[i])) - pixels[i]) > 1.01;
		CU_ASSERT(off <= 2 * 64);	/* a coefficient that lies between two steps falls either way: a block's pixels */
	}
}

int main(void)
{
	static const struct test_case cases[] = {
		{"labels_of_rendered_plates_lie_on_the_picture_and_in_order", labels_lie_on_the_picture_and_in_order},
		{"the_same_seed_renders_the_same_pictures", the_same_seed_gives_the_same_pictures},
		{"rendered_dusk_is_dark_and_day_is_not", dusk_is_dark_and_day_is_not},
		{"rendered_dusk_is_noisy_and_rain_is_blurred", dusk_is_noisy_and_rain_is_blurred},
		{"jpeg_of_rendered_plates_does_what_libjpeg_does", jpeg_does_what_libjpeg_does},
	};
	char error[512];
	int result;

	if (qyran_formats_open("userspace/formats", &formats, error, sizeof(error))) {
		printf("not ok crops: %s\n", error);
		return 1;
	}
	result = test_cases_run("crop", cases, sizeof(cases) / sizeof(cases[0]));
	qyran_formats_close(formats);
	return result;
}
