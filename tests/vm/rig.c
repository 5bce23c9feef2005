/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rig itself, without a driver: what the other tests in the guest stand on. It drives the logic as a driver does, from user space, with
 * a piece of locked memory whose physical address /proc/self/pagemap tells.
 */
#include "tests/vm/rig.h"

#include <errno.h>
#include <linux/qyran.h>
#include <qyran/record.h>
#include <qyran/regs.h>
#include <stdbool.h>

#define PAGE 4096u
#define RING_SIZE PAGE	/* one page: contiguous for certain */
#define ROUND_TRIPS 2000u
#define PAUSE_NS 1000000u
#define PATIENCE 20000u	/* pauses: twenty seconds of the guest's time; a frame takes milliseconds */

static volatile uint32_t *bar0;
static int failed;

static void report(bool good, const char *name, const char *why)
{
	if (good)
		printf("ok %s\n", name);
	else
		printf("not ok %s: %s\n", name, why);
	failed |= !good;
	fflush(stdout);
}

static uint32_t get(uint32_t offset)
{
	return bar0[offset / 4];
}

static void set(uint32_t offset, uint32_t value)
{
	bar0[offset / 4] = value;
}

static void set_wide(uint32_t offset, uint64_t value)
{
	set(offset, (uint32_t)value);
	set(offset + 4, (uint32_t)(value >> 32));
}

static void bus_master(bool on)
{
	char name[300];
	uint16_t command = 0;
	int fd;

	snprintf(name, sizeof(name), "%s/config", rig_pci());
	fd = open(name, O_RDWR);
	if (fd < 0 || pread(fd, &command, 2, 4) != 2)
		exit(1);
	command = (uint16_t)(on ? command | 4 : command & ~4);
	if (pwrite(fd, &command, 2, 4) != 2)
		exit(1);
	close(fd);
}

static uint64_t physical(const void *at)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0 || pread(fd, &entry, sizeof(entry), (off_t)((uintptr_t)at / PAGE * sizeof(entry))) != sizeof(entry) || !(entry >> 63))
		exit(1);
	close(fd);
	return (entry & ((1ull << 55) - 1)) * PAGE;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void id_reads_right(void)
{
	char why[80];
	uint32_t id = get(QYRAN_REG_ID), version = get(QYRAN_REG_VERSION), bench = rig_get(BENCH_ID);

	snprintf(why, sizeof(why), "id 0x%08x, version 0x%08x, bench 0x%08x", id, version, bench);
	report(id == QYRAN_ID_RESET && version == QYRAN_VERSION_RESET && bench == BENCH_ID_VALUE, "id_reads_right", why);
	set(QYRAN_REG_MOVER_CELLS, 1234);
	id = get(QYRAN_REG_MOVER_CELLS);
	snprintf(why, sizeof(why), "wrote 1234, read %u", id);
	report(id == 1234, "register_keeps_what_was_written", why);
	set(QYRAN_REG_MOVER_CELLS, QYRAN_MOVER_CELLS_RESET);
}

static void round_trip(void)
{
	static uint64_t took[ROUND_TRIPS];

	for (unsigned int i = 0; i < ROUND_TRIPS; i++) {
		uint64_t before = rig_now_ns();

		(void)get(QYRAN_REG_ID);
		took[i] = rig_now_ns() - before;
	}
	qsort(took, ROUND_TRIPS, sizeof(took[0]), compare);
	printf("note MMIO round trip, us: min %.1f, median %.1f, 99 of 100 below %.1f\n", (double)took[0] / 1e3, (double)took[ROUND_TRIPS / 2] / 1e3,
	       (double)took[ROUND_TRIPS / 100 * 99] / 1e3);
	report(took[0] > 0, "access_takes_time", "the clock stands");
}

/* AXI4-Lite has words alone: others are refused, and are counted so that a test of a driver can ask for none. */
static void narrow_access_is_refused_and_counted(void)
{
	uint32_t before = rig_get(BENCH_WRONG_SIZE), after;
	uint8_t byte = *(volatile uint8_t *)bar0;
	uint16_t half = *(volatile uint16_t *)bar0;
	char why[80];

	*(volatile uint8_t *)(bar0 + QYRAN_REG_MOVER_CELLS / 4) = 99;
	after = rig_get(BENCH_WRONG_SIZE);
	snprintf(why, sizeof(why), "byte 0x%02x, half 0x%04x, register %u, counted %u", byte, half, get(QYRAN_REG_MOVER_CELLS), after - before);
	report(byte == 0xff && half == 0xffff && get(QYRAN_REG_MOVER_CELLS) == QYRAN_MOVER_CELLS_RESET && after - before == 3,
	       "narrow_access_is_refused_and_counted", why);
}

static bool wait_for(uint32_t offset, uint32_t mask)
{
	for (unsigned int i = 0; i < PATIENCE; i++) {
		if (get(offset) & mask)
			return true;
		nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
	}
	return false;
}

static void start_stream(uint64_t ring)
{
	set(QYRAN_REG_SIZE, 64u << QYRAN_SIZE_WIDTH_SHIFT | 48u << QYRAN_SIZE_HEIGHT_SHIFT);
	set(QYRAN_REG_STRIDE, 256);
	set_wide(QYRAN_REG_RING_BASE_LO, ring);
	set(QYRAN_REG_RING_SIZE, RING_SIZE);
	set_wide(QYRAN_REG_DMA_BASE_LO, ring);
	set_wide(QYRAN_REG_DMA_LIMIT_LO, ring + 5 * PAGE);
	for (uint32_t i = 0; i < QYRAN_SLOTS; i++)
		set_wide(QYRAN_REG_SLOT_BASE_LO + i * QYRAN_SLOT_BASE_LO_STRIDE, ring);
	set(QYRAN_REG_IRQ_STATUS, 0xf);
	set(QYRAN_REG_CONTROL, QYRAN_CONTROL_RUN_MASK);
}

static void stop_stream(void)
{
	set(QYRAN_REG_CONTROL, 0);
	if (!wait_for(QYRAN_REG_STATE, 1u << QYRAN_STATE_IDLE_SHIFT))
		report(false, "stream_drains", "STATE.IDLE does not come");
	rig_set(BENCH_PLAY, 0);
}

static void memory_without_bus_master_is_refused(uint64_t ring)
{
	uint32_t before = rig_get(BENCH_DMA_REFUSED), faults = get(QYRAN_REG_COUNT_FAULTS);
	uint64_t written = rig_wide(BENCH_DMA_WRITTEN_LO);
	char why[120];
	bool told;

	bus_master(false);
	start_stream(ring);
	rig_play(BENCH_SOURCE_PATTERN, 1, BENCH_PACE_HOST);
	told = wait_for(QYRAN_REG_IRQ_STATUS, 1u << QYRAN_IRQ_STATUS_FAULT_SHIFT);
	stop_stream();
	snprintf(why, sizeof(why), "fault %s, %u refused, %u counted by the logic, %llu bytes written", told ? "told" : "not told",
		 rig_get(BENCH_DMA_REFUSED) - before, get(QYRAN_REG_COUNT_FAULTS) - faults,
		 (unsigned long long)(rig_wide(BENCH_DMA_WRITTEN_LO) - written));
	report(told && rig_get(BENCH_DMA_REFUSED) > before && get(QYRAN_REG_COUNT_FAULTS) > faults && rig_wide(BENCH_DMA_WRITTEN_LO) == written,
	       "memory_without_bus_master_is_refused", why);
}

/* One FRAME record of a frame without pixels (no slot is given), then one that a fault has changed. */
static void records_arrive(const uint8_t *ring, uint64_t ring_at)
{
	const struct qyran_record_header *header = (const void *)ring;
	char why[120] = "no frame came";
	int64_t length = 0, changed = 0;

	bus_master(true);
	start_stream(ring_at);
	rig_play(BENCH_SOURCE_PATTERN, 1, BENCH_PACE_HOST);
	if (wait_for(QYRAN_REG_IRQ_STATUS, 1u << QYRAN_IRQ_STATUS_FRAME_SHIFT)) {
		uint32_t producer = get(QYRAN_REG_RING_PRODUCER);

		length = qyran_record_check(ring, RING_SIZE);
		snprintf(why, sizeof(why), "check gives %lld, type %u, producer %u", (long long)length, header->type, producer);
		report(length > 0 && header->type == QYRAN_RECORD_FRAME && producer == length, "record_arrives_whole", why);
	} else {
		report(false, "record_arrives_whole", why);
	}
	stop_stream();

	rig_set(BENCH_RECORD_KIND, BENCH_RECORD_CORRUPT);
	rig_set(BENCH_RECORD_AT, 70);
	rig_set(BENCH_RECORD_VALUE, 0x10);
	rig_set(BENCH_RECORD_COUNT, 1);
	start_stream(ring_at);
	rig_play(BENCH_SOURCE_PATTERN, 1, BENCH_PACE_HOST);
	if (wait_for(QYRAN_REG_IRQ_STATUS, 1u << QYRAN_IRQ_STATUS_FRAME_SHIFT)) {
		(void)get(QYRAN_REG_RING_PRODUCER);
		changed = qyran_record_check(ring, RING_SIZE);
	}
	stop_stream();
	snprintf(why, sizeof(why), "check gives %lld, %u changed", (long long)changed, rig_get(BENCH_RECORDS_CHANGED));
	report(changed < 0 && rig_get(BENCH_RECORD_COUNT) == 0 && rig_get(BENCH_RECORDS_CHANGED) == 1, "record_fault_is_made", why);
}

static void dead_device_reads_ones(void)
{
	uint32_t dead, alive;
	char why[80];

	rig_set(BENCH_DEAD, 2);
	dead = get(QYRAN_REG_ID) & get(QYRAN_REG_VERSION);
	alive = get(QYRAN_REG_ID);
	snprintf(why, sizeof(why), "dead 0x%08x, then 0x%08x", dead, alive);
	report(dead == 0xffffffff && alive == QYRAN_ID_RESET, "dead_device_reads_ones", why);
}

int main(void)
{
	uint8_t *ring = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);

	rig_enable();
	bar0 = rig_map(0, 0x20000);
	if (ring == MAP_FAILED)
		return 1;
	id_reads_right();
	round_trip();
	narrow_access_is_refused_and_counted();
	memory_without_bus_master_is_refused(physical(ring));
	records_arrive(ring, physical(ring));
	dead_device_reads_ones();
	bus_master(false);
	return failed;
}
