/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual camera: a pinhole over the road. World: x right, y away from the camera, z up, metres; image: pixels, v down. */
#ifndef QYRAN_SCENE_CAMERA_H
#define QYRAN_SCENE_CAMERA_H

#include <stdbool.h>

struct scene_point {
	double x, y, z;
};

struct scene_camera {
	int width, height;		/* pixels */
	struct scene_point at;		/* where it hangs; at.x, at.y is its foot */
	double focal_px;
	struct scene_point right, down, forward;	/* unit vectors */
};

/**
 * scene_camera_aim() - sets the directions so that the picture's lower edge shows the ground at @near_y.
 * @width, @height, @at and @focal_px are set by the caller before. @yaw: radians, positive to the right.
 */
void scene_camera_aim(struct scene_camera *camera, double near_y, double yaw);

/** scene_camera_roll() - turns an aimed camera about its axis, clockwise by @roll radians: what it sees turns the other way. */
void scene_camera_roll(struct scene_camera *camera, double roll);

/** scene_camera_project() - where a point of the world is seen. Returns its depth along the optical axis, metres; not seen when <= 0. */
double scene_camera_project(const struct scene_camera *camera, struct scene_point point, double *ret_u, double *ret_v);

/** scene_camera_ground() - the point of the plane at height @z that is seen at @u, @v; false when that is above the horizon. */
bool scene_camera_ground(const struct scene_camera *camera, double u, double v, double z, struct scene_point *ret);

#endif
