/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service's configuration, an INI file. Capitals stand for what must be given where its section is there; every other value is
 * the default, and its key may be left out.
 *
 *   [camera]          id=NAME  region=NAME  namespace=qyran        letters, digits, - _ . : they become a topic
 *                     place=  latitude_e7=0  longitude_e7=0        text; degrees * 10^7
 *                     state=state                                  directory of keys and outbox
 *   [device]          spec=                                        kernel:DEVICE, sim:CLIP or record:FILE; qyrand's --device goes before it
 *                     epoch_ns=1767225637000000000                 TAI, the stamp of a simulated board's first frame
 *                     pace=scene                                   or host: a simulated board's idle time passes as the host's does
 *                     regions=8                                    plate regions a frame, at most 16; 0: as many as the logic sends
 *   [sensor]          exposure_ns=0  line_ns=0  mono=no            what no sensor's driver tells
 *                     width=0  height=0                            pixels; kernel: only, a clip has its own
 *   [privacy]         mask.1=X Y WIDTH HEIGHT …                    pixels; up to mask.16
 *   [road]            point.1=U V X Y …                            pixels, metres on the ground; at least point.4, at most point.32
 *                     camera=X Y HEIGHT                            metres, the foot of the camera and its height above the road
 *                     plate_height=0.55                            metres above the road, usual height of a plate's centre
 *   [lane.1] …        left=X  right=X  direction=TOWARD|AWAY       metres, `toward` or `away`; a lane runs along y
 *                     use=general                                  or bus
 *   [rule.speed]      limit_kmh=N  tolerance_kmh=0
 *   [rule.red_light]  line=Y  far=Y  pin=N                         metres; crossing `line` while the pin is high, and passing on beyond `far`
 *   [rule.stop_line]  line=Y  far=Y  pin=N                         crossing `line` while the pin is high and coming to stand before `far`
 *   [rule.wrong_way]  distance=6                                   metres travelled against the lane's direction
 *   [rule.standing]   zone=LEFT RIGHT NEAR FAR  limit_s=SECONDS    metres; seconds of standing still
 *   [rule.bus_lane]   distance=6  height=2.4                       metres travelled in a bus lane; vehicles at least so high are buses
 *   [plates]          formats=DIRECTORY  confidence=700            per mille a plate needs to be `read`
 *   [reader]          backend=cpu                                  who computes the plate reader's network; the bits are the same
 *                     backend=xrt  xclbin=FILE  kernel=plate_kernel  the logic, through XRT; the processor where that fails
 *                     program=qyran-reader-xrt                     what drives it; made and installed where libxrt-dev is
 *   [seal]            bundle=FILE  root=FILE                       recipients and receipt keys, signed by the authority's root; its public key
 *   [publisher]       kind=folder  path=DIRECTORY
 *                     kind=mqtt  host=NAME  port=8883  ca=FILE  certificate=FILE  key=FILE
 *
 *   [view]            socket=PATH  frames=PATH                     what watchers are told (qyran/view.h); without socket= it is `view` in systemd's
 *                                                                $RUNTIME_DIRECTORY, without frames= no picture goes out
 *
 * [camera], [plates], [seal] and [publisher] must be there. Sections of rules that are absent are off. Paths are relative to the file.
 * The numbers of the road are in metres in the file, in millimetres here. userspace/deploy/qyrand.ini.in is an example.
 */
#ifndef QYRAN_CONFIG_H
#define QYRAN_CONFIG_H

#include <qyran/device.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QYRAN_ROAD_POINTS_MAX 32
#define QYRAN_LANES_MAX 8
#define QYRAN_NAME_MAX 64
#define QYRAN_PATH_MAX 1024

enum qyran_rule {
	QYRAN_RULE_NONE,
	QYRAN_RULE_SPEED,
	QYRAN_RULE_RED_LIGHT,
	QYRAN_RULE_STOP_LINE,
	QYRAN_RULE_WRONG_WAY,
	QYRAN_RULE_STANDING,
	QYRAN_RULE_BUS_LANE,
	QYRAN_RULES		/* how many, with NONE */
};

/** qyran_rule_name() - "speed", "red_light", … */
const char *qyran_rule_name(enum qyran_rule rule);

struct qyran_road_point {
	double u_px, v_px;	/* image */
	int32_t x_mm, y_mm;	/* ground */
};

struct qyran_lane {
	int32_t left_mm, right_mm;	/* x */
	bool toward;			/* vehicles come toward the camera: y falls */
	bool bus;
};

struct qyran_config {
	struct {
		char id[QYRAN_NAME_MAX], region[QYRAN_NAME_MAX], namespace[QYRAN_NAME_MAX], place[2 * QYRAN_NAME_MAX];
		int32_t latitude_e7, longitude_e7;	/* degrees * 10^7, WGS 84 */
		char state[QYRAN_PATH_MAX];
	} camera;
	struct {
		char spec[QYRAN_PATH_MAX];
		uint64_t epoch_ns;
		bool pace_host;
		uint32_t regions;
	} device;
	struct {
		uint32_t exposure_ns, line_ns;
		uint32_t width, height;
		bool mono;
	} sensor;
	struct qyran_box masks[QYRAN_MASKS_MAX];
	size_t mask_count;
	struct {
		struct qyran_road_point points[QYRAN_ROAD_POINTS_MAX];
		size_t point_count;
		int32_t camera_x_mm, camera_y_mm, camera_height_mm;
		int32_t plate_height_mm;
	} road;
	struct qyran_lane lanes[QYRAN_LANES_MAX];	/* lane.1 first */
	size_t lane_count;
	struct {
		bool on[QYRAN_RULES];
		struct { uint32_t limit_kmh, tolerance_kmh; } speed;
		struct { int32_t line_mm, far_mm; uint32_t pin; } red_light, stop_line;
		struct { int32_t distance_mm; } wrong_way;
		struct { int32_t left_mm, right_mm, near_mm, far_mm; uint32_t limit_ms; } standing;
		struct { int32_t distance_mm, height_mm; } bus_lane;
	} rules;
	struct { char formats[QYRAN_PATH_MAX]; uint32_t confidence; } plates;
	struct {
		bool xrt;
		char xclbin[QYRAN_PATH_MAX], kernel[QYRAN_NAME_MAX];
		char program[QYRAN_PATH_MAX];	/* empty: as installed */
	} reader;
	struct { char bundle[QYRAN_PATH_MAX], root[QYRAN_PATH_MAX]; } seal;
	struct {
		bool mqtt;
		char path[QYRAN_PATH_MAX];
		char host[QYRAN_NAME_MAX];
		uint16_t port;
		char ca[QYRAN_PATH_MAX], certificate[QYRAN_PATH_MAX], key[QYRAN_PATH_MAX];
	} publisher;
	struct { char socket[QYRAN_PATH_MAX], frames[QYRAN_PATH_MAX]; } view;
	uint8_t hash[32];	/* BLAKE2b of the file's bytes: the version of the rules */
};

/**
 * qyran_config_load() - reads and checks a configuration.
 * Returns 0, or a negative errno with one line in @error: file, line, key and what is allowed. Contradictions are errors too.
 */
int qyran_config_load(const char *path, struct qyran_config *ret, char *error, size_t error_size);

#endif
