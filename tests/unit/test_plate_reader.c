/* SPDX-License-Identifier: Apache-2.0 */
/* The network with every check of the build in it; the library has it built for speed in all variants. */
#include "cases.h"
#include "plate_vectors.h"

#include <hw/hls/plate_reader.c>
#include <sim/scene/random.h>
#include <string.h>

#define SEED 0x626974u

static void one_changed_weight_changes_the_bits(void)
{
	static int8_t input[PLATE_INPUT_H * PLATE_INPUT_W], weights[PLATE_WEIGHT_BYTES];
	static int16_t sums[2][PLATE_SUMS];
	struct plate_memory *memory = plate_memory_new();
	uint64_t random = SEED;

	CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (int8_t)(scene_random_below(&random, 255) - 127);
	memcpy(weights, qyran_plate_weights, sizeof(weights));
	plate_reader_run(memory, weights, input, sums[0]);
	weights[PLATE_WEIGHT_BYTES - PLATE_LAYER_BYTES(PLATE_C7, 1, PLATE_OUTPUTS) + PLATE_C7 * PLATE_OUTPUTS]++; /* a bias */
	weights[4] = (int8_t)(weights[4] / 2 + 40);
	plate_reader_run(memory, weights, input, sums[1]);
	CU_ASSERT_NOT_EQUAL(memcmp(sums[0], sums[1], sizeof(sums[0])), 0);
	plate_memory_free(memory);
}

static void extreme_inputs_stay_in_bounds(void)
{
	static int8_t input[PLATE_INPUT_H * PLATE_INPUT_W], weights[PLATE_WEIGHT_BYTES];
	static int16_t sums[PLATE_SUMS];
	struct plate_memory *memory = plate_memory_new();
	int8_t *layer = weights;
	static const int fans[][2] = {{9, PLATE_C1}, {9 * PLATE_C1, PLATE_C2}, {9 * PLATE_C2, PLATE_C3}, {9 * PLATE_C3, PLATE_C4},
				      {9 * PLATE_C4, PLATE_C5}, {3 * PLATE_C5, PLATE_C6}, {3 * PLATE_C6, PLATE_C7}, {PLATE_C7, PLATE_OUTPUTS}};

	CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
	memset(input, 127, sizeof(input));
	for (size_t i = 0; i < sizeof(fans) / sizeof(fans[0]); i++) {
		memset(layer, 127, (size_t)(fans[i][0] * fans[i][1]));
		layer += fans[i][1] * (fans[i][0] + 5);
	}
	CU_ASSERT_PTR_EQUAL(layer, weights + sizeof(weights));
	plate_reader_run(memory, weights, input, sums);
	for (int i = 0; i < PLATE_SUMS; i++)
		CU_ASSERT_EQUAL(sums[i], INT16_MAX);
	plate_memory_free(memory);
}

int main(void)
{
	static const struct test_case cases[] = {
		{"network_with_all_checks_gives_the_bits_of_its_training", network_gives_the_bits_of_its_training},
		{"one_changed_weight_of_the_network_changes_the_bits", one_changed_weight_changes_the_bits},
		{"extreme_inputs_of_the_network_stay_in_bounds", extreme_inputs_stay_in_bounds},
	};

	return test_cases_run("plate reader", cases, sizeof(cases) / sizeof(cases[0]));
}
