/* SPDX-License-Identifier: Apache-2.0 */
/* The emulated device: memory, and the reader's kernel behind its control registers. */
#ifndef QYRAN_XRT_DEVICE_H
#define QYRAN_XRT_DEVICE_H

#include <stdint.h>

#define DEVICE_BASE 0x10000u		/* of the kernel's registers; qyran-xclbin's default */
#define DEVICE_MEMORY (UINT64_C(1) << 30)

enum device_fault {
	DEVICE_SOUND,
	DEVICE_WEIGHT,			/* a weight is another than the host's */
	DEVICE_DIES,			/* when first started */
	DEVICE_HANGS,			/* never done */
};

/** device_memory() - @size bytes of the device's memory at @address, or NULL when they are not all in it. */
uint8_t *device_memory(uint64_t address, uint64_t size);

/** device_write(), device_read() - registers of the kernel; elsewhere nothing is written and 0 read. */
void device_write(uint64_t address, uint32_t value);
uint32_t device_read(uint64_t address);

/** device_open() - returns 0 or -ENOMEM. */
int device_open(enum device_fault fault);

#endif
