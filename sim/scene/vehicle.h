/* SPDX-License-Identifier: Apache-2.0 */
/* Vehicles: bodies of a few dozen faces, with lamps and a plate at each end. */
#ifndef QYRAN_SCENE_VEHICLE_H
#define QYRAN_SCENE_VEHICLE_H

#include "draw.h"
#include "scene.h"

#include <qyran/format.h>

struct scene_vehicle {
	enum scene_body body;
	double length, width, height;	/* metres */
	struct scene_colour paint;
	const struct qyran_format *format;
	char plate[QYRAN_PLATE_TEXT_MAX + 1];
	double plate_z;			/* metres above the road, of its middle */
	bool toward;			/* its front and front plate are seen */
	double x;			/* its middle */
};

/** scene_vehicle_shade() - draws what a vehicle does to the road: its shadow, and the light of its headlamps. Before any vehicle. */
void scene_vehicle_shade(const struct scene_canvas *canvas, const struct scene_vehicle *vehicle, double plate_y);

/**
 * scene_vehicle_draw() - draws a vehicle whose seen plate is at @plate_y.
 * Returns 0, or what scene_plate_draw() returns.
 */
int scene_vehicle_draw(const struct scene_canvas *canvas, const struct scene_vehicle *vehicle, double plate_y, bool braking);

/** scene_vehicle_plate() - corners of the seen plate: upper left, upper right, lower right, lower left, as seen. */
void scene_vehicle_plate(const struct scene_vehicle *vehicle, double plate_y, struct scene_point ret[4]);

/** scene_vehicle_box() - the eight corners of the box that holds the vehicle. */
void scene_vehicle_box(const struct scene_vehicle *vehicle, double plate_y, struct scene_point ret[8]);

#define SCENE_OUTLINE 14

/** scene_vehicle_outline() - the points of its body that reach farthest, without mirrors: tighter than the box. */
void scene_vehicle_outline(const struct scene_vehicle *vehicle, double plate_y, struct scene_point ret[SCENE_OUTLINE]);

#endif
