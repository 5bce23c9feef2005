/* SPDX-License-Identifier: Apache-2.0 */
/* What is measured on a track: its way on the ground, speed, size. */
#include "track_state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define PLATE_HITS 5
#define STRAY_MM 1000.0			/* a point so far from its neighbours' line is none of the vehicle */
#define STRAY_PX 8.0
#define LENGTH_USUAL_MM 4400.0		/* a car, where its length cannot be told from its height */
#define TOPS_LEAST 4
#define TOPS_SPAN_MM 2000.0
#define HEIGHT_LEAST_MM 600.0
#define HEIGHT_DOUBT_MM 500.0
#define LENGTH_LEAST_MM 1200.0
#define LENGTH_MOST_MM 20000.0

static const struct strand *measured_strand(const struct qyran_track *track)
{
	const struct strand *plate = track_plate(track);

	return plate && plate->count >= PLATE_HITS && plate->fit * 2 >= plate->hits ? plate : NULL;
}

const struct qyran_track_point *qyran_track_points(const struct qyran_track *track, size_t *ret_count)
{
	const struct strand *plate = measured_strand(track);

	*ret_count = plate ? plate->count : track->foot_count;
	return plate ? plate->points : track->feet;
}

static int compare(const void *a, const void *b)
{
	const int32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int32_t median(int32_t *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

static size_t drop_strays(const struct qyran_road *road, int32_t z_mm, struct qyran_track_point *points, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept && i + 1 < count) {
			const struct qyran_track_point *a = &points[kept - 1], *b = &points[i], *c = &points[i + 1];
			double span = (double)(int64_t)(c->run_ns - a->run_ns), part = (double)(int64_t)(b->run_ns - a->run_ns);
			double share = span > 0 ? part / span : 0.5;
			double off = hypot(b->x_mm - a->x_mm - share * (c->x_mm - a->x_mm), b->y_mm - a->y_mm - share * (c->y_mm - a->y_mm));

			if (off > fmax(STRAY_MM, STRAY_PX * qyran_road_pixel(road, b->u16, b->v16, z_mm)))
				continue;
		}
		points[kept++] = points[i];
	}
	return kept;
}

size_t track_path(const struct qyran_track *track, struct qyran_track_point *ret)
{
	const struct qyran_tracker *tracker = track->tracker;
	const struct strand *plate = measured_strand(track);
	int32_t dx[QYRAN_TRACK_POINTS_MAX], dy[QYRAN_TRACK_POINTS_MAX], shift_x = 0, shift_y = 0;
	size_t common = 0, count = 0, plates = plate ? plate->count : 0, i = 0, j = 0;

	if (!tracker->road)
		return 0;
	for (i = 0, j = 0; i < plates && j < track->foot_count;) {
		const struct qyran_track_point *p = &plate->points[i], *f = &track->feet[j];

		if (p->frame == f->frame) {
			dx[common] = p->x_mm - f->x_mm;
			dy[common++] = p->y_mm - f->y_mm;
		}
		if (p->frame <= f->frame)
			i++;
		if (f->frame <= p->frame)
			j++;
	}
	bool feet = !plates || common >= 2;

	if (common >= 2) {
		shift_x = median(dx, common);
		shift_y = median(dy, common);
	}
	for (i = 0, j = 0; (i < plates || (feet && j < track->foot_count)) && count < PATH_MAX_POINTS;) {
		bool have_plate = i < plates, have_foot = feet && j < track->foot_count;

		if (have_plate && (!have_foot || plate->points[i].frame <= track->feet[j].frame)) {
			if (have_foot && plate->points[i].frame == track->feet[j].frame)
				j++;
			ret[count++] = plate->points[i++];
		} else {
			ret[count] = track->feet[j++];
			ret[count].x_mm += shift_x;
			ret[count++].y_mm += shift_y;
		}
	}
	return drop_strays(tracker->road, tracker->plate_z_mm, ret, count);
}

size_t track_measured(const struct qyran_track *track, uint64_t from_run_ns, uint64_t to_run_ns, struct qyran_track_point *ret, bool *ret_plate)
{
	const struct strand *plate = measured_strand(track);
	size_t count = 0;

	for (int pass = plate ? 0 : 1; pass < 2; pass++) {
		const struct qyran_track_point *points = pass ? track->feet : plate->points;
		size_t all = pass ? track->foot_count : plate->count;

		count = 0;
		for (size_t i = 0; i < all; i++)
			if (points[i].run_ns >= from_run_ns && points[i].run_ns <= to_run_ns)
				ret[count++] = points[i];
		*ret_plate = !pass;
		if (count >= PLATE_HITS)
			break;
	}
	return count;
}

int track_motion(const struct qyran_track *track, const struct qyran_track_point *points, size_t count, bool plate, struct qyran_motion *ret_motion,
		 int32_t *ret_cmh, int32_t *ret_u95_cmh)
{
	for (size_t i = 1; i < count; i++)
		if (points[i].clock_steps != points[0].clock_steps)
			return -ENODATA;
	return qyran_motion_speed(track->tracker->road, points, count, plate ? track->tracker->plate_z_mm : FOOT_HEIGHT_MM,
				  plate ? PLATE_HEIGHT_U_MM : FOOT_HEIGHT_U_MM, ret_motion, ret_cmh, ret_u95_cmh);
}

int qyran_track_speed(const struct qyran_track *track, uint64_t from_ns, uint64_t to_ns, int32_t *ret_cmh, int32_t *ret_u95_cmh)
{
	struct qyran_track_point points[QYRAN_TRACK_POINTS_MAX];
	struct qyran_motion motion;
	size_t all, count = 0;
	const struct qyran_track_point *from = qyran_track_points(track, &all);

	for (size_t i = 0; i < all; i++)
		if (from[i].time_ns >= from_ns && from[i].time_ns <= to_ns)
			points[count++] = from[i];
	return track_motion(track, points, count, all && from->plate, &motion, ret_cmh, ret_u95_cmh);
}

int qyran_track_lane(const struct qyran_track *track)
{
	size_t count, votes[QYRAN_LANES_MAX] = { 0 };
	const struct qyran_track_point *points = qyran_track_points(track, &count);
	int best = -1;

	if (!track->tracker->road)
		return 0;
	for (size_t i = 0; i < count; i++) {
		int lane = qyran_road_lane(track->tracker->road, points[i].x_mm);

		if (lane >= 0 && ++votes[lane] && (best < 0 || votes[lane] > votes[best]))
			best = lane;
	}
	return best + 1;
}

/* Where the ray over the upper edge meets the ground, and the plate or the foot in the same frame: distances from the camera's foot. */
static size_t pair_tops(const struct qyran_track *track, const struct strand *plate, bool cut, double *near, double *far)
{
	const struct qyran_tracker *tracker = track->tracker;
	size_t count = 0, j = 0;
	int32_t height, y_mm;
	struct qyran_road_position camera = qyran_road_camera(tracker->road, &height), ground;

	for (size_t i = 0; i < track->top_count; i++) {
		const struct top *top = &track->tops[i];

		while (plate && j < plate->count && plate->points[j].frame < top->frame)
			j++;
		if (plate && (j == plate->count || plate->points[j].frame != top->frame))
			continue;
		if ((!plate && !top->foot) || top->cut != cut || qyran_road_from_image(tracker->road, top->u16, top->v16, 0, &ground))
			continue;
		y_mm = plate ? plate->points[j].y_mm : top->y_mm;
		near[count] = y_mm - camera.y_mm;
		far[count] = ground.y_mm - camera.y_mm;
		if (near[count] > 0 && far[count] > near[count])
			count++;
	}
	return count;
}

/*
 * The far upper edge of a vehicle of length L and height h whose plate is y away is seen over the ground (y + L) / (1 - h / H) away:
 * a straight line in y, whose slope tells h and whose start tells L.
 */
void qyran_track_size(const struct qyran_track *track, int32_t *ret_height_mm, int32_t *ret_length_mm)
{
	double near[TOPS_MAX], far[TOPS_MAX], n = 0, f = 0, nn = 0, nf = 0, least = HUGE_VAL, most = 0, best = 0, length = LENGTH_USUAL_MM;
	int32_t camera_mm, singles[TOPS_MAX];
	bool known = false;

	*ret_height_mm = *ret_length_mm = 0;
	if (!track->tracker->road)
		return;
	qyran_road_camera(track->tracker->road, &camera_mm);
	/* The foot, which shadows blur, only where no frame shows both the plate and the whole upper edge. */
	const struct strand *plate = measured_strand(track);
	size_t count = pair_tops(track, plate, false, near, far);

	if (!count && plate)
		count = pair_tops(track, plate = NULL, false, near, far);

	for (size_t i = 0; i < count; i++) {
		n += near[i] / (double)count;
		f += far[i] / (double)count;
		least = fmin(least, near[i]);
		most = fmax(most, near[i]);
	}
	for (size_t i = 0; i < count; i++) {
		nn += (near[i] - n) * (near[i] - n);
		nf += (near[i] - n) * (far[i] - f);
	}
	if (count >= TOPS_LEAST && most - least > TOPS_SPAN_MM && nf > nn) {
		double slope = nf / nn, start = f - slope * n;

		best = camera_mm * (1 - 1 / slope);
		length = start / slope;
		known = best > HEIGHT_LEAST_MM && length > LENGTH_LEAST_MM && length < LENGTH_MOST_MM;
		if (!known)
			length = LENGTH_USUAL_MM;
	}
	size_t usable = count;

	if (!known && usable) {
		for (size_t i = 0; i < usable; i++)
			singles[i] = (int32_t)(camera_mm * (1 - (near[i] + length) / far[i]));
		best = fmax(0, median(singles, usable));
	}
	/* What the picture cuts off is at least as high as its edge; when that contradicts, the rest was a piece. */
	size_t higher = 0, cut = pair_tops(track, plate, true, near, far);

	for (size_t i = 0; i < cut; i++)
		higher += camera_mm * (1 - (near[i] + length) / far[i]) > best + HEIGHT_DOUBT_MM;
	if (!usable || higher > usable)
		return;
	if (best > HEIGHT_LEAST_MM) {
		*ret_height_mm = (int32_t)best;
		*ret_length_mm = known ? (int32_t)length : 0;
	}
}
