// SPDX-License-Identifier: Apache-2.0
// The Verilated detect and its model get the same pixels; every result must be the same.
#include "Vdetect.h"
#include "tests/rtl/pictures.hpp"
#include "verilated.h"

extern "C" {
#include "hw/model/detect.h"
}

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <string>

struct Bench {
	Vdetect *top = new Vdetect;
	qyran_detect *model = qyran_detect_new();
	qyran_detect_settings settings;
	std::deque<qyran_detect_result> want;
	std::string fault;
	unsigned results = 0, movers = 0, regions = 0, lost = 0, unfinished = 0, pause = 0, drops = 0, flags = 0;
	uint64_t clocks = 0, longest = 0, since_eof = 0;

	~Bench()
	{
		delete top;
		qyran_detect_free(model);
	}

	void edge()
	{
		top->clk = 0;
		top->eval();
		top->clk = 1;
		top->eval();
		clocks++;
		since_eof++;
	}

	void clock()
	{
		edge();
		if (top->res_valid || top->res_lost)
			take();
	}

	void fail(const std::string &why)
	{
		if (fault.empty())
			fault = why;
	}

	// Whether the logic owns up to what it lost: the exact numbers, or 1 for one that it does not know.
	bool told(unsigned found, unsigned dropped, unsigned want_found, unsigned want_dropped) const
	{
		return (found == want_found && dropped == want_dropped) || (top->res_unfinished && found == 0 && dropped == 1);
	}

	void take()
	{
		bool valid = top->res_valid;
		if (since_eof > longest)
			longest = since_eof;
		if (want.empty()) {
			fail("a result that no frame has");
			return;
		}
		qyran_detect_result w = want.front();
		want.pop_front();
		char s[200];
		if (!valid) {
			lost++;
			unfinished += top->res_unfinished;
			if (top->res_unfinished && top->res_movers == 0 && top->res_drop_movers == 1)
				qyran_detect_unfinished(model);
			if (!told(top->res_movers, top->res_drop_movers, w.movers, w.drop_movers) || !told(top->res_regions, top->res_drop_regions, w.regions, w.drop_regions)) {
				snprintf(s, sizeof s, "lost after result %u: movers %u regions %u drops %u %u%s, the model has %u %u %u %u", results, top->res_movers,
					top->res_regions, top->res_drop_movers, top->res_drop_regions, top->res_unfinished ? " unfinished" : "", w.movers, w.regions,
					w.drop_movers, w.drop_regions);
				fail(s);
			}
			return;
		}
		results++;
		if (top->res_movers != w.movers || top->res_regions != w.regions || top->res_drop_movers != w.drop_movers || top->res_drop_regions != w.drop_regions) {
			snprintf(s, sizeof s, "result %u: movers %u regions %u drops %u %u, the model has %u %u %u %u", results, top->res_movers, top->res_regions,
				top->res_drop_movers, top->res_drop_regions, w.movers, w.regions, w.drop_movers, w.drop_regions);
			fail(s);
			return;
		}
		movers += w.movers;
		regions += w.regions;
		drops += w.drop_movers + w.drop_regions;
		// the outputs are combinational only in the address register: read them while the video stands
		for (unsigned i = 0; i < w.movers; i++) {
			top->mov_index = (uint8_t)i;
			edge();
			uint32_t d[8];
			const qyran_detect_mover &m = w.mover[i];
			for (int k = 0; k < 8; k++)
				d[k] = top->mov_data[k];
			uint32_t e[8] = { m.x | (uint32_t)m.y << 16, m.w | (uint32_t)m.h << 16, m.cells, m.cell_px | (uint32_t)m.index << 16, m.cx16, m.cy16, m.age, m.flags };
			flags |= m.flags;
			if (memcmp(d, e, sizeof d) != 0) {
				snprintf(s, sizeof s, "result %u mover %u: %08x %08x %x %08x %x %x %x %x, the model has %08x %08x %x %08x %x %x %x %x", results, i,
					d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], e[0], e[1], e[2], e[3], e[4], e[5], e[6], e[7]);
				fail(s);
			}
		}
		for (unsigned i = 0; i < w.regions; i++) {
			top->reg_index = (uint8_t)i;
			edge();
			const qyran_detect_region &r = w.region[i];
			uint32_t d[4] = { top->reg_data[0], top->reg_data[1], top->reg_data[2], top->reg_data[3] };
			uint32_t e[4] = { r.x | (uint32_t)r.y << 16, r.w | (uint32_t)r.h << 16, r.score, r.scale };
			if (memcmp(d, e, sizeof d) != 0) {
				snprintf(s, sizeof s, "result %u region %u: %08x %08x %u %x, the model has %08x %08x %u %x", results, i, d[0], d[1], d[2], d[3], e[0], e[1], e[2], e[3]);
				fail(s);
			}
		}
	}

	void set(Size size)
	{
		settings = qyran_detect_settings_reset();
		settings.width = (uint16_t)size.w;
		settings.height = (uint16_t)size.h;
	}

	void apply()
	{
		if (qyran_detect_set(model, &settings) < 0)
			fail("the model refuses the settings");
		apply_logic(settings);
	}

	void apply_logic(const qyran_detect_settings &settings)
	{
		top->cfg_width = settings.width;
		top->cfg_height = settings.height;
		top->cfg_plates = settings.plates;
		top->cfg_movers = settings.movers;
		top->cfg_plate_edge = settings.plate_edge;
		top->cfg_plate_k = settings.plate_k;
		top->cfg_plate_score = settings.plate_score;
		top->cfg_mover_level = settings.mover_level;
		top->cfg_mover_cells = settings.mover_cells;
		top->cfg_mover_hold = settings.mover_hold;
		for (int i = 0; i < 16; i++) {
			top->cfg_roi[2 * i] = settings.roi[i].x0 | (uint32_t)settings.roi[i].x1 << 16;
			top->cfg_roi[2 * i + 1] = settings.roi[i].y0 | (uint32_t)settings.roi[i].y1 << 16;
		}
	}

	void reset()
	{
		apply();
		top->rst = 1;
		top->pix_valid = 0;
		top->pix_abort = 0;
		top->res_hold = 0;
		for (int i = 0; i < 4; i++)
			clock();
		top->rst = 0;
		clock();
		qyran_detect_reset(model);
	}

	void idle(uint64_t n)
	{
		top->pix_valid = 0;
		while (n-- > 0)
			clock();
	}

	// The first n pixels; an abort when that is not all.
	void frame(const Picture &p, size_t n)
	{
		apply();
		pixels(p, n, nullptr);
		if (n < p.size()) {
			top->pix_abort = 1;
			qyran_detect_abort(model);
			clock();
			top->pix_abort = 0;
		} else {
			idle(p.size() < 8192 ? p.size() : 8192);
			if (!want.empty())
				fail("no result within 8,192 clocks, or a frame, of the last pixel");
		}
	}
	void frame(const Picture &p) { frame(p, p.size()); }

	// A frame that the next one follows after @gap clocks; as in the top, the logic then has the next one's settings two clocks before it.
	void hurried(const Picture &p, unsigned gap, const qyran_detect_settings &next)
	{
		apply();
		pixels(p, p.size(), gap < 2 ? &next : nullptr, 2 - gap);
		if (gap >= 2) {
			idle(gap - 2);
			apply_logic(next);
			idle(2);
		} else {
			idle(gap);
		}
		settings = next;
	}

	// @next: the settings of the frame after this one, which the logic gets before the last @early pixels.
	void pixels(const Picture &p, size_t n, const qyran_detect_settings *next, unsigned early = 0)
	{
		for (size_t i = 0; i < n; i++) {
			unsigned x = (unsigned)(i % settings.width);
			unsigned f = (i == 0 ? QYRAN_DETECT_SOF : 0u) | (x + 1u == settings.width ? QYRAN_DETECT_EOL : 0u) | (i + 1 == p.size() ? QYRAN_DETECT_EOF : 0u);
			if (pause && draw(pause) == 0)
				idle(1 + draw(draw(20) == 0 ? 200 : 4));
			if (next && i + early == n)
				apply_logic(*next);
			top->pix_valid = 1;
			top->pix_luma = p[i];
			top->pix_sof = (f & QYRAN_DETECT_SOF) != 0;
			top->pix_eol = (f & QYRAN_DETECT_EOL) != 0;
			top->pix_eof = (f & QYRAN_DETECT_EOF) != 0;
			const qyran_detect_result *r = qyran_detect_pixel(model, p[i], f);
			if (r != nullptr) {
				want.push_back(*r);
				since_eof = 0;
			}
			clock();
		}
		top->pix_valid = 0;
		top->pix_sof = top->pix_eol = top->pix_eof = 0;
	}
};

static bool bad = false;

static void report(const char *name, Bench &b, bool enough)
{
	if (b.fault.empty() && !enough)
		b.fault = "too little was found for a comparison: movers " + std::to_string(b.movers) + ", regions " + std::to_string(b.regions) + ", drops "
			+ std::to_string(b.drops) + ", flags " + std::to_string(b.flags) + ", lost " + std::to_string(b.lost);
	if (b.fault.empty()) {
		printf("ok %s\n", name);
	} else {
		printf("not ok %s: %s\n", name, b.fault.c_str());
		bad = true;
	}
	fprintf(stderr, "# %s: %u results, %u movers, %u regions, %u drops, flags %x, %llu clocks, at most %llu after a frame\n", name, b.results, b.movers, b.regions,
		b.drops, b.flags, (unsigned long long)b.clocks, (unsigned long long)b.longest);
	fflush(stdout);
}

static bool wanted(int argc, char **argv, const char *name)
{
	return argc < 2 || strstr(name, argv[1]) != nullptr;
}

int main(int argc, char **argv)
{
	Verilated::randReset(2);
	if (getenv("SEED"))
		seed = (uint32_t)strtoul(getenv("SEED"), nullptr, 10) * 2654435761u + 1;

	if (argc == 2 && strcmp(argv[1], "speed") == 0) {
		Bench b;
		Size s = { 960, 540 };
		b.set(s);
		b.reset();
		Picture p[2] = { street(s, 0, 8), street(s, 9, 8) };
		struct timespec t0, t1;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t0);
		for (unsigned t = 0; t < 8; t++)
			for (size_t i = 0; i < p[0].size(); i++) {
				b.top->pix_valid = 1;
				b.top->pix_luma = p[t & 1][i];
				b.top->pix_sof = i == 0;
				b.top->pix_eol = (i + 1) % s.w == 0;
				b.top->pix_eof = i + 1 == p[0].size();
				b.edge();
			}
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t1);
		printf("speed clocks_s=%.0f\n", (double)b.clocks / ((double)(t1.tv_sec - t0.tv_sec) + (double)(t1.tv_nsec - t0.tv_nsec) / 1e9));
		return 0;
	}
	static const Size sizes[] = { { 64, 48 }, { 72, 50 }, { 320, 240 }, { 640, 360 }, { 960, 540 }, { 488, 274 } };
	for (Size s : sizes) {
		std::string name = "street_" + std::to_string(s.w) + "x" + std::to_string(s.h);
		if (!wanted(argc, argv, name.c_str()))
			continue;
		Bench b;
		b.set(s);
		b.reset();
		for (unsigned t = 0; t < (s.w > 500 ? 6u : 14u); t++)
			b.frame(street(s, t * s.w / 100, t % 2 ? 8 : 0));
		report(name.c_str(), b, s.w < 100 || (b.movers > 3 && b.regions > 3));
	}
	if (wanted(argc, argv, "street_1920x1080")) {
		Bench b;
		Size s = { 1920, 1080 };
		b.set(s);
		b.reset();
		for (unsigned t = 0; t < 2; t++)
			b.frame(street(s, t * 20, 6));
		report("street_1920x1080", b, b.movers > 3 && b.regions > 7);
	}
	if (wanted(argc, argv, "pauses_between_pixels")) {
		Bench b;
		Size s = { 320, 240 };
		b.set(s);
		b.reset();
		for (unsigned t = 0; t < 8; t++) {
			b.pause = t % 3 == 0 ? 0 : t % 3 == 1 ? 2 : 50;
			b.frame(street(s, t * 4, 5));
		}
		report("pauses_between_pixels", b, b.movers > 8 && b.regions > 8);
	}
	if (wanted(argc, argv, "noise")) {
		for (Size s : { Size{ 64, 48 }, Size{ 200, 150 }, Size{ 640, 480 } }) {
			Bench b;
			b.set(s);
			b.settings.mover_level = 1;
			b.settings.mover_cells = 1;
			b.settings.plate_edge = 0;
			b.settings.plate_k = 16;
			b.reset();
			for (unsigned t = 0; t < 6; t++)
				b.frame(chaos(s));
			report(("noise_" + std::to_string(s.w)).c_str(), b, b.regions > 0);
		}
	}
	if (wanted(argc, argv, "grains")) {
		for (Size s : { Size{ 64, 48 }, Size{ 200, 150 }, Size{ 640, 480 } }) {
			Bench b;
			b.set(s);
			b.settings.mover_cells = 1;
			b.reset();
			for (unsigned t = 0; t < (s.w > 300 ? 6u : 20u); t++)
				b.frame(grains(s, s.w > 480 ? 8 : 4));
			report(("grains_" + std::to_string(s.w)).c_str(), b, b.movers > (s.w > 300 ? 4 : 8));      // with some seeds most frames are floods
		}
	}
	if (wanted(argc, argv, "broken_frames")) {
		Bench b;
		Size s = { 240, 160 };
		b.set(s);
		b.reset();
		for (unsigned t = 0; t < 30; t++) {
			Picture p = street(s, t * 2, 6);
			if (t % 3 == 1)
				b.frame(p, t == 4 ? s.w * 4 : t == 7 ? s.w * 16 - 1 : 1 + draw((unsigned)p.size() - 1));
			else
				b.frame(p);
		}
		report("broken_frames_leave_the_next_right", b, b.movers > 20 && b.regions > 10);
	}
	if (wanted(argc, argv, "settings")) {
		Bench b;
		Size s = { 320, 200 };
		b.set(s);
		b.reset();
		for (unsigned t = 0; t < 22; t++) {
			b.settings.plates = t % 5 != 3;
			b.settings.movers = t % 7 != 5;
			b.settings.plate_edge = (uint8_t)(draw(3) == 0 ? 255 : draw(60));
			b.settings.plate_k = (uint8_t)draw(18);
			b.settings.plate_score = (uint16_t)(draw(2) ? 0 : 150 + draw(150));
			b.settings.mover_level = (uint8_t)(t < 10 ? 10 : draw(256));
			b.settings.mover_cells = (uint16_t)draw(20);
			b.settings.mover_hold = (uint16_t)(t < 5 ? 1500 : t < 10 ? 5 : draw(65536));
			memset(b.settings.roi, 0, sizeof b.settings.roi);
			if (t % 4 == 2)
				for (unsigned i = 0; i < 16; i += 5)
					b.settings.roi[i] = { (uint16_t)draw(200), (uint16_t)draw(321), (uint16_t)draw(100), (uint16_t)draw(201) };
			b.frame(street(s, t * 2, 4));
		}
		report("settings_change_from_frame_to_frame", b, b.movers > 20 && b.regions > 20);
	}
	if (wanted(argc, argv, "full_tables")) {
		for (Size s : { Size{ 64, 48 }, Size{ 480, 270 }, Size{ 472, 120 } }) {
			Bench b;
			b.set(s);
			b.settings.mover_cells = 1;
			b.reset();
			for (unsigned t = 0; t < 22; t++)
				b.frame(stripes(s, t < 10 ? 0 : t < 19 ? 9 : t, 2));    // the background is trusted, then they are long enough there to be shown
			report(("full_tables_" + std::to_string(s.w)).c_str(), b, b.movers > 40 && (s.w < 100 || b.drops > 0));
		}
	}
	if (wanted(argc, argv, "crowds_of_plates")) {
		for (Size s : { Size{ 64, 48 }, Size{ 320, 120 }, Size{ 1920, 160 } }) {
			Bench b;
			b.set(s);
			b.settings.movers = s.w % 320 != 0;
			b.settings.plate_k = 16;
			b.reset();
			for (unsigned t = 0; t < 6; t++)
				b.frame(crowd(s, t * 3));
			report(("crowds_of_plates_" + std::to_string(s.w)).c_str(), b, b.regions > (s.w < 100 ? 8 : 60));
		}
	}
	if (wanted(argc, argv, "standing_and_light")) {
		Bench b;
		Size s = { 128, 96 };
		b.set(s);
		b.settings.mover_hold = 40;
		b.reset();
		for (unsigned t = 0; t < 90; t++) {
			Picture p = street(s, t < 20 ? 0 : t < 80 ? 30 : 31, 3);
			if (t > 70)
				for (auto &v : p)
					v = (uint8_t)(v > 205 ? 255 : v + 50);
			b.frame(p);
		}
		report("standing_movers_and_light_changes", b, b.movers > 20 && (b.flags & 4));
	}
	if (wanted(argc, argv, "merge")) {
		Bench b;
		Size s = { 320, 100 };
		b.set(s);
		b.reset();
		for (unsigned t = 0; t < 40; t++) {
			Picture p(s.w * s.h, 90);
			for (unsigned k = 0; t > 9 && k < 2; k++)
				for (unsigned y = 30; y < 70; y++)
					for (unsigned x = 0; x < 40; x++)
						p[y * s.w + x + (k ? 250 - 6 * (t - 10) : 20 + 6 * (t - 10))] = 200;
			b.frame(p);
		}
		report("movers_merge_and_split", b, (b.flags & 3) == 3);
	}
	if (wanted(argc, argv, "hurried")) {
		static const unsigned gaps[] = { 0, 1, 2, 3, 14, 15, 16, 17, 18, 100, 200, 250, 300, 350, 400, 600, 1000, 3000 };
		for (Size s : { Size{ 64, 48 }, Size{ 160, 120 } }) {
			Bench b;
			unsigned t = 0;
			b.set(s);
			b.settings.mover_cells = 1;
			for (unsigned round = 0; round < 8; round++) {
				b.settings.movers = round % 4 != 3;
				b.reset();
				for (unsigned gap : gaps)
					for (unsigned k = 0; k < 2; k++) {
						qyran_detect_settings next = b.settings;
						next.plates = draw(5) != 0;
						next.movers = draw(3) != 0;
						next.plate_k = (uint8_t)draw(18);
						next.plate_score = (uint16_t)(draw(2) ? 0 : 150 + draw(150));
						next.mover_cells = (uint16_t)(1 + draw(6));
						next.roi[0] = { 0, (uint16_t)(draw(2) * s.w / 2), 0, (uint16_t)s.h };
						b.hurried(street(s, t++ * 2, 4), gap + (gap > 20 ? draw(100) : 0), next);
					}
				b.idle(8192);
				if (!b.want.empty())
					b.fail("a frame without a result");
			}
			report(("hurried_frames_lose_only_what_is_told_" + std::to_string(s.w)).c_str(), b, b.unfinished > 20 && b.results > 20 && b.movers > 20);
		}
	}
	if (wanted(argc, argv, "held")) {
		Bench b;
		Size s = { 160, 120 };
		b.set(s);
		b.reset();
		for (unsigned t = 0; t < 9; t++) {
			b.top->res_hold = t % 3 == 1;
			b.frame(street(s, t * 2, 4));
		}
		report("held_results_stay_and_losses_are_told", b, b.lost == 3 && b.results == 6 && b.movers > 2);
	}
	return bad;
}
