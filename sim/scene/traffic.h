/* SPDX-License-Identifier: Apache-2.0 */
/* Endless traffic on both lanes of a place: vehicles come, some stop for a while, and go. */
#ifndef QYRAN_SCENE_TRAFFIC_H
#define QYRAN_SCENE_TRAFFIC_H

#include "cast.h"

struct scene_traffic {
	struct scene_cast cast;		/* those who are near the camera now */
	uint32_t numbers[SCENE_ROLES_MAX];	/* of its actors, from 0 on in the order of their coming */
	/* its own */
	const struct scene_place *place;
	const struct qyran_formats *formats;
	double gap_s;
	uint32_t count;
	uint64_t random;
	struct scene_actor next[SCENE_LANES];
};

/**
 * scene_traffic_begin() - an empty road.
 * @place, @formats: borrowed. @gap_s: mean time between the vehicles of a lane, beyond the two seconds that they keep.
 * Returns 0, or -ENOENT when @formats holds none of Kazakhstan.
 */
int scene_traffic_begin(struct scene_traffic *traffic, const struct scene_place *place, const struct qyran_formats *formats, double gap_s,
			uint64_t seed);

/** scene_traffic_advance() - @time_s never goes back. Returns 0. */
int scene_traffic_advance(struct scene_traffic *traffic, double time_s);

#endif
