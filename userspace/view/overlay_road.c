/* SPDX-License-Identifier: Apache-2.0 */
#include "view/overlay_road.h"
#include "qyrand/road.h"

#include <stdlib.h>

#define LINES_MAX (2 * QYRAN_LANES_MAX + 4 + 4)
#define BEYOND_MM 20000		/* lanes are drawn so far beyond the survey, as far as the picture goes */

struct overlay_road {
	struct qyran_road *road;
	size_t count;
	struct road_line lines[LINES_MAX];
};

static void add_line(struct overlay_road *road, enum road_kind kind, int32_t x0, int32_t y0, int32_t x1, int32_t y1)
{
	struct road_line *line = &road->lines[road->count];

	if (road->count == LINES_MAX)
		return;
	line->kind = kind;
	line->count = 0;
	for (int i = 0; i < ROAD_POINTS; i++) {
		struct qyran_road_position at = {
			.x_mm = x0 + (int32_t)((int64_t)(x1 - x0) * i / (ROAD_POINTS - 1)), .y_mm = y0 + (int32_t)((int64_t)(y1 - y0) * i / (ROAD_POINTS - 1)),
		};
		int32_t u, v;

		if (qyran_road_to_image(road->road, at, 0, &u, &v) < 0)
			continue;
		line->points[line->count].x = u / 16.0;
		line->points[line->count++].y = v / 16.0;
	}
	road->count += line->count > 1;
}

static void add_rules(struct overlay_road *road, const struct qyran_config *config, int32_t left, int32_t right)
{
	if (config->rules.on[QYRAN_RULE_RED_LIGHT]) {
		add_line(road, ROAD_STOP, left, config->rules.red_light.line_mm, right, config->rules.red_light.line_mm);
		add_line(road, ROAD_FAR, left, config->rules.red_light.far_mm, right, config->rules.red_light.far_mm);
	}
	if (config->rules.on[QYRAN_RULE_STOP_LINE]) {
		add_line(road, ROAD_STOP, left, config->rules.stop_line.line_mm, right, config->rules.stop_line.line_mm);
		add_line(road, ROAD_FAR, left, config->rules.stop_line.far_mm, right, config->rules.stop_line.far_mm);
	}
	if (config->rules.on[QYRAN_RULE_STANDING]) {
		int32_t l = config->rules.standing.left_mm, r = config->rules.standing.right_mm;
		int32_t near = config->rules.standing.near_mm, far = config->rules.standing.far_mm;

		add_line(road, ROAD_ZONE, l, near, r, near);
		add_line(road, ROAD_ZONE, r, near, r, far);
		add_line(road, ROAD_ZONE, r, far, l, far);
		add_line(road, ROAD_ZONE, l, far, l, near);
	}
}

struct overlay_road *overlay_road_new(const struct qyran_config *config)
{
	struct overlay_road *road = calloc(1, sizeof(*road));
	int32_t near = INT32_MAX, far = INT32_MIN, left = INT32_MAX, right = INT32_MIN;
	char error[512];

	if (!road || qyran_road_new(config, &road->road, error, sizeof(error)) < 0) {
		free(road);
		return NULL;
	}
	for (size_t i = 0; i < config->road.point_count; i++) {
		int32_t x = config->road.points[i].x_mm, y = config->road.points[i].y_mm;

		near = y < near ? y : near;
		far = y > far ? y : far;
		left = x < left ? x : left;
		right = x > right ? x : right;
	}
	for (size_t i = 0; i < config->lane_count; i++) {
		const struct qyran_lane *lane = &config->lanes[i];

		left = lane->left_mm < left ? lane->left_mm : left;
		right = lane->right_mm > right ? lane->right_mm : right;
		add_line(road, ROAD_LANE, lane->left_mm, near, lane->left_mm, far + BEYOND_MM);
		add_line(road, ROAD_LANE, lane->right_mm, near, lane->right_mm, far + BEYOND_MM);
	}
	add_rules(road, config, left, right);
	return road;
}

void overlay_road_free(struct overlay_road *road)
{
	if (!road)
		return;
	qyran_road_free(road->road);
	free(road);
}

size_t overlay_road_count(const struct overlay_road *road)
{
	return road->count;
}

const struct road_line *overlay_road_at(const struct overlay_road *road, size_t index)
{
	return &road->lines[index];
}
