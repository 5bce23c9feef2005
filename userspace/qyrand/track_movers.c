/* SPDX-License-Identifier: Apache-2.0 */
/* Movers to tracks. */
#include "track_state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define ALPHA 0.8			/* share of a box's surprise that is believed */
#define BETA 0.5			/* share of it that becomes motion */
#define SURE_HITS 4
#define PROVEN_HITS 6
#define OVERLAP_LEAST 0.1		/* IoU of predicted box and mover */
#define REACH 0.6			/* diagonals that a box without overlap may have jumped */
#define INSIDE 0.55			/* share of a box that makes it part of another */
#define CRUMB 0.25			/* a piece so small beside the rest is no vehicle of its own */
#define GROWN 1.3			/* a mover so much larger than expected holds more than one vehicle */
#define LEAP 0.15			/* of its size that an edge moves in a frame at most */
#define LEAP_PX 4.0
#define SMALLEST_PX 48.0		/* area: less is noise at any distance */
#define CUT_PX 4.0			/* an edge nearer to the picture's is cut by it */
#define WHOLE_WIDTH_MM 1200.0		/* narrower than any car */
#define WHOLE_COVER_MM 5000.0
#define WIDEST_MM 2750.0		/* a bus with its mirrors */
#define TORN_PX 16.0
#define TORN_MM 1000.0
#define TORN_FILL 0.5			/* share of the joint box that the pieces fill */
#define JUMP_MM 5000.0			/* a foot that jumps further is not of this vehicle */
#define BACK_PENALTY 0.08		/* likeness lost a metre of it */
#define PLATE_BONUS 0.6
#define SWALLOWED 2.5			/* a mover so much larger than a vehicle with a plate holds others */
#define SWALLOWED_MM 4000		/* so does one whose foot is so much nearer than the plate */

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

/* Ground between the lower edge of a box and where the ray over its upper edge meets the road: a car covers 9 m, the light of its lamps 4. */
static double cover_mm(const struct qyran_tracker *tracker, const struct box *box)
{
	struct qyran_road_position foot, top;
	int32_t u16 = (int32_t)lround((box->edge[EDGE_LEFT] + box->edge[EDGE_RIGHT]) * 8);

	if (qyran_road_from_image(tracker->road, u16, (int32_t)lround(box->edge[EDGE_BOTTOM] * 16), 0, &foot))
		return 0;
	if (qyran_road_from_image(tracker->road, u16, (int32_t)lround(box->edge[EDGE_TOP] * 16), 0, &top))
		return HUGE_VAL;
	return hypot(top.x_mm - foot.x_mm, top.y_mm - foot.y_mm);
}

/* Distance on the ground between two columns at a line of the picture; 0 above the horizon. */
static double across_mm(const struct qyran_tracker *tracker, double u0, double u1, double v)
{
	struct qyran_road_position a, b;
	int32_t v16 = (int32_t)lround(v * 16);

	if (qyran_road_from_image(tracker->road, (int32_t)lround(u0 * 16), v16, FOOT_HEIGHT_MM, &a) ||
	    qyran_road_from_image(tracker->road, (int32_t)lround(u1 * 16), v16, FOOT_HEIGHT_MM, &b))
		return 0;
	return b.x_mm - a.x_mm;
}

/* Wide and high enough for a vehicle, or cut by the upper edge of the picture. */
static bool is_whole(const struct qyran_tracker *tracker, const struct box *box)
{
	if (!tracker->road)
		return true;
	return across_mm(tracker, box->edge[EDGE_LEFT], box->edge[EDGE_RIGHT], box->edge[EDGE_BOTTOM]) > WHOLE_WIDTH_MM &&
	       (cover_mm(tracker, box) > WHOLE_COVER_MM || box->edge[EDGE_TOP] < CUT_PX);
}

/* Two pieces of one vehicle: near each other, not both whole, together no wider than a vehicle. */
static bool is_torn(const struct qyran_tracker *tracker, const struct box *a, const struct box *b)
{
	struct box both = box_union(a, b);
	double apart_v = box_height(&both) - box_height(a) - box_height(b);
	double right = fmin(a->edge[EDGE_RIGHT], b->edge[EDGE_RIGHT]), left = fmax(a->edge[EDGE_LEFT], b->edge[EDGE_LEFT]);

	/* Side by side only pieces of about a height belong together: crumbs do not. */
	if (left > right && -apart_v < TORN_FILL * fmax(box_height(a), box_height(b)))
		return false;
	return apart_v < TORN_PX && box_area(a) + box_area(b) > TORN_FILL * box_area(&both) && !(is_whole(tracker, a) && is_whole(tracker, b)) &&
	       across_mm(tracker, right, left, fmax(a->edge[EDGE_BOTTOM], b->edge[EDGE_BOTTOM])) < TORN_MM &&
	       across_mm(tracker, both.edge[EDGE_LEFT], both.edge[EDGE_RIGHT], both.edge[EDGE_BOTTOM]) < WIDEST_MM;
}

static void mend(struct qyran_tracker *tracker)
{
	for (size_t i = 0; i < tracker->mover_count; i++)
		for (size_t j = i + 1; j < tracker->mover_count;) {
			if (!is_torn(tracker, &tracker->movers[i], &tracker->movers[j])) {
				j++;
				continue;
			}
			tracker->movers[i] = box_union(&tracker->movers[i], &tracker->movers[j]);
			tracker->mover_count--;
			for (size_t k = j; k < tracker->mover_count; k++)
				tracker->movers[k] = tracker->movers[k + 1];
			j = i + 1;
		}
}

static void take_movers(struct qyran_tracker *tracker)
{
	tracker->mover_count = 0;
	for (size_t i = 0; i < tracker->batch->mover_count && i < QYRAN_MOVERS_MAX; i++) {
		const struct qyran_mover *mover = &tracker->batch->movers[i];
		struct box box = { { mover->x, mover->y, mover->x + mover->w, mover->y + mover->h } };

		double fill = mover->cells * (double)mover->cell_px * mover->cell_px / fmax(1, box_area(&box));
		struct box halves[2];

		if (!tracker->road && tracker->mover_count + 1 < QYRAN_MOVERS_MAX && crowd_split(tracker, &box, fill, halves)) {
			tracker->mover_fill[tracker->mover_count] = 0;
			tracker->movers[tracker->mover_count++] = halves[0];
			box = halves[1];
			fill = 0;
		}
		if (tracker->mover_count == QYRAN_MOVERS_MAX)
			break;
		tracker->mover_fill[tracker->mover_count] = fill;
		tracker->movers[tracker->mover_count++] = box;
	}
	if (tracker->road)
		mend(tracker);
	for (size_t i = 0; i < tracker->mover_count; i++)
		tracker->mover_taken[i] = box_area(&tracker->movers[i]) < SMALLEST_PX;
}

static double foot_jump_mm(const struct qyran_tracker *tracker, const struct box *expected, const struct box *mover)
{
	struct qyran_road_position a, b;
	double v0 = fmin(expected->edge[EDGE_BOTTOM], tracker->height), v1 = fmin(mover->edge[EDGE_BOTTOM], tracker->height);
	int32_t u16 = (int32_t)lround((mover->edge[EDGE_LEFT] + mover->edge[EDGE_RIGHT]) * 8);

	if (qyran_road_from_image(tracker->road, u16, (int32_t)lround(v0 * 16), FOOT_HEIGHT_MM, &a) ||
	    qyran_road_from_image(tracker->road, u16, (int32_t)lround(v1 * 16), FOOT_HEIGHT_MM, &b))
		return 0;
	return hypot(a.x_mm - b.x_mm, a.y_mm - b.y_mm);
}

/* Does the mover hold more than this vehicle? Its plate hangs on the near end: what lies much nearer is something else. */
static bool is_swallowed(const struct qyran_track *track, const struct box *mover)
{
	const struct qyran_tracker *tracker = track->tracker;
	struct qyran_road_position foot;

	if (!track->misses && box_area(mover) > SWALLOWED * box_area(&track->predicted))
		return true;
	if (!tracker->road || qyran_road_from_image(tracker->road, (int32_t)lround(track->course.u * 16), (int32_t)lround(mover->edge[EDGE_BOTTOM] * 16),
						    FOOT_HEIGHT_MM, &foot))
		return false;
	return foot.y_mm < track->course.y_mm - SWALLOWED_MM;
}

static double likeness(const struct qyran_track *track, const struct box *mover)
{
	const struct box *p = &track->predicted;
	const struct course *plate = &track->course;
	double common = box_common(p, mover), a = box_area(p), b = box_area(mover);
	double overlap = common / fmax(1, a + b - common);
	double slack = 1 + 0.3 * track->misses, bonus = (track->counted ? 0.2 : 0) + (track->hits >= SURE_HITS ? 0.1 : 0);

	/* Its plate tells more than its outline, which loses trails and shadows. */
	if (plate->known && plate->sure) {
		if (is_swallowed(track, mover))
			return -1;
		if (box_holds(mover, plate->u, plate->v, 0) && overlap > 0)
			return overlap + bonus + PLATE_BONUS;
		bonus -= PLATE_BONUS;
	} else if (track->tracker->road && track->rates) {
		double jumped = foot_jump_mm(track->tracker, p, mover);

		if (jumped > JUMP_MM * slack)
			return -1;
		bonus -= BACK_PENALTY * jumped / 1000;
	}
	if (overlap * slack > OVERLAP_LEAST)
		return overlap + bonus;
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
	for (size_t t = 0; t < tracker->count; t++)
		tracker->tracks[t]->merged = false;
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

		const struct course *plate = &track->course;

		if (track->mover >= 0)
			continue;
		for (size_t m = 0; m < tracker->mover_count && plate->known && plate->sure; m++)
			if (box_holds(&tracker->movers[m], plate->u, plate->v, 0) && is_swallowed(track, &tracker->movers[m])) {
				track->merged = true;
				track->mover = (int)m;
			}
		if (track->merged)
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
		/* A piece of the owner, unless it has been a whole vehicle for long enough. */
		if (!track->counted && track->whole < PROVEN_HITS) {
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
			double before = track->box.edge[e];

			track->box.edge[e] = track->predicted.edge[e] + ALPHA * surprise;
			/* What the plate foretold says nothing about the edge's own motion. */
			track->rate[e] += BETA * (track->corrected ? (track->box.edge[e] - before) / seconds - track->rate[e] : surprise / seconds);
		}
	}
	track->rates = true;
}

/* Remembers where a box stands and how far up it reaches, for the vehicle's size. Returns whether its foot is in the picture. */
static bool top(struct qyran_track *track, const struct box *measured, struct qyran_track_point *ret_foot)
{
	struct qyran_tracker *tracker = track->tracker;
	double u = (measured->edge[EDGE_LEFT] + measured->edge[EDGE_RIGHT]) / 2, v = measured->edge[EDGE_BOTTOM];
	bool clear = measured->edge[EDGE_LEFT] > 3 && measured->edge[EDGE_RIGHT] < tracker->width - 3 && v < tracker->height - 3;
	struct qyran_track_point point;

	track_point(tracker, u, v, FOOT_HEIGHT_MM, false, &point);
	*ret_foot = point;
	if (!tracker->road)
		return clear;
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
			     .cut = measured->edge[EDGE_TOP] < CUT_PX,
			     .foot = clear,
			     .y_mm = point.y_mm };
	if (clear && !qyran_road_from_image(tracker->road, (int32_t)lround(measured->edge[EDGE_LEFT] * 16), point.v16, FOOT_HEIGHT_MM, &left) &&
	    !qyran_road_from_image(tracker->road, (int32_t)lround(measured->edge[EDGE_RIGHT] * 16), point.v16, FOOT_HEIGHT_MM, &right))
		top->width_mm = right.x_mm - left.x_mm;
	return clear;
}

static void foot(struct qyran_track *track, const struct box *measured)
{
	struct qyran_track_point point;

	track->cut_hits += measured->edge[EDGE_TOP] < CUT_PX;
	if (top(track, measured, &point))
		points_add(track->feet, &track->foot_count, &point);
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
	/* A blob that swallows another or loses a piece leaps: that is no motion. */
	double leap = LEAP * sqrt(fmax(1, box_area(&old))) + LEAP_PX;

	for (size_t e = 0; e < EDGES; e++) {
		double move = track->seen.edge[e] - old.edge[e];

		if (fabs(move) > leap)
			continue;
		track->gone_px[e] += move;
		track->travelled_px[e] += fabs(move);
	}
	track->seen_frame = track->last_frame = tracker->frame;
	track->last_ns = tracker->time_ns;
	track->last_run_ns = tracker->run_ns;
	track->hits++;
	track->whole += is_whole(tracker, measured);
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

		if (outermost && fabs(surprise) < 0.3 * size && !(tracker->road && track->corrected))
			shift[e % 2] = surprise;
	}
	for (size_t e = 0; e < EDGES; e++)
		guess.edge[e] += 0.5 * shift[e % 2];
	track->box = guess;
	seen(track, &guess);
}

/* Does no other track (@counted: none that counts as a vehicle) have this one's mover? */
static bool is_alone(const struct qyran_tracker *tracker, const struct qyran_track *track, bool counted)
{
	for (size_t o = 0; o < tracker->count; o++) {
		const struct qyran_track *other = tracker->tracks[o];

		if (other != track && other->mover == track->mover && !other->dead && (other->counted || !counted))
			return false;
	}
	return true;
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
			struct qyran_track_point point;

			update_merged(tracker, track);
			/* What shares the mover are pieces that came apart when it entered: it is as high as this vehicle. */
			if (track->counted && is_alone(tracker, track, true))
				top(track, &tracker->movers[track->mover], &point);
		} else {
			struct box measured = tracker->movers[track->mover];

			/* Pieces of a torn blob that lie where the whole was expected; on the road they were mended. */
			for (size_t m = 0; m < tracker->mover_count && !tracker->road; m++) {
				const struct box *piece = &tracker->movers[m];

				if (tracker->mover_taken[m] || track->hits < SURE_HITS || box_area(piece) > CRUMB * box_area(&measured) ||
				    box_common(piece, &track->predicted) < INSIDE * box_area(piece))
					continue;
				measured = box_union(&measured, piece);
				tracker->mover_taken[m] = true;
			}
			if (!tracker->road && track->counted)
				crowd_learn(tracker, &measured, tracker->mover_fill[track->mover]);
			believe(track, &measured);
			seen(track, &measured);
			track->own_hits += is_alone(tracker, track, false);
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
		track->whole = is_whole(tracker, mover);
		foot(track, mover);
	}
	return 0;
}
