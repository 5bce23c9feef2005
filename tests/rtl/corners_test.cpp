// SPDX-License-Identifier: Apache-2.0
// Settings at their limits and beyond: masks at odd columns and edges, watch boxes outside, registers full of anything.
#include "tests/rtl/cases.hpp"

#include <qyran/regs.h>

#include <string>

namespace {

constexpr uint16_t Width = 104, Height = 60;

bool clamped(Pair &pair)
{
	return pair.bench.read(QYRAN_REG_STATE) >> QYRAN_STATE_CLAMPED_SHIFT & 1;
}

void play_noise(Pair &pair)
{
	pair.play(frame_beats(noise(pair.bench.random, pair.width, pair.height), pair.width, pair.height));
}

// One plain picture; what is in the slot is compared with the masks' definition, not with the model.
void masks(const char *name, const std::vector<qyran_model_box> &boxes)
{
	Pair pair(test_seed());
	Bytes picture(2u * Width * Height);
	std::string why;

	for (uint32_t i = 0; i < Width * Height; i++) {
		picture[2 * i] = 90;
		picture[2 * i + 1] = i % 2 ? 60 : 200;
	}
	for (size_t i = 0; i < boxes.size(); i++)
		pair.settings.mask[i] = boxes[i];
	pair.start(Width, Height, 256);
	pair.commit();
	pair.play(frame_beats(picture, Width, Height));
	pair.settle();
	auto covered = [&](uint32_t x, uint32_t y) {
		for (const qyran_model_box &box : boxes)
			if (x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1)
				return true;
		return false;
	};
	const uint8_t *slot = pair.frames.empty() ? nullptr : &pair.bench.memory[pair.frames.back().slot * pair.spacing];

	if (!slot)
		why = "no frame";
	for (uint32_t y = 0; slot && y < Height && why.empty(); y++)
		for (uint32_t x = 0; x < Width; x++) {
			const uint8_t *pixel = slot + y * 256 + 2 * x;
			const uint8_t luma = covered(x, y) ? 16 : 90;
			const uint8_t chroma = covered(x, y) || covered(x ^ 1, y) ? 128 : x % 2 ? 60 : 200;

			if (pixel[0] != luma || pixel[1] != chroma) {
				why = "pixel " + std::to_string(x) + "," + std::to_string(y) + " is " + std::to_string(pixel[0]) + "/" + std::to_string(pixel[1]) +
				      ", not " + std::to_string(luma) + "/" + std::to_string(chroma);
				break;
			}
		}
	pair.stop();
	report(name, pair, why);
}

void watches()
{
	Pair pair(test_seed());
	std::string why;

	pair.start(Width, Height, 256);
	pair.settings.watch[0] = { 0, 64, 0, 60 };			// the corner
	pair.settings.watch[1] = { 100, 164, 56, 120 };			// four pixels of it inside
	pair.settings.watch[2] = { 104, 168, 0, 64 };			// beside the frame
	pair.settings.watch[3] = { 0, 64, 60, 70 };			// below it
	pair.commit();
	play_noise(pair);
	pair.settle();
	if (pair.frames.empty() || pair.frames.back().watches != 2 || pair.frames.back().drop_watches != 0)
		why = "not two records of the two boxes that meet the frame";
	pair.settings.watch[0] = { 65532, 65535, 65530, 65535 };
	pair.settings.watch[1] = { 7, 203, 1, 65535 };			// clamped to 4..68, 1..65
	pair.settings.watch[2] = { 40, 40, 0, 60 };			// empty
	pair.settings.watch[3] = { 48, 40, 0, 60 };			// less than empty
	pair.commit();
	play_noise(pair);
	pair.settle();
	if (pair.frames.back().watches != 1)
		why = "not one record of the one box that is left";
	if (!(pair.bench.read(QYRAN_REG_COMMIT_STATE) >> QYRAN_COMMIT_STATE_CLAMPED_SHIFT & 1))
		why = "a box that was clamped is not reported";
	pair.stop();
	report("watch_boxes_are_cut_at_the_frame_and_those_outside_give_no_record", pair, why);
}

void out_of_range()
{
	static const struct {
		uint32_t reg, value;
		const char *what;
	} bad[] = {
		{ QYRAN_REG_SIZE, 63 | 60u << 16, "a width too small" }, { QYRAN_REG_SIZE, 1928 | 60u << 16, "a width too large" },
		{ QYRAN_REG_SIZE, 68 | 60u << 16, "a width that is no multiple of 8" }, { QYRAN_REG_SIZE, 64 | 46u << 16, "a height too small" },
		{ QYRAN_REG_SIZE, 64 | 1082u << 16, "a height too large" }, { QYRAN_REG_SIZE, 64 | 61u << 16, "an odd height" },
		{ QYRAN_REG_STRIDE, 255, "a stride too small" }, { QYRAN_REG_STRIDE, 300, "a stride that is no multiple of 256" },
		{ QYRAN_REG_RING_SIZE, 0x3000, "a ring that is no power of two" }, { QYRAN_REG_RING_SIZE, 2048, "a ring too small" },
		{ QYRAN_REG_RING_SIZE, 0x80000000u, "a ring too large" }, { QYRAN_REG_RING_BASE_LO, 0x40000800u, "a ring that is not aligned" },
		{ QYRAN_REG_SLOT_BASE_LO + 3 * QYRAN_SLOT_BASE_LO_STRIDE, 0x40000080u, "a slot that is not aligned" },
	};
	Pair pair(test_seed());
	std::string why;

	for (const auto &one : bad) {
		pair.start(64, 48, 256);
		if (clamped(pair))
			why = "good values are said to be clamped";
		pair.stop();
		pair.bench.write(QYRAN_REG_SIZE, 64 | 48u << 16);
		pair.bench.write(QYRAN_REG_STRIDE, 3840);
		if (one.reg != QYRAN_REG_SIZE)
			pair.bench.write(QYRAN_REG_STRIDE, 256);
		pair.bench.write(one.reg, one.value);
		pair.bench.write(QYRAN_REG_CONTROL, 1);
		pair.bench.idle(50);
		if (!clamped(pair))
			why = std::string(one.what) + " is not reported";
		pair.bench.write(QYRAN_REG_CONTROL, 0);
		pair.bench.idle(50);
	}
	report("what_is_out_of_range_is_clamped_and_reported", pair, why);
}

// What runs is the nearest size that can, and a count beyond the most is the most.
void nearest()
{
	static const struct {
		uint16_t width, height, runs_width, runs_height;
	} sizes[] = {
		{ 0, 0, 64, 48 }, { 63, 60, 64, 60 }, { 65535, 60, 1920, 60 }, { 71, 60, 64, 60 }, { 64, 46, 64, 48 }, { 64, 65535, 64, 1080 }, { 64, 61, 64, 60 },
	};
	Pair pair(test_seed(), 5u << 20);
	Bench &bench = pair.bench;
	std::string why;

	pair.slots = 0x003f;
	for (const unsigned k : { 16u, 17u, 31u }) {
		bench.write(QYRAN_REG_PLATE_COUNT, k);
		bench.write(QYRAN_REG_COMMIT, 1);
		bench.idle(500);
		if ((bench.read(QYRAN_REG_COMMIT_STATE) >> QYRAN_COMMIT_STATE_CLAMPED_SHIFT & 1) != (k > 16))
			why = std::to_string(k) + " regions: " + (k > 16 ? "not said to be clamped" : "said to be clamped");
	}
	for (const auto &size : sizes) {
		pair.start(size.width, size.height, 3840);
		const bool told = clamped(pair);

		pair.play(frame_beats(noise(bench.random, size.runs_width, size.runs_height), size.runs_width, size.runs_height));
		pair.settle();
		const qyran_frame_info *info = pair.frames.empty() ? nullptr : &pair.frames.back();

		if (!told || !info || info->width != size.runs_width || info->height != size.runs_height || (info->flags & QYRAN_FRAME_DAMAGED))
			why = std::to_string(size.width) + "x" + std::to_string(size.height) + (!told ? " is not said to be clamped" : " does not run as the nearest size");
		pair.stop();
	}
	report("a_clamped_value_runs_as_the_nearest_that_can", pair, why);
}

// Nothing but refused accesses may come of it, and it stops when it is told to.
void anything()
{
	Pair pair(test_seed());
	Bench &bench = pair.bench;
	Random &random = bench.random;
	std::string why;

	auto some = [&] { return random.chance(300) ? 0u : random.chance(300) ? 0xffffffffu : random.next() >> random.below(32); };
	for (unsigned round = 0; round < 60 && why.empty(); round++) {
		for (uint32_t at = QYRAN_REG_MODE; at <= QYRAN_REG_MOVER_HOLD; at += 4)
			bench.write(at, at == QYRAN_REG_MODE ? some() & ~1u : some());
		for (uint32_t i = 0; i < 32; i++) {
			bench.write(QYRAN_REG_ROI_X + 4 * i, some());
			bench.write(QYRAN_REG_MASK_X + 4 * i, some());
			if (i < 8)
				bench.write(QYRAN_REG_WATCH_X + 4 * i, some());
			bench.write(QYRAN_REG_SLOT_BASE_LO + 4 * i, i % 2 ? static_cast<uint32_t>(Bench::MemoryBase >> 32) : some());
		}
		bench.write(QYRAN_REG_COMMIT, 1);
		bench.write(QYRAN_REG_DMA_BASE_LO, static_cast<uint32_t>(Bench::MemoryBase));
		bench.write(QYRAN_REG_DMA_BASE_HI, static_cast<uint32_t>(Bench::MemoryBase >> 32));
		bench.write(QYRAN_REG_DMA_LIMIT_LO, static_cast<uint32_t>(Bench::MemoryBase + Bench::MemorySize));
		bench.write(QYRAN_REG_DMA_LIMIT_HI, static_cast<uint32_t>((Bench::MemoryBase + Bench::MemorySize) >> 32));
		bench.write(QYRAN_REG_RING_BASE_LO, random.chance(500) ? static_cast<uint32_t>(Pair::RingBase) : some());
		bench.write(QYRAN_REG_RING_BASE_HI, random.chance(800) ? static_cast<uint32_t>(Pair::RingBase >> 32) : some());
		bench.write(QYRAN_REG_RING_SIZE, random.chance(500) ? 1u << (12 + random.below(12)) : some());
		bench.write(QYRAN_REG_SIZE, random.below(200) | random.below(100) << 16);
		bench.write(QYRAN_REG_STRIDE, random.chance(500) ? random.below(2000) : some());
		bench.write(QYRAN_REG_CONTROL, 1);
		bench.write(QYRAN_REG_RING_CONSUMER, random.chance(700) ? 0 : some());
		bench.write(QYRAN_REG_SLOT_GIVE, some());
		for (uint32_t y = 0; y < 110; y++) {
			const uint32_t width = 200u + (y == 0 ? random.below(8) : 0);

			for (uint32_t x = 0; x < width; x++)
				bench.beat({ static_cast<uint16_t>(random.next()), y % 55 == 0 && x == 0, x == width - 1 });
		}
		bench.idle(9000);
		bench.write(QYRAN_REG_CONTROL, 0);
		bench.drain();
		bench.idle(100);
		if (!(bench.read(QYRAN_REG_STATE) >> QYRAN_STATE_IDLE_SHIFT & 1))
			why = "not idle after STOP in round " + std::to_string(round);
	}
	report("registers_full_of_anything_never_hang", pair, why);
}

} // namespace

int main()
{
	masks("masks_at_odd_columns_take_the_chroma_of_whole_pairs", { { 5, 8, 2, 9 }, { 11, 12, 0, 60 }, { 20, 21, 4, 5 }, { 31, 33, 4, 30 }, { 41, 47, 20, 31 } });
	masks("masks_reach_to_the_edges_and_no_further", { { 0, 1, 0, 60 }, { 103, 65535, 0, 65535 }, { 50, 60, 59, 65535 }, { 50, 61, 0, 1 } });
	masks("masks_outside_or_empty_cover_nothing", { { 104, 65535, 0, 65535 }, { 0, 104, 60, 70 }, { 30, 30, 0, 60 }, { 40, 20, 0, 60 }, { 30, 40, 9, 9 },
		{ 65535, 65535, 0, 60 }, { 2048, 2052, 0, 60 }, { 2047, 2048, 0, 60 }, { 4096 + 8, 4096 + 16, 0, 60 }, { 0, 104, 4096, 4100 } });
	masks("masks_that_overlap_are_one", { { 10, 30, 10, 30 }, { 20, 41, 20, 40 }, { 30, 31, 5, 55 }, { 29, 30, 5, 55 }, { 0, 104, 33, 34 } });
	watches();
	out_of_range();
	nearest();
	anything();
	return test_status();
}
