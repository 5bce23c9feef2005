/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Road geometry: points of the image to millimetres on the road and back.
 *
 * x to the right, y away from the camera, both on the ground. A homography is fitted to the surveyed points (normalised direct
 * linear transform, Hartley and Zisserman 2004, 4.4); a point at height z above the road is corrected along the ray to the camera:
 * p = c + (g - c)(1 - z/H).
 */
#ifndef QYRAN_ROAD_H
#define QYRAN_ROAD_H

#include "config.h"

struct qyran_road;

struct qyran_road_position {
	int32_t x_mm, y_mm;
};

/** qyran_road_new() - Returns 0; -EDOM when the points are collinear or do not fit one plane (residual over 0.25 m), with a line in @error. */
int qyran_road_new(const struct qyran_config *config, struct qyran_road **ret, char *error, size_t error_size);

/** qyran_road_free() - accepts NULL. */
void qyran_road_free(struct qyran_road *road);

/** qyran_road_from_image() - @u16, @v16: sixteenths of a pixel; @z_mm: height of the point. Returns 0, or -EDOM above the horizon. */
int qyran_road_from_image(const struct qyran_road *road, int32_t u16, int32_t v16, int32_t z_mm, struct qyran_road_position *ret);

/** qyran_road_to_image() - the inverse; sixteenths of a pixel. */
int qyran_road_to_image(const struct qyran_road *road, struct qyran_road_position position, int32_t z_mm, int32_t *ret_u16, int32_t *ret_v16);

/**
 * qyran_road_distance() - distance over ground between two image points at height @z_mm, and how well the survey knows it.
 * @ret_u_mm: standard uncertainty from the surveyed points: each is moved by what the survey leaves open (the residual of the
 * fit, but at least half a pixel) and the fit repeated (GUM, JCGM 100:2008, 5.1.3, sensitivities by differences).
 * Returns 0, or -EDOM above the horizon.
 */
int qyran_road_distance(const struct qyran_road *road, const int32_t from16[2], const int32_t to16[2], int32_t z_mm, double *ret_mm,
			double *ret_u_mm);

/** qyran_road_pixel() - millimetres on the ground that a pixel's height covers at this image point; 0 above the horizon. */
double qyran_road_pixel(const struct qyran_road *road, int32_t u16, int32_t v16, int32_t z_mm);

/** qyran_road_camera() - foot of the camera and, in @ret_height_mm, its height. */
struct qyran_road_position qyran_road_camera(const struct qyran_road *road, int32_t *ret_height_mm);

/** qyran_road_lane() - index of the lane that holds x, or -1. */
int qyran_road_lane(const struct qyran_road *road, int32_t x_mm);

#endif
