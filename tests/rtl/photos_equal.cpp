// SPDX-License-Identifier: Apache-2.0
// The logic's records equal the model's on real photos and clips.
//
// usage: photos_equal [--each N] [--frames N] [--most WxH] DATA
//   DATA      folder of plates/SET/*.jpg and clips/*; what is not there is skipped
//   --each    every Nth photo, every Nth frame of a clip; --frames: at most as many of each clip; --most: larger photos are shrunk
#include "tests/rtl/cases.hpp"

extern "C" {
#include "hw/bench/picture.h"
#include "sim/board/board.h"
}

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <getopt.h>

namespace {

namespace fs = std::filesystem;

constexpr unsigned Shift = 8;	// pixels by which a photo moves between its two frames, so that there are movers

unsigned each = 1, frames_most = UINT32_MAX, width_most = 1920, height_most = 1080;

std::vector<fs::path> files(const fs::path &folder, bool deep)
{
	std::vector<fs::path> found;
	std::error_code error;

	for (const fs::directory_entry &entry : fs::directory_iterator(folder, error)) {
		const std::string name = entry.path().extension().string();

		if (deep && entry.is_directory()) {
			const std::vector<fs::path> inside = files(entry.path(), false);
			found.insert(found.end(), inside.begin(), inside.end());
		} else if (!deep && (name == ".jpg" || name == ".png" || name == ".mp4" || name == ".avi")) {
			found.push_back(entry.path());
		}
	}
	std::sort(found.begin(), found.end());
	return found;
}

uint8_t chroma(int sum)
{
	return static_cast<uint8_t>(std::clamp(128 + sum / 256, 0, 255));
}

// Columns from @from on, then those before: a pair of pixels has the colour of its first one.
Bytes yuyv(const bench_picture &picture, unsigned from)
{
	Bytes out(2u * picture.width * picture.height);

	for (unsigned y = 0; y < picture.height; y++)
		for (unsigned x = 0; x < picture.width; x++) {
			const size_t to = static_cast<size_t>(y) * picture.width + x, at = static_cast<size_t>(y) * picture.width + (x + from) % picture.width;
			const uint8_t *rgb = picture.rgb + 3 * (x % 2 == 0 ? at : at - at % 2);

			out[2 * to] = picture.luma[at];
			// BT.601, 1/256
			out[2 * to + 1] = x % 2 == 0 ? chroma(-43 * rgb[0] - 85 * rgb[1] + 128 * rgb[2]) : chroma(128 * rgb[0] - 107 * rgb[1] - 21 * rgb[2]);
		}
	return out;
}

uint16_t stride_of(unsigned width)
{
	return static_cast<uint16_t>((2 * width + 255) & ~255u);
}

void photos(const char *name, const fs::path &folder)
{
	const std::vector<fs::path> all = files(folder, true);
	unsigned long regions = 0, movers = 0;
	unsigned played = 0;

	if (all.empty()) {
		printf("skipped %s: no photos in %s; those for measuring are kept beside the project\n", name, folder.c_str());
		return;
	}
	Pair pair(test_seed(), 5u << 20);
	std::string wrong;

	pair.slots = 0x003f;
	pair.settings.plate_k = 16;
	pair.commit();
	for (size_t i = each / 2; i < all.size() && pair.good() && wrong.empty(); i += each) {
		bench_picture picture;
		char error[256];

		if (bench_picture_read(all[i].c_str(), true, &picture, error, sizeof error) != 0) {
			wrong = all[i].string() + ": " + error;
			break;
		}
		const int fits = bench_picture_fit_into(&picture, width_most, height_most);
		if (fits == 0) {
			pair.start(static_cast<uint16_t>(picture.width), static_cast<uint16_t>(picture.height), stride_of(picture.width));
			for (unsigned frame = 0; frame < 2; frame++) {
				pair.play(frame_beats(yuyv(picture, frame * Shift), pair.width, pair.height));
				pair.settle();
			}
			for (const qyran_frame_info &info : pair.frames) {
				regions += info.regions;
				movers += info.movers;
			}
			pair.stop();
			played++;
		}
		bench_picture_free(&picture);
		if (fits != 0 && fits != -EINVAL)
			wrong = "no memory";
		if (!pair.good())
			fprintf(stderr, "# %s: the first difference is in %s\n", name, all[i].c_str());
	}
	printf("# %s: %u photos, %lu regions, %lu movers, %llu records, %llu pixels\n", name, played, regions, movers,
	       static_cast<unsigned long long>(pair.compared), static_cast<unsigned long long>(pair.pixels_compared));
	report(name, pair, !wrong.empty() ? wrong : regions < played || movers == 0 ? "too little was compared" : "");
}

void clip(const std::string &name, const fs::path &path)
{
	qyran_clip *clip;
	char error[512];
	uint32_t width, height;
	unsigned long regions = 0, movers = 0;
	unsigned played = 0;
	int result = 0;

	Pair pair(test_seed(), 5u << 20);
	if (qyran_clip_open(path.c_str(), &clip, error, sizeof error) != 0) {
		report(name.c_str(), pair, error);
		return;
	}
	qyran_clip_size(clip, &width, &height);
	pair.slots = 0x003f;
	pair.start(static_cast<uint16_t>(width), static_cast<uint16_t>(height), stride_of(width));
	for (unsigned n = 0; played < frames_most && pair.good() && result == 0; n++) {
		const uint8_t *pixels;
		uint64_t time_ns;

		result = qyran_clip_next(clip, &pixels, &time_ns);
		if (result == 0 && n % each == 0) {
			pair.play(frame_beats(Bytes(pixels, pixels + 2ul * width * height), pair.width, pair.height));
			pair.settle();
			played++;
		}
	}
	for (const qyran_frame_info &info : pair.frames) {
		regions += info.regions;
		movers += info.movers;
	}
	pair.stop();
	printf("# %s: %u frames of %ux%u, %lu regions, %lu movers, %llu records, %llu pixels\n", name.c_str(), played, width, height, regions, movers,
	       static_cast<unsigned long long>(pair.compared), static_cast<unsigned long long>(pair.pixels_compared));
	report(name.c_str(), pair, result != 0 && result != -ENODATA ? qyran_clip_fault(clip) : regions == 0 || movers == 0 ? "too little was compared" : "");
	qyran_clip_close(clip);
}

void clips(const char *name, const fs::path &folder)
{
	const std::vector<fs::path> all = files(folder, false);

	if (all.empty())
		printf("skipped %s: no clips in %s; those for measuring are kept beside the project\n", name, folder.c_str());
	for (const fs::path &path : all) {
		clip(std::string(name) + "_" + path.stem().string(), path);
		if (frames_most != UINT32_MAX)
			break;		// the short form: one of them
	}
}

unsigned number(const char *text, const char *option)
{
	char *end;
	const unsigned long value = strtoul(text, &end, 10);

	if (*end != '\0' || value == 0 || value > 1000000) {
		fprintf(stderr, "photos_equal: %s %s is not a number from 1 to 1000000\n", option, text);
		exit(2);
	}
	return static_cast<unsigned>(value);
}

} // namespace

int main(int argc, char **argv)
{
	static const option options[] = { { "each", 1, nullptr, 'e' }, { "frames", 1, nullptr, 'f' }, { "most", 1, nullptr, 'm' }, {} };
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, nullptr)) != -1) {
		if (letter == 'e')
			each = number(optarg, "--each");
		else if (letter == 'f')
			frames_most = number(optarg, "--frames");
		else if (letter != 'm' || sscanf(optarg, "%ux%u", &width_most, &height_most) != 2)
			return 2;
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "usage: photos_equal [--each N] [--frames N] [--most WxH] DATA\n");
		return 2;
	}
	photos("records_equal_on_real_photos", fs::path(argv[optind]) / "plates");
	clips("records_equal_on_real_clips", fs::path(argv[optind]) / "clips");
	return test_status();
}
