/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"
#include "plate_vectors.h"

#include <errno.h>
#include <fcntl.h>
#include <hw/hls/plate_reader.h>
#include <hw/hls/training/crop.h>
#include <qyrand/reader.h>
#include <sim/scene/plate.h>
#include <sim/scene/random.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEED 0x7465737421u		/* not one that is trained on */

static struct qyran_formats *formats;
static struct qyran_reader *reader;
static struct crop crop;
static uint8_t picture[256 * 96 * 2];

static int read_crop(struct qyran_reading *ret)
{
	return qyran_reader_read(reader, crop.yuyv, (uint32_t)crop.width, (uint32_t)crop.height, (uint32_t)crop.width * 2, ret);
}

static void render(const struct qyran_format *format, const char *text, double width_px, uint64_t *random)
{
	struct crop_wish wish = {.format = format, .text = text, .width_px = width_px, .light = CROP_DAY};

	CU_ASSERT_EQUAL_FATAL(crop_render(&wish, random, &crop), 0);
}

/* The committed weights have seen the main series of Kazakhstan and Russia. */
static bool is_trained_on(const struct qyran_format *format)
{
	return (!strcmp(format->country, "KZ") || !strcmp(format->country, "RU")) && format->weight >= 5;
}

static const struct qyran_format *trained_format(uint64_t *random)
{
	const struct qyran_format *format = crop_format(formats, random);

	while (!is_trained_on(format))
		format = crop_format(formats, random);
	return format;
}

static void every_format_is_rendered_and_read_back(void)
{
	uint64_t random = SEED;

	for (size_t f = 0; f < qyran_formats_count(formats); f++) {
		const struct qyran_format *format = qyran_formats_at(formats, f);
		struct qyran_reading readings[4], fused;
		const struct qyran_reading *all[4];
		char text[QYRAN_PLATE_TEXT_MAX + 1];

		if (!is_trained_on(format))
			continue;
		scene_plate_text(format, &random, text);
		for (int i = 0; i < 4; i++) {
			render(format, text, 85.0 * format->width_mm / 520, &random);
			CU_ASSERT_EQUAL_FATAL(read_crop(&readings[i]), 0);
			all[i] = &readings[i];
		}
		for (int i = 0; i < 4; i++) {
			const struct qyran_reading *twice[] = { &readings[i], &readings[i] };

			qyran_reader_fuse(reader, twice, 2, &fused);
			CU_ASSERT(fused.confidence + 5 >= readings[i].confidence);	/* agreeing makes nothing less sure */
		}
		qyran_reader_fuse(reader, all, 4, &fused);
		CU_ASSERT_EQUAL(fused.status, QYRAN_READING_READ);
		CU_ASSERT_STRING_EQUAL(fused.text, text);
		CU_ASSERT_EQUAL(fused.length, strlen(text));
		CU_ASSERT_EQUAL(fused.rows, format->rows);
		CU_ASSERT_STRING_EQUAL(fused.format, format->name);
		CU_ASSERT_STRING_EQUAL(fused.country, format->country);
		CU_ASSERT(fused.format_confidence > 0 && fused.format_confidence <= fused.country_confidence && fused.country_confidence <= 1000);
		for (int i = 0; i < fused.length; i++)
			CU_ASSERT(fused.character_confidence[i] >= fused.confidence && fused.character_confidence[i] <= 1000);
	}
}

static void other_texts_come_with_less_confidence(void)
{
	uint64_t random = SEED + 9;
	int unsure = 0;

	for (int i = 0; i < 40; i++) {
		struct qyran_reading reading;
		uint16_t before;
		int sum;

		render(qyran_formats_find(formats, "kz-2012"), NULL, 50, &random);
		CU_ASSERT_EQUAL_FATAL(read_crop(&reading), 0);
		CU_ASSERT(reading.other_count <= QYRAN_READING_OTHERS);
		before = reading.confidence;
		sum = reading.confidence;
		for (int j = 0; j < reading.other_count; j++) {
			const struct qyran_reading_other *other = &reading.others[j];

			CU_ASSERT(other->confidence <= before);
			CU_ASSERT_STRING_NOT_EQUAL(other->text, reading.text);
			before = other->confidence;
			sum += other->confidence;
		}
		CU_ASSERT(sum <= 1000);
		unsure += reading.other_count > 0 && reading.others[0].confidence > 0;
	}
	CU_ASSERT(unsure > 0);
}

static void confidence_is_honest(void)
{
	uint64_t random = SEED + 1;
	int right = 0, read = 0, promised = 0, count = 0;

	for (; count < 100; count++) {
		struct qyran_reading reading;

		render(trained_format(&random), NULL, 0, &random);
		CU_ASSERT_EQUAL_FATAL(read_crop(&reading), 0);
		if (reading.status != QYRAN_READING_READ)
			continue;
		read++;
		right += !strcmp(reading.text, crop.text);
		promised += reading.confidence;
	}
	CU_ASSERT(read > count / 2);
	CU_ASSERT(right * 1000 >= promised - 40 * read);
}

static void fill(uint32_t width, uint32_t height, int kind)
{
	uint64_t random = SEED + 2;

	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++) {
			uint8_t *pixel = &picture[2 * (y * width + x)];

			pixel[0] = (uint8_t)(kind == 0 ? 128 : kind == 1 ? scene_random_below(&random, 256) : kind == 2 ? (x / 4 % 2) * 200 + 20 : (y / 5 % 2) * 150 + 40);
			pixel[1] = 128;
		}
}

static void blank_noise_and_grilles_give_no_text(void)
{
	for (int kind = 0; kind < 4; kind++) {
		struct qyran_reading reading;

		fill(120, 48, kind);
		CU_ASSERT_EQUAL_FATAL(qyran_reader_read(reader, picture, 120, 48, 240, &reading), 0);
		CU_ASSERT_NOT_EQUAL(reading.status, QYRAN_READING_READ);
	}
}

static void decoys_are_no_plates(void)
{
	uint64_t random = SEED + 3;
	int texts = 0;

	for (int i = 0; i < 100; i++) {
		struct qyran_reading reading;

		render(NULL, NULL, 0, &random);
		CU_ASSERT_EQUAL_FATAL(read_crop(&reading), 0);
		texts += reading.status == QYRAN_READING_READ;
	}
	CU_ASSERT(texts <= 1);
}

static void sizes_that_no_region_has_are_refused(void)
{
	static const uint32_t bad[][3] = {{0, 48, 0}, {120, 0, 240}, {4, 48, 8}, {120, 4, 240}, {120, 48, 200}, {1924, 34, 3848}, {1000, 1000, 2000}};
	struct qyran_reading reading = {.status = QYRAN_READING_READ, .text = "UNTOUCHED"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(qyran_reader_read(reader, picture, bad[i][0], bad[i][1], bad[i][2], &reading), -EINVAL);
	CU_ASSERT_STRING_EQUAL(reading.text, "UNTOUCHED");
}

static void smallest_and_largest_regions_are_read_without_harm(void)
{
	static const uint32_t sizes[][2] = {{8, 8}, {1920, 34}, {60, 1080}, {8, 1080}, {256, 256}};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *pixels = malloc((size_t)sizes[i][0] * sizes[i][1] * 2);
		struct qyran_reading reading;

		CU_ASSERT_PTR_NOT_NULL_FATAL(pixels);
		memset(pixels, 90, (size_t)sizes[i][0] * sizes[i][1] * 2);
		CU_ASSERT_EQUAL(qyran_reader_read(reader, pixels, sizes[i][0], sizes[i][1], sizes[i][0] * 2, &reading), 0);
		CU_ASSERT_NOT_EQUAL(reading.status, QYRAN_READING_READ);
		free(pixels);
	}
}

static void stride_and_chroma_do_not_matter(void)
{
	static uint8_t padded[CROP_AREA_MAX * 4];
	struct qyran_reading plain, other;
	uint64_t random = SEED + 4;
	uint32_t width, stride;

	render(qyran_formats_find(formats, "kz-2012"), NULL, 80, &random);
	width = (uint32_t)crop.width;
	stride = 2 * width + 36;
	memset(padded, 0xa5, sizeof(padded));
	for (int y = 0; y < crop.height; y++)
		for (int x = 0; x < crop.width; x++)
			padded[(uint32_t)y * stride + 2 * (uint32_t)x] = crop.yuyv[2 * (y * crop.width + x)];
	CU_ASSERT_EQUAL_FATAL(read_crop(&plain), 0);
	CU_ASSERT_EQUAL_FATAL(qyran_reader_read(reader, padded, width, (uint32_t)crop.height, stride, &other), 0);
	CU_ASSERT_EQUAL(memcmp(&plain, &other, sizeof(plain)), 0);
}

static void fusing_does_not_depend_on_order(void)
{
	struct qyran_reading readings[6], forth, back;
	const struct qyran_reading *all[6], *reversed[6];
	char text[QYRAN_PLATE_TEXT_MAX + 1];
	uint64_t random = SEED + 5;

	scene_plate_text(qyran_formats_find(formats, "kz-2012"), &random, text);
	for (int i = 0; i < 6; i++) {
		render(i == 3 ? NULL : qyran_formats_find(formats, "kz-2012"), text, 60, &random);
		CU_ASSERT_EQUAL_FATAL(read_crop(&readings[i]), 0);
		all[i] = reversed[5 - i] = &readings[i];
	}
	qyran_reader_fuse(reader, all, 6, &forth);
	qyran_reader_fuse(reader, reversed, 6, &back);
	CU_ASSERT_EQUAL(memcmp(&forth, &back, sizeof(forth)), 0);
	CU_ASSERT_STRING_EQUAL(forth.text, text);
}

static void fusing_one_or_nothing_is_no_surprise(void)
{
	struct qyran_reading one, fused;
	const struct qyran_reading *all[1] = {&one};
	uint64_t random = SEED + 6;

	render(qyran_formats_find(formats, "kz-2003"), NULL, 100, &random);
	CU_ASSERT_EQUAL_FATAL(read_crop(&one), 0);
	qyran_reader_fuse(reader, all, 1, &fused);
	CU_ASSERT_EQUAL(memcmp(&one, &fused, sizeof(one)), 0);
	qyran_reader_fuse(reader, all, 0, &fused);
	CU_ASSERT_EQUAL(fused.status, QYRAN_READING_NOT_A_PLATE);
	CU_ASSERT_STRING_EQUAL(fused.text, "");
}

static void one_reading_of_another_plate_is_outvoted(void)
{
	const struct qyran_format *format = qyran_formats_find(formats, "kz-2012");
	struct qyran_reading readings[5], fused;
	const struct qyran_reading *all[5];
	uint64_t random = SEED + 7;

	for (int i = 0; i < 5; i++) {
		render(format, i == 2 ? "905TNX11" : "482KLM07", 95, &random);
		CU_ASSERT_EQUAL_FATAL(read_crop(&readings[i]), 0);
		all[i] = &readings[i];
	}
	qyran_reader_fuse(reader, all, 5, &fused);
	CU_ASSERT_EQUAL(fused.status, QYRAN_READING_READ);
	CU_ASSERT_STRING_EQUAL(fused.text, "482KLM07");
}

/* Everything that goes to standard output or error while plates are read and fused. */
static void no_plate_is_ever_printed(void)
{
	FILE *sink = tmpfile();
	int out = dup(1), err = dup(2);
	struct qyran_reading readings[2], fused;
	const struct qyran_reading *all[2] = {&readings[0], &readings[1]};
	uint64_t random = SEED + 8;

	CU_ASSERT_FATAL(sink && out >= 0 && err >= 0);
	fflush(NULL);
	dup2(fileno(sink), 1);
	dup2(fileno(sink), 2);
	for (int i = 0; i < 2; i++) {
		render(qyran_formats_find(formats, "kz-2012"), "482KLM07", 95, &random);
		read_crop(&readings[i]);
	}
	qyran_reader_fuse(reader, all, 2, &fused);
	fflush(NULL);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	CU_ASSERT_EQUAL(lseek(fileno(sink), 0, SEEK_END), 0);
	CU_ASSERT_STRING_EQUAL(fused.text, "482KLM07");
	fclose(sink);
}

int main(void)
{
	static const struct test_case cases[] = {
		{"reader_gives_the_bits_of_its_training", network_gives_the_bits_of_its_training},
		{"every_format_is_rendered_and_read_back", every_format_is_rendered_and_read_back},
		{"other_texts_come_with_less_confidence", other_texts_come_with_less_confidence},
		{"confidence_of_the_reader_is_honest", confidence_is_honest},
		{"blank_noise_and_grilles_give_no_text", blank_noise_and_grilles_give_no_text},
		{"decoys_give_no_text", decoys_are_no_plates},
		{"sizes_that_no_region_has_are_refused_by_the_reader", sizes_that_no_region_has_are_refused},
		{"smallest_and_largest_regions_are_read_without_harm", smallest_and_largest_regions_are_read_without_harm},
		{"stride_and_chroma_do_not_matter_to_the_reader", stride_and_chroma_do_not_matter},
		{"fusing_does_not_depend_on_order", fusing_does_not_depend_on_order},
		{"fusing_one_or_nothing_is_no_surprise", fusing_one_or_nothing_is_no_surprise},
		{"one_reading_of_another_plate_is_outvoted", one_reading_of_another_plate_is_outvoted},
		{"no_plate_is_ever_printed_by_the_reader", no_plate_is_ever_printed},
	};
	char error[512];
	int result;

	if (qyran_formats_open("userspace/formats", &formats, error, sizeof(error))) {
		printf("not ok reader: %s\n", error);
		return 1;
	}
	if (qyran_reader_new(formats, &reader)) {
		printf("not ok reader: out of memory\n");
		return 1;
	}
	result = test_cases_run("reader", cases, sizeof(cases) / sizeof(cases[0]));
	qyran_reader_free(reader);
	qyran_formats_close(formats);
	return result;
}
