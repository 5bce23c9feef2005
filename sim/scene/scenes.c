/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"

#define NS_PER_MS 1000000
#define DAY (1u << SCENE_SUNNY | 1u << SCENE_OVERCAST)
#define WET (1u << SCENE_RAIN)
#define DUSK (1u << SCENE_DUSK)
#define FOR_EVER { 1e6, 2e6 }
#define MIDDLE { 5.5, 5.5 }	/* y of the middle of a passage */

/* Lanes of 3.1 m. Traffic keeps to the right: on a road for both ways the vehicles on the left come toward the camera. */
#define TWO_TOWARD { { -3.1, 0, true, false }, { 0, 3.1, true, false } }
#define BOTH_WAYS { { -3.1, 0, true, false }, { 0, 3.1, false, false } }

static const struct scene_place arterial = {
	.camera_x = .30, .yaw = .010, .lanes = TWO_TOWARD, .left = SCENE_GRASS, .right = SCENE_PAVEMENT, .divider = SCENE_DASHED,
	.rules = { .limit_kmh = 60, .tolerance_kmh = 5, .wrong_way_m = 6 },
};

static const struct scene_place crossing = {
	.camera_x = .20, .yaw = .006, .lanes = TWO_TOWARD, .left = SCENE_PAVEMENT, .right = SCENE_PAVEMENT, .divider = SCENE_DASHED,
	.zebra = { 2.4, 5.2 },
	.rules = { .limit_kmh = 60, .tolerance_kmh = 5, .line = 6, .far = 2, .wrong_way_m = 6 },
};

static const struct scene_place school = {
	.camera_x = -.25, .yaw = -.008, .lanes = TWO_TOWARD, .left = SCENE_PAVEMENT, .right = SCENE_GRASS, .divider = SCENE_DASHED,
	.zebra = { .5, 3.6 },
	.rules = { .limit_kmh = 60, .tolerance_kmh = 5, .line = 4.5, .far = 0, .wrong_way_m = 6 },
};

static const struct scene_place bridge = {
	.camera_x = .15, .yaw = .012, .lanes = BOTH_WAYS, .left = SCENE_PAVEMENT, .right = SCENE_PAVEMENT, .divider = SCENE_DOUBLE, .arrows = true,
	.rules = { .limit_kmh = 60, .tolerance_kmh = 5, .wrong_way_m = 6 },
};

static const struct scene_place junction = {
	.camera_x = -.20, .yaw = .004, .lanes = TWO_TOWARD, .left = SCENE_PAVEMENT, .right = SCENE_PAVEMENT, .divider = SCENE_DASHED,
	.no_stopping = true,
	.rules = { .limit_kmh = 60, .tolerance_kmh = 5, .wrong_way_m = 6,
		.standing = { .limit_s = 2, .left = -3.1, .right = 3.1, .near = -1, .far = 9 } },
};

static const struct scene_place avenue = {
	.camera_x = .30, .yaw = .002, .lanes = { { -3.1, 0, false, false }, { 0, 3.1, false, true } }, .left = SCENE_GRASS, .right = SCENE_PAVEMENT,
	.divider = SCENE_SOLID,
	.rules = { .limit_kmh = 60, .tolerance_kmh = 5, .wrong_way_m = 6, .bus_lane_m = 6, .bus_height = 2.4 },
};

static const struct scene_place street = {
	.camera_x = .10, .yaw = -.010, .lanes = BOTH_WAYS, .left = SCENE_GRASS, .right = SCENE_GRASS, .divider = SCENE_DASHED,
	.rules = { .limit_kmh = 60, .tolerance_kmh = 5, .wrong_way_m = 6,
		.standing = { .limit_s = 2, .left = -3.1, .right = 3.1, .near = -1, .far = 9 } },
};

/* One lane of two fills a small picture; a 520 mm plate is 90 pixels wide at the lower edge and 52 at the upper one. */
static const struct scene_view one_lane = { .width = 640, .height = 360, .back = 13, .up = 4.5, .focal_px = 2400 };

static const struct scene_place gate = {
	.camera_x = 1.60, .yaw = -.003, .view = &one_lane, .lanes = TWO_TOWARD, .left = SCENE_PAVEMENT, .right = SCENE_PAVEMENT, .divider = SCENE_DASHED,
	.zebra = { 2.4, 5.2 },
	.rules = { .limit_kmh = 60, .tolerance_kmh = 5, .line = 6, .far = 2, .wrong_way_m = 6 },
};

/* The times leave a few frames of an empty road at the start, and room for the vehicles' lengths between those of one lane. */
const struct scene scene_table[] = {
	{
		.name = "speeding", .about = "limit 60 km/h: one or two vehicles at 75 to 95 km/h among lawful ones",
		.rate_num = 25, .rate_den = 1, .frames = 62, .exposure_ns = 1 * NS_PER_MS, .weathers = DAY | WET, .mirror = true, .shuffle = true,
		.place = &arterial, .role_count = 4, .roles = {
			{ .kind = "speed", .bodies = SCENE_CARS, .lane = 0, .when = { .80, .86 }, .kmh = { 75, 95 }, .where = MIDDLE },
			{ .kind = "none", .bodies = SCENE_LOW, .lane = 1, .when = { .76, .80 }, .kmh = { 48, 56 }, .where = MIDDLE },
			{ .kind = "none", .or_kind = "speed", .bodies = SCENE_CARS, .lane = 1, .when = { 1.90, 1.95 }, .kmh = { 48, 56 }, .or_kmh = { 75, 95 }, .where = MIDDLE },
			{ .kind = "none", .bodies = SCENE_LOW, .lane = 0, .when = { 1.86, 1.92 }, .kmh = { 48, 56 }, .where = MIDDLE },
		},
	},
	{
		.name = "red-light", .about = "one passes at green, one stops at the line, one drives through at red",
		.rate_num = 15, .rate_den = 1, .frames = 60, .exposure_ns = 1500000, .weathers = DAY | DUSK, .mirror = true, .red_s = { 1.55, 1.65 },
		.place = &crossing, .role_count = 4, .roles = {
			{ .kind = "none", .bodies = SCENE_LOW, .lane = 0, .when = { .90, .98 }, .kmh = { 45, 52 }, .where = { 6, 6 } },
			{ .kind = "none", .bodies = SCENE_CARS, .lane = 1, .when = { .76, .80 }, .kmh = { 48, 54 }, .where = { 6, 6 } },
			{ .kind = "red_light", .bodies = SCENE_LOW, .lane = 0, .when = { 2.30, 2.60 }, .kmh = { 40, 52 }, .where = { 6, 6 } },
			{ .kind = "none", .bodies = SCENE_LOW, .lane = 1, .when = { 2.80, 3.00 }, .kmh = { 30, 35 }, .where = { 7.4, 8.4 }, .brake = 5, .stand = FOR_EVER },
		},
	},
	{
		.name = "stop-line", .about = "one stands beyond the line at red, one before it, one passed at green",
		.rate_num = 25, .rate_den = 2, .frames = 58, .exposure_ns = 1500000, .weathers = DAY | WET, .mirror = true, .red_s = { 1.25, 1.32 },
		.place = &school, .role_count = 3, .roles = {
			{ .kind = "none", .bodies = SCENE_CARS, .lane = 1, .when = { .84, .90 }, .kmh = { 48, 54 }, .where = { 4.5, 4.5 } },
			{ .kind = "stop_line", .bodies = SCENE_LOW, .lane = 0, .when = { 3.00, 3.15 }, .kmh = { 28, 33 }, .where = { 1.3, 2.2 }, .brake = 4.5, .stand = FOR_EVER },
			{ .kind = "none", .bodies = SCENE_CARS, .lane = 1, .when = { 3.25, 3.45 }, .kmh = { 28, 33 }, .where = { 5.7, 6.6 }, .brake = 4.5, .stand = FOR_EVER },
		},
	},
	{
		.name = "wrong-way", .about = "one drives against its lane's direction",
		.rate_num = 20, .rate_den = 1, .frames = 58, .exposure_ns = 1500000, .weathers = DAY, .mirror = true,
		.place = &bridge, .role_count = 3, .roles = {
			{ .kind = "wrong_way", .bodies = SCENE_CARS, .lane = 0, .when = { 1.45, 1.75 }, .kmh = { 35, 45 }, .where = MIDDLE, .against = true },
			{ .kind = "none", .bodies = SCENE_LOW, .lane = 1, .when = { 1.20, 1.26 }, .kmh = { 46, 52 }, .where = MIDDLE },
			{ .kind = "none", .bodies = SCENE_CARS, .lane = 1, .when = { 2.32, 2.38 }, .kmh = { 48, 54 }, .where = MIDDLE },
		},
	},
	{
		.name = "standing", .about = "one stands longer than 2 s where stopping is forbidden, one only halts, one drives through",
		.rate_num = 25, .rate_den = 2, .frames = 64, .exposure_ns = 1500000, .weathers = DAY | DUSK, .mirror = true,
		.place = &junction, .role_count = 3, .roles = {
			{ .kind = "standing", .bodies = SCENE_LOW, .lane = 0, .when = { 2.24, 2.32 }, .kmh = { 32, 36 }, .where = { 1.2, 2.0 }, .brake = 6.5, .stand = FOR_EVER },
			{ .kind = "none", .bodies = SCENE_CARS, .lane = 1, .when = { .76, .80 }, .kmh = { 50, 55 }, .where = MIDDLE },
			{ .kind = "none", .bodies = SCENE_LOW, .lane = 1, .when = { 3.00, 3.10 }, .kmh = { 30, 34 }, .where = { 3.0, 4.2 }, .brake = 5.5, .stand = { .5, .8 } },
		},
	},
	{
		.name = "bus-lane", .about = "a car and a bus in the lane for buses, cars beside it; seen from behind",
		.rate_num = 15, .rate_den = 1, .frames = 62, .exposure_ns = 1500000, .weathers = 1u << SCENE_OVERCAST | WET,
		.place = &avenue, .role_count = 4, .roles = {
			{ .kind = "bus_lane", .bodies = SCENE_CARS, .lane = 1, .when = { 1.20, 1.30 }, .kmh = { 44, 50 }, .where = MIDDLE },
			{ .kind = "none", .bodies = 1u << SCENE_BUS, .lane = 1, .when = { 3.42, 3.48 }, .kmh = { 45, 48 }, .where = MIDDLE },
			{ .kind = "none", .bodies = SCENE_LOW, .lane = 0, .when = { 1.25, 1.32 }, .kmh = { 46, 54 }, .where = MIDDLE },
			{ .kind = "none", .bodies = SCENE_CARS, .lane = 0, .when = { 2.70, 2.80 }, .kmh = { 48, 54 }, .where = MIDDLE },
		},
	},
	{
		.name = "empty-dusk", .about = "nobody comes; dusk, noise, trees in the wind",
		.rate_num = 25, .rate_den = 2, .frames = 30, .exposure_ns = 2 * NS_PER_MS, .weathers = DUSK, .swaying = true, .place = &street,
	},
	{
		.name = "lawful", .about = "traffic that breaks no rule",
		.rate_num = 20, .rate_den = 1, .frames = 58, .exposure_ns = 1500000, .weathers = DAY | WET | DUSK,
		.place = &street, .role_count = 4, .roles = {
			{ .kind = "none", .bodies = SCENE_LOW, .lane = 0, .when = { .85, .95 }, .kmh = { 42, 55 }, .where = MIDDLE },
			{ .kind = "none", .bodies = SCENE_LOW, .lane = 1, .when = { 1.22, 1.30 }, .kmh = { 46, 55 }, .where = MIDDLE },
			{ .kind = "none", .bodies = SCENE_LOW | 1u << SCENE_BUS, .lane = 0, .when = { 2.10, 2.20 }, .kmh = { 46, 55 }, .where = MIDDLE },
			{ .kind = "none", .bodies = SCENE_CARS, .lane = 1, .when = { 2.40, 2.46 }, .kmh = { 46, 55 }, .where = MIDDLE },
		},
	},
	{
		.name = "small", .about = "640x360, for slow machines: one too fast at green, one lawful, one drives through at red",
		.rate_num = 20, .rate_den = 1, .frames = 70, .exposure_ns = 1 * NS_PER_MS, .weathers = DAY, .red_s = { 1.95, 2.05 },
		.place = &gate, .role_count = 3, .roles = {
			{ .kind = "speed", .bodies = SCENE_CARS, .lane = 1, .when = { .70, .75 }, .kmh = { 71, 76 }, .where = MIDDLE },
			{ .kind = "none", .bodies = SCENE_CARS, .lane = 1, .when = { 1.55, 1.60 }, .kmh = { 48, 54 }, .where = { 6, 6 } },
			{ .kind = "red_light", .bodies = SCENE_CARS, .lane = 1, .when = { 2.70, 2.75 }, .kmh = { 45, 52 }, .where = { 6, 6 } },
		},
	},
};

const size_t scene_count = sizeof scene_table / sizeof scene_table[0];
