/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <errno.h>
#include <hw/hls/plate_kernel.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint8_t *memory;
static uint32_t registers[PLATE_KERNEL_SPAN / 4];
static bool done, busy;
static enum device_fault has_fault;

int device_open(enum device_fault fault)
{
	void *room = mmap(NULL, DEVICE_MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (room == MAP_FAILED)
		return -ENOMEM;
	memory = room;
	has_fault = fault;
	return 0;
}

uint8_t *device_memory(uint64_t address, uint64_t size)
{
	return address <= DEVICE_MEMORY && size <= DEVICE_MEMORY - address ? memory + address : NULL;
}

static uint8_t *argument(uint32_t offset, uint64_t size)
{
	uint64_t address = registers[offset / 4] | (uint64_t)registers[offset / 4 + 1] << 32;

	return address % sizeof(int16_t) ? NULL : device_memory(address, size);
}

static void start(void)
{
	static int8_t changed[PLATE_WEIGHT_BYTES];
	const int8_t *weights = (const int8_t *)argument(PLATE_KERNEL_WEIGHTS, PLATE_WEIGHT_BYTES);
	const int8_t *input = (const int8_t *)argument(PLATE_KERNEL_INPUT, PLATE_INPUT_H * PLATE_INPUT_W);
	void *sums = argument(PLATE_KERNEL_SUMS, PLATE_SUMS * sizeof(int16_t));

	if (has_fault == DEVICE_DIES)
		_exit(1);
	if (has_fault == DEVICE_HANGS) {
		busy = true;
		return;
	}
	if (!weights || !input || !sums) {
		fprintf(stderr, "qyran-xrt-device: the kernel was started on addresses outside the memory\n");
		busy = true;
		return;
	}
	if (has_fault == DEVICE_WEIGHT) {
		memcpy(changed, weights, sizeof(changed));
		changed[4] = changed[4] > 0 ? -127 : 127;	/* of the first filter: every sum hangs on it */
		weights = changed;
	}
	plate_kernel(weights, input, sums);
	done = true;
}

void device_write(uint64_t address, uint32_t value)
{
	if (address < DEVICE_BASE || address >= DEVICE_BASE + PLATE_KERNEL_SPAN)
		return;
	if (address != DEVICE_BASE + PLATE_KERNEL_CONTROL)
		registers[(address - DEVICE_BASE) / 4] = value;
	else if (value & PLATE_KERNEL_START)
		start();
}

uint32_t device_read(uint64_t address)
{
	uint32_t value;

	if (address < DEVICE_BASE || address >= DEVICE_BASE + PLATE_KERNEL_SPAN)
		return 0;
	if (address != DEVICE_BASE + PLATE_KERNEL_CONTROL)
		return registers[(address - DEVICE_BASE) / 4];
	value = busy ? PLATE_KERNEL_START : PLATE_KERNEL_IDLE | (done ? PLATE_KERNEL_DONE : 0);
	done = false;
	return value;
}
