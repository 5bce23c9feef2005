/* SPDX-License-Identifier: Apache-2.0 */
#include "speed.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define PAIRS_MAX 160		/* hypotheses tried */
#define AGREE_PX 4.0		/* a localiser's cells are 4 px wide */
#define SCATTER_FLOOR_PX 0.7	/* cells of 4 x 2 px, uniform: 2 / sqrt(12) down, 4 / sqrt(12) across */
#define POINTS_LEAST 5
#define SPAN_LEAST_MM 1500.0
#define CMH_PER_MM_S 0.36

/* Student's t for 95 %, two-sided, by degrees of freedom from 1; two beyond the table (k = 2). */
static const double student[] = { 12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13 };

static double seconds(uint64_t later, uint64_t earlier)
{
	return (double)(int64_t)(later - earlier) * 1e-9;
}

static double miss_px(const struct qyran_track_point *point, const struct qyran_motion *motion, double pixel_mm)
{
	double t = seconds(point->run_ns, motion->run_ns);

	return hypot(point->x_mm - motion->x_mm - motion->vx * t, point->y_mm - motion->y_mm - motion->vy * t) / pixel_mm;
}

static bool least_squares(const struct qyran_track_point *points, size_t count, const double *pixel_mm, struct qyran_motion *motion)
{
	double sw = 0, st = 0, sx = 0, sy = 0, stt = 0, stx = 0, sty = 0, chi = 0;
	uint64_t origin = motion->run_ns;

	motion->used = 0;
	for (size_t i = 0; i < count; i++)
		if (motion->in[i]) {
			double w = 1 / (pixel_mm[i] * pixel_mm[i]);

			sw += w;
			st += w * seconds(points[i].run_ns, origin);
			sx += w * points[i].x_mm;
			sy += w * points[i].y_mm;
			motion->used++;
		}
	if (motion->used < 2)
		return false;
	double tm = st / sw, xm = sx / sw, ym = sy / sw;

	for (size_t i = 0; i < count; i++)
		if (motion->in[i]) {
			double w = 1 / (pixel_mm[i] * pixel_mm[i]), t = seconds(points[i].run_ns, origin) - tm;

			stt += w * t * t;
			stx += w * t * (points[i].x_mm - xm);
			sty += w * t * (points[i].y_mm - ym);
		}
	if (!(stt > 0))
		return false;
	motion->vx = stx / stt;
	motion->vy = sty / stt;
	motion->x_mm = xm - motion->vx * tm;
	motion->y_mm = ym - motion->vy * tm;
	for (size_t i = 0; i < count; i++)
		if (motion->in[i]) {
			double miss = miss_px(&points[i], motion, pixel_mm[i]);

			chi += miss * miss;
		}
	double freedom = (double)motion->used - 2;

	motion->scatter_px = fmax(SCATTER_FLOOR_PX, freedom > 0 ? sqrt(chi / freedom) : 0);
	size_t row = motion->used < 3 ? 0 : motion->used - 3;
	motion->slope_u = motion->scatter_px / sqrt(stt) * (row < sizeof(student) / sizeof(*student) ? student[row] : 2);
	return true;
}

int qyran_motion_fit(const struct qyran_road *road, const struct qyran_track_point *points, size_t count, int32_t z_mm, size_t least,
		     struct qyran_motion *ret)
{
	double pixel_mm[QYRAN_TRACK_POINTS_MAX];
	struct qyran_motion best = { .used = 0 };
	double best_cost = HUGE_VAL;

	if (count > QYRAN_TRACK_POINTS_MAX)
		count = QYRAN_TRACK_POINTS_MAX;
	if (count < least || count < 2)
		return -ENODATA;
	for (size_t i = 0; i < count; i++) {
		pixel_mm[i] = road ? qyran_road_pixel(road, points[i].u16, points[i].v16, z_mm) : 1;
		if (!(pixel_mm[i] > 0))
			return -ENODATA;
	}
	/* Pairs far apart in time, taken evenly. */
	size_t apart = count / 3 ? count / 3 : 1, pairs = 0, skip;

	for (size_t i = 0; i + apart < count; i++)
		pairs += count - apart - i;
	skip = (pairs + PAIRS_MAX - 1) / PAIRS_MAX;
	pairs = 0;
	for (size_t i = 0; i + apart < count; i++)
		for (size_t j = i + apart; j < count; j++) {
			double t = seconds(points[j].run_ns, points[i].run_ns), cost = 0;

			if (pairs++ % skip || !(t > 0))
				continue;
			struct qyran_motion trial = { .run_ns = points[i].run_ns,
						      .x_mm = points[i].x_mm,
						      .y_mm = points[i].y_mm,
						      .vx = (points[j].x_mm - points[i].x_mm) / t,
						      .vy = (points[j].y_mm - points[i].y_mm) / t };

			for (size_t k = 0; k < count; k++) {
				double miss = miss_px(&points[k], &trial, pixel_mm[k]);

				trial.in[k] = miss < AGREE_PX;
				cost += trial.in[k] ? miss * miss : AGREE_PX * AGREE_PX;
			}
			if (cost < best_cost) {
				best_cost = cost;
				best = trial;
			}
		}
	if (best_cost == HUGE_VAL)
		return -ENODATA;
	for (int round = 0; round < 3; round++) {
		if (!least_squares(points, count, pixel_mm, &best))
			return -ENODATA;
		for (size_t k = 0; k < count; k++)
			best.in[k] = miss_px(&points[k], &best, pixel_mm[k]) < AGREE_PX;
	}
	if (!least_squares(points, count, pixel_mm, &best) || best.used < least)
		return -ENODATA;

	size_t first = 0, last = count - 1;
	while (!best.in[first])
		first++;
	while (!best.in[last])
		last--;
	best.from_ns = points[first].run_ns;
	best.to_ns = points[last].run_ns;
	uint64_t middle = best.from_ns + (best.to_ns - best.from_ns) / 2;
	double shift = seconds(middle, best.run_ns);

	best.x_mm += best.vx * shift;
	best.y_mm += best.vy * shift;
	best.run_ns = middle;
	best.length_mm = hypot(best.vx, best.vy) * seconds(best.to_ns, best.from_ns);
	*ret = best;
	return 0;
}

int qyran_motion_speed(const struct qyran_road *road, const struct qyran_track_point *points, size_t count, int32_t z_mm, int32_t z_u_mm,
		       struct qyran_motion *ret_motion, int32_t *ret_cmh, int32_t *ret_u95_cmh)
{
	struct qyran_motion motion;
	size_t first = 0, last = 0;
	int32_t height;
	double distance, distance_u;

	if (!road || qyran_motion_fit(road, points, count, z_mm, POINTS_LEAST, &motion) || motion.length_mm < SPAN_LEAST_MM)
		return -ENODATA;
	for (size_t i = 0; i < count && i < QYRAN_TRACK_POINTS_MAX; i++)
		if (motion.in[i]) {
			if (points[i].run_ns == motion.from_ns)
				first = i;
			last = i;
		}
	const int32_t from[2] = { points[first].u16, points[first].v16 }, to[2] = { points[last].u16, points[last].v16 };

	if (qyran_road_distance(road, from, to, z_mm, &distance, &distance_u) || !(distance > 0))
		return -ENODATA;
	qyran_road_camera(road, &height);
	double speed = hypot(motion.vx, motion.vy);
	double survey = 2 * distance_u / distance * speed, raised = (double)z_u_mm / (height - z_mm) * speed;
	double u95 = sqrt(motion.slope_u * motion.slope_u + survey * survey + raised * raised);

	if (!(speed < 1e6) || !(u95 < 1e6))
		return -ENODATA;
	*ret_motion = motion;
	*ret_cmh = (int32_t)lround((motion.vy < 0 ? -speed : speed) * CMH_PER_MM_S);
	*ret_u95_cmh = (int32_t)lround(u95 * CMH_PER_MM_S);
	return 0;
}
