/* SPDX-License-Identifier: Apache-2.0 */
/* Movers to tracks. */
#include "track_state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define ALPHA 0.8			/* share of a box's surprise that is believed */
#define BETA 0.5			/* share of it that becomes motion */
#define SURE_HITS 4
#define OVERLAP_LEAST 0.1		/* IoU of predicted box and mover */
#define REACH 0.6			/* diagonals that a box without overlap may have jumped */
#define INSIDE 0.55			/* share of a box that makes it part of another */
#define GROWN 1.3			/* a mover so much larger than expected holds more than one vehicle */
#define SMALLEST_PX 48.0		/* area: less is noise at any distance */

struct match {
	double likeness;
	uint16_t track, mover;
};

void movers_predict(struct qyran_tracker *tracker)
{
	for (size_t i = 0; i < tracker->count; i++) {
		struct qyran_track *track = tracker->tracks[i];

		track->predicted = track->box;
		track->mover = -1;
		track->merged = false;
		if (track->rates)
			for (size_t e = 0; e < EDGES; e++)
				track->predicted.edge[e] += track->rate[e] * tracker->seconds;
		/* Edges that would cross: the box keeps its size. */
		struct box *p = &track->predicted;

		for (size_t e = EDGE_LEFT; e <= EDGE_TOP; e++)
			if (p->edge[e + 2] - p->edge[e] < 0.5 * (track->box.edge[e + 2] - track->box.edge[e])) {
				double middle = (p->edge[e] + p->edge[e + 2]) / 2, half = (track->box.edge[e + 2] - track->box.edge[e]) / 2;

				p->edge[e] = middle - half;
				p->edge[e + 2] = middle + half;
			}
	}
}

static void take_movers(struct qyran_tracker *tracker)
{
	tracker->mover_count = 0;
	for (size_t i = 0; i < tracker->batch->mover_count && i < QYRAN_MOVERS_MAX; i++) {
		const struct qyran_mover *mover = &tracker->batch->movers[i];
		struct box box = { { mover->x, mover->y, mover->x + mover->w, mover->y + mover->h } };

		tracker->mover_taken[tracker->mover_count] = box_area(&box) < SMALLEST_PX;
		tracker->movers[tracker->mover_count++] = box;
	}
}

static double likeness(const struct qyran_track *track, const struct box *mover)
{
	const struct box *p = &track->predicted;
	double common = box_common(p, mover), a = box_area(p), b = box_area(mover);
	double overlap = common / fmax(1, a + b - common);
	double slack = 1 + 0.3 * track->misses;

	if (overlap * slack > OVERLAP_LEAST)
		return overlap + (track->counted ? 0.2 : 0) + (track->hits >= SURE_HITS ? 0.1 : 0);
	double du = (p->edge[EDGE_LEFT] + p->edge[EDGE_RIGHT] - mover->edge[EDGE_LEFT] - mover->edge[EDGE_RIGHT]) / 2;
	double dv = (p->edge[EDGE_TOP] + p->edge[EDGE_BOTTOM] - mover->edge[EDGE_TOP] - mover->edge[EDGE_BOTTOM]) / 2;
	double diagonal = hypot(box_width(p), box_height(p)), jump = hypot(du, dv) / fmax(1, diagonal);
	double ratio = b / fmax(1, a);

	if (jump < REACH * (track->rates ? 0.5 * slack : 1) && ratio > 0.4 && ratio < 2.5)
		return OVERLAP_LEAST * (1 - jump);
	return -1;
}

static int by_likeness(const void *a, const void *b)
{
	const struct match *x = a, *y = b;

	if (x->likeness != y->likeness)
		return x->likeness > y->likeness ? -1 : 1;
	if (x->track != y->track)
		return x->track < y->track ? -1 : 1;
	return x->mover < y->mover ? -1 : x->mover > y->mover;
}

static void assign(struct qyran_tracker *tracker)
{
	struct match matches[TRACKS_MAX * QYRAN_MOVERS_MAX];
	size_t count = 0;

	for (size_t t = 0; t < tracker->count; t++)
		for (size_t m = 0; m < tracker->mover_count; m++) {
			double like = tracker->mover_taken[m] ? -1 : likeness(tracker->tracks[t], &tracker->movers[m]);

			if (like > 0)
				matches[count++] = (struct match){ like, (uint16_t)t, (uint16_t)m };
		}
	qsort(matches, count, sizeof(*matches), by_likeness);
	for (size_t i = 0; i < count; i++) {
		struct qyran_track *track = tracker->tracks[matches[i].track];

		if (track->mover >= 0 || tracker->mover_taken[matches[i].mover])
			continue;
		track->mover = matches[i].mover;
		tracker->mover_taken[matches[i].mover] = true;
	}
}

/* Tracks without a mover that lie in the mover of another: both are hidden in it, or the lesser one never was a vehicle. */
static void share(struct qyran_tracker *tracker)
{
	for (size_t t = 0; t < tracker->count; t++) {
		struct qyran_track *track = tracker->tracks[t], *owner = NULL;
		double most = INSIDE;

		if (track->mover >= 0)
			continue;
		for (size_t o = 0; o < tracker->count; o++) {
			struct qyran_track *other = tracker->tracks[o];

			if (other->mover < 0 || other->merged)
				continue;
			double inside = box_common(&track->predicted, &tracker->movers[other->mover]) / fmax(1, box_area(&track->predicted));

			if (inside > most) {
				most = inside;
				owner = other;
			}
		}
		if (!owner)
			continue;
		if (!track->counted) {
			track->dead = true;
			continue;
		}
		track->merged = true;
		track->mover = owner->mover;
		if (box_area(&tracker->movers[owner->mover]) > GROWN * box_area(&owner->predicted) && owner->hits >= SURE_HITS)
			owner->merged = true;
	}
}

static void believe(struct qyran_track *track, const struct box *measured)
{
	double seconds = track->tracker->seconds * (1 + track->misses);

	for (size_t e = 0; e < EDGES; e++) {
		double surprise = measured->edge[e] - track->predicted.edge[e];

		if (!track->rates) {
			track->rate[e] = (measured->edge[e] - track->box.edge[e]) / seconds;
			track->box.edge[e] = measured->edge[e];
		} else {
			track->box.edge[e] = track->predicted.edge[e] + ALPHA * surprise;
			track->rate[e] += BETA * surprise / seconds;
		}
	}
	track->rates = true;
}

static void foot(struct qyran_track *track, const struct box *measured)
{
	struct qyran_tracker *tracker = track->tracker;
	double u = (measured->edge[EDGE_LEFT] + measured->edge[EDGE_RIGHT]) / 2, v = measured->edge[EDGE_BOTTOM];
	bool clear = measured->edge[EDGE_LEFT] > 3 && measured->edge[EDGE_RIGHT] < tracker->width - 3 && v < tracker->height - 3;
	struct qyran_track_point point;

	track_point(tracker, u, v, FOOT_HEIGHT_MM, false, &point);
	if (clear)
		points_add(track->feet, &track->foot_count, &point);
	if (!tracker->road)
		return;
	if (track->top_count == TOPS_MAX) {
		for (size_t i = 0; i < TOPS_MAX / 2; i++)
			track->tops[i] = track->tops[2 * i];
		track->top_count = TOPS_MAX / 2;
	}
	struct top *top = &track->tops[track->top_count++];
	struct qyran_road_position left, right;

	*top = (struct top){ .frame = tracker->frame,
			     .u16 = (int32_t)lround(u * 16),
			     .v16 = (int32_t)lround(measured->edge[EDGE_TOP] * 16),
			     .cut = measured->edge[EDGE_TOP] < 4 };
	if (clear && !qyran_road_from_image(tracker->road, (int32_t)lround(measured->edge[EDGE_LEFT] * 16), point.v16, FOOT_HEIGHT_MM, &left) &&
	    !qyran_road_from_image(tracker->road, (int32_t)lround(measured->edge[EDGE_RIGHT] * 16), point.v16, FOOT_HEIGHT_MM, &right))
		top->width_mm = right.x_mm - left.x_mm;
}

static void seen(struct qyran_track *track, const struct box *measured)
{
	struct qyran_tracker *tracker = track->tracker;
	struct box old = track->seen;

	track->seen = *measured;
	for (size_t e = 0; e < EDGES; e++) {
		double most = e % 2 ? tracker->height : tracker->width;

		track->seen.edge[e] = fmin(fmax(track->seen.edge[e], 0), most);
	}
	for (size_t e = 0; e < EDGES; e++)
		track->travelled_px += fabs(track->seen.edge[e] - old.edge[e]) / EDGES;
	track->seen_frame = track->last_frame = tracker->frame;
	track->last_ns = tracker->time_ns;
	track->last_run_ns = tracker->run_ns;
	track->hits++;
}

/* A mover of several: its outer edges are measured for the vehicle that is outermost there, the rest is carried on. */
static void update_merged(struct qyran_tracker *tracker, struct qyran_track *track)
{
	const struct box *mover = &tracker->movers[track->mover];
	struct box guess = track->predicted;
	double shift[2] = { 0, 0 };

	for (size_t e = 0; e < EDGES; e++) {
		bool outermost = true;

		for (size_t o = 0; o < tracker->count; o++) {
			const struct qyran_track *other = tracker->tracks[o];

			if (other != track && other->mover == track->mover && !other->dead &&
			    (e < 2 ? other->predicted.edge[e] < track->predicted.edge[e] : other->predicted.edge[e] > track->predicted.edge[e]))
				outermost = false;
		}
		double surprise = mover->edge[e] - track->predicted.edge[e];
		double size = e % 2 ? box_height(&track->predicted) : box_width(&track->predicted);

		if (outermost && fabs(surprise) < 0.3 * size)
			shift[e % 2] = surprise;
	}
	for (size_t e = 0; e < EDGES; e++)
		guess.edge[e] += 0.5 * shift[e % 2];
	track->box = guess;
	seen(track, &guess);
}

int movers_assign(struct qyran_tracker *tracker)
{
	take_movers(tracker);
	assign(tracker);
	share(tracker);
	for (size_t t = 0; t < tracker->count; t++) {
		struct qyran_track *track = tracker->tracks[t];

		if (track->dead)
			continue;
		if (track->mover < 0) {
			track->misses++;
			track->box = track->predicted;
			continue;
		}
		if (track->merged) {
			update_merged(tracker, track);
		} else {
			struct box measured = tracker->movers[track->mover];

			/* Pieces of a torn blob that lie where the whole was expected. */
			for (size_t m = 0; m < tracker->mover_count; m++) {
				const struct box *piece = &tracker->movers[m];

				if (tracker->mover_taken[m] || track->hits < SURE_HITS ||
				    box_common(piece, &track->predicted) < INSIDE * box_area(piece))
					continue;
				measured = box_union(&measured, piece);
				tracker->mover_taken[m] = true;
			}
			believe(track, &measured);
			seen(track, &measured);
			track->own_hits++;
			foot(track, &measured);
		}
		track->misses = 0;
	}
	for (size_t m = 0; m < tracker->mover_count && tracker->count < TRACKS_MAX; m++) {
		const struct box *mover = &tracker->movers[m];
		bool part = false;

		if (tracker->mover_taken[m])
			continue;
		for (size_t t = 0; t < tracker->count && !part; t++)
			part = tracker->tracks[t]->counted && !tracker->tracks[t]->dead &&
			       box_common(mover, &tracker->tracks[t]->box) > INSIDE * box_area(mover);
		if (part)
			continue;
		struct qyran_track *track = track_new(tracker, mover);

		if (!track)
			return -ENOMEM;
		track->mover = (int)m;
		tracker->mover_taken[m] = true;
		track->hits = track->own_hits = 1;
		foot(track, mover);
	}
	return 0;
}
