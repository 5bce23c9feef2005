/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic made of numbers: boxes drive along a road under a pinhole camera, and what a camera's logic would tell of them goes
 * through tracker and rules. No pixels.
 *
 * The camera hangs 6 m over y = -10 m and sees y = 0 to about 13 m; lanes of 3.1 m: lane 1 left of x = 0, lane 2 right of it.
 */
#ifndef QYRAN_TESTS_TRAFFIC_H
#define QYRAN_TESTS_TRAFFIC_H

#include "userspace/qyrand/rules.h"

#define TRAFFIC_VEHICLES 12
#define TRAFFIC_TRACKS 64
#define TRAFFIC_EPOCH_NS 1767225637000000000u

struct traffic_vehicle {
	double x, y;			/* of the plate at time 0, m */
	double kmh;			/* away from the camera; negative: toward */
	double drift;			/* m/s to the right */
	double stop_s, go_s;		/* stands between; stop_s 0: never */
	double brake;			/* m/s^2, before stop_s and after go_s; 0: at once */
	double length, width, height, plate_z;
	const char *plate;		/* what every reading of it says; NULL: none */
	double hidden_from, hidden_to;	/* neither blob nor plate, s */
	bool no_plate, no_blob;		/* never seen so */
};

struct traffic {
	struct qyran_config config;
	struct traffic_vehicle vehicles[TRAFFIC_VEHICLES];
	size_t vehicle_count;
	double rate;			/* frames a second */
	uint32_t frames;
	double jitter_px;		/* of boxes and regions, half width of a uniform error */
	double drop;			/* share of blobs and of regions that are missing */
	uint32_t clutter;		/* false regions a frame, anywhere */
	bool lamps;			/* false regions on each vehicle, ranked before the plate */
	bool merge;			/* blobs that touch are one */
	uint32_t noise;			/* false blobs a frame */
	double red_s, green_s;		/* pin 0 is high between; red_s < 0: never */
	bool pins;			/* the device has them */
	uint32_t step_at;		/* frame before which the clock steps by step_ns; 0: none */
	int64_t step_ns;
	uint32_t damaged_from, damaged_to;	/* frames */
	uint32_t exposure_ns, line_ns;
	bool unread;			/* readings come back unread */
	uint64_t seed;
};

struct traffic_track {
	uint64_t id, first_ns;
	int32_t cmh, u95_cmh;
	int speed_rc;
	int lane;
	int32_t height_mm, length_mm;
	uint32_t requests;
};

struct traffic_result {
	struct traffic_track tracks[TRAFFIC_TRACKS];	/* that counted */
	size_t track_count;
	struct qyran_violation violations[16];
	size_t violation_count;
	uint64_t total;
	uint32_t most_reads_a_frame;
	size_t most_alive;
	uint64_t suspicious_from[QYRAN_RULES];	/* first frame that was to be kept, of any track; UINT64_MAX: none */
	uint64_t decided_from;
	uint64_t digest;		/* of all points and decisions */
};

/** traffic_init() - a road without rules, 25 frames a second, boxes as a localiser on cells of 4 x 2 px gives them. */
void traffic_init(struct traffic *traffic, uint64_t seed);

/** traffic_add() - a car in @lane (1, 2) whose plate is at @y_m at time 0. */
struct traffic_vehicle *traffic_add(struct traffic *traffic, int lane, double y_m, double kmh);

/** traffic_crossing() - when the vehicle's plate passes y, s; NAN when never before the end. */
double traffic_crossing(const struct traffic *traffic, const struct traffic_vehicle *vehicle, double y_m);

/** traffic_run() - Returns 0, or a negative errno of what could not be made. */
int traffic_run(const struct traffic *traffic, struct traffic_result *ret);

/** traffic_found() - how many violations of @rule; @rule NONE: of all. */
size_t traffic_found(const struct traffic_result *result, enum qyran_rule rule);

/** traffic_project() - where a point of the world is seen; false behind the camera. */
bool traffic_project(double x, double y, double z, double *ret_u, double *ret_v);

#endif
