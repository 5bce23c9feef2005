/* SPDX-License-Identifier: Apache-2.0 */
/* Sums of the same inputs, computed by the training's own integers: the network gives these bits in whatever build includes this. */
#ifndef QYRAN_TESTS_PLATE_VECTORS_H
#define QYRAN_TESTS_PLATE_VECTORS_H

#include "cases.h"

#include <hw/hls/plate_reader.h>
#include <string.h>

static void network_gives_the_bits_of_its_training(void)
{
	static int8_t input[PLATE_INPUT_H * PLATE_INPUT_W];
	static int16_t wanted[PLATE_SUMS], sums[PLATE_SUMS];
	FILE *file = fopen("tests/unit/plate_reader_vectors.bin", "rb");
	struct plate_memory *memory = plate_memory_new();
	int count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
	while (fread(input, sizeof(input), 1, file) == 1 && fread(wanted, sizeof(wanted), 1, file) == 1) {
		plate_reader_run(memory, qyran_plate_weights, input, sums);
		CU_ASSERT_EQUAL(memcmp(sums, wanted, sizeof(sums)), 0);
		count++;
	}
	CU_ASSERT(count >= 4);
	fclose(file);
	plate_memory_free(memory);
}

#endif
