/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks. All look at the way of the plate, projected to the ground: the front of a vehicle that comes, the rear of one that
 * goes. In doubt each finds nothing.
 */
#include "rules_state.h"

#include <math.h>
#include <stdlib.h>

#define CMH_PER_KMH 100
#define CMH_PER_MM_S 0.36
#define PRELIMINARY_POINTS 3
#define BEFORE_LEAST 2			/* points on either side that make a crossing */
#define APPROACH_MM 12000		/* so far before a line evidence begins */
#define BEYOND_MM 300			/* a single point so far beyond counts as two */
#define STAND_MM 150.0
#define STAND_PX 2.5
#define STOOD_MM 40.0
#define STOOD_PX 1.5
#define STAND_NS 600000000u		/* standing still so long is coming to stand */
#define STAND_NEAR_NS 200000000u
#define LANE_MARGIN_MM 250		/* survey and plate leave the lane open so near its edge */
#define AGAINST_NEAR_MM 1000
#define TRAVEL_POINTS 4
#define CARRY_SHARE 0.66
#define CARRY_NS 250000000.0
#define LEAP_SHARE 0.5			/* of a travelled distance that may lie between two points */

/* Where in time between two points something happened. */
static uint64_t between(uint64_t a, uint64_t b, double share)
{
	return a + (uint64_t)(int64_t)(share * (double)(int64_t)(b - a));
}

static uint64_t stamp_between(const struct qyran_track_point *a, const struct qyran_track_point *b, double share)
{
	return a->clock_steps == b->clock_steps ? between(a->time_ns, b->time_ns, share) : b->time_ns;
}

static int lane_sure(const struct qyran_rules *rules, int32_t x_mm)
{
	int lane = qyran_road_lane(rules->road, x_mm);

	if (lane < 0 || x_mm - rules->config.lanes[lane].left_mm < LANE_MARGIN_MM || rules->config.lanes[lane].right_mm - x_mm < LANE_MARGIN_MM)
		return -1;
	return lane;
}

void check_speed(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret)
{
	int32_t limit = (int32_t)rules->config.rules.speed.limit_kmh * CMH_PER_KMH;
	int32_t tolerance = (int32_t)rules->config.rules.speed.tolerance_kmh * CMH_PER_KMH;

	if (sight->has_speed) {
		/* The tolerance stands for the uncertainty; a measurement worse than that is given its own. */
		int32_t off = tolerance > sight->u95_cmh ? tolerance : sight->u95_cmh;

		ret->near = abs(sight->cmh) > limit;
		ret->decided = abs(sight->cmh) - off > limit;
		ret->time_ns = sight->measured[0].time_ns + (sight->motion.run_ns - sight->measured[0].run_ns);
		return;
	}
	struct qyran_motion motion;

	if (!qyran_motion_fit(rules->road, sight->path, sight->count, rules->config.road.plate_height_mm, PRELIMINARY_POINTS, &motion))
		ret->near = hypot(motion.vx, motion.vy) * CMH_PER_MM_S > limit;
}

struct crossing {
	size_t after;		/* first point beyond the line */
	uint64_t time_ns, since_ns;
	bool high;
};

/* The last time that the track went over @line_mm and stayed beyond, in a lane of that direction. */
static bool find_crossing(const struct qyran_rules *rules, const struct sight *sight, int32_t line_mm, int32_t far_mm, uint32_t pin,
			  struct crossing *ret)
{
	int32_t along = far_mm > line_mm ? 1 : -1;
	size_t after = sight->count;

	if (sight->lane == 0 || rules->config.lanes[sight->lane - 1].toward != (along < 0))
		return false;
	while (after > 0 && (sight->path[after - 1].y_mm - line_mm) * along >= 0)
		after--;
	if (after < BEFORE_LEAST || after == sight->count)
		return false;
	size_t beyond = sight->count - after;

	if (beyond < BEFORE_LEAST && (sight->path[after].y_mm - line_mm) * along < BEYOND_MM)
		return false;
	const struct qyran_track_point *a = &sight->path[after - 1], *b = &sight->path[after];

	if ((sight->path[after - 2].y_mm - line_mm) * along >= 0)
		return false;
	double share = (double)(line_mm - a->y_mm) / (double)(b->y_mm - a->y_mm);

	ret->after = after;
	ret->time_ns = stamp_between(a, b, share);
	ret->high = signal_high(rules, pin, between(a->frame, b->frame, share), &ret->since_ns);
	return true;
}

/* Is the track on its way to the line, near enough to keep a frame while the signal is on? */
static bool approaches(const struct qyran_rules *rules, const struct sight *sight, int32_t line_mm, int32_t far_mm, uint32_t pin)
{
	int32_t along = far_mm > line_mm ? 1 : -1;
	uint64_t since;

	if (!sight->count || sight->lane == 0 || rules->config.lanes[sight->lane - 1].toward != (along < 0))
		return false;
	int32_t before = (line_mm - sight->path[sight->count - 1].y_mm) * along;

	return before > 0 && before < APPROACH_MM && signal_high(rules, pin, rules->frame, &since);
}

struct stand {
	size_t first, last;
	uint64_t run_ns;
};

static int compare(const void *a, const void *b)
{
	const int32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int32_t middle_of(const struct qyran_track_point *points, size_t count, bool y)
{
	int32_t values[PATH_MAX_POINTS];

	for (size_t i = 0; i < count; i++)
		values[i] = y ? points[i].y_mm : points[i].x_mm;
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

/* The longest stretch of points [from, to) that stay in one place. A single stray point does not end it. */
static struct stand find_stand(const struct qyran_rules *rules, const struct sight *sight, size_t from, size_t to)
{
	struct stand best = { 0, 0, 0 };

	for (size_t i = from; i + 2 < to; i++) {
		const struct qyran_track_point *p = &sight->path[i];
		double x = (p[0].x_mm + p[1].x_mm + p[2].x_mm) / 3.0, y = (p[0].y_mm + p[1].y_mm + p[2].y_mm) / 3.0;
		double reach = fmax(STAND_MM, STAND_PX * qyran_road_pixel(rules->road, p[1].u16, p[1].v16, rules->config.road.plate_height_mm));
		size_t last = i, strays = 0;

		for (size_t k = i; k < to && strays < 2; k++) {
			if (hypot(sight->path[k].x_mm - x, sight->path[k].y_mm - y) < reach) {
				last = k;
				strays = 0;
			} else {
				strays++;
			}
			if (k == i && strays)
				break;
		}
		uint64_t length = sight->path[last].run_ns - p[0].run_ns;

		if (last >= i + 2 && length > best.run_ns)
			best = (struct stand){ i, last, length };
	}
	if (!best.run_ns)
		return best;
	/* It stands from when it is where it stands for the most time: braking takes its last metre slowly. */
	const struct qyran_track_point *p = sight->path + best.first, *middle = p + (best.last - best.first) / 2;
	double reach = fmax(STOOD_MM, STOOD_PX * qyran_road_pixel(rules->road, middle->u16, middle->v16, rules->config.road.plate_height_mm));
	int32_t x = middle_of(p, best.last - best.first + 1, false), y = middle_of(p, best.last - best.first + 1, true);

	while (best.first < best.last && hypot(sight->path[best.first].x_mm - x, sight->path[best.first].y_mm - y) > reach)
		best.first++;
	best.run_ns = sight->path[best.last].run_ns - sight->path[best.first].run_ns;
	return best;
}

void check_red_light(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret)
{
	int32_t line = rules->config.rules.red_light.line_mm, far = rules->config.rules.red_light.far_mm;
	int32_t along = far > line ? 1 : -1;
	uint32_t pin = rules->config.rules.red_light.pin;
	struct crossing crossing;
	uint64_t since;

	ret->near = approaches(rules, sight, line, far, pin);
	if (!find_crossing(rules, sight, line, far, pin, &crossing) || !crossing.high)
		return;
	ret->near = true;
	ret->time_ns = crossing.time_ns;
	ret->signal_since_ns = crossing.since_ns;
	size_t beyond = crossing.after, past = 0;

	while (beyond < sight->count && (sight->path[beyond].y_mm - far) * along < 0)
		beyond++;
	for (size_t i = beyond; i < sight->count; i++)
		past += (sight->path[i].y_mm - far) * along >= BEYOND_MM ? 2 : (sight->path[i].y_mm - far) * along >= 0;
	if (past < 2)
		return;
	/* Who stood behind the line and went on with the signal off did not run it. */
	struct stand stand = find_stand(rules, sight, crossing.after, beyond);

	ret->decided = stand.run_ns < STAND_NS || signal_high(rules, pin, sight->path[beyond].frame, &since);
}

void check_stop_line(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret)
{
	int32_t line = rules->config.rules.stop_line.line_mm, far = rules->config.rules.stop_line.far_mm;
	int32_t along = far > line ? 1 : -1;
	uint32_t pin = rules->config.rules.stop_line.pin;
	struct crossing crossing;

	ret->near = approaches(rules, sight, line, far, pin);
	if (!find_crossing(rules, sight, line, far, pin, &crossing) || !crossing.high)
		return;
	ret->near = true;
	ret->time_ns = crossing.time_ns;
	ret->signal_since_ns = crossing.since_ns;
	size_t beyond = crossing.after;

	while (beyond < sight->count && (sight->path[beyond].y_mm - far) * along < 0)
		beyond++;
	struct stand stand = find_stand(rules, sight, crossing.after, beyond);

	ret->decided = stand.run_ns >= STAND_NS;
}

/* Did points [from, to] go there evenly, without a leap from one vehicle to another? */
static bool is_travel(const struct qyran_rules *rules, const struct sight *sight, size_t from, size_t to, int32_t along)
{
	struct qyran_motion motion;
	double distance = abs(sight->path[to].y_mm - sight->path[from].y_mm);

	for (size_t i = from + 1; i <= to; i++)
		if (abs(sight->path[i].y_mm - sight->path[i - 1].y_mm) > LEAP_SHARE * distance)
			return false;
	return !qyran_motion_fit(rules->road, sight->path + from, to - from + 1, rules->config.road.plate_height_mm, TRAVEL_POINTS, &motion) &&
	       motion.vy * along > 0;
}

/*
 * A stretch of travel that ends before @distance because the vehicle is hidden in a larger blob: no vehicle stops or leaves its lane
 * within a quarter of a second, so that what little is missing is taken from its motion while the track goes on.
 */
static bool carries_on(const struct qyran_rules *rules, const struct sight *sight, size_t first, int32_t distance, int32_t along, uint64_t *ret_time_ns)
{
	const struct qyran_track_point *last = &sight->path[sight->count - 1];
	double travelled = (double)(last->y_mm - sight->path[first].y_mm) * along;
	struct qyran_motion motion;

	if (travelled < CARRY_SHARE * distance || !is_travel(rules, sight, first, sight->count - 1, along) ||
	    qyran_motion_fit(rules->road, sight->path + first, sight->count - first, rules->config.road.plate_height_mm, TRAVEL_POINTS, &motion))
		return false;
	double missing_ns = (distance - travelled) / fabs(motion.vy) * 1e9;

	if (missing_ns > CARRY_NS || last->run_ns + (uint64_t)missing_ns > sight->track->last_run_ns)
		return false;
	*ret_time_ns = last->time_ns + (uint64_t)missing_ns;
	return true;
}

void check_wrong_way(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret)
{
	size_t first = 0;
	int32_t start = 0, distance = rules->config.rules.wrong_way.distance_mm, along = 1;
	int lane = -1;

	for (size_t i = 0; i < sight->count; i++) {
		const struct qyran_track_point *p = &sight->path[i];
		int here = lane_sure(rules, p->x_mm);

		along = here >= 0 && rules->config.lanes[here].toward ? 1 : -1;
		int32_t against = p->y_mm * along;

		if (here < 0 || here != lane || against < start) {
			lane = here;
			start = against;
			first = i;
			continue;
		}
		ret->near |= against - start > AGAINST_NEAR_MM;
		if (against - start >= distance && is_travel(rules, sight, first, i, along)) {
			const struct qyran_track_point *q = p - 1;
			double step = (double)(p->y_mm - q->y_mm) * along;

			ret->decided = true;
			ret->time_ns = stamp_between(q, p, step > 0 ? 1 - (against - start - distance) / step : 1);
			return;
		}
	}
	if (lane >= 0)
		ret->decided = carries_on(rules, sight, first, distance, along, &ret->time_ns);
}

void check_standing(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret)
{
	const int32_t left = rules->config.rules.standing.left_mm, right = rules->config.rules.standing.right_mm;
	const int32_t near = rules->config.rules.standing.near_mm, far = rules->config.rules.standing.far_mm;
	uint64_t limit_ns = (uint64_t)rules->config.rules.standing.limit_ms * 1000000u;

	for (size_t from = 0, to; from < sight->count; from = to + 1) {
		for (to = from; to < sight->count; to++)
			if (sight->path[to].x_mm < left || sight->path[to].x_mm > right || sight->path[to].y_mm < near || sight->path[to].y_mm > far)
				break;
		struct stand stand = find_stand(rules, sight, from, to);

		if (stand.run_ns > STAND_NEAR_NS)
			ret->near = true;
		if (stand.run_ns <= limit_ns)
			continue;
		/* The first point after the limit gives the stamp: a step of the clock in between does no harm. */
		size_t i = stand.first;

		while (sight->path[i].run_ns - sight->path[stand.first].run_ns < limit_ns)
			i++;
		ret->decided = true;
		ret->standing_ms = stand.run_ns / 1000000u;
		ret->time_ns = sight->path[i].time_ns - (sight->path[i].run_ns - sight->path[stand.first].run_ns - limit_ns);
		return;
	}
}

void check_bus_lane(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret)
{
	size_t first = 0;
	int32_t start = 0, distance = rules->config.rules.bus_lane.distance_mm, limit = rules->config.rules.bus_lane.height_mm;
	bool low = sight->height_mm > 0 && sight->height_mm < limit;
	int lane = -1;

	for (size_t i = 0; i < sight->count; i++) {
		const struct qyran_track_point *p = &sight->path[i];
		int here = lane_sure(rules, p->x_mm);

		if (here < 0 || !rules->config.lanes[here].bus || here != lane) {
			lane = here >= 0 && rules->config.lanes[here].bus ? here : -1;
			start = p->y_mm;
			first = i;
			continue;
		}
		ret->near |= sight->height_mm < limit;
		if (abs(p->y_mm - start) >= distance && is_travel(rules, sight, first, i, p->y_mm > start ? 1 : -1)) {
			const struct qyran_track_point *q = p - 1;
			double step = abs(p->y_mm - q->y_mm), over = abs(p->y_mm - start) - distance;

			ret->decided = low;
			ret->time_ns = stamp_between(q, p, step > over ? 1 - over / step : 1);
			return;
		}
	}
	if (lane >= 0 && low)
		ret->decided = carries_on(rules, sight, first, distance, sight->path[sight->count - 1].y_mm > start ? 1 : -1, &ret->time_ns);
}
