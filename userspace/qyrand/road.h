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

/** qyran_road_lane() - index of the lane that holds x, or -1. */
int qyran_road_lane(const struct qyran_road *road, int32_t x_mm);

#endif
