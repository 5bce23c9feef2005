/* SPDX-License-Identifier: Apache-2.0 */
/* Vehicles that are known by their plates only: no blob shows them, or a blob shows several as one. */
#include "track_state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define SEED_HITS 5
#define SEED_MM 1500.0
#define APART_MM 1900.0		/* lamps of one vehicle hang closer together, plates of two further apart */
#define MOVING_MM_S 2500.0

/* Within the lanes, where there are any. */
static bool on_road(const struct qyran_tracker *tracker, int32_t x_mm)
{
	return !tracker->has_lanes || qyran_road_lane(tracker->road, x_mm) >= 0;
}

static bool moves(const struct qyran_tracker *tracker, const struct strand *strand, struct qyran_motion *ret)
{
	size_t from = strand->count > 12 ? strand->count - 12 : 0;

	return strand->hits >= SEED_HITS && strand->fit >= strand->hits && on_road(tracker, strand->points[strand->count - 1].x_mm) &&
	       !qyran_motion_fit(tracker->road, strand->points + from, strand->count - from, tracker->plate_z_mm, SEED_HITS, ret) &&
	       ret->length_mm > SEED_MM && hypot(ret->vx, ret->vy) > MOVING_MM_S;
}

/* A vehicle known by its plate only: about three and a half plates wide and three high. */
static int seed(struct qyran_tracker *tracker, struct strand *strand)
{
	double wide = fmax(strand->w, 2.5 * strand->h);
	struct box box = { { strand->u - 1.75 * wide, strand->v - 2.2 * wide, strand->u + 1.75 * wide, strand->v + 0.8 * wide } };

	if (tracker->count == TRACKS_MAX)
		return 0;
	struct qyran_track *track = track_new(tracker, &box);

	if (!track)
		return -ENOMEM;
	track->hits = strand->hits;
	track->strands[0] = *strand;
	strand->used = false;
	strand->region = -1;
	strand = &track->strands[0];
	strand->in_u = 0.5;
	strand->in_v = 2.2 / 3;
	strand->placed = true;
	for (size_t e = 0; e < EDGES; e++)
		track->rate[e] = e % 2 ? strand->dv : strand->du;
	track->rates = true;
	const struct qyran_track_point *first = &strand->points[0];

	if (first->clock_steps == tracker->clock_steps)
		track->first_ns = first->time_ns;
	track->first_run_ns = first->run_ns;
	track->first_frame = first->frame;
	return 0;
}

/* The vehicle, other than @not, whose plate is so near that this is the same one or a lamp beside it. */
static struct qyran_track *neighbour(struct qyran_tracker *tracker, const struct strand *strand, const struct qyran_track *not)
{
	const struct qyran_track_point *here = &strand->points[strand->count - 1];

	for (size_t t = 0; t < tracker->count; t++) {
		struct qyran_track *track = tracker->tracks[t];
		const struct strand *plate = track_plate(track);

		if (track == not || track->dead || !plate || plate->hits < 3 || tracker->tick - plate->tick > STRAND_TICKS)
			continue;
		const struct qyran_track_point *there = &plate->points[plate->count - 1];

		if (abs(here->x_mm - there->x_mm) < APART_MM && abs(here->y_mm - there->y_mm) < BEHIND_MM)
			return track;
	}
	return NULL;
}

static int seed_loose(struct qyran_tracker *tracker)
{
	for (size_t s = 0; s < LOOSE_MAX; s++) {
		struct strand *strand = &tracker->loose[s];
		struct qyran_motion motion;

		if (!strand->used || strand->region < 0)
			continue;
		struct qyran_track *inside = track_holding(tracker, strand->u, strand->v);

		if (inside && (strand->hits < 3 || hypot(strand->du, strand->dv) > 10)) {
			strand_hand_over(tracker, strand, inside);
			continue;
		}
		if (inside || !tracker->road || !moves(tracker, strand, &motion))
			continue;
		struct qyran_track *near = neighbour(tracker, strand, NULL);

		if (near)
			strand_hand_over(tracker, strand, near);
		else if (seed(tracker, strand))
			return -ENOMEM;
	}
	return 0;
}

/* Two plates side by side in one blob: two vehicles that were never seen apart. */
static int seed_second(struct qyran_tracker *tracker)
{
	for (size_t t = 0; t < tracker->count; t++) {
		struct qyran_track *track = tracker->tracks[t];
		const struct strand *plate = track_plate(track);
		struct qyran_motion own, others;

		if (!tracker->road || !plate || track->dead || !track->counted || plate->region < 0 || !moves(tracker, plate, &own))
			continue;
		for (size_t s = 0; s < STRANDS_MAX; s++) {
			struct strand *strand = &track->strands[s];

			if (!strand->used || strand == plate || strand->region < 0 || !moves(tracker, strand, &others))
				continue;
			double apart = fabs((double)strand->points[strand->count - 1].x_mm - plate->points[plate->count - 1].x_mm);

			if (apart < APART_MM || qyran_road_lane(tracker->road, strand->points[strand->count - 1].x_mm) ==
							qyran_road_lane(tracker->road, plate->points[plate->count - 1].x_mm))
				continue;
			struct qyran_track *near = neighbour(tracker, strand, track);

			if (near) {
				strand_hand_over(tracker, strand, near);
				continue;
			}
			size_t before = tracker->count;
			struct box blob = track->box;
			double middle = (strand->u + plate->u) / 2;
			bool right = strand->u > plate->u;

			if (seed(tracker, strand))
				return -ENOMEM;
			if (tracker->count == before)
				continue;
			struct qyran_track *second = tracker->tracks[before];

			second->box = blob;
			second->box.edge[right ? EDGE_LEFT : EDGE_RIGHT] = middle;
			track->box.edge[right ? EDGE_RIGHT : EDGE_LEFT] = middle;
			second->mover = track->mover;
			second->merged = track->merged = true;
			strands_place(second, true);
			strands_place(track, true);
		}
	}
	return 0;
}

int plates_seed(struct qyran_tracker *tracker)
{
	int error = seed_loose(tracker);

	return error ? error : seed_second(tracker);
}
