// SPDX-License-Identifier: Apache-2.0
// The logic and its model side by side: the same video, settings, stamps, pins and slots; their records compared.
#ifndef QYRAN_TESTS_RTL_PAIR_HPP
#define QYRAN_TESTS_RTL_PAIR_HPP

#include "tests/rtl/bench.hpp"

extern "C" {
#include "hw/model/model.h"
}
#include <linux/qyran.h>

#include <deque>
#include <string>
#include <vector>

using Bytes = std::vector<uint8_t>;

struct Counts {
	uint32_t frames, damaged, lines_short, lines_long, lines_missing, records, drop_frames, drop_regions, drop_movers, drop_watches, drop_records;
};

class Pair {
public:
	static constexpr uint64_t RingBase = Bench::MemoryBase + (32u << 20);

	static constexpr uint64_t SlotSpacing = 1u << 20;

	// @spacing: of the slots, which is their size.
	explicit Pair(uint64_t seed, uint64_t spacing = SlotSpacing);
	~Pair();
	Pair(const Pair &) = delete;
	Pair &operator=(const Pair &) = delete;

	Bench bench;
	const uint64_t spacing;
	qyran_model *model;
	qyran_model_settings settings = qyran_model_settings_reset();
	uint16_t width = 0, height = 0, stride = 0;
	uint32_t ring_size = 16u << 20;
	uint32_t pause = 0;			// per mille of the clocks without a beat
	bool lossy = false;			// the memory may make the logic drop records
	bool hurried = false;			// lossy, and a frame may come before the one before it is worked out
	bool take = true;			// harvest() tells the logic that records are taken, and gives slots back
	uint16_t slots = 0xffff;		// given at start
	std::deque<Bytes> logic, expected;	// records not yet compared
	std::string wrong;			// the first difference
	uint64_t compared = 0, pixels_compared = 0;
	std::vector<qyran_frame_info> frames;	// the logic's FRAME payloads since start
	uint64_t dropped = 0;			// records of the model that the logic did not write, since start
	unsigned unfinished = 0, frames_lost = 0;	// frames flagged so; frames without any record; since start

	void commit();
	void start(uint16_t w, uint16_t h, uint16_t bytes);
	void stop();
	void beat(const Beat &beat);
	void play(const std::vector<Beat> &beats);
	void harvest();				// only when drained
	void settle() { bench.drain(); harvest(); }
	Counts counts();
	bool good();

private:
	void fail(const std::string &what);
	void check(const Bytes &record);
	void compare();
	void align(uint64_t frame);
	bool same_frame(const Bytes &logic_record, const Bytes &model_record);
	void compare_pixels(const qyran_frame_info &logic_info, const qyran_frame_info &model_info);

	uint32_t consumer_ = 0, clock_steps_ = 0;
	uint8_t pins_ = 0;
	uint16_t back_logic_ = 0, back_model_ = 0;	// slots that were handed over and not given back
	std::vector<Bytes> model_slots_;
	uint32_t since_pins_ = 0;
	// Sequence numbers of the model less the logic's: the number of records that the logic lost is not known to it when hurried.
	int64_t ahead_ = 0, ahead_next_ = 0;		// up to the REGIONs of the frame, and after them
	uint64_t frame_ = UINT64_MAX;
	bool adrift_ = false, unfinished_now_ = false;	// the frame before left no record; this one is unfinished
};

// Beats of one good frame; pixels as YUYV.
std::vector<Beat> frame_beats(const Bytes &yuyv, uint16_t width, uint16_t height);

// A picture of noise.
Bytes noise(Random &random, uint16_t width, uint16_t height);

// A road with @cars boxes that carry plates; @n moves them.
Bytes road(Random &random, uint16_t width, uint16_t height, unsigned n, unsigned cars);

#endif
