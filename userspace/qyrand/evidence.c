/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/evidence.h"

#include <errno.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#define ROWS 8			/* of one call with raw data */
#define FULL QYRAN_WIDTH_MAX	/* longest line; a multiple of 16 */

/* libjpeg ends a program on errors; here they come back. */
struct failure {
	struct jpeg_error_mgr manager;
	jmp_buf back;
};

static void fail(j_common_ptr jpeg)
{
	longjmp(((struct failure *)jpeg->err)->back, 1);
}

static void keep_quiet(j_common_ptr jpeg)
{
	(void)jpeg;
}

static struct jpeg_error_mgr *catch(struct failure *failure)
{
	jpeg_std_error(&failure->manager);
	failure->manager.error_exit = fail;
	failure->manager.output_message = keep_quiet;
	return &failure->manager;
}

/* Where a JPEG goes: room of our own, as libjpeg's would be lost on failure; larger than any JPEG of such a size gets. */
struct output {
	unsigned char *room, *bytes;
	unsigned long size;
};

static int output_new(struct output *output, uint32_t width, uint32_t height)
{
	output->size = (unsigned long)(width + 16) * (height + 16) * 3 + 4096;
	output->room = output->bytes = malloc(output->size);
	return output->room ? 0 : -ENOMEM;
}

static uint8_t *output_take(struct output *output, size_t *ret_size)
{
	uint8_t *fitted;

	if (output->bytes != output->room)
		free(output->room);
	fitted = realloc(output->bytes, output->size);
	*ret_size = output->size;
	return fitted ? fitted : output->bytes;
}

static void begin_422(struct jpeg_compress_struct *jpeg, uint32_t width, uint32_t height, int quality)
{
	jpeg->image_width = width;
	jpeg->image_height = height;
	jpeg->input_components = 3;
	jpeg->in_color_space = JCS_YCbCr;
	jpeg_set_defaults(jpeg);
	jpeg_set_quality(jpeg, quality, TRUE);
	jpeg->comp_info[0].h_samp_factor = 2;
	for (int i = 0; i < 3; i++)
		jpeg->comp_info[i].v_samp_factor = 1;
	jpeg->comp_info[1].h_samp_factor = jpeg->comp_info[2].h_samp_factor = 1;
	jpeg->dct_method = JDCT_ISLOW;
}

/* Splits a YUYV line into planes, padded to @padded luma samples with its last pixel. */
static void split(const uint8_t *yuyv, uint32_t width, uint32_t padded, uint8_t *y, uint8_t *cb, uint8_t *cr)
{
	for (uint32_t x = 0; x < padded; x += 2) {
		const uint8_t *pair = yuyv + 2 * (x < width ? x : width - 2);
		bool beyond = x >= width;

		y[x] = pair[beyond ? 2 : 0];
		y[x + 1] = pair[2];
		cb[x / 2] = pair[1];
		cr[x / 2] = pair[3];
	}
}

static void hash_into(struct qyran_evidence *evidence)
{
	crypto_generichash(evidence->hash, sizeof(evidence->hash), evidence->jpeg, evidence->size, NULL, 0);
}

int qyran_evidence_encode(const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, int quality,
			  struct qyran_evidence *ret)
{
	struct planes { uint8_t y[ROWS][FULL], cb[ROWS][FULL / 2], cr[ROWS][FULL / 2]; } *planes;
	JSAMPROW y[ROWS], cb[ROWS], cr[ROWS];
	JSAMPARRAY rows[3] = { y, cb, cr };
	struct jpeg_compress_struct jpeg = { 0 };
	struct output output;
	struct failure failure;

	if (width < 2 || width % 2 || width > QYRAN_WIDTH_MAX || height == 0 || height > QYRAN_HEIGHT_MAX || stride < 2 * width || quality < 1 ||
	    quality > 100)
		return -EINVAL;
	planes = malloc(sizeof(*planes));
	if (!planes || output_new(&output, width, height) < 0) {
		free(planes);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < ROWS; i++) {
		y[i] = planes->y[i];
		cb[i] = planes->cb[i];
		cr[i] = planes->cr[i];
	}
	jpeg.err = catch(&failure);
	if (setjmp(failure.back)) {
		jpeg_destroy_compress(&jpeg);
		free(output.room);
		free(planes);
		return -ENOMEM;
	}
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &output.bytes, &output.size);
	begin_422(&jpeg, width, height, quality);
	jpeg.raw_data_in = TRUE;
	jpeg_start_compress(&jpeg, TRUE);
	while (jpeg.next_scanline < height) {
		for (uint32_t i = 0; i < ROWS; i++) {
			uint32_t line = jpeg.next_scanline + i < height ? jpeg.next_scanline + i : height - 1;

			split(yuyv + (size_t)line * stride, width, (width + 15) / 16 * 16, y[i], cb[i], cr[i]);
		}
		jpeg_write_raw_data(&jpeg, rows, ROWS);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	sodium_memzero(planes, sizeof(*planes));
	free(planes);
	ret->jpeg = output_take(&output, &ret->size);
	ret->width = width;
	ret->height = height;
	hash_into(ret);
	return 0;
}

/* Decodes to YCbCr, three bytes a pixel, at 1/@divisor of the size. */
static int decode(const struct qyran_evidence *evidence, unsigned int divisor, uint8_t **ret, uint32_t *ret_width, uint32_t *ret_height)
{
	struct jpeg_decompress_struct jpeg = { 0 };
	struct failure failure;
	uint8_t *volatile pixels = NULL;

	jpeg.err = catch(&failure);
	if (setjmp(failure.back)) {
		jpeg_destroy_decompress(&jpeg);
		free(pixels);
		return -EBADMSG;
	}
	jpeg_create_decompress(&jpeg);
	jpeg_mem_src(&jpeg, evidence->jpeg, evidence->size);
	jpeg_read_header(&jpeg, TRUE);
	jpeg.out_color_space = JCS_YCbCr;
	jpeg.scale_num = 1;
	jpeg.scale_denom = divisor;
	jpeg_calc_output_dimensions(&jpeg);
	if (jpeg.output_width > QYRAN_WIDTH_MAX || jpeg.output_height > QYRAN_HEIGHT_MAX)
		fail((j_common_ptr)&jpeg);
	pixels = malloc((size_t)3 * jpeg.output_width * jpeg.output_height);
	if (!pixels)
		fail((j_common_ptr)&jpeg);
	jpeg_start_decompress(&jpeg);
	while (jpeg.output_scanline < jpeg.output_height) {
		JSAMPROW row = pixels + (size_t)3 * jpeg.output_width * jpeg.output_scanline;

		jpeg_read_scanlines(&jpeg, &row, 1);
	}
	*ret = pixels;
	*ret_width = jpeg.output_width;
	*ret_height = jpeg.output_height;
	jpeg_finish_decompress(&jpeg);
	jpeg_destroy_decompress(&jpeg);
	return 0;
}

static int encode_again(uint8_t *pixels, uint32_t width, uint32_t height, int quality, uint8_t **ret, size_t *ret_size)
{
	struct jpeg_compress_struct jpeg = { 0 };
	struct output output;
	struct failure failure;

	if (output_new(&output, width, height) < 0)
		return -ENOMEM;
	jpeg.err = catch(&failure);
	if (setjmp(failure.back)) {
		jpeg_destroy_compress(&jpeg);
		free(output.room);
		return -ENOMEM;
	}
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &output.bytes, &output.size);
	begin_422(&jpeg, width, height, quality);
	jpeg_start_compress(&jpeg, TRUE);
	while (jpeg.next_scanline < height) {
		JSAMPROW row = pixels + (size_t)3 * width * jpeg.next_scanline;

		jpeg_write_scanlines(&jpeg, &row, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	*ret = output_take(&output, ret_size);
	return 0;
}

static int shrink_one(const struct qyran_evidence *evidence, unsigned int divisor, int quality, struct qyran_evidence *ret)
{
	struct qyran_evidence smaller = *evidence;
	uint8_t *pixels;
	int rc = decode(evidence, divisor, &pixels, &smaller.width, &smaller.height);

	if (rc < 0)
		return rc;
	rc = encode_again(pixels, smaller.width, smaller.height, quality, &smaller.jpeg, &smaller.size);
	free(pixels);
	if (rc < 0)
		return rc;
	hash_into(&smaller);
	*ret = smaller;
	return 0;
}

static size_t total(const struct qyran_evidence *evidence, size_t count)
{
	size_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += evidence[i].size;
	return sum;
}

/* All frames at one size and quality. @ret: those that are not frames stay shared with @violation. */
static int shrink_all(const struct qyran_violation *violation, unsigned int divisor, int quality, struct qyran_evidence *ret)
{
	memcpy(ret, violation->evidence, violation->evidence_count * sizeof(*ret));
	for (size_t i = 0; i < violation->evidence_count; i++) {
		int rc = ret[i].kind == QYRAN_EVIDENCE_FRAME ? shrink_one(&violation->evidence[i], divisor, quality, &ret[i]) : 0;

		for (size_t done = 0; rc < 0 && done < i; done++)
			if (ret[done].kind == QYRAN_EVIDENCE_FRAME)
				free(ret[done].jpeg);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int qyran_evidence_shrink(struct qyran_violation *violation, size_t limit)
{
	static const struct { unsigned int divisor; int quality; } steps[] = {
		{ 1, 75 }, { 1, 60 }, { 1, 45 }, { 1, 30 }, { 2, 60 }, { 2, 35 }, { 4, 60 }, { 4, 30 }, { 8, 30 },
	};
	struct qyran_evidence smaller[QYRAN_EVIDENCE_MAX];

	if (violation->evidence_count > QYRAN_EVIDENCE_MAX)
		return -EINVAL;
	if (total(violation->evidence, violation->evidence_count) <= limit)
		return 0;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int rc = shrink_all(violation, steps[i].divisor, steps[i].quality, smaller);

		if (rc < 0)
			return rc;

		bool fits = total(smaller, violation->evidence_count) <= limit;

		for (size_t e = 0; e < violation->evidence_count; e++)
			if (smaller[e].kind == QYRAN_EVIDENCE_FRAME)
				free(fits ? violation->evidence[e].jpeg : smaller[e].jpeg);
		if (fits) {
			memcpy(violation->evidence, smaller, violation->evidence_count * sizeof(*smaller));
			return 0;
		}
	}
	return -EFBIG;
}
