/* SPDX-License-Identifier: Apache-2.0 */
/* The network with every check of the build in it; the library has it built for speed in all variants. */
#include "cases.h"
#include "plate_vectors.h"

#include <hw/hls/plate_reader.c>
#include <sim/scene/random.h>
#include <string.h>

#define SEED 0x626974u

static const int fans[][2] = {{PLATE_FAN1, PLATE_C1}, {PLATE_FAN2, PLATE_C2}, {PLATE_FAN3, PLATE_C3}, {PLATE_FAN4, PLATE_C4},
			      {PLATE_FAN5, PLATE_C5}, {PLATE_FAN6, PLATE_C6}, {PLATE_FAN7, PLATE_C7}, {PLATE_FAN8, PLATE_OUTPUTS}};

static int8_t input[PLATE_INPUT_H * PLATE_INPUT_W], weights[PLATE_WEIGHT_BYTES];
static int16_t sums[2][PLATE_SUMS];

static void any_input(uint64_t seed)
{
	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (int8_t)(scene_random_below(&seed, 255) - 127);
}

static void one_changed_weight_changes_the_bits(void)
{
	struct plate_memory *memory = plate_memory_new();

	CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
	any_input(SEED);
	memcpy(weights, qyran_plate_weights, sizeof(weights));
	plate_reader_run(memory, weights, input, sums[0]);
	weights[4] = weights[4] > 0 ? -127 : 127;
	plate_reader_run(memory, weights, input, sums[1]);
	CU_ASSERT_NOT_EQUAL(memcmp(sums[0], sums[1], sizeof(sums[0])), 0);
	plate_memory_free(memory);
}

static void extreme_inputs_stay_in_bounds(void)
{
	struct plate_memory *memory = plate_memory_new();
	int8_t *layer = weights;

	CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
	memset(input, 127, sizeof(input));
	memset(weights, 0, sizeof(weights));
	for (size_t i = 0; i < sizeof(fans) / sizeof(fans[0]); i++) {
		memset(layer, 127, (size_t)(fans[i][0] * fans[i][1]));
		layer += fans[i][1] * (fans[i][0] + 5);
	}
	CU_ASSERT_PTR_EQUAL(layer, weights + sizeof(weights));
	plate_reader_run(memory, weights, input, sums[0]);
	for (int i = 0; i < PLATE_SUMS; i++)
		CU_ASSERT_EQUAL(sums[0][i], INT16_MAX);
	plate_memory_free(memory);
}

/* The fallback of the oldest processor and the one that this processor gets; weights and inputs of every size and sign. */
static void every_vector_unit_gives_the_same_bits(void)
{
	network_t *const networks[] = {
		network_best(),
#ifdef __x86_64__
		__builtin_cpu_supports("avx2") ? network_avx2 : network_any,
#endif
	};
	struct plate_memory *memory = plate_memory_new();
	uint64_t random = SEED;
	unsigned int other = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
	for (int round = 0; round < 3; round++) {
		int8_t *layer = weights;

		any_input(SEED + (uint64_t)round);
		for (size_t i = 0; i < sizeof(fans) / sizeof(fans[0]); i++) {
			const int fan = fans[i][0], out = fans[i][1];

			for (int w = 0; w < fan * out; w++)
				layer[w] = (int8_t)(scene_random_below(&random, 256) - 128);
			for (int o = 0; o < out; o++) {
				memset(&layer[fan * out + 4 * o], scene_random_below(&random, 2) ? 0 : 255, 4);
				layer[fan * out + 4 * o] = (int8_t)(scene_random_below(&random, 256) - 128);
				layer[(fan + 4) * out + o] = (int8_t)(5 + scene_random_below(&random, 6));
			}
			layer += out * (fan + 5);
		}
		network_any(memory, weights, input, sums[0]);
		for (int i = 1; i < PLATE_SUMS; i++)
			other += sums[0][i] != sums[0][0];
		for (size_t n = 0; n < sizeof(networks) / sizeof(networks[0]); n++) {
			networks[n](memory, weights, input, sums[1]);
			CU_ASSERT_EQUAL(memcmp(sums[0], sums[1], sizeof(sums[0])), 0);
		}
	}
	CU_ASSERT(other > PLATE_SUMS);
	plate_memory_free(memory);
}

static void fill_yuyv(uint8_t *yuyv, uint32_t width, uint32_t height, uint64_t seed)
{
	for (uint32_t i = 0; i < width * height; i++) {
		yuyv[2 * i] = (uint8_t)scene_random_below(&seed, 256);
		yuyv[2 * i + 1] = 128;
	}
}

/* At twice the input's size each output is the middle of the same four pixels by either way, but for the triangle's wider feet. */
static void a_quad_of_the_whole_crop_is_the_crop(void)
{
	static uint8_t yuyv[2 * PLATE_INPUT_W * PLATE_INPUT_H];
	static int8_t whole[PLATE_INPUT_H * PLATE_INPUT_W];
	const struct plate_quad quad = {0, 0, 256 * PLATE_INPUT_W, 0, 0, 256 * PLATE_INPUT_H};
	int off = 0;

	fill_yuyv(yuyv, PLATE_INPUT_W, PLATE_INPUT_H, SEED);
	plate_prepare(yuyv, PLATE_INPUT_W, PLATE_INPUT_H, 2 * PLATE_INPUT_W, whole);
	plate_prepare_quad(yuyv, PLATE_INPUT_W, PLATE_INPUT_H, 2 * PLATE_INPUT_W, &quad, input);
	for (size_t i = 0; i < sizeof(whole); i++)
		off += abs(whole[i] - input[i]) > 1;
	CU_ASSERT_EQUAL(off, 0);
}

/* Everything but the crop's own pixels is someone else's memory: the checks of the build watch. */
static void quads_that_leave_the_crop_stay_in_it(void)
{
	static const int32_t far[] = {INT32_MIN, -256 * 100, -1, 0, 1, 256 * 9, 256 * 30000, INT32_MAX};
	uint8_t *yuyv = malloc(2 * PLATE_CROP_MIN * PLATE_CROP_MIN);
	uint64_t random = SEED;

	CU_ASSERT_PTR_NOT_NULL_FATAL(yuyv);
	fill_yuyv(yuyv, PLATE_CROP_MIN, PLATE_CROP_MIN, SEED);
	for (int i = 0; i < 40; i++) {
		struct plate_quad quad = {far[scene_random_below(&random, 8)], far[scene_random_below(&random, 8)],
					  far[scene_random_below(&random, 8)], far[scene_random_below(&random, 8)],
					  far[scene_random_below(&random, 8)], far[scene_random_below(&random, 8)]};

		plate_prepare_quad(yuyv, PLATE_CROP_MIN, PLATE_CROP_MIN, 2 * PLATE_CROP_MIN, &quad, input);
	}
	free(yuyv);
}

int main(void)
{
	static const struct test_case cases[] = {
		{"network_with_all_checks_gives_the_bits_of_its_training", network_gives_the_bits_of_its_training},
		{"one_changed_weight_of_the_network_changes_the_bits", one_changed_weight_changes_the_bits},
		{"extreme_inputs_of_the_network_stay_in_bounds", extreme_inputs_stay_in_bounds},
		{"every_vector_unit_gives_the_same_bits", every_vector_unit_gives_the_same_bits},
		{"a_quad_of_the_whole_crop_is_the_crop", a_quad_of_the_whole_crop_is_the_crop},
		{"quads_that_leave_the_crop_stay_in_it", quads_that_leave_the_crop_stay_in_it},
	};

	return test_cases_run("plate reader", cases, sizeof(cases) / sizeof(cases[0]));
}
