/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of the road and the rules, as the camera sees them. */
#ifndef QYRAN_VIEW_OVERLAY_ROAD_H
#define QYRAN_VIEW_OVERLAY_ROAD_H

#include "qyrand/config.h"

#define ROAD_POINTS 33

enum road_kind {
	ROAD_LANE,
	ROAD_STOP,	/* a line that must not be crossed while the light is red */
	ROAD_FAR,	/* where crossing it counts as passing on */
	ROAD_ZONE,	/* of standing */
};

struct road_line {
	enum road_kind kind;
	size_t count;
	struct { double x, y; } points[ROAD_POINTS];	/* pixels of the frame; may lie outside it */
};

struct overlay_road;

/** overlay_road_new() - NULL when there is no memory or the survey does not fit. */
struct overlay_road *overlay_road_new(const struct qyran_config *config);

/** overlay_road_free() - accepts NULL. */
void overlay_road_free(struct overlay_road *road);

size_t overlay_road_count(const struct overlay_road *road);
const struct road_line *overlay_road_at(const struct overlay_road *road, size_t index);

#endif
