/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenes as data: what a place looks like, which rules hold there, and which vehicles come along.
 *
 * A place (lanes, lines, rules, camera) is the same for every seed; the seed chooses vehicles, plates, speeds, order, lanes and
 * weather. World: x right, y away from the camera, metres; y = 0 is the lower edge of the picture.
 */
#ifndef QYRAN_SCENE_SCENE_H
#define QYRAN_SCENE_SCENE_H

#include "camera.h"
#include "light.h"

#include <stddef.h>
#include <stdint.h>

#define SCENE_LANES 2
#define SCENE_ROLES_MAX 6

enum scene_side { SCENE_GRASS, SCENE_PAVEMENT };
enum scene_divider { SCENE_DASHED, SCENE_DOUBLE, SCENE_SOLID };

enum scene_body {
	SCENE_SEDAN, SCENE_HATCHBACK, SCENE_SUV, SCENE_VAN, SCENE_BUS, SCENE_BODIES
};
#define SCENE_CARS (1u << SCENE_SEDAN | 1u << SCENE_HATCHBACK | 1u << SCENE_SUV)
#define SCENE_LOW (SCENE_CARS | 1u << SCENE_VAN)

struct scene_range {
	double low, high;
};

struct scene_lane {
	double left, right;
	bool toward, bus;
};

/* The rules of the place; each is on when its first number is not 0. */
struct scene_rules {
	int limit_kmh, tolerance_kmh;
	double line, far;		/* light rules: the stop line and where the crossing begins, y */
	double wrong_way_m;
	struct { double limit_s, left, right, near, far; } standing;
	double bus_lane_m, bus_height;
};

/* What the camera of a place is, where it is not the usual one. */
struct scene_view {
	int width, height;		/* pixels */
	double back, up;		/* metres from y = 0 to the pole's foot; height above the road */
	double focal_px;
};

struct scene_place {
	double camera_x, yaw;		/* metres, radians */
	double roll, zoom;		/* of the camera: radians, clockwise; times as near, 0 for 1 */
	const struct scene_view *view;	/* NULL: the usual one */
	struct scene_lane lanes[SCENE_LANES];
	enum scene_side left, right;
	enum scene_divider divider;
	struct scene_range zebra;	/* y; none when equal */
	bool no_stopping, arrows;	/* marked so on the road */
	struct scene_rules rules;
};

/* A vehicle to be cast. */
struct scene_role {
	const char *kind;		/* of its violation; "none" */
	const char *or_kind;		/* the seed may choose this instead, then with or_kmh; NULL */
	uint32_t bodies;		/* bits of enum scene_body */
	int lane;
	struct scene_range when;	/* s: when its plate is at `where`; a stopping one comes to stand then */
	struct scene_range kmh, or_kmh;
	struct scene_range where;	/* y of the plate */
	double brake;			/* m/s^2; 0: does not stop */
	struct scene_range stand;	/* s */
	bool against;			/* against its lane's direction */
};

struct scene {
	const char *name, *about;
	uint32_t rate_num, rate_den;	/* frames a second */
	uint32_t frames;
	uint32_t exposure_ns;
	uint32_t weathers;		/* bits of enum scene_weather that the seed may choose */
	struct scene_range red_s;	/* when the signal turns red (pin 0); none when both are 0 */
	bool mirror;			/* the seed may exchange the lanes of all roles */
	bool shuffle;			/* the seed may exchange who comes when */
	bool swaying;			/* trees move in the wind */
	bool glare;			/* a low sun shines into the lens and is mirrored by plates */
	const struct scene_place *place;
	struct scene_role roles[SCENE_ROLES_MAX];
	size_t role_count;
};

extern const struct scene scene_table[];
extern const size_t scene_count;

/** scene_find() - by name; NULL when there is none. */
const struct scene *scene_find(const char *name);

/** scene_camera() - the camera of a place. */
struct scene_camera scene_camera(const struct scene_place *place);

/** scene_frame_ns() - presentation time of a frame. */
uint64_t scene_frame_ns(const struct scene *scene, uint32_t frame);

#endif
