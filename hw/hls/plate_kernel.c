/* SPDX-License-Identifier: Apache-2.0 */
/* Given to Vitis HLS as one file; compiled natively it is the kernel of the emulated device (sim/xrt/). */
#include "plate_kernel.h"

#include "plate_reader.c"

void plate_kernel(const int8_t weights[PLATE_WEIGHT_BYTES], const int8_t input[PLATE_INPUT_H * PLATE_INPUT_W], int16_t sums[PLATE_SUMS])
{
#pragma HLS INTERFACE mode = m_axi port = weights offset = slave bundle = gmem0
#pragma HLS INTERFACE mode = m_axi port = input offset = slave bundle = gmem1
#pragma HLS INTERFACE mode = m_axi port = sums offset = slave bundle = gmem1
#pragma HLS INTERFACE mode = s_axilite port = return
	static struct plate_memory memory;

	plate_reader_run(&memory, weights, input, sums);
}
