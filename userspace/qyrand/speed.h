/* SPDX-License-Identifier: Apache-2.0 */
/* Speed of a sequence of points on the road: outliers left out, least squares, uncertainty. */
#ifndef QYRAN_SPEED_H
#define QYRAN_SPEED_H

#include "road.h"
#include "violation.h"

/* A straight, even motion fitted to points of one clock. */
struct qyran_motion {
	double x_mm, y_mm;	/* at run_ns */
	double vx, vy;		/* mm/s */
	uint64_t run_ns;	/* middle of the stretch */
	uint64_t from_ns, to_ns;	/* run time of the first and the last point that was used */
	double length_mm;	/* between these two */
	double scatter_px;	/* standard deviation of a point */
	double slope_u;		/* of the speed from the scatter alone, mm/s, k = 2 or more (Student's t for few points) */
	size_t used;
	bool in[QYRAN_TRACK_POINTS_MAX];	/* which points agree */
};

/**
 * qyran_motion_fit() - the motion that most of the points agree with (MSAC over pairs of points, Torr and Zisserman 2000, then
 * weighted least squares; a point weighs by the ground that its pixel covers).
 * @points: at most QYRAN_TRACK_POINTS_MAX.
 * Returns 0; -ENODATA when fewer than @least points agree.
 */
int qyran_motion_fit(const struct qyran_road *road, const struct qyran_track_point *points, size_t count, int32_t z_mm, size_t least,
		     struct qyran_motion *ret);

/**
 * qyran_motion_speed() - speed over ground with its uncertainty: scatter of the points, survey, height of the point above the road.
 * @z_u_mm: expanded uncertainty of the height.
 * Returns 0; -ENODATA when fewer than five points span 1.5 m.
 */
int qyran_motion_speed(const struct qyran_road *road, const struct qyran_track_point *points, size_t count, int32_t z_mm, int32_t z_u_mm,
		       struct qyran_motion *ret_motion, int32_t *ret_cmh, int32_t *ret_u95_cmh);

#endif
