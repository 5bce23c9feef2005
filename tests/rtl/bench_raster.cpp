// SPDX-License-Identifier: Apache-2.0
// Whether the whole logic takes 1080p60 as it comes, clock by clock, and how fast it is simulated: bench_raster [KEY=VALUE…]
//
// The arguments are put into the machine line. Exit status 1 when the raster had to wait or a frame lost something.
#include "tests/rtl/pair.hpp"

#include <qyran/regs.h>

#include <cstdio>
#include <ctime>

int main(int argc, char **argv)
{
	constexpr uint32_t BlankPixels = 280, BlankLines = 45;	// CEA-861 1080p60: 2200 x 1125
	constexpr unsigned Frames = 3;
	Pair pair(1, 5u << 20);
	uint64_t stalls = 0;

	pair.bench.behave.latency = 40;
	pair.slots = 0x3f;
	pair.start(1920, 1080, 3840);
	std::vector<std::vector<Beat>> frames;
	for (unsigned n = 0; n < Frames; n++)
		frames.push_back(frame_beats(road(pair.bench.random, pair.width, pair.height, n, 3), pair.width, pair.height));

	const uint64_t before = pair.bench.clocks;
	const clock_t start = clock();	// of the processor: other programs do not count

	for (const std::vector<Beat> &beats : frames) {
		for (size_t i = 0; i < beats.size(); i++) {
			const uint64_t at = pair.bench.clocks;

			pair.bench.beat(beats[i]);
			stalls += pair.bench.clocks - at - 1;
			if (beats[i].last)
				pair.bench.idle(BlankPixels);
		}
		pair.bench.idle(BlankLines * (1920 + BlankPixels));
	}
	const double seconds = static_cast<double>(clock() - start) / CLOCKS_PER_SEC;
	const uint64_t clocks = pair.bench.clocks - before, raster = 2200u * 1125u * Frames;
	const Counts c = pair.counts();
	const bool whole = pair.bench.faults.empty() && c.frames == Frames && !c.damaged && !c.drop_frames && !c.drop_records;

	stalls += clocks - raster;
	printf("\n%u frames of 1080p60 (2200 x 1125), the whole logic on a rendered road\n", Frames);
	printf("%-44s %10.1f\n", "clocks a frame beyond the raster", static_cast<double>(stalls) / Frames);
	printf("%-44s %10u\n", "frames damaged, without pixels or records", c.damaged + c.drop_frames + c.drop_records);
	printf("%-44s %10.3f\n", "simulated frames a second, one thread", Frames / seconds);
	printf("%-44s %10.2f\n", "simulated clocks a second, millions", static_cast<double>(clocks) / seconds / 1e6);
	printf("rtl beyond_raster=%llu", static_cast<unsigned long long>(stalls / Frames));
	for (int i = 1; i < argc; i++)
		printf(" %s", argv[i]);
	printf(" frames_per_s=%.3f\n", Frames / seconds);
	if (stalls || !whole)
		printf("not ok the_whole_logic_takes_1080p60_as_it_comes: %s\n", stalls ? "the raster had to wait" : pair.bench.faults.empty() ?
		       "a frame lost something" : pair.bench.faults.front().c_str());
	else
		printf("ok the_whole_logic_takes_1080p60_as_it_comes\n");
	return stalls || !whole;
}
