/* SPDX-License-Identifier: Apache-2.0 */
/* Regions to strands, strands to vehicles. */
#include "track_state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PREDICT_POINTS 6	/* latest points that a strand is predicted from */
#define GATE_PX 5.0
#define GATE_SHARE 0.35		/* of a region's width that it may be off */
#define RESIZE 1.7		/* a region grows or shrinks at most so much from frame to frame */
#define STRAND_NS 800000000u	/* or so long, when its course is known */
#define STRAND_HITS 4
#define LOOSE_TICKS 8
#define WIDE_MM 520.0		/* ISO 7591 and GOST R 50577: one row */
#define NARROW_MM 280.0		/* two rows */
#define SIZE_SHARE 0.4
#define LOOSE_SHARE 2.2		/* of one row's width: a plate that ran into a lamp */
#define ROW_HEIGHT_MM 60.0	/* least and most height of a region on a plate, two rows */
#define ROWS_HEIGHT_MM 330.0
#define ASPECT_LEAST 0.9
#define COURSE_HITS 5
#define COURSE_NS 1000000000u	/* a hidden plate is expected so long */

struct region_match {
	double miss;
	struct strand *strand;
	struct qyran_track *track;
	uint16_t order, region;
};

static void region_place(const struct qyran_region *region, double *ret_u, double *ret_v)
{
	*ret_u = region->box_x + region->box_w / 2.0;
	*ret_v = region->box_y + region->box_h / 2.0;
}

static uint32_t region_merit(const struct qyran_region *region)
{
	return region->index < QYRAN_REGIONS_MAX ? QYRAN_REGIONS_MAX - region->index : 0;
}

/* Width on the road of a region at the height of plates, mm; 0 above the horizon. */
static double region_width_mm(const struct qyran_tracker *tracker, const struct qyran_region *region)
{
	struct qyran_road_position left, right;
	int32_t v16 = region->box_y * 16 + region->box_h * 8;

	if (qyran_road_from_image(tracker->road, region->box_x * 16, v16, tracker->plate_z_mm, &left) ||
	    qyran_road_from_image(tracker->road, (region->box_x + region->box_w) * 16, v16, tracker->plate_z_mm, &right))
		return 0;
	return hypot(right.x_mm - left.x_mm, right.y_mm - left.y_mm);
}

/* Has the region the size of a plate that hangs there? 2: yes; 1: as if it had run into its neighbours; without a survey any may be. */
uint32_t plate_size(const struct qyran_tracker *tracker, const struct qyran_region *region)
{
	if (!region->box_w || !region->box_h || region->box_w < ASPECT_LEAST * region->box_h)
		return 0;
	if (!tracker->road)
		return 2;
	double width = region_width_mm(tracker, region), height = width * region->box_h / region->box_w;

	if (width < NARROW_MM * (1 - SIZE_SHARE) || height < ROW_HEIGHT_MM || height > ROWS_HEIGHT_MM)
		return 0;
	return width < WIDE_MM * (1 + SIZE_SHARE) ? 2 : width < WIDE_MM * LOOSE_SHARE ? 1 : 0;
}

/* Where the strand will be in this frame. */
static void strand_predict(const struct qyran_tracker *tracker, const struct qyran_track *track, const struct strand *strand, double *ret_u,
			   double *ret_v)
{
	double seconds = (double)(tracker->run_ns - strand->run_ns) * 1e-9;

	if (tracker->road && strand->count >= 3) {
		size_t from = strand->count > PREDICT_POINTS ? strand->count - PREDICT_POINTS : 0, n = strand->count - from;
		const struct qyran_track_point *p = strand->points + from, *last = strand->points + strand->count - 1;
		double t = 0, x = 0, y = 0, tt = 0, tx = 0, ty = 0;
		int32_t u16, v16;

		for (size_t i = 0; i < n; i++) {
			t += (double)(int64_t)(p[i].run_ns - last->run_ns) * 1e-9 / (double)n;
			x += (double)p[i].x_mm / (double)n;
			y += (double)p[i].y_mm / (double)n;
		}
		for (size_t i = 0; i < n; i++) {
			double dt = (double)(int64_t)(p[i].run_ns - last->run_ns) * 1e-9 - t;

			tt += dt * dt;
			tx += dt * (p[i].x_mm - x);
			ty += dt * (p[i].y_mm - y);
		}
		if (tt > 0) {
			struct qyran_road_position there = { (int32_t)fmin(fmax(x + tx / tt * (seconds - t), -1e9), 1e9),
							     (int32_t)fmin(fmax(y + ty / tt * (seconds - t), -1e9), 1e9) };

			if (!qyran_road_to_image(tracker->road, there, tracker->plate_z_mm, &u16, &v16)) {
				*ret_u = u16 / 16.0;
				*ret_v = v16 / 16.0;
				return;
			}
		}
	}
	if (track && strand->placed && track->rates) {
		*ret_u = track->predicted.edge[EDGE_LEFT] + strand->in_u * box_width(&track->predicted);
		*ret_v = track->predicted.edge[EDGE_TOP] + strand->in_v * box_height(&track->predicted);
		return;
	}
	*ret_u = strand->u + strand->du * seconds;
	*ret_v = strand->v + strand->dv * seconds;
}

static void strand_add(struct qyran_tracker *tracker, struct strand *strand, size_t index)
{
	const struct qyran_region *region = &tracker->batch->regions[index];
	double u, v, seconds = (double)(tracker->run_ns - strand->run_ns) * 1e-9;
	struct qyran_track_point point;

	region_place(region, &u, &v);
	if (strand->hits && seconds > 0) {
		double share = strand->hits > 1 ? 0.5 : 1;

		strand->du += share * ((u - strand->u) / seconds - strand->du);
		strand->dv += share * ((v - strand->v) / seconds - strand->dv);
	}
	track_point(tracker, u, v, tracker->plate_z_mm, true, &point);
	points_add(strand->points, &strand->count, &point);
	strand->u = u;
	strand->v = v;
	strand->w = region->box_w;
	strand->h = region->box_h;
	strand->tick = tracker->tick;
	strand->run_ns = tracker->run_ns;
	strand->hits++;
	strand->fit += plate_size(tracker, region);
	strand->merit += region_merit(region);
	strand->region = (int)index;
	tracker->region_taken[index] = true;
}

static void strand_begin(struct qyran_tracker *tracker, struct strand *strand, size_t index)
{
	memset(strand, 0, sizeof(*strand));
	strand->used = true;
	strand->serial = ++tracker->next_serial;
	strand_add(tracker, strand, index);
}

static int by_miss(const void *a, const void *b)
{
	const struct region_match *x = a, *y = b;

	if (x->miss != y->miss)
		return x->miss < y->miss ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->region < y->region ? -1 : x->region > y->region;
}

static double miss(const struct qyran_tracker *tracker, const struct qyran_track *track, const struct strand *strand, size_t index)
{
	const struct qyran_region *region = &tracker->batch->regions[index];
	double u, v, pu, pv, grown = region->box_w / fmax(1, strand->w), taller = region->box_h / fmax(1, strand->h);
	double away = (double)(tracker->tick - strand->tick);

	if (grown > RESIZE || grown < 1 / RESIZE || taller > RESIZE * 1.3 || taller < 1 / (RESIZE * 1.3))
		return -1;
	region_place(region, &u, &v);
	strand_predict(tracker, track, strand, &pu, &pv);
	double width = fmax(region->box_w, strand->w), gate = (GATE_PX + GATE_SHARE * width) * fmin(0.75 + 0.25 * away, 2);

	/* A strand of one point and no vehicle's motion may be anything that moves. */
	if (strand->hits == 1 && !(track && track->rates && strand->placed))
		gate *= 2;
	double off = hypot(u - pu, v - pv);

	return off < gate ? off / width + 0.3 * fabs(log(grown)) : -1;
}

/* Pixels of a metre across the road where a plate is. */
static double plate_scale(const struct qyran_tracker *tracker, struct qyran_road_position at)
{
	int32_t left, right, v;

	if (qyran_road_to_image(tracker->road, (struct qyran_road_position){ at.x_mm - 500, at.y_mm }, tracker->plate_z_mm, &left, &v) ||
	    qyran_road_to_image(tracker->road, (struct qyran_road_position){ at.x_mm + 500, at.y_mm }, tracker->plate_z_mm, &right, &v))
		return 0;
	return (right - left) / 16.0;
}

bool plate_course(const struct qyran_track *track, double *ret_u, double *ret_v)
{
	const struct strand *plate = track_plate(track);

	if (!track->tracker->road || !plate || plate->hits < COURSE_HITS)
		return false;
	strand_predict(track->tracker, NULL, plate, ret_u, ret_v);
	return true;
}

/* Where the plate is now: as found, or as it must be while its vehicle is hidden. */
static struct course find_course(struct qyran_track *track)
{
	const struct qyran_tracker *tracker = track->tracker;
	const struct strand *plate = track_plate(track);
	struct course course = { .known = false };
	struct qyran_road_position position;

	if (!plate || !plate->placed || plate->hits < 3)
		return course;
	course.found = plate->region >= 0;
	course.u = plate->u;
	course.v = plate->v;
	if (!course.found) {
		if (!(track->merged || track->misses) || tracker->run_ns - plate->run_ns > COURSE_NS || !plate_course(track, &course.u, &course.v))
			return course;
	}
	course.known = true;
	course.sure = plate->hits >= STRAND_HITS;
	course.in_u = plate->in_u;
	course.in_v = plate->in_v;
	if (tracker->road && !qyran_road_from_image(tracker->road, (int32_t)lround(course.u * 16), (int32_t)lround(course.v * 16),
						    tracker->plate_z_mm, &position)) {
		course.y_mm = position.y_mm;
		course.scale = plate_scale(tracker, position);
	}
	return course;
}

/* The plate tells where its vehicle is better than the vehicle's own motion. */
static void follow_course(struct qyran_track *track)
{
	struct course before = track->course, now = find_course(track);
	struct box *p = &track->predicted;

	track->course = now;
	track->corrected = false;
	if (!now.known)
		return;
	double du = now.u - (p->edge[EDGE_LEFT] + now.in_u * box_width(p)), dv = now.v - (p->edge[EDGE_TOP] + now.in_v * box_height(p));

	if (now.found && (fabs(du) > box_width(p) || fabs(dv) > box_height(p)))
		return;
	track->corrected = true;
	if (!track->tracker->road) {
		for (size_t e = 0; e < EDGES; e++)
			p->edge[e] += e % 2 ? dv : du;
		return;
	}
	/* The box round the plate as it was, as much larger as the plate came nearer. */
	double grown = before.known && before.scale > 0 && now.scale > 0 ? now.scale / before.scale : 1;
	double w = box_width(&track->box) * grown, h = box_height(&track->box) * grown;

	p->edge[EDGE_LEFT] = now.u - now.in_u * w;
	p->edge[EDGE_RIGHT] = p->edge[EDGE_LEFT] + w;
	p->edge[EDGE_TOP] = now.v - now.in_v * h;
	p->edge[EDGE_BOTTOM] = p->edge[EDGE_TOP] + h;
}

void plates_follow(struct qyran_tracker *tracker)
{
	enum { ROOM = (TRACKS_MAX * STRANDS_MAX + LOOSE_MAX) * 4 };
	static _Thread_local struct region_match matches[ROOM];
	size_t count = 0, regions = tracker->batch->region_count < QYRAN_REGIONS_MAX ? tracker->batch->region_count : QYRAN_REGIONS_MAX;
	uint16_t order = 0;

	memset(tracker->region_taken, 0, sizeof(tracker->region_taken));
	for (size_t t = 0; t <= tracker->count; t++) {
		struct qyran_track *track = t < tracker->count ? tracker->tracks[t] : NULL;

		for (size_t s = 0; s < (track ? STRANDS_MAX : LOOSE_MAX); s++) {
			struct strand *strand = track ? &track->strands[s] : &tracker->loose[s];

			strand->region = -1;
			order++;
			if (!strand->used || (tracker->tick - strand->tick > (track ? STRAND_TICKS : LOOSE_TICKS) &&
					      (!track || strand->hits < STRAND_HITS || tracker->run_ns - strand->run_ns > STRAND_NS)))
				continue;
			for (size_t r = 0; r < regions && count < ROOM; r++) {
				double off = miss(tracker, track, strand, r);

				if (off >= 0)
					matches[count++] = (struct region_match){ off, strand, track, order, (uint16_t)r };
			}
		}
	}
	qsort(matches, count, sizeof(*matches), by_miss);
	for (size_t i = 0; i < count; i++) {
		struct region_match *match = &matches[i];

		if (match->strand->region >= 0 || tracker->region_taken[match->region])
			continue;
		strand_add(tracker, match->strand, match->region);
	}
	for (size_t t = 0; t < tracker->count; t++)
		follow_course(tracker->tracks[t]);
}

struct strand *strand_room(struct qyran_tracker *tracker, struct strand *strands, size_t count)
{
	struct strand *worst = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!strands[i].used)
			return &strands[i];
		if (tracker->tick - strands[i].tick > STRAND_TICKS && (!worst || strands[i].hits < worst->hits))
			worst = &strands[i];
	}
	if (worst && worst->hits > 6)
		worst = NULL;
	return worst;
}

/* A plate at @u, @v hangs on another vehicle when this one's plate must be elsewhere by now. */
static bool contradicts(const struct qyran_track *track, double u, double v)
{
	const struct qyran_tracker *tracker = track->tracker;
	struct qyran_road_position here, there;
	double pu, pv;

	return plate_course(track, &pu, &pv) &&
	       !qyran_road_from_image(tracker->road, (int32_t)lround(u * 16), (int32_t)lround(v * 16), tracker->plate_z_mm, &here) &&
	       !qyran_road_from_image(tracker->road, (int32_t)lround(pu * 16), (int32_t)lround(pv * 16), tracker->plate_z_mm, &there) &&
	       abs(here.y_mm - there.y_mm) > BEHIND_MM;
}

/* The vehicle whose box holds the point; the one whose middle is nearest where several do. */
struct qyran_track *track_holding(struct qyran_tracker *tracker, double u, double v)
{
	struct qyran_track *best = NULL;
	double least = HUGE_VAL;

	for (size_t t = 0; t < tracker->count; t++) {
		struct qyran_track *track = tracker->tracks[t];
		const double *e = track->box.edge;

		if (track->dead || track->misses || !box_holds(&track->box, u, v, 0.05) || contradicts(track, u, v))
			continue;
		double off = fabs(u - (e[EDGE_LEFT] + e[EDGE_RIGHT]) / 2) / fmax(1, box_width(&track->box)) +
			     fabs(v - (e[EDGE_TOP] + e[EDGE_BOTTOM]) / 2) / fmax(1, box_height(&track->box)) - (track->counted ? 0.3 : 0);

		if (off < least) {
			least = off;
			best = track;
		}
	}
	return best;
}

bool strand_hand_over(struct qyran_tracker *tracker, struct strand *strand, struct qyran_track *to)
{
	struct strand *room = to ? strand_room(tracker, to->strands, STRANDS_MAX) : strand_room(tracker, tracker->loose, LOOSE_MAX);

	if (!room)
		return false;
	*room = *strand;
	room->placed = false;
	strand->used = false;
	strand->region = -1;
	return true;
}

void strands_place(struct qyran_track *track, bool anew)
{
	for (size_t s = 0; s < STRANDS_MAX; s++) {
		struct strand *strand = &track->strands[s];
		double in_u, in_v;

		if (!strand->used || strand->region < 0 || track->mover < 0 || (track->merged && strand->placed && !anew))
			continue;
		in_u = (strand->u - track->box.edge[EDGE_LEFT]) / fmax(1, box_width(&track->box));
		in_v = (strand->v - track->box.edge[EDGE_TOP]) / fmax(1, box_height(&track->box));
		strand->in_u = in_u;
		strand->in_v = in_v;
		strand->placed = true;
	}
}

/* A strand that leaves its vehicle's box belongs to another vehicle or to the street. */
static void sort_strands(struct qyran_tracker *tracker)
{
	for (size_t t = 0; t < tracker->count; t++) {
		struct qyran_track *track = tracker->tracks[t];

		if (track->dead || track->mover < 0 || track->merged)
			continue;
		for (size_t s = 0; s < STRANDS_MAX; s++) {
			struct strand *strand = &track->strands[s];

			if (!strand->used || strand->region < 0 || box_holds(&track->box, strand->u, strand->v, 0.25))
				continue;
			struct qyran_track *other = track_holding(tracker, strand->u, strand->v);

			if (other != track)
				strand_hand_over(tracker, strand, other);
		}
	}
}

static void note_sightings(struct qyran_tracker *tracker, size_t regions)
{
	struct sighted *now = &tracker->sighted[tracker->tick % SIGHTED_FRAMES];

	now->count = regions;
	for (size_t r = 0; r < regions; r++) {
		const struct qyran_region *region = &tracker->batch->regions[r];
		struct sighting *s = &now->list[r];

		*s = (struct sighting){ .w = region->box_w, .h = region->box_h, .width_mm = fmax(1, region_width_mm(tracker, region)),
					.fit = plate_size(tracker, region), .merit = region_merit(region), .region = (int)r };
		region_place(region, &s->u, &s->v);
		track_point(tracker, s->u, s->v, tracker->plate_z_mm, true, &s->point);
	}
	for (size_t t = 0; t <= tracker->count; t++) {
		const struct strand *strands = t < tracker->count ? tracker->tracks[t]->strands : tracker->loose;

		for (size_t i = 0; i < (t < tracker->count ? STRANDS_MAX : LOOSE_MAX); i++)
			if (strands[i].used && strands[i].region >= 0 && strands[i].hits >= 3)
				now->list[strands[i].region].taken = true;
	}
}

int plates_assign(struct qyran_tracker *tracker)
{
	size_t regions = tracker->batch->region_count < QYRAN_REGIONS_MAX ? tracker->batch->region_count : QYRAN_REGIONS_MAX;

	sort_strands(tracker);
	if (tracker->road) {
		note_sightings(tracker, regions);
		plates_seek(tracker);
	}
	for (size_t r = 0; r < regions; r++) {
		double u, v;

		if (tracker->region_taken[r])
			continue;
		region_place(&tracker->batch->regions[r], &u, &v);
		struct qyran_track *track = track_holding(tracker, u, v);
		struct strand *strand = track ? strand_room(tracker, track->strands, STRANDS_MAX) : strand_room(tracker, tracker->loose, LOOSE_MAX);

		if (strand)
			strand_begin(tracker, strand, r);
	}
	for (size_t s = 0; s < LOOSE_MAX; s++)
		if (tracker->loose[s].used && tracker->tick - tracker->loose[s].tick > LOOSE_TICKS)
			tracker->loose[s].used = false;
	for (size_t t = 0; t < tracker->count; t++) {
		struct qyran_track *track = tracker->tracks[t];
		const struct strand *plate = track_plate(track);

		/* Hidden or still to the movers, but its plate is there: the vehicle is seen. */
		if (track->misses && plate && plate->region >= 0 && plate->hits > 3) {
			track->misses = 0;
			track->last_run_ns = tracker->run_ns;
			track->last_ns = tracker->time_ns;
			track->last_frame = track->seen_frame = tracker->frame;
			track->hits++;
			track->seen = track->box;
			for (size_t e = 0; e < EDGES; e++) {
				double most = e % 2 ? tracker->height : tracker->width;

				track->seen.edge[e] = fmin(fmax(track->seen.edge[e], 0), most);
				track->rate[e] = e % 2 ? plate->dv : plate->du;
			}
		}
		strands_place(track, false);
	}
	return plates_seed(tracker);
}

