/* SPDX-License-Identifier: Apache-2.0 */
/* The network as a kernel in the logic: its name and its control registers, as high-level synthesis lays them out. */
#ifndef QYRAN_PLATE_KERNEL_H
#define QYRAN_PLATE_KERNEL_H

#include "plate_reader.h"

#define PLATE_KERNEL_NAME "plate_kernel"

/* s_axilite, ap_ctrl_hs (Vitis HLS user guide UG1399, "S_AXILITE Control Register Map"); arguments are 64-bit addresses. */
#define PLATE_KERNEL_CONTROL 0x00
#define PLATE_KERNEL_START (1u << 0)
#define PLATE_KERNEL_DONE (1u << 1)	/* cleared when read */
#define PLATE_KERNEL_IDLE (1u << 2)
#define PLATE_KERNEL_READY (1u << 3)
#define PLATE_KERNEL_WEIGHTS 0x10
#define PLATE_KERNEL_INPUT 0x1c
#define PLATE_KERNEL_SUMS 0x28
#define PLATE_KERNEL_SPAN 0x1000	/* bytes of registers that the kernel's port spans */

/** plate_kernel() - top of the kernel: plate_reader_run() on memory of its own. */
void plate_kernel(const int8_t weights[PLATE_WEIGHT_BYTES], const int8_t input[PLATE_INPUT_H * PLATE_INPUT_W], int16_t sums[PLATE_SUMS]);

#endif
