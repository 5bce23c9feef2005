/* SPDX-License-Identifier: Apache-2.0 */
/* Movers on a rendered road with traffic, 640x360 at 25 frames a second, noise fresh in each frame. */
#ifndef QYRAN_BENCH_ROAD_H
#define QYRAN_BENCH_ROAD_H

#include "hw/bench/judge.h"

#include <qyran/format.h>
#include <sim/scene/light.h>

struct bench_road {
	const char *name;
	enum scene_weather weather;
	bool glare;
	int shake_px;
	bool wind;
};

struct bench_road_result {
	struct bench_verdict verdict;
	double render_ms, detect_ms;	/* a frame */
};

/* The roads: day, overcast, rain, glare, shake, wind, dusk. */
extern const struct bench_road bench_roads[];
extern const size_t bench_road_count;

/**
 * bench_road_measure() - plays a road.
 * @gap_s: mean time between vehicles, see scene_traffic_begin(). @csv: rows, or NULL. @pictures: an existing folder, or NULL; drawn from
 * @from_s on.
 * Returns 0 or a negative errno.
 */
int bench_road_measure(const struct bench_road *road, const struct qyran_formats *formats, double seconds, double gap_s, uint64_t seed, FILE *csv,
		       const char *pictures, double from_s, struct bench_road_result *ret);

#endif
