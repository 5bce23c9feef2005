/* SPDX-License-Identifier: Apache-2.0 */
#include "track_state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PERIOD_DEFAULT_NS 40000000u
#define TENTATIVE_MISSES 2		/* frames without a mover before something unproven is forgotten */
#define LOST_NS 1000000000u		/* a vehicle that is hidden longer is another one */
#define LOST_MISSES 3
#define COUNT_HITS 4
#define COUNT_SHARE 0.4			/* of its own size that an edge of a vehicle has moved, leaps left out */
#define COUNT_PX 6.0
#define COUNT_MM 1200.0
#define COUNT_POINTS 12
#define BARE_HITS 8			/* without a plate: light and shadow travel too */
#define BARE_HEIGHT_MM 900
#define CUT_HITS 20
#define STRAIGHT 0.45			/* way as the crow flies / way: foliage dances, vehicles drive */

double box_common(const struct box *a, const struct box *b)
{
	double w = fmin(a->edge[EDGE_RIGHT], b->edge[EDGE_RIGHT]) - fmax(a->edge[EDGE_LEFT], b->edge[EDGE_LEFT]);
	double h = fmin(a->edge[EDGE_BOTTOM], b->edge[EDGE_BOTTOM]) - fmax(a->edge[EDGE_TOP], b->edge[EDGE_TOP]);

	return w > 0 && h > 0 ? w * h : 0;
}

bool box_holds(const struct box *box, double u, double v, double margin)
{
	double mu = margin * box_width(box), mv = margin * box_height(box);

	return u >= box->edge[EDGE_LEFT] - mu && u <= box->edge[EDGE_RIGHT] + mu && v >= box->edge[EDGE_TOP] - mv &&
	       v <= box->edge[EDGE_BOTTOM] + mv;
}

struct box box_union(const struct box *a, const struct box *b)
{
	return (struct box){ { fmin(a->edge[0], b->edge[0]), fmin(a->edge[1], b->edge[1]), fmax(a->edge[2], b->edge[2]),
			       fmax(a->edge[3], b->edge[3]) } };
}

int qyran_tracker_new(const struct qyran_config *config, const struct qyran_road *road, const struct qyran_tracker_events *events,
		      struct qyran_tracker **ret)
{
	struct qyran_tracker *tracker = calloc(1, sizeof(*tracker));

	if (!tracker)
		return -ENOMEM;
	tracker->road = road;
	tracker->plate_z_mm = config->road.plate_height_mm;
	tracker->has_lanes = config->lane_count > 0;
	tracker->period_ns = PERIOD_DEFAULT_NS;
	if (events)
		tracker->events = *events;
	*ret = tracker;
	return 0;
}

static void track_free(struct qyran_track *track)
{
	for (size_t i = 0; i < track->reading_count; i++)
		free(track->readings[i]);
	free(track);
}

void qyran_tracker_free(struct qyran_tracker *tracker)
{
	if (!tracker)
		return;
	for (size_t i = 0; i < tracker->count; i++)
		track_free(tracker->tracks[i]);
	free(tracker);
}

struct qyran_track *track_new(struct qyran_tracker *tracker, const struct box *box)
{
	struct qyran_track *track = calloc(1, sizeof(*track));

	if (!track)
		return NULL;
	track->tracker = tracker;
	track->id = ++tracker->next_id;
	/* The first stamp names the track: those that begin in one frame get one each. */
	track->first_ns = track->last_ns = tracker->time_ns + tracker->born++;
	track->first_run_ns = track->last_run_ns = tracker->run_ns;
	track->first_frame = track->last_frame = track->seen_frame = tracker->frame;
	track->box = track->predicted = track->seen = *box;
	track->mover = -1;
	for (size_t i = 0; i < STRANDS_MAX; i++)
		track->strands[i].region = -1;
	tracker->tracks[tracker->count++] = track;
	return track;
}

void track_point(struct qyran_tracker *tracker, double u, double v, int32_t z_mm, bool plate, struct qyran_track_point *ret)
{
	const struct qyran_frame_info *info = &tracker->batch->info;
	struct qyran_road_position position = { 0, 0 };
	int64_t row_ns = (int64_t)(v * info->line_ns) - info->exposure_ns / 2;

	*ret = (struct qyran_track_point){ .frame = tracker->frame,
					   .u16 = (int32_t)lround(u * 16),
					   .v16 = (int32_t)lround(v * 16),
					   .plate = plate,
					   .time_ns = tracker->time_ns + (uint64_t)row_ns,
					   .run_ns = tracker->run_ns + (uint64_t)row_ns,
					   .clock_steps = tracker->clock_steps };
	if (tracker->road && !qyran_road_from_image(tracker->road, ret->u16, ret->v16, z_mm, &position)) {
		ret->x_mm = position.x_mm;
		ret->y_mm = position.y_mm;
	}
}

/* A full list keeps its newer half and every second point of the older one. */
void points_add(struct qyran_track_point *points, size_t *count, const struct qyran_track_point *point)
{
	if (*count == QYRAN_TRACK_POINTS_MAX) {
		size_t half = *count / 2;

		for (size_t i = 0; i < half / 2; i++)
			points[i] = points[2 * i];
		memmove(points + half / 2, points + half, half * sizeof(*points));
		*count = half / 2 + half;
	}
	points[(*count)++] = *point;
}

static void take_time(struct qyran_tracker *tracker, const struct qyran_frame_batch *batch)
{
	uint64_t frames = batch->number - tracker->frame;

	if (!tracker->started) {
		/* Exposure and row move a point's time either way: run time starts high enough to stay positive. */
		tracker->run_ns = 1000000000000u;
		tracker->seconds = (double)tracker->period_ns * 1e-9;
	} else {
		uint64_t passed = tracker->period_ns;

		if (frames < 1 || frames > 100000)
			frames = 1;
		if (batch->info.clock_steps == tracker->clock_steps && batch->time_ns > tracker->time_ns) {
			passed = batch->time_ns - tracker->time_ns;
			if (passed / frames < 1000000000u)
				tracker->period_ns = passed / frames;
		} else {
			passed *= frames;
		}
		tracker->run_ns += passed;
		tracker->seconds = (double)passed * 1e-9;
	}
	if (tracker->period_ns == 0)
		tracker->period_ns = PERIOD_DEFAULT_NS;
	tracker->started = true;
	tracker->tick++;
	tracker->born = 0;
	tracker->time_ns = batch->time_ns;
	tracker->frame = batch->number;
	tracker->clock_steps = batch->info.clock_steps;
	if (batch->info.width && batch->info.height) {
		tracker->width = batch->info.width;
		tracker->height = batch->info.height;
	}
}

/* Do the latest points go somewhere, most of them together? */
static bool travels(const struct qyran_tracker *tracker, const struct qyran_track_point *points, size_t count, int32_t z_mm)
{
	size_t from = count > COUNT_POINTS ? count - COUNT_POINTS : 0;
	struct qyran_motion motion;

	return !qyran_motion_fit(tracker->road, points + from, count - from, z_mm, COUNT_HITS, &motion) && motion.length_mm > COUNT_MM &&
	       motion.used * 3 >= (count - from) * 2;
}

/* A blob of noise or of foliage also lives long; what makes a vehicle is that it goes somewhere. */
static bool is_vehicle(struct qyran_track *track)
{
	double way = 0, size = sqrt(fmax(1, box_area(&track->seen)));
	const struct strand *plate = track_plate(track);

	if (track->hits < COUNT_HITS)
		return false;
	for (size_t e = 0; e < EDGES; e++)
		if (fabs(track->gone_px[e]) > fmax(way, STRAIGHT * track->travelled_px[e]))
			way = fabs(track->gone_px[e]);
	if (track->tracker->road) {
		int32_t height, length;

		if (plate && plate->fit >= 2 * COUNT_HITS && travels(track->tracker, plate->points, plate->count, track->tracker->plate_z_mm))
			return true;
		track->went = track->went || travels(track->tracker, track->feet, track->foot_count, FOOT_HEIGHT_MM);
		if (!track->went || track->own_hits < BARE_HITS || track->own_hits * 3 < track->hits * 2 || track->whole * 3 < track->own_hits * 2)
			return false;
		/* What stays cut by the upper edge stands too far away to show its height. */
		qyran_track_size(track, &height, &length);
		return height > BARE_HEIGHT_MM || (track->cut_hits == track->own_hits && track->own_hits >= CUT_HITS);
	}
	return track->own_hits >= COUNT_HITS && way > fmax(COUNT_PX, COUNT_SHARE * size);
}

/* Hidden in a larger blob, and its plate must have left the picture by now. */
static bool has_left(const struct qyran_track *track)
{
	const struct qyran_tracker *tracker = track->tracker;
	const struct strand *plate = track_plate(track);
	double u, v;

	return plate_course(track, &u, &v) && plate->region < 0 && (u < 0 || v < 0 || u > tracker->width || v > tracker->height);
}

static bool gone(const struct qyran_track *track)
{
	const struct qyran_tracker *tracker = track->tracker;
	const struct box *p = &track->predicted;

	if (track->dead)
		return true;
	if (track->merged && has_left(track))
		return true;
	if (!track->misses)
		return false;
	if (!track->counted)
		return track->misses > TENTATIVE_MISSES;
	double u = (p->edge[EDGE_LEFT] + p->edge[EDGE_RIGHT]) / 2, v = (p->edge[EDGE_TOP] + p->edge[EDGE_BOTTOM]) / 2;
	bool outside = u < 0 || v < 0 || u > tracker->width || v > tracker->height;

	return (outside && track->misses > 1) || (track->misses > LOST_MISSES && tracker->run_ns - track->last_run_ns > LOST_NS);
}

static void end_track(struct qyran_tracker *tracker, size_t index)
{
	struct qyran_track *track = tracker->tracks[index];

	memmove(&tracker->tracks[index], &tracker->tracks[index + 1], (tracker->count - index - 1) * sizeof(*tracker->tracks));
	tracker->count--;
	track->ended = true;
	if (tracker->events.ended)
		tracker->events.ended(tracker->events.context, track);
	track_free(track);
}

int qyran_tracker_frame(struct qyran_tracker *tracker, const struct qyran_frame_batch *batch)
{
	int error;

	take_time(tracker, batch);
	tracker->batch = batch;
	movers_predict(tracker);
	plates_follow(tracker);
	error = movers_assign(tracker);
	if (!error)
		error = plates_assign(tracker);
	for (size_t i = 0; i < tracker->count; i++) {
		struct qyran_track *track = tracker->tracks[i];

		if (!track->counted && !track->dead && is_vehicle(track)) {
			track->counted = true;
			tracker->total++;
		}
	}
	plates_request(tracker);
	tracker->batch = NULL;
	for (size_t i = 0; i < tracker->count;)
		if (gone(tracker->tracks[i]))
			end_track(tracker, i);
		else
			i++;
	return error;
}

void qyran_tracker_finish(struct qyran_tracker *tracker)
{
	while (tracker->count)
		end_track(tracker, 0);
}

size_t qyran_tracker_count(const struct qyran_tracker *tracker)
{
	return tracker->count;
}

struct qyran_track *qyran_tracker_at(struct qyran_tracker *tracker, size_t index)
{
	return index < tracker->count ? tracker->tracks[index] : NULL;
}

uint64_t qyran_tracker_total(const struct qyran_tracker *tracker)
{
	return tracker->total;
}

uint64_t qyran_track_id(const struct qyran_track *track)
{
	return track->id;
}

uint64_t qyran_track_first_ns(const struct qyran_track *track)
{
	return track->first_ns;
}

uint64_t qyran_track_first_frame(const struct qyran_track *track)
{
	return track->first_frame;
}

bool qyran_track_counted(const struct qyran_track *track)
{
	return track->counted;
}

struct qyran_box qyran_track_box(const struct qyran_track *track, uint64_t *ret_frame)
{
	const double *e = track->seen.edge;

	if (ret_frame)
		*ret_frame = track->seen_frame;
	return (struct qyran_box){ (uint16_t)e[EDGE_LEFT], (uint16_t)e[EDGE_TOP], (uint16_t)(e[EDGE_RIGHT] - e[EDGE_LEFT]),
				   (uint16_t)(e[EDGE_BOTTOM] - e[EDGE_TOP]) };
}

int qyran_track_add_reading_of(struct qyran_track *track, uint32_t request, const struct qyran_reading *reading, uint32_t weight)
{
	if (track->reading_count == QYRAN_READINGS_MAX)
		return -ENOSPC;
	struct qyran_reading *copy = malloc(sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	*copy = *reading;
	track->readings[track->reading_count] = copy;
	track->weights[track->reading_count++] = weight;
	if (request >= 1 && request <= track->requests) {
		for (size_t i = 0; i < STRANDS_MAX; i++)
			if (track->strands[i].used && track->strands[i].serial == track->asked[request].serial)
				track->strands[i].credit += reading->status == QYRAN_READING_READ ? 4 :
							    reading->status == QYRAN_READING_UNREAD ? 1 : -1;
	}
	return 0;
}

int qyran_track_add_reading(struct qyran_track *track, const struct qyran_reading *reading, uint32_t weight)
{
	return qyran_track_add_reading_of(track, 0, reading, weight);
}

const struct qyran_reading *const *qyran_track_readings(const struct qyran_track *track, size_t *ret_count)
{
	*ret_count = track->reading_count;
	return (const struct qyran_reading *const *)track->readings;
}

uint32_t qyran_track_request(const struct qyran_track *track)
{
	return track->request_now;
}

void **qyran_track_user(struct qyran_track *track)
{
	return &track->user;
}
