// SPDX-License-Identifier: Apache-2.0
// The logic's records equal the model's, byte for byte; under back-pressure all but those dropped whole and counted.
#include "tests/rtl/cases.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr unsigned Enough = 8192;	// clocks between two frames: with fewer the detection may lose results that it counts

Bytes picture(Pair &pair, unsigned n, bool rendered)
{
	return rendered ? road(pair.bench.random, pair.width, pair.height, n, 3) : noise(pair.bench.random, pair.width, pair.height);
}

qyran_model_box some_box(Random &random, uint16_t width, uint16_t height)
{
	const uint16_t x = static_cast<uint16_t>(random.below(width)), y = static_cast<uint16_t>(random.below(height));

	return { x, static_cast<uint16_t>(x + random.below(width / 2u)), y, static_cast<uint16_t>(y + random.below(height / 2u)) };
}

void some_settings(Pair &pair)
{
	Random &random = pair.bench.random;
	qyran_model_settings &s = pair.settings;

	s.plate_margin_x = static_cast<uint8_t>(random.below(16));
	s.plate_margin_y = static_cast<uint8_t>(random.below(16));
	s.plate_k = static_cast<uint8_t>(random.below(20));
	s.mono = random.chance(500);
	for (unsigned i = 0; i < 4; i++)
		s.watch[i] = random.chance(700) ? some_box(random, pair.width, pair.height) : qyran_model_box{};
	for (unsigned i = 0; i < 16; i++) {
		s.mask[i] = random.chance(200) ? some_box(random, pair.width, pair.height) : qyran_model_box{};
		s.roi[i] = random.chance(200) ? some_box(random, pair.width, pair.height) : qyran_model_box{};
	}
	pair.commit();
}

// What cameras and cables do to a frame.
std::vector<Beat> spoil(Random &random, std::vector<Beat> beats, uint16_t width, bool &damaged)
{
	const size_t at = 40 + random.below(static_cast<uint32_t>(beats.size()) - 80);
	const size_t line = at / width * width;

	damaged = true;
	switch (random.below(6)) {
	case 0:		// a short line
		beats.erase(beats.begin() + static_cast<long>(line), beats.begin() + static_cast<long>(line + 1 + random.below(width - 2u)));
		beats.front().user = true;
		break;
	case 1:		// a long one
		beats.insert(beats.begin() + static_cast<long>(line), 1 + random.below(40), Beat{ 0x1234, false, false });
		beats.front().user = true;
		if (beats.size() > 41)
			for (size_t i = 1; i < 41; i++)
				beats[i].user = false;
		break;
	case 2:		// the end is missing
		beats.resize(at);
		break;
	case 3:		// an end of line is missing
		beats[line + width - 1].last = false;
		break;
	case 4:		// a start of frame in the middle
		beats[at].user = true;
		break;
	default:	// lines beyond the last: not the frame's
		damaged = false;
		beats.insert(beats.end(), 3u * width, Beat{ 0x4321, false, false });
		for (unsigned i = 0; i < 3; i++)
			beats[beats.size() - 1 - i * width].last = true;
		break;
	}
	return beats;
}

void whole_frames(const char *name, uint16_t width, uint16_t height, unsigned frames, bool rendered, uint32_t pause)
{
	Pair pair(test_seed());

	pair.pause = pause;
	pair.start(width, height, static_cast<uint16_t>(width * 2 + 256));
	if (!rendered)
		some_settings(pair);
	for (unsigned n = 0; n < frames; n++) {
		pair.play(frame_beats(picture(pair, n, rendered), pair.width, pair.height));
		pair.settle();
		if (!rendered && n % 3 == 2)
			some_settings(pair);
	}
	pair.stop();
	report(name, pair, pair.compared < frames || pair.pixels_compared == 0 ? "too little was compared" : "");
}

// Software that is slow to give slots back.
void few_slots(const char *name)
{
	Pair pair(test_seed() + 5);
	unsigned without = 0;

	pair.slots = 0x8012;
	pair.start(80, 48, 256);
	some_settings(pair);
	for (unsigned n = 0; n < 15; n++) {
		pair.take = n % 5 == 4;
		pair.play(frame_beats(picture(pair, n, false), pair.width, pair.height));
		pair.settle();
	}
	pair.take = true;
	pair.stop();
	for (const qyran_frame_info &info : pair.frames)
		without += info.slot == QYRAN_SLOT_NONE;
	const uint32_t counted = pair.counts().drop_frames;

	report(name, pair, without == 0 ? "every frame found a slot" : counted != without ? "a frame without a slot was not counted" : "");
}

// The largest frame, whose cuts are halved up to three times.
void largest_frames(const char *name)
{
	Pair pair(test_seed() + 6, 5u << 20);
	uint64_t longest = 0;

	pair.slots = 0x003f;
	pair.settings.plate_k = 16;
	pair.commit();
	pair.start(1920, 1080, 3840);
	for (unsigned n = 0; n < 2; n++) {
		pair.play(frame_beats(picture(pair, n, n == 1), pair.width, pair.height));
		pair.bench.drain();
		for (const Bytes &record : pair.expected)
			longest = record.size() > longest ? record.size() : longest;
		pair.harvest();
	}
	pair.stop();
	report(name, pair, longest > QYRAN_RECORD_MAX ? "a record is too long" : pair.pixels_compared == 0 ? "nothing was compared" : "");
}

void broken_video(const char *name, bool rendered, unsigned rounds)
{
	Pair pair(test_seed() + 1);
	unsigned n = 0, damaged = 0;

	pair.start(104, 60, 256);
	some_settings(pair);
	for (unsigned round = 0; round < rounds; round++) {
		// Up to three frames without a pause, then all records are compared.
		for (unsigned k = pair.bench.random.below(3) + 1; k > 0; k--) {
			std::vector<Beat> beats = frame_beats(picture(pair, n++, rendered), pair.width, pair.height);
			bool bad = false;

			if (pair.bench.random.chance(600))
				beats = spoil(pair.bench.random, beats, pair.width, bad);
			damaged += bad;
			pair.pause = pair.bench.random.chance(500) ? 300 : 0;
			pair.play(beats);
			if (!bad)	// a good frame's records take longer than so small a frame
				pair.bench.drain();
		}
		pair.settle();
	}
	pair.stop();
	const Counts c = pair.counts();
	const qyran_model_counts m = qyran_model_count(pair.model);

	report(name, pair, damaged == 0 || c.damaged == 0 ? "nothing was damaged" : c.frames != m.frames || c.damaged != m.damaged ||
	       c.lines_short != m.lines_short || c.lines_long != m.lines_long || c.lines_missing != m.lines_missing || c.records != m.records ||
	       c.drop_frames != m.drop_frames || c.drop_regions != m.drop_regions || c.drop_movers != m.drop_movers ||
	       c.drop_watches != m.drop_watches || c.drop_records ? "counters differ from the model's" : "");
}

// Random beats, with starts of frame and ends of line wherever they fall.
void chaos(const char *name, unsigned beats)
{
	Pair pair(test_seed() + 2);
	uint32_t since = 100;
	unsigned ends = 0;

	pair.lossy = true;	// frames of a few pixels end faster than records can be written
	pair.start(64, 48, 256);
	for (unsigned i = 0; i < beats; i++) {
		const bool user = since++ > 32 && pair.bench.random.chance(2);
		const bool last = pair.bench.random.chance(16);

		if (user)
			since = 0;
		ends += last;
		pair.beat({ static_cast<uint16_t>(pair.bench.random.next()), user, last });
		if (i % 5000 == 4999)
			pair.settle();
	}
	pair.stop();
	const Counts c = pair.counts();

	report(name, pair, ends == 0 || c.damaged < 10 ? "nothing happened" : pair.dropped != c.drop_records ? "a loss that was not counted" : "");
}

void stop_and_run(const char *name)
{
	static const uint16_t sizes[][3] = { { 64, 48, 256 }, { 320, 64, 768 }, { 200, 50, 512 }, { 61, 1, 1 }, { 72, 49, 300 }, { 640, 48, 1280 } };
	Pair pair(test_seed() + 3);

	for (const auto &size : sizes) {
		pair.start(size[0], size[1], size[2]);
		some_settings(pair);
		for (unsigned n = 0; n < 3; n++) {
			std::vector<Beat> beats = frame_beats(picture(pair, n, n % 2), pair.width, pair.height);

			// video is already running when RUN is set, and still when it is cleared
			if (n == 0)
				beats.erase(beats.begin(), beats.begin() + 1000);
			if (n == 2)
				beats.resize(beats.size() / 2);
			pair.play(beats);
			pair.bench.drain();
		}
		pair.stop();
	}
	report(name, pair);
}

void back_pressure(const char *name, uint32_t stall, uint32_t latency, uint32_t ring, uint16_t slots, unsigned gap)
{
	Pair pair(test_seed() + 4);
	const uint32_t frames = 30;

	pair.lossy = true;
	pair.hurried = gap < Enough;
	pair.ring_size = ring;
	pair.slots = slots;
	pair.bench.behave.stall = stall;
	pair.bench.behave.latency = latency;
	pair.bench.behave.jitter = latency / 2;
	pair.start(160, 64, 512);
	some_settings(pair);
	for (unsigned n = 0; n < frames; n++) {
		pair.play(frame_beats(picture(pair, n, false), pair.width, pair.height));
		pair.bench.idle(gap);
		if (n % 10 == 9)
			pair.settle();
	}
	pair.stop();
	const Counts c = pair.counts();
	const qyran_model_counts m = qyran_model_count(pair.model);
	const uint64_t lost = static_cast<uint64_t>(c.drop_movers) - m.drop_movers + c.drop_regions - m.drop_regions + c.drop_watches - m.drop_watches +
			      c.drop_records;

	report(name, pair, lost == 0 ? "nothing was lost: no back-pressure" : c.frames != frames ? "a frame was not seen" :
	       pair.hurried && pair.frames_lost != c.drop_records ? "a frame that was lost was not counted" :
	       pair.unfinished ? "" : pair.dropped != lost ? "a loss that was not counted" :
	       c.records + lost != m.records ? "records and losses do not add up" : "");
}

// Frames that follow each other sooner than the detection needs.
void no_pause(const char *name, uint16_t width, uint16_t height)
{
	Pair pair(test_seed() + 7);
	unsigned unfinished = 0, whole = 0;

	pair.lossy = pair.hurried = true;
	pair.start(width, height, static_cast<uint16_t>((width * 2 + 255) & ~255));
	for (unsigned burst = 0; burst < 20; burst++) {
		some_settings(pair);
		for (unsigned n = 0; n < 4; n++) {
			pair.play(frame_beats(picture(pair, burst * 4 + n, burst % 2), pair.width, pair.height));
			pair.bench.idle(pair.bench.random.chance(500) ? 0 : pair.bench.random.below(burst % 4 < 2 ? 20 : 1500));
		}
		pair.settle();
	}
	pair.stop();
	for (const qyran_frame_info &info : pair.frames) {
		unfinished += (info.flags & QYRAN_FRAME_UNFINISHED) != 0;
		whole += info.movers + info.regions > 0;
	}
	report(name, pair, unfinished < 5 ? "hardly a frame came too soon" : whole < 5 ? "hardly a frame's movers or regions were compared" :
	       pair.frames_lost != pair.counts().drop_records ? "a frame that was lost was not counted" : "");
}

// Sizes that nobody chose, small ones mostly, each with settings that change from frame to frame and now and then a broken frame.
void random_sizes(const char *name, unsigned sizes, uint32_t most_pixels)
{
	Random random(test_seed() + 8);
	uint64_t compared = 0, pixels = 0;

	for (unsigned n = 0; n < sizes; n++) {
		Pair pair(test_seed() * 1000 + n, 5u << 20);
		uint16_t width, height;

		do {
			width = static_cast<uint16_t>(64 + 8 * random.below((1920 - 64) / 8 + 1));
			height = static_cast<uint16_t>(48 + 2 * random.below((1080 - 48) / 2 + 1));
		} while (static_cast<uint32_t>(width) * height > most_pixels);
		pair.slots = 0x003f;
		pair.pause = random.chance(300) ? random.below(300) : 0;
		pair.start(width, height, static_cast<uint16_t>(((2u * width + 255) & ~255u) + 256 * random.below(2)));
		for (unsigned frame = 0; frame < 3; frame++) {
			std::vector<Beat> beats = frame_beats(picture(pair, frame, frame != 1), pair.width, pair.height);
			bool bad = false;

			some_settings(pair);
			if (random.chance(150))
				beats = spoil(random, beats, pair.width, bad);
			pair.play(beats);
			pair.settle();
		}
		pair.stop();
		compared += pair.compared;
		pixels += pair.pixels_compared;
		if (!pair.good()) {
			report(name, pair, std::to_string(width) + "x" + std::to_string(height));
			return;
		}
	}
	Pair none(test_seed());

	printf("# %s: %u sizes, %llu records, %llu pixels\n", name, sizes, static_cast<unsigned long long>(compared), static_cast<unsigned long long>(pixels));
	report(name, none, compared < 3 * sizes || pixels == 0 ? "too little was compared" : "");
}

} // namespace

int main(int argc, char **argv)
{
	// With the stand-in for detect, which needs no time, the pause is 0.
	if (argc > 2 && strcmp(argv[1], "sizes") == 0) {
		random_sizes("records_equal_on_sizes_that_nobody_chose", static_cast<unsigned>(strtoul(argv[2], nullptr, 10)), 1920 * 1080);
		return test_status();
	}
	const unsigned gap = argc > 1 ? static_cast<unsigned>(strtoul(argv[1], nullptr, 10)) : Enough;

	if (gap >= Enough)
		random_sizes("records_equal_on_small_sizes_that_nobody_chose", 12, 20000);
	whole_frames("records_equal_on_noise_64x48", 64, 48, 12, false, 0);
	whole_frames("records_equal_on_noise_328x130_with_pauses", 328, 130, 6, false, 250);
	whole_frames("records_equal_on_a_road_320x240", 320, 240, 8, true, 0);
	whole_frames("records_equal_on_a_road_640x360", 640, 360, 4, true, 0);
	largest_frames("records_equal_on_1920x1080");
	broken_video("records_equal_when_lines_are_short_long_and_missing", false, 25);
	broken_video("records_equal_on_a_road_when_the_cable_is_loose", true, 25);
	chaos("records_equal_on_beats_without_order", 60000);
	few_slots("records_equal_when_no_slot_is_free");
	if (gap >= Enough) {
		no_pause("frames_without_a_pause_lose_only_counted_records_64x48", 64, 48);
		no_pause("frames_without_a_pause_lose_only_counted_records_160x64", 160, 64);
		back_pressure("slow_memory_and_no_pause_lose_only_counted_records", 900, 300, 1u << 20, 0xffff, 0);
		back_pressure("too_few_slots_and_no_pause_lose_only_counted_records", 0, 20, 1u << 20, 0x0009, 0);
	}
	stop_and_run("records_equal_when_stopped_resized_and_run_again");
	back_pressure("slow_memory_loses_only_whole_counted_records", 900, 300, 1u << 20, 0xffff, gap);
	back_pressure("memory_with_long_latency_loses_only_whole_counted_records", 300, 2000, 1u << 20, 0xffff, gap);
	back_pressure("a_full_ring_loses_only_whole_counted_records", 0, 20, 16384, 0xffff, gap);
	back_pressure("too_few_slots_lose_only_whole_counted_records", 0, 20, 1u << 20, 0x0009, gap);
	return test_status();
}
