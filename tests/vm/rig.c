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

/* Plays one frame without pixels (no slot is given), whose FRAME record comes first in the ring. Returns whether it came. */
static bool one_frame(uint64_t ring_at)
{
	bool came;

	start_stream(ring_at);
	rig_play(BENCH_SOURCE_PATTERN, 1, BENCH_PACE_HOST);
	came = wait_for(QYRAN_REG_IRQ_STATUS, 1u << QYRAN_IRQ_STATUS_FRAME_SHIFT);
	if (came)
		(void)get(QYRAN_REG_RING_PRODUCER);
	stop_stream();
	return came;
}

/* Returns its sequence: records of regions that the small ring has no room for count too. */
static uint64_t record_arrives_whole(const uint8_t *ring, uint64_t ring_at)
{
	const struct qyran_record_header *header = (const void *)ring;
	bool came = one_frame(ring_at);
	int64_t length = came ? qyran_record_check(ring, RING_SIZE) : 0;
	char why[120];

	snprintf(why, sizeof(why), "frame %s, check gives %lld, type %u", came ? "came" : "did not come", (long long)length, header->type);
	report(length > 0 && header->type == QYRAN_RECORD_FRAME, "record_arrives_whole", why);
	return header->sequence;
}

/* Each fault makes of a sound record what sim/vm/bench.h says, and the next record is sound again. */
static void faults_in_records(const uint8_t *ring, uint64_t ring_at, uint64_t sequence)
{
	static const struct {
		const char *name;
		uint32_t kind, at, value;
		bool sound;
	} faults[] = {
		{ "record_is_corrupted", BENCH_RECORD_CORRUPT, 70, 0x10, false },
		{ "record_is_forged", BENCH_RECORD_FORGE, sizeof(struct qyran_record_header), 0x40, true },
		{ "record_claims_another_length", BENCH_RECORD_LENGTH, 0, 0x7fffffc0, false },
		{ "record_claims_another_sequence", BENCH_RECORD_SEQUENCE, 0, 1000, true },
	};
	const struct qyran_record_header *header = (const void *)ring;
	const struct qyran_frame_info *frame = (const void *)(ring + sizeof(*header));

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		uint32_t changed = rig_get(BENCH_RECORDS_CHANGED);
		char why[160];
		bool good;

		rig_set(BENCH_RECORD_KIND, faults[i].kind);
		rig_set(BENCH_RECORD_AT, faults[i].at);
		rig_set(BENCH_RECORD_VALUE, faults[i].value);
		rig_set(BENCH_RECORD_TYPE, QYRAN_RECORD_FRAME);
		rig_set(BENCH_RECORD_COUNT, 1);
		good = one_frame(ring_at) && (qyran_record_check(ring, RING_SIZE) > 0) == faults[i].sound;
		good &= rig_get(BENCH_RECORD_COUNT) == 0 && rig_get(BENCH_RECORDS_CHANGED) - changed == 1;
		if (faults[i].kind == BENCH_RECORD_FORGE)
			good &= frame->width == (64 ^ 0x40);
		if (faults[i].kind == BENCH_RECORD_LENGTH)
			good &= header->length == faults[i].value &&
				header->header_crc == qyran_crc32c(0, header, offsetof(struct qyran_record_header, header_crc));
		if (faults[i].kind == BENCH_RECORD_SEQUENCE)
			good &= header->sequence == sequence + faults[i].value;
		snprintf(why, sizeof(why), "length %u, sequence %llu, width %u, left %u, changed %u", header->length, (unsigned long long)header->sequence,
			 frame->width, rig_get(BENCH_RECORD_COUNT), rig_get(BENCH_RECORDS_CHANGED) - changed);
		good &= one_frame(ring_at) && qyran_record_check(ring, RING_SIZE) > 0 && header->sequence == sequence;
		report(good, faults[i].name, why);
	}
}

static uint64_t clock_now(void)
{
	set(QYRAN_REG_CLOCK_CONTROL, 1u << QYRAN_CLOCK_CONTROL_LATCH_SHIFT);
	for (unsigned int i = 0; i < PATIENCE && get(QYRAN_REG_CLOCK_STATE) & QYRAN_CLOCK_STATE_BUSY_MASK; i++)
		;
	return (uint64_t)get(QYRAN_REG_CLOCK_HI) << 32 | get(QYRAN_REG_CLOCK_LO);
}

static void clock_is_stepped_and_pulsed(void)
{
	uint64_t before, after, pulse;
	char why[120];

	rig_set(BENCH_PACE, BENCH_PACE_SCENE);
	before = clock_now();
	rig_set(BENCH_ADVANCE_NS, 500000000);
	after = clock_now();
	snprintf(why, sizeof(why), "%llu ns went by", (unsigned long long)(after - before));
	report(after - before >= 500000000 && after - before < 501000000, "clock_jumps_ahead", why);

	set(QYRAN_REG_IRQ_STATUS, 0xf);
	rig_set(BENCH_PPS, 1);
	before = after;
	after = clock_now();
	pulse = (uint64_t)get(QYRAN_REG_PPS_HI) << 32 | get(QYRAN_REG_PPS_LO);
	snprintf(why, sizeof(why), "status 0x%x, pulse %llu ns after", get(QYRAN_REG_IRQ_STATUS), (unsigned long long)(pulse - before));
	report(get(QYRAN_REG_IRQ_STATUS) >> QYRAN_IRQ_STATUS_PPS_SHIFT & 1 && pulse > before && pulse < after, "pulse_is_stamped", why);
	set(QYRAN_REG_IRQ_STATUS, 0xf);
}

static void bus_errors_are_told(uint64_t ring_at)
{
	uint32_t before = rig_get(BENCH_DMA_REFUSED), faults = get(QYRAN_REG_COUNT_FAULTS);
	char why[80];

	rig_set(BENCH_DMA_ERROR, 1);
	start_stream(ring_at);
	rig_play(BENCH_SOURCE_PATTERN, 1, BENCH_PACE_HOST);
	(void)wait_for(QYRAN_REG_IRQ_STATUS, 1u << QYRAN_IRQ_STATUS_FAULT_SHIFT);
	stop_stream();
	snprintf(why, sizeof(why), "%u refused, %u counted, %u left", rig_get(BENCH_DMA_REFUSED) - before, get(QYRAN_REG_COUNT_FAULTS) - faults,
		 rig_get(BENCH_DMA_ERROR));
	report(rig_get(BENCH_DMA_REFUSED) - before == 1 && get(QYRAN_REG_COUNT_FAULTS) - faults == 1, "bus_error_is_told", why);
}

/* The logic is idle here, whatever it shows. */
static void device_lies(void)
{
	uint32_t id, version, state;
	char why[80];

	rig_set(BENCH_SHOW_ID, 0x12345678);
	rig_set(BENCH_SHOW_VERSION, 0x00990000);
	rig_set(BENCH_NEVER_IDLE, 1);
	id = get(QYRAN_REG_ID);
	version = get(QYRAN_REG_VERSION);
	state = get(QYRAN_REG_STATE);
	rig_set(BENCH_SHOW_ID, 0);
	rig_set(BENCH_SHOW_VERSION, 0);
	rig_set(BENCH_NEVER_IDLE, 0);
	snprintf(why, sizeof(why), "id 0x%08x, version 0x%08x, state 0x%x, then id 0x%08x, state 0x%x", id, version, state, get(QYRAN_REG_ID),
		 get(QYRAN_REG_STATE));
	report(id == 0x12345678 && version == 0x00990000 && !(state >> QYRAN_STATE_IDLE_SHIFT & 1) && get(QYRAN_REG_ID) == QYRAN_ID_RESET &&
	       get(QYRAN_REG_VERSION) == QYRAN_VERSION_RESET && get(QYRAN_REG_STATE) >> QYRAN_STATE_IDLE_SHIFT & 1, "device_shows_what_it_is_told", why);
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
	bus_master(true);
	faults_in_records(ring, physical(ring), record_arrives_whole(ring, physical(ring)));
	bus_errors_are_told(physical(ring));
	clock_is_stepped_and_pulsed();
	device_lies();
	dead_device_reads_ones();
	bus_master(false);
	return failed;
}
