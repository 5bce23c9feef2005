// SPDX-License-Identifier: Apache-2.0
// How long after a 1080p frame's last pixel all its records are in memory: eight regions of 128 KiB, not halved.
//
// The memory has 64 bit at the video clock of 150 MHz, for each direction, and 40 clocks of latency. Exit status 1 when a row breaks
// the floor of 2 ms, or was not what it says.
#include "tests/rtl/bench.hpp"

#include <linux/qyran.h>
#include <qyran/regs.h>

#include <cstdio>
#include <cstring>

namespace {

constexpr uint64_t RingBase = Bench::MemoryBase + (32u << 20);
constexpr uint32_t RingSize = 16u << 20;
constexpr uint32_t Width = 1920, Height = 1080, Stride = 3840;
constexpr uint32_t BlankPixels = 280, BlankLines = 45;	// CEA-861 1080p60: 2200 x 1125
constexpr double ClocksPerMs = 150000, FloorMs = 2;

struct Row {
	const char *what;
	unsigned movers, watches;
	bool video, shared;
};

void line(Bench &bench, bool first)
{
	for (uint32_t x = 0; x < Width; x++)
		bench.beat({ static_cast<uint16_t>(x * 7), first && x == 0, x == Width - 1 });
}

// Returns the clocks, or 0 after a line that says what went wrong.
uint64_t measure(const Row &row)
{
	Bench bench(1);
	uint32_t regions = 0, watches = 0, movers = 0, pixels = 0;

	bench.behave.latency = 40;
	bench.behave.shared = row.shared;
	for (uint32_t i = 0; i < Bench::Slots; i++) {
		const uint64_t address = Bench::MemoryBase + (i % 6) * (5u << 20);

		bench.write(QYRAN_REG_SLOT_BASE_LO + i * QYRAN_SLOT_BASE_LO_STRIDE, static_cast<uint32_t>(address));
		bench.write(QYRAN_REG_SLOT_BASE_HI + i * QYRAN_SLOT_BASE_HI_STRIDE, static_cast<uint32_t>(address >> 32));
	}
	bench.write(QYRAN_REG_RING_BASE_LO, static_cast<uint32_t>(RingBase));
	bench.write(QYRAN_REG_RING_BASE_HI, static_cast<uint32_t>(RingBase >> 32));
	bench.write(QYRAN_REG_RING_SIZE, RingSize);
	bench.write(QYRAN_REG_SIZE, Width | Height << 16);
	bench.write(QYRAN_REG_STRIDE, Stride);
	bench.write(QYRAN_REG_PLATE_MARGIN, 0);
	bench.write(QYRAN_REG_MOVER_CELLS, row.movers);
	for (uint32_t i = 0; i < row.watches; i++) {
		bench.write(QYRAN_REG_WATCH_X + i * QYRAN_WATCH_X_STRIDE, (64 * i) | (64 * i + 64) << 16);
		bench.write(QYRAN_REG_WATCH_Y + i * QYRAN_WATCH_Y_STRIDE, 64u << 16);
	}
	bench.write(QYRAN_REG_COMMIT, 1);
	bench.read(QYRAN_REG_COMMIT_STATE);
	bench.write(QYRAN_REG_CONTROL, 1);
	bench.read(QYRAN_REG_STATE);
	bench.write(QYRAN_REG_SLOT_GIVE, 0x3f);
	for (uint32_t y = 0; y < Height; y++) {
		line(bench, y == 0);
		if (y + 1 < Height)
			bench.idle(BlankPixels);
	}
	const uint64_t last = bench.clocks;
	uint32_t to_start = BlankPixels + BlankLines * (Width + BlankPixels), y = 0;

	for (uint64_t limit = last + 20000000; bench.clocks < limit && (bench.clocks < last + 16 || !bench.frame_event());)
		if (!row.video || to_start) {
			bench.tick();
			to_start -= to_start != 0;
		} else {
			for (uint32_t x = 0; x < Width && !bench.frame_event(); x++)
				bench.beat({ static_cast<uint16_t>(x), y == 0 && x == 0, x == Width - 1 });
			for (uint32_t x = 0; x < BlankPixels && !bench.frame_event(); x++)
				bench.tick();
			y++;
		}
	const uint64_t clocks = bench.clocks - last;

	if (!bench.faults.empty()) {
		printf("not ok %s: %s\n", row.what, bench.faults.front().c_str());
		return 0;
	}
	for (uint32_t at = 0; at + sizeof(qyran_record_header) < RingSize;) {
		qyran_record_header header;
		qyran_region region;
		const uint8_t *record = &bench.memory[RingBase - Bench::MemoryBase + at];

		memcpy(&header, record, sizeof(header));
		memcpy(&region, record + sizeof(header), sizeof(region));
		if (header.magic != QYRAN_RECORD_MAGIC)
			break;
		if (header.type == QYRAN_RECORD_REGION && region.halvings == 0) {
			regions++;
			pixels += region.pixels;
		}
		movers += header.type == QYRAN_RECORD_MOVER;
		watches += header.type == QYRAN_RECORD_WATCH;
		at += header.length;
	}
	if (regions != 8 || pixels != 8 * 131072 || movers != row.movers || watches != row.watches) {
		printf("not ok %s: %u regions of %u bytes, %u movers, %u watch boxes came\n", row.what, regions, pixels, movers, watches);
		return 0;
	}
	return clocks;
}

} // namespace

int main()
{
	static const Row rows[] = {
		{ "eight regions", 0, 0, false, false },
		{ "the same, next frame coming in", 0, 0, true, false },
		{ "the same, both masters on one memory port", 0, 0, true, true },
		{ "and 64 movers, 4 watch boxes", 64, 4, true, true },
	};
	uint64_t first = 0, most = 0;

	printf("Records of a 1080p frame after its last pixel, detection at its latest (8,192 clocks)\n");
	printf("%-44s %10s %8s\n", "", "clocks", "ms");
	for (const Row &row : rows) {
		const uint64_t clocks = measure(row);

		if (!clocks)
			return 1;
		printf("%-44s %10llu %8.3f\n", row.what, static_cast<unsigned long long>(clocks), static_cast<double>(clocks) / ClocksPerMs);
		fflush(stdout);
		first = first ? first : clocks;
		most = clocks > most ? clocks : most;
	}
	const bool kept = static_cast<double>(most) / ClocksPerMs <= FloorMs;

	printf("%sok all_records_of_a_1080p_frame_are_in_memory_within_%.0f_ms\n", kept ? "" : "not ", FloorMs);
	printf("tail_clocks=%llu tail_ms=%.3f tail_worst_ms=%.3f\n", static_cast<unsigned long long>(first), static_cast<double>(first) / ClocksPerMs,
	       static_cast<double>(most) / ClocksPerMs);
	return !kept;
}
