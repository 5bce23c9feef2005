/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic.h"

#include "sim/scene/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 960
#define HEIGHT 540
#define FOCAL 1800.0
#define CAMERA_Y -10.0
#define CAMERA_Z 6.0
#define CELL 4
#define STEP_S 0.002

static const double seen_lines[] = { 0.5, 3, 6, 9, 12 }, seen_columns[] = { -3, 0, 3 };

bool traffic_project(double x, double y, double z, double *ret_u, double *ret_v)
{
	/* The lower edge of the picture shows y = 0. */
	double pitch = atan2(CAMERA_Z, -CAMERA_Y) - atan2(HEIGHT / 2.0, FOCAL), c = cos(pitch), s = sin(pitch);
	double ahead = y - CAMERA_Y, up = z - CAMERA_Z, depth = c * ahead - s * up;

	if (depth < 0.5)
		return false;
	*ret_u = WIDTH / 2.0 + FOCAL * x / depth;
	*ret_v = HEIGHT / 2.0 + FOCAL * (-s * ahead - c * up) / depth;
	return true;
}

void traffic_init(struct traffic *traffic, uint64_t seed)
{
	struct qyran_config *config = &traffic->config;

	memset(traffic, 0, sizeof(*traffic));
	for (size_t i = 0; i < sizeof(seen_lines) / sizeof(*seen_lines); i++)
		for (size_t j = 0; j < sizeof(seen_columns) / sizeof(*seen_columns); j++) {
			struct qyran_road_point *p = &config->road.points[config->road.point_count++];

			traffic_project(seen_columns[j], seen_lines[i], 0, &p->u_px, &p->v_px);
			p->x_mm = (int32_t)lround(seen_columns[j] * 1000);
			p->y_mm = (int32_t)lround(seen_lines[i] * 1000);
		}
	config->road.camera_y_mm = (int32_t)(CAMERA_Y * 1000);
	config->road.camera_height_mm = (int32_t)(CAMERA_Z * 1000);
	config->road.plate_height_mm = 550;
	config->lanes[0] = (struct qyran_lane){ .left_mm = -3100, .right_mm = 0, .toward = true };
	config->lanes[1] = (struct qyran_lane){ .left_mm = 0, .right_mm = 3100, .toward = false };
	config->lane_count = 2;
	traffic->rate = 25;
	traffic->frames = 60;
	traffic->jitter_px = 1.5;
	traffic->drop = 0.05;
	traffic->clutter = 2;
	traffic->merge = true;
	traffic->red_s = -1;
	traffic->exposure_ns = 1000000;
	traffic->seed = seed;
}

struct traffic_vehicle *traffic_add(struct traffic *traffic, int lane, double y_m, double kmh)
{
	struct traffic_vehicle *vehicle = &traffic->vehicles[traffic->vehicle_count++];

	*vehicle = (struct traffic_vehicle){ .x = lane == 1 ? -1.55 : 1.55, .y = y_m, .kmh = kmh, .length = 4.4, .width = 1.8, .height = 1.5, .plate_z = 0.55 };
	return vehicle;
}

static double speed_at(const struct traffic_vehicle *v, double t)
{
	double full = v->kmh / 3.6;

	if (v->stop_s <= 0)
		return full;
	if (t >= v->stop_s && t < v->go_s)
		return 0;
	if (v->brake <= 0)
		return full;
	double away = t < v->stop_s ? v->stop_s - t : t - v->go_s;

	return copysign(fmin(fabs(full), v->brake * away), full);
}

static double place_at(const struct traffic_vehicle *v, double t)
{
	double y = v->y;

	if (v->stop_s <= 0)
		return y + v->kmh / 3.6 * t;
	for (double s = 0; s < t; s += STEP_S)
		y += speed_at(v, s) * fmin(STEP_S, t - s);
	return y;
}

double traffic_crossing(const struct traffic *traffic, const struct traffic_vehicle *vehicle, double y_m)
{
	for (double t = 0; t < traffic->frames / traffic->rate; t += STEP_S)
		if ((vehicle->kmh > 0) == (place_at(vehicle, t) >= y_m))
			return t;
	return NAN;
}

struct run {
	const struct traffic *traffic;
	struct traffic_result *result;
	struct qyran_rules *rules;
	uint64_t random;
	uint32_t reads, frame;
	const struct traffic_vehicle *owner[QYRAN_REGIONS_MAX];
	const struct qyran_frame_batch *batch;
};

static double jitter(struct run *run, double half)
{
	return scene_random_between(&run->random, -half, half);
}

static bool chance(struct run *run, double share)
{
	return scene_random_between(&run->random, 0, 1) < share;
}

static void digest(struct traffic_result *result, const void *bytes, size_t size)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < size; i++)
		result->digest = (result->digest ^ b[i]) * 0x100000001b3u;
}

struct rectangle {
	double left, top, right, bottom;
	double filled;		/* pixels, of what it is the box of; 0: all */
};

static double area(const struct rectangle *r)
{
	return r->filled > 0 ? r->filled : (r->right - r->left) * (r->bottom - r->top);
}

static bool cut(struct rectangle *r, double cell)
{
	r->left = fmax(0, floor(r->left / cell) * cell);
	r->top = fmax(0, floor(r->top / cell) * cell);
	r->right = fmin(WIDTH, ceil(r->right / cell) * cell);
	r->bottom = fmin(HEIGHT, ceil(r->bottom / cell) * cell);
	return r->right - r->left >= 8 && r->bottom - r->top >= 6;
}

static bool outline(const struct traffic_vehicle *v, double x, double y, struct rectangle *ret)
{
	double far = v->length;	/* the rest of the vehicle lies beyond the plate that is seen */

	*ret = (struct rectangle){ 1e9, 1e9, -1e9, -1e9, 0 };
	for (int i = 0; i < 8; i++) {
		double u, w;

		if (!traffic_project(x + (i & 1 ? 0.5 : -0.5) * v->width, y + (i & 2 ? far : 0), i & 4 ? v->height : 0.1, &u, &w))
			return false;
		ret->left = fmin(ret->left, u);
		ret->right = fmax(ret->right, u);
		ret->top = fmin(ret->top, w);
		ret->bottom = fmax(ret->bottom, w);
	}
	return true;
}

static void add_mover(struct qyran_frame_batch *batch, const struct rectangle *r)
{
	struct qyran_mover *m = &batch->movers[batch->mover_count];

	if (batch->mover_count == QYRAN_MOVERS_MAX)
		return;
	*m = (struct qyran_mover){ .x = (uint16_t)r->left, .y = (uint16_t)r->top, .w = (uint16_t)(r->right - r->left), .h = (uint16_t)(r->bottom - r->top),
				   .cell_px = CELL, .index = (uint16_t)batch->mover_count };
	m->cells = r->filled > 0 ? (uint32_t)(r->filled / (CELL * CELL)) : (uint32_t)m->w * m->h / (CELL * CELL);
	m->cx16 = (uint32_t)(m->x * 16 + m->w * 8);
	m->cy16 = (uint32_t)(m->y * 16 + m->h * 8);
	batch->mover_count++;
}

static void add_region(struct run *run, struct qyran_frame_batch *batch, struct rectangle r, const struct traffic_vehicle *owner)
{
	if (batch->region_count == 8 || r.left < 0 || r.top < 0 || r.right > WIDTH || r.bottom > HEIGHT || r.right - r.left < 12 || r.bottom - r.top < 6)
		return;
	run->owner[batch->region_count] = owner;
	batch->regions[batch->region_count] =
		(struct qyran_region){ .box_x = (uint16_t)r.left, .box_y = (uint16_t)r.top, .box_w = (uint16_t)(r.right - r.left),
				       .box_h = (uint16_t)(r.bottom - r.top), .index = (uint16_t)batch->region_count, .score = 1000 };
	batch->region_count++;
}

/* A rectangle @wide x @high m upright at x, y, z, as the localiser boxes it. */
static void add_patch(struct run *run, struct qyran_frame_batch *batch, double x, double y, double z, double wide, double high,
		      const struct traffic_vehicle *owner)
{
	struct rectangle r = { .filled = 0 };
	double j = run->traffic->jitter_px;

	if (!traffic_project(x - wide / 2, y, z + high / 2, &r.left, &r.top) || !traffic_project(x + wide / 2, y, z - high / 2, &r.right, &r.bottom))
		return;
	r.left = round((r.left + jitter(run, j)) / 4) * 4;
	r.right = round((r.right + jitter(run, j)) / 4) * 4;
	r.top = round((r.top + jitter(run, j)) / 2) * 2;
	r.bottom = round((r.bottom + jitter(run, j)) / 2) * 2;
	add_region(run, batch, r, owner);
}

static void add_vehicles(struct run *run, struct qyran_frame_batch *batch, double t)
{
	const struct traffic *traffic = run->traffic;
	struct rectangle blobs[TRAFFIC_VEHICLES];
	size_t count = 0;

	for (size_t i = 0; i < traffic->vehicle_count; i++) {
		const struct traffic_vehicle *v = &traffic->vehicles[i];
		double y = place_at(v, t), x = v->x + v->drift * t;
		struct rectangle r;

		if ((t >= v->hidden_from && t < v->hidden_to) || !outline(v, x, y, &r))
			continue;
		r.left += jitter(run, traffic->jitter_px);
		r.right += jitter(run, traffic->jitter_px);
		r.top += jitter(run, traffic->jitter_px);
		r.bottom += jitter(run, traffic->jitter_px);
		if (!v->no_blob && !chance(run, traffic->drop) && cut(&r, CELL))
			blobs[count++] = r;
		if (traffic->lamps)
			add_patch(run, batch, x + 0.6, y, 0.7, 0.4, 0.15, NULL);
		if (!v->no_plate && !chance(run, traffic->drop))
			add_patch(run, batch, x, y, v->plate_z, 0.52, 0.112, v);
		if (traffic->lamps)
			add_patch(run, batch, x, y, 0.8, 0.9, 0.2, NULL);
	}
	for (size_t i = 0; traffic->merge && i < count; i++)
		for (size_t j = i + 1; j < count;) {
			struct rectangle *a = &blobs[i], *b = &blobs[j];

			if (a->left > b->right || b->left > a->right || a->top > b->bottom || b->top > a->bottom) {
				j++;
				continue;
			}
			double filled = area(a) + area(b);

			*a = (struct rectangle){ fmin(a->left, b->left), fmin(a->top, b->top), fmax(a->right, b->right), fmax(a->bottom, b->bottom), 0 };
			a->filled = fmin(filled, area(a));
			*b = blobs[--count];
			j = i + 1;
		}
	for (size_t i = 0; i < count; i++)
		add_mover(batch, &blobs[i]);
}

static void make_frame(struct run *run, uint32_t number, struct qyran_frame_batch *batch)
{
	const struct traffic *traffic = run->traffic;
	double t = number / traffic->rate;

	memset(batch, 0, sizeof(*batch));
	batch->number = number;
	batch->time_ns = TRAFFIC_EPOCH_NS + (uint64_t)llround(t * 1e9);
	batch->info = (struct qyran_frame_info){ .width = WIDTH, .height = HEIGHT, .exposure_ns = traffic->exposure_ns, .line_ns = traffic->line_ns };
	if (traffic->step_at && number >= traffic->step_at) {
		batch->time_ns += (uint64_t)traffic->step_ns;
		batch->info.clock_steps = 1;
	}
	batch->info.pins = traffic->red_s >= 0 && t >= traffic->red_s && t < traffic->green_s;
	if (number >= traffic->damaged_from && number < traffic->damaged_to) {
		batch->info.flags = QYRAN_FRAME_DAMAGED;
		return;
	}
	/* The picture shows the middle of the exposure. */
	add_vehicles(run, batch, t - traffic->exposure_ns * 0.5e-9);
	for (uint32_t i = 0; i < traffic->clutter; i++) {
		double u = scene_random_between(&run->random, 0, WIDTH - 120), v = scene_random_between(&run->random, 0, HEIGHT - 40);

		add_region(run, batch, (struct rectangle){ u, v, u + scene_random_between(&run->random, 20, 110), v + scene_random_between(&run->random, 8, 36), 0 },
			   NULL);
	}
	for (uint32_t i = 0; i < traffic->noise; i++) {
		double u = scene_random_between(&run->random, 0, WIDTH - 9), v = scene_random_between(&run->random, 0, HEIGHT - 9);
		struct rectangle r = { u, v, u + scene_random_between(&run->random, 8, 300), v + scene_random_between(&run->random, 8, 250), 0 };

		if (cut(&r, CELL))
			add_mover(batch, &r);
	}
	batch->info.movers = (uint16_t)batch->mover_count;
	batch->info.regions = (uint16_t)batch->region_count;
}

static void on_read(void *context, struct qyran_track *track, const struct qyran_region *region, const uint8_t *pixels, uint64_t time_ns)
{
	struct run *run = context;
	const struct traffic_vehicle *owner = run->owner[region - run->batch->regions];
	struct qyran_reading reading = { .status = QYRAN_READING_NOT_A_PLATE };

	(void)pixels;
	(void)time_ns;
	run->reads++;
	if (owner)
		reading.status = owner->plate && !run->traffic->unread ? QYRAN_READING_READ : QYRAN_READING_UNREAD;
	if (owner && owner->plate)
		snprintf(reading.text, sizeof(reading.text), "%s", owner->plate);
	qyran_track_add_reading_of(track, qyran_track_request(track), &reading, 1);
}

static void on_ended(void *context, struct qyran_track *track)
{
	struct run *run = context;
	struct traffic_result *result = run->result;
	struct qyran_violation found[QYRAN_RULES];
	size_t count = qyran_rules_end(run->rules, track, found), points;
	const struct qyran_track_point *list = qyran_track_points(track, &points);

	for (size_t i = 0; i < points; i++)
		digest(result, &list[i].y_mm, sizeof(list[i].y_mm));
	for (size_t i = 0; i < count; i++) {
		digest(result, &found[i].time_ns, sizeof(found[i].time_ns));
		if (result->violation_count < sizeof(result->violations) / sizeof(*result->violations))
			result->violations[result->violation_count++] = found[i];
	}
	if (!qyran_track_counted(track) || result->track_count == TRAFFIC_TRACKS)
		return;
	struct traffic_track *out = &result->tracks[result->track_count++];

	out->id = qyran_track_id(track);
	out->first_ns = qyran_track_first_ns(track);
	out->lane = qyran_track_lane(track);
	out->speed_rc = qyran_track_speed(track, 0, UINT64_MAX, &out->cmh, &out->u95_cmh);
	out->requests = qyran_track_request(track);
	qyran_track_size(track, &out->height_mm, &out->length_mm);
	digest(result, &out->cmh, sizeof(out->cmh));
}

int traffic_run(const struct traffic *traffic, struct traffic_result *ret)
{
	struct run run = { .traffic = traffic, .result = ret, .random = traffic->seed * 7919 + 1 };
	struct qyran_tracker_events events = { .read = on_read, .ended = on_ended, .context = &run };
	struct qyran_tracker *tracker = NULL;
	struct qyran_road *road = NULL;
	static struct qyran_frame_batch batch;
	char error[256];
	int rc = 0;

	memset(ret, 0, sizeof(*ret));
	for (int r = 0; r < QYRAN_RULES; r++)
		ret->suspicious_from[r] = UINT64_MAX;
	ret->decided_from = UINT64_MAX;
	if (traffic->config.road.point_count)
		rc = qyran_road_new(&traffic->config, &road, error, sizeof(error));
	if (!rc)
		rc = qyran_rules_new(&traffic->config, road, traffic->pins || traffic->red_s >= 0, &run.rules);
	if (!rc)
		rc = qyran_tracker_new(&traffic->config, road, &events, &tracker);
	for (uint32_t f = 0; !rc && f < traffic->frames; f++) {
		run.reads = 0;
		run.batch = &batch;
		make_frame(&run, f, &batch);
		qyran_rules_frame(run.rules, &batch);
		rc = qyran_tracker_frame(tracker, &batch);
		if (run.reads > ret->most_reads_a_frame)
			ret->most_reads_a_frame = run.reads;
		if (qyran_tracker_count(tracker) > ret->most_alive)
			ret->most_alive = qyran_tracker_count(tracker);
		for (size_t i = 0; i < qyran_tracker_count(tracker); i++) {
			bool best;
			enum qyran_suspicion s = qyran_rules_judge(run.rules, qyran_tracker_at(tracker, i), &best);

			for (int r = 0; r < QYRAN_RULES; r++)
				if (s >= QYRAN_SUSPICIOUS && traffic->config.rules.on[r] && ret->suspicious_from[r] == UINT64_MAX)
					ret->suspicious_from[r] = f;
			if (s == QYRAN_DECIDED && ret->decided_from == UINT64_MAX)
				ret->decided_from = f;
		}
	}
	if (!rc) {
		qyran_tracker_finish(tracker);
		ret->total = qyran_tracker_total(tracker);
	}
	qyran_tracker_free(tracker);
	qyran_rules_free(run.rules);
	qyran_road_free(road);
	return rc;
}

size_t traffic_found(const struct traffic_result *result, enum qyran_rule rule)
{
	size_t count = 0;

	for (size_t i = 0; i < result->violation_count; i++)
		count += rule == QYRAN_RULE_NONE || result->violations[i].rule == rule;
	return count;
}
