/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/evidence.h"
#include "qyrand/veil.h"
#include "qyrand/witness.h"
#include "tests/unit/cases.h"

#include <endian.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

/* A picture with edges, colours and texture. */
static uint8_t *picture(uint32_t width, uint32_t height, uint32_t stride, uint32_t shift)
{
	uint8_t *yuyv = malloc((size_t)stride * height);
	uint32_t state = 12345;

	if (!yuyv)
		abort();
	memset(yuyv, 0xee, (size_t)stride * height);
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++) {
			state = state * 1664525u + 1013904223u;
			yuyv[y * stride + 2 * x] = (uint8_t)(((x + shift) / 24 + y / 24) % 2 ? 190 + (state >> 28) : 50 + (state >> 28));
			yuyv[y * stride + 2 * x + 1] = (uint8_t)(x % 2 ? 90 + 60 * (y > height / 2) : 110 + 40 * (x > width / 2));
		}
	return yuyv;
}

/* Mean distance of the JPEG's luma and of its chroma from the picture's. */
static void distance(const struct qyran_evidence *evidence, const uint8_t *yuyv, uint32_t stride, double *ret_luma, double *ret_chroma)
{
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr errors;
	uint64_t luma = 0, chroma = 0;

	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_decompress(&jpeg);
	jpeg_mem_src(&jpeg, evidence->jpeg, evidence->size);
	jpeg_read_header(&jpeg, TRUE);
	CU_ASSERT_EQUAL(jpeg.comp_info[0].h_samp_factor, 2);
	CU_ASSERT_EQUAL(jpeg.comp_info[0].v_samp_factor, 1);
	jpeg.out_color_space = JCS_YCbCr;
	jpeg_start_decompress(&jpeg);
	CU_ASSERT(jpeg.output_width == evidence->width && jpeg.output_height == evidence->height);

	uint8_t *line = malloc((size_t)jpeg.output_width * 3);
	JSAMPROW row = line;

	for (uint32_t y = 0; line && y < jpeg.output_height; y++) {
		jpeg_read_scanlines(&jpeg, &row, 1);
		for (uint32_t x = 0; x < jpeg.output_width; x++) {
			luma += (uint64_t)abs(line[3 * x] - yuyv[y * stride + 2 * x]);
			chroma += (uint64_t)abs(line[3 * x + 1 + x % 2] - yuyv[y * stride + 2 * x + 1]);
		}
	}
	*ret_luma = (double)luma / jpeg.output_width / jpeg.output_height;
	*ret_chroma = (double)chroma / jpeg.output_width / jpeg.output_height;
	free(line);
	jpeg_finish_decompress(&jpeg);
	jpeg_destroy_decompress(&jpeg);
}

static void a_frame_comes_back_as_it_was_seen(void)
{
	static const struct { uint32_t width, height, stride; } sizes[] = { { 960, 540, 1920 }, { 1920, 1080, 3840 }, { 66, 51, 256 }, { 2, 1, 4 } };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *yuyv = picture(sizes[i].width, sizes[i].height, sizes[i].stride, 0);
		struct qyran_evidence evidence = { 0 };
		uint8_t hash[32];
		double luma, chroma;

		CU_ASSERT_EQUAL_FATAL(qyran_evidence_encode(yuyv, sizes[i].width, sizes[i].height, sizes[i].stride, 95, &evidence), 0);
		CU_ASSERT(evidence.width == sizes[i].width && evidence.height == sizes[i].height);
		distance(&evidence, yuyv, sizes[i].stride, &luma, &chroma);
		CU_ASSERT(luma < 2.5);
		CU_ASSERT(chroma < 2.5);
		crypto_generichash(hash, sizeof(hash), evidence.jpeg, evidence.size, NULL, 0);
		CU_ASSERT(memcmp(hash, evidence.hash, sizeof(hash)) == 0);
		free(evidence.jpeg);
		free(yuyv);
	}
}

static void sizes_that_no_camera_has_are_refused(void)
{
	struct qyran_evidence evidence = { .size = 77 };
	uint8_t byte[64] = { 0 };

	CU_ASSERT_EQUAL(qyran_evidence_encode(byte, 0, 4, 8, 80, &evidence), -EINVAL);
	CU_ASSERT_EQUAL(qyran_evidence_encode(byte, 3, 4, 8, 80, &evidence), -EINVAL);
	CU_ASSERT_EQUAL(qyran_evidence_encode(byte, 4, 0, 8, 80, &evidence), -EINVAL);
	CU_ASSERT_EQUAL(qyran_evidence_encode(byte, 4, 4, 7, 80, &evidence), -EINVAL);
	CU_ASSERT_EQUAL(qyran_evidence_encode(byte, 1922, 4, 4000, 80, &evidence), -EINVAL);
	CU_ASSERT_EQUAL(qyran_evidence_encode(byte, 4, 1082, 8, 80, &evidence), -EINVAL);
	CU_ASSERT_EQUAL(qyran_evidence_encode(byte, 4, 4, 8, 101, &evidence), -EINVAL);
	CU_ASSERT_EQUAL(evidence.size, 77);
}

static struct qyran_violation *violation_of(size_t frames)
{
	struct qyran_violation *violation = calloc(1, sizeof(*violation));
	uint8_t *yuyv = picture(960, 540, 1920, 0);

	if (!violation)
		abort();
	for (size_t i = 0; i < frames; i++)
		CU_ASSERT_EQUAL_FATAL(qyran_evidence_encode(yuyv, 960, 540, 1920, 95, &violation->evidence[i]), 0);
	CU_ASSERT_EQUAL_FATAL(qyran_evidence_encode(yuyv, 96, 32, 1920, 95, &violation->evidence[frames]), 0);
	violation->evidence[frames].kind = QYRAN_EVIDENCE_PLATE;
	violation->evidence_count = frames + 1;
	free(yuyv);
	return violation;
}

static void large_evidence_loses_quality_then_size_but_never_the_plate(void)
{
	struct qyran_violation *violation = violation_of(3);
	size_t before = 0, after = 0, plate = violation->evidence[3].size;

	for (size_t i = 0; i < 4; i++)
		before += violation->evidence[i].size;
	CU_ASSERT_EQUAL(qyran_evidence_shrink(violation, before), 0);
	CU_ASSERT_EQUAL(violation->evidence[0].width, 960);
	CU_ASSERT_EQUAL(qyran_evidence_shrink(violation, before * 2 / 3), 0);
	CU_ASSERT_EQUAL(violation->evidence[0].width, 960);
	CU_ASSERT_EQUAL(qyran_evidence_shrink(violation, before / 12), 0);
	for (size_t i = 0; i < 4; i++) {
		uint8_t hash[32];

		after += violation->evidence[i].size;
		crypto_generichash(hash, sizeof(hash), violation->evidence[i].jpeg, violation->evidence[i].size, NULL, 0);
		CU_ASSERT(memcmp(hash, violation->evidence[i].hash, sizeof(hash)) == 0);
	}
	CU_ASSERT(after <= before / 12);
	CU_ASSERT(violation->evidence[0].width < 960);
	CU_ASSERT_EQUAL(violation->evidence[3].size, plate);
	CU_ASSERT_EQUAL(qyran_evidence_shrink(violation, plate), -EFBIG);
	qyran_violation_clear(violation);
	free(violation);
}

static void a_damaged_picture_is_refused_and_nothing_lost(void)
{
	struct qyran_violation *violation = violation_of(2);

	memset(violation->evidence[1].jpeg, 0, 64);
	CU_ASSERT_EQUAL(qyran_evidence_shrink(violation, 1000), -EBADMSG);
	CU_ASSERT_EQUAL(violation->evidence_count, 3);
	qyran_violation_clear(violation);
	free(violation);
}

/* Frames at @count times, in units of 100 ms; the numbers of those that are given for a violation at @moment. */
static size_t given(const unsigned int *times, size_t count, unsigned int best, unsigned int moment, uint64_t *ret)
{
	struct qyran_witness *witness = qyran_witness_new();
	struct qyran_violation *violation = calloc(1, sizeof(*violation));
	uint8_t *yuyv = picture(64, 48, 128, 0);
	size_t frames;

	if (!witness || !violation)
		abort();
	for (size_t i = 0; i < count; i++) {
		struct qyran_frame frame = { .number = times[i], .time_ns = times[i] * UINT64_C(100000000), .pixels = yuyv, .width = 64, .height = 48,
					     .stride = 128 };

		if (qyran_witness_wants(witness, frame.time_ns, times[i] == best))
			CU_ASSERT_EQUAL(qyran_witness_frame(witness, &frame, times[i] == best), 0);
	}
	violation->time_ns = moment * UINT64_C(100000000);
	CU_ASSERT_EQUAL(qyran_witness_testify(witness, violation), 0);
	frames = violation->evidence_count;
	for (size_t i = 0; i < frames; i++)
		ret[i] = violation->evidence[i].frame;
	qyran_violation_clear(violation);
	free(violation);
	qyran_witness_free(witness);
	free(yuyv);
	return frames;
}

static void evidence_shows_the_beginning_and_the_essential_moment(void)
{
	static const unsigned int times[] = { 10, 11, 12, 13, 14, 15, 16 };
	uint64_t frames[QYRAN_EVIDENCE_MAX];

	CU_ASSERT_EQUAL_FATAL(given(times, 7, 15, 15, frames), 3);
	CU_ASSERT(frames[0] == 10 && frames[1] == 12 && frames[2] == 15);
	CU_ASSERT_EQUAL_FATAL(given(times, 7, 99, 16, frames), 2);
	CU_ASSERT(frames[0] == 10 && frames[1] == 12);
	CU_ASSERT_EQUAL_FATAL(given(times, 1, 10, 10, frames), 1);
}

static void the_surest_crop_is_given(void)
{
	struct qyran_witness *witness = qyran_witness_new();
	struct qyran_violation *violation = calloc(1, sizeof(*violation));
	struct qyran_reading reading = { .status = QYRAN_READING_UNREAD, .confidence = 700 };

	if (!witness || !violation)
		abort();
	qyran_witness_crop(witness, &reading, picture(80, 20, 160, 0), 80, 20, 1, 100);
	reading.status = QYRAN_READING_READ;
	reading.confidence = 600;
	qyran_witness_crop(witness, &reading, picture(84, 22, 168, 0), 84, 22, 2, 200);
	reading.confidence = 500;
	qyran_witness_crop(witness, &reading, picture(88, 24, 176, 0), 88, 24, 3, 300);
	CU_ASSERT_EQUAL(qyran_witness_testify(witness, violation), 0);
	CU_ASSERT_EQUAL_FATAL(violation->evidence_count, 1);
	CU_ASSERT_EQUAL(violation->evidence[0].kind, QYRAN_EVIDENCE_PLATE);
	CU_ASSERT_EQUAL(violation->evidence[0].frame, 2);
	CU_ASSERT_EQUAL(violation->evidence[0].width, 84);
	qyran_violation_clear(violation);
	free(violation);
	qyran_witness_free(witness);
}

/* A frame of noise with the own vehicle at 96,64 and another at 320,64 that reaches under it. */
static void veil_noise(bool current, const struct qyran_frame_batch *seen, void (*check)(const uint8_t *before, const uint8_t *after))
{
	static uint8_t pixels[480 * 2 * 270];
	const struct qyran_box own = { .x = 96, .y = 64, .width = 128, .height = 96 };
	struct qyran_frame frame = { .pixels = pixels, .width = 480, .height = 270, .stride = 480 * 2 }, veiled;

	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = (uint8_t)((i * 2654435761u) >> 13);
	CU_ASSERT_EQUAL_FATAL(qyran_veil_new(&frame, seen, &own, current, &veiled), 0);
	check(pixels, veiled.pixels);
	qyran_veil_free(&veiled);
}

/* How many of the bytes of a box differ, and how many bytes differ from the pair to their left in the same tile. */
static size_t changed(const uint8_t *before, const uint8_t *after, size_t x, size_t y, size_t width, size_t height)
{
	size_t count = 0;

	for (size_t v = y; v < y + height; v++)
		for (size_t i = x * 2; i < (x + width) * 2; i++)
			count += before[v * 960 + i] != after[v * 960 + i];
	return count;
}

static size_t textured(const uint8_t *after, size_t x, size_t y, size_t width, size_t height)
{
	size_t count = 0;

	for (size_t v = y; v < y + height; v++)
		for (size_t i = x * 2 + 4; i < (x + width) * 2; i++)
			count += (i / 2 - x) % QYRAN_VEIL_PX >= 2 && after[v * 960 + i] != after[v * 960 + i - 4];
	return count;
}

static void only_the_own_vehicle_is_seen(const uint8_t *before, const uint8_t *after)
{
	CU_ASSERT_EQUAL(changed(before, after, 96, 64, 128, 96), 0);
	CU_ASSERT_EQUAL(textured(after, 320, 64, 128, 96), 0);
	CU_ASSERT(changed(before, after, 320, 64, 128, 96) > 128 * 96);
	CU_ASSERT_EQUAL(changed(before, after, 0, 0, 480, 40), 0);	/* the road and its signal stay */
}

static void the_plate_beside_is_veiled(const uint8_t *before, const uint8_t *after)
{
	CU_ASSERT_EQUAL(changed(before, after, 96, 64, 128, 96), 0);
	CU_ASSERT_EQUAL(textured(after, 352, 128, 64, 16), 0);
	CU_ASSERT_EQUAL(changed(before, after, 320, 64, 128, 60), 0);
}

static void nothing_but_the_own_vehicle(const uint8_t *before, const uint8_t *after)
{
	CU_ASSERT_EQUAL(changed(before, after, 96, 64, 128, 96), 0);
	CU_ASSERT_EQUAL(textured(after, 256, 0, 224, 270), 0);
}

static void lawful_vehicles_in_a_picture_of_evidence_are_veiled(void)
{
	struct qyran_frame_batch *seen = calloc(1, sizeof(*seen));

	CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
	seen->mover_count = 2;
	seen->movers[0] = (struct qyran_mover){ .x = htole16(96), .y = htole16(64), .w = htole16(128), .h = htole16(96) };
	seen->movers[1] = (struct qyran_mover){ .x = htole16(320), .y = htole16(64), .w = htole16(128), .h = htole16(96) };
	veil_noise(true, seen, only_the_own_vehicle_is_seen);
	/* One blob of both, and the own vehicle's place only foretold. */
	seen->mover_count = 1;
	seen->movers[0].w = htole16(352);
	seen->region_count = 1;
	seen->regions[0] = (struct qyran_region){ .box_x = htole16(352), .box_y = htole16(128), .box_w = htole16(64), .box_h = htole16(16) };
	veil_noise(false, seen, the_plate_beside_is_veiled);
	veil_noise(true, NULL, nothing_but_the_own_vehicle);
	free(seen);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "a_frame_comes_back_as_it_was_seen", a_frame_comes_back_as_it_was_seen },
		{ "sizes_that_no_camera_has_are_refused", sizes_that_no_camera_has_are_refused },
		{ "large_evidence_loses_quality_then_size_but_never_the_plate", large_evidence_loses_quality_then_size_but_never_the_plate },
		{ "a_damaged_picture_is_refused_and_nothing_lost", a_damaged_picture_is_refused_and_nothing_lost },
		{ "evidence_shows_the_beginning_and_the_essential_moment", evidence_shows_the_beginning_and_the_essential_moment },
		{ "the_surest_crop_is_given", the_surest_crop_is_given },
		{ "lawful_vehicles_in_a_picture_of_evidence_are_veiled", lawful_vehicles_in_a_picture_of_evidence_are_veiled },
	};

	return sodium_init() < 0 ? 2 : test_cases_run("evidence", cases, sizeof(cases) / sizeof(cases[0]));
}
