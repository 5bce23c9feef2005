/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/config.h"
#include "qyrand/config_source.h"

#include <stdio.h>
#include <string.h>

static unsigned int line_of(const struct qyran_config_source *source, const char *section, const char *key)
{
	const struct qyran_config_entry *entry = qyran_config_find(source, section, key);

	if (!entry && *key)
		entry = qyran_config_find(source, section, "");
	return entry ? entry->line : 0;
}

#define REFUSE(section, key, ...) return qyran_config_refuse(source, line_of(source, section, key), section, *(key) ? (key) : NULL, __VA_ARGS__)

/* point.1, point.2, … without a gap, and the same of masks and lanes. */
static int check_numbering(struct qyran_config_source *source, const struct qyran_config *config)
{
	char name[QYRAN_NAME_MAX];

	for (size_t i = 1; i <= config->road.point_count; i++) {
		snprintf(name, sizeof(name), "point.%zu", i);
		if (!qyran_config_find(source, "road", name))
			REFUSE("road", "", "point.%zu is missing; number the points from 1 without a gap", i);
	}
	for (size_t i = 1; i <= config->mask_count; i++) {
		snprintf(name, sizeof(name), "mask.%zu", i);
		if (!qyran_config_find(source, "privacy", name))
			REFUSE("privacy", "", "mask.%zu is missing; number the masks from 1 without a gap", i);
	}
	for (size_t i = 1; i <= config->lane_count; i++) {
		snprintf(name, sizeof(name), "lane.%zu", i);
		if (!qyran_config_find(source, name, ""))
			return qyran_config_refuse(source, 0, name, NULL, "is missing; number the lanes from 1 without a gap");
	}
	return 0;
}

static int check_road(struct qyran_config_source *source, const struct qyran_config *config)
{
	bool surveyed = qyran_config_find(source, "road", "");
	char name[QYRAN_NAME_MAX];

	if (surveyed && config->road.point_count < 4)
		REFUSE("road", "", "%zu points; allowed: 4 to %d, point.1 to point.N", config->road.point_count, QYRAN_ROAD_POINTS_MAX);
	for (size_t i = 0; i < config->road.point_count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct qyran_road_point *a = &config->road.points[i], *b = &config->road.points[j];
			bool image = a->u_px <= b->u_px && a->u_px >= b->u_px && a->v_px <= b->v_px && a->v_px >= b->v_px;

			snprintf(name, sizeof(name), "point.%zu", i + 1);
			if (image || (a->x_mm == b->x_mm && a->y_mm == b->y_mm))
				REFUSE("road", name, "the same place as point.%zu; give points apart from each other", j + 1);
		}
	if (surveyed && config->road.camera_height_mm < 500)
		REFUSE("road", "camera", "height %d mm; allowed: 0.5 metres and more", config->road.camera_height_mm);
	if (surveyed && config->road.plate_height_mm >= config->road.camera_height_mm)
		REFUSE("road", "plate_height", "not below the camera's height (%d mm)", config->road.camera_height_mm);
	for (size_t i = 0; i < config->lane_count; i++) {
		const struct qyran_lane *lane = &config->lanes[i];

		snprintf(name, sizeof(name), "lane.%zu", i + 1);
		if (!surveyed)
			REFUSE(name, "", "lanes need the [road] section");
		if (lane->left_mm >= lane->right_mm)
			REFUSE(name, "left", "not less than right; x grows to the right");
		for (size_t j = 0; j < i; j++)
			if (lane->left_mm < config->lanes[j].right_mm && config->lanes[j].left_mm < lane->right_mm)
				REFUSE(name, "left", "overlaps lane.%zu; lanes lie beside each other", j + 1);
	}
	return 0;
}

/* `far` lies behind `line` for vehicles of at least one lane. */
static int check_line(struct qyran_config_source *source, const struct qyran_config *config, const char *section, int32_t line_mm, int32_t far_mm)
{
	bool toward = false, away = false;

	for (size_t i = 0; i < config->lane_count; i++) {
		toward |= config->lanes[i].toward;
		away |= !config->lanes[i].toward;
	}
	if (!toward && !away)
		REFUSE(section, "", "needs at least one [lane.N]");
	if (line_mm == far_mm)
		REFUSE(section, "far", "the same as line; allowed: a y that vehicles reach after the line");
	if (far_mm > line_mm && !away)
		REFUSE(section, "far", "greater than line, but all lanes come toward the camera; allowed: a y less than line");
	if (far_mm < line_mm && !toward)
		REFUSE(section, "far", "less than line, but all lanes lead away from the camera; allowed: a y greater than line");
	return 0;
}

static int check_rules(struct qyran_config_source *source, const struct qyran_config *config)
{
	bool bus = false;
	char section[QYRAN_NAME_MAX];
	int rc = 0;

	for (int rule = 1; rule < QYRAN_RULES; rule++) {
		snprintf(section, sizeof(section), "rule.%s", qyran_rule_name((enum qyran_rule)rule));
		if (config->rules.on[rule] && !qyran_config_find(source, "road", ""))
			REFUSE(section, "", "rules need the [road] section");
	}
	for (size_t i = 0; i < config->lane_count; i++)
		bus |= config->lanes[i].bus;
	if (config->rules.on[QYRAN_RULE_BUS_LANE] && !bus)
		REFUSE("rule.bus_lane", "", "needs a [lane.N] with use=bus");
	if (config->rules.on[QYRAN_RULE_WRONG_WAY] && config->lane_count == 0)
		REFUSE("rule.wrong_way", "", "needs at least one [lane.N]");
	if (config->rules.on[QYRAN_RULE_RED_LIGHT])
		rc = check_line(source, config, "rule.red_light", config->rules.red_light.line_mm, config->rules.red_light.far_mm);
	if (rc == 0 && config->rules.on[QYRAN_RULE_STOP_LINE])
		rc = check_line(source, config, "rule.stop_line", config->rules.stop_line.line_mm, config->rules.stop_line.far_mm);
	if (rc < 0 || !config->rules.on[QYRAN_RULE_STANDING])
		return rc;
	if (config->rules.standing.left_mm >= config->rules.standing.right_mm)
		REFUSE("rule.standing", "zone", "left is not less than right; allowed: left right near far, metres");
	if (config->rules.standing.near_mm >= config->rules.standing.far_mm)
		REFUSE("rule.standing", "zone", "near is not less than far; allowed: left right near far, metres");
	if (config->rules.standing.limit_ms == 0)
		REFUSE("rule.standing", "limit_s", "not over 0; allowed: seconds, over 0 to 86400");
	return 0;
}

static int check_sensor(struct qyran_config_source *source, const struct qyran_config *config)
{
	if (!config->sensor.width != !config->sensor.height)
		REFUSE("sensor", config->sensor.width ? "width" : "height", "give width and height, or neither");
	if (config->sensor.width % 8)
		REFUSE("sensor", "width", "not a multiple of 8");
	if (config->sensor.height % 2)
		REFUSE("sensor", "height", "not even");
	return 0;
}

static int check_reader(struct qyran_config_source *source, const struct qyran_config *config)
{
	static const char *const of_xrt[] = { "xclbin", "kernel", "program" };

	for (size_t i = 0; i < sizeof(of_xrt) / sizeof(of_xrt[0]); i++)
		if (!config->reader.xrt && qyran_config_find(source, "reader", of_xrt[i]))
			REFUSE("reader", of_xrt[i], "belongs to backend=xrt, but backend=cpu");
	if (config->reader.xrt && !*config->reader.xclbin)
		REFUSE("reader", "xclbin", "missing; backend=xrt needs it");
	return 0;
}

static int check_publisher(struct qyran_config_source *source, const struct qyran_config *config)
{
	static const struct { const char *key; bool mqtt, needed; } of_kind[] = {
		{ "path", false, true }, { "host", true, true }, { "port", true, false },
		{ "ca", true, true }, { "certificate", true, true }, { "key", true, true },
	};

	for (size_t i = 0; i < sizeof(of_kind) / sizeof(of_kind[0]); i++) {
		const char *key = of_kind[i].key;
		bool there = qyran_config_find(source, "publisher", key);

		if (there && of_kind[i].mqtt != config->publisher.mqtt)
			REFUSE("publisher", key, "belongs to kind=%s, but kind=%s", of_kind[i].mqtt ? "mqtt" : "folder", config->publisher.mqtt ? "mqtt" : "folder");
		if (!there && of_kind[i].needed && of_kind[i].mqtt == config->publisher.mqtt)
			REFUSE("publisher", key, "missing; kind=%s needs it", config->publisher.mqtt ? "mqtt" : "folder");
	}
	return 0;
}

int qyran_config_check(struct qyran_config_source *source, const struct qyran_config *config)
{
	int rc = check_numbering(source, config);

	if (rc == 0)
		rc = check_sensor(source, config);
	if (rc == 0)
		rc = check_road(source, config);
	if (rc == 0)
		rc = check_rules(source, config);
	if (rc == 0)
		rc = check_reader(source, config);
	return rc < 0 ? rc : check_publisher(source, config);
}
