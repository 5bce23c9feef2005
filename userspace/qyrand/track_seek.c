/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plates between frames far apart: a fast vehicle's plate jumps more than its own width from frame to frame, among regions that
 * are no plates. Three regions of the latest four frames that lie on one even course along the road begin a strand.
 */
#include "track_state.h"

#include <math.h>
#include <string.h>

#define FASTEST_MM_S 60000.0
#define SLOWEST_MM_S 2000.0
#define OFF_PX 4.0
#define OFF_MM 120.0
#define ACROSS_SHARE 0.12	/* of the way along: a vehicle that changes lanes */
#define RESIZE 1.6		/* of the plate's own size between two sightings */

static double seconds(uint64_t later, uint64_t earlier)
{
	return (double)(int64_t)(later - earlier) * 1e-9;
}

static bool same_size(const struct sighting *a, const struct sighting *b)
{
	double grown = a->width_mm / b->width_mm;

	return grown < RESIZE && grown > 1 / RESIZE;
}

/* How far @b is from the line between @a and @c, as a share of what is allowed; more than 1: none of it. */
static double off_course(const struct qyran_tracker *tracker, const struct sighting *a, const struct sighting *b, const struct sighting *c)
{
	const struct qyran_track_point *p = &a->point, *q = &b->point, *r = &c->point;
	double t = seconds(r->run_ns, p->run_ns), along = r->y_mm - p->y_mm, across = r->x_mm - p->x_mm;

	if (!(t > 0) || fabs(along) < SLOWEST_MM_S * t || fabs(along) > FASTEST_MM_S * t || fabs(across) > ACROSS_SHARE * fabs(along) + OFF_MM ||
	    !same_size(a, c) || !same_size(b, c))
		return 2;
	double share = seconds(q->run_ns, p->run_ns) / t;
	double off = hypot(q->x_mm - p->x_mm - share * across, q->y_mm - p->y_mm - share * along);

	return off / (OFF_MM + OFF_PX * qyran_road_pixel(tracker->road, q->u16, q->v16, tracker->plate_z_mm));
}

static bool begin(struct qyran_tracker *tracker, const struct sighting *const found[3])
{
	const struct sighting *last = found[2], *before = found[1];
	struct qyran_track *track = track_holding(tracker, last->u, last->v);
	struct strand *strand = track ? strand_room(tracker, track->strands, STRANDS_MAX) : strand_room(tracker, tracker->loose, LOOSE_MAX);
	double t = seconds(last->point.run_ns, before->point.run_ns);

	if (!strand)
		return false;
	memset(strand, 0, sizeof(*strand));
	strand->used = true;
	strand->serial = ++tracker->next_serial;
	strand->count = strand->hits = 3;
	for (size_t i = 0; i < 3; i++) {
		strand->points[i] = found[i]->point;
		strand->fit += found[i]->fit;
		strand->merit += found[i]->merit;
	}
	strand->u = last->u;
	strand->v = last->v;
	strand->w = last->w;
	strand->h = last->h;
	strand->du = (last->u - before->u) / t;
	strand->dv = (last->v - before->v) / t;
	strand->tick = tracker->tick;
	strand->run_ns = tracker->run_ns;
	strand->region = last->region;
	return true;
}

void plates_seek(struct qyran_tracker *tracker)
{
	struct sighted *now = &tracker->sighted[tracker->tick % SIGHTED_FRAMES];

	for (size_t c = 0; c < now->count; c++) {
		const struct sighting *third = &now->list[c];
		const struct sighting *found[3] = { NULL, NULL, third };
		double least = 1;

		if (third->taken || !third->fit)
			continue;
		for (size_t i = 1; i < SIGHTED_FRAMES && i < tracker->tick; i++)
			for (size_t j = i + 1; j < SIGHTED_FRAMES && j < tracker->tick; j++) {
				const struct sighted *middle = &tracker->sighted[(tracker->tick - i) % SIGHTED_FRAMES];
				const struct sighted *first = &tracker->sighted[(tracker->tick - j) % SIGHTED_FRAMES];

				for (size_t b = 0; b < middle->count; b++)
					for (size_t a = 0; a < first->count; a++) {
						if (middle->list[b].taken || first->list[a].taken || !middle->list[b].fit || !first->list[a].fit)
							continue;
						double off = off_course(tracker, &first->list[a], &middle->list[b], third);

						if (off < least) {
							least = off;
							found[0] = &first->list[a];
							found[1] = &middle->list[b];
						}
					}
			}
		if (!found[0] || !begin(tracker, found))
			continue;
		now->list[c].taken = true;
		tracker->region_taken[third->region] = true;
	}
}
