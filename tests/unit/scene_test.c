/* SPDX-License-Identifier: Apache-2.0 */
/* Scenes: every seed gives a fair scene with a clear truth, and the truth is where the pixels are. */
#include "cases.h"

#include <sim/scene/cast.h>
#include <sim/scene/film.h>
#include <sim/scene/papers.h>
#include <sim/scene/scene.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS 200
#define READABLE_PX_PER_MM (70.0 / 520)	/* a one-row plate is 70 pixels wide */

static struct qyran_formats *formats;

static double seconds(const struct scene *scene, uint32_t frame)
{
	return (double)scene_frame_ns(scene, frame) * 1e-9;
}

/* Calls @check for every scene and many seeds; the first case that is not fair is named. */
static void every_seed(bool (*check)(const struct scene *scene, const struct scene_cast *cast))
{
	for (size_t i = 0; i < scene_count; i++)
		for (uint64_t seed = 0; seed < SEEDS; seed++) {
			struct scene_cast cast;

			CU_ASSERT_EQUAL_FATAL(scene_cast(&scene_table[i], seed, formats, &cast), 0);
			if (!check(&scene_table[i], &cast)) {
				printf("# scene %s, seed %d\n", scene_table[i].name, (int)seed);
				CU_FAIL_FATAL("a seed gives an unfair scene");
			}
		}
}

static bool is(const struct scene_actor *actor, const char *kind)
{
	return !strcmp(actor->kind, kind);
}

static bool kinds_fit(const struct scene *scene, const struct scene_cast *cast)
{
	static const struct { const char *scene, *kind; size_t most, lawful; const char *other; } table[] = {
		{ "speeding", "speed", 2, 2, "" }, { "red-light", "red_light", 1, 2, "" }, { "stop-line", "stop_line", 1, 2, "" },
		{ "wrong-way", "wrong_way", 1, 2, "" }, { "standing", "standing", 1, 2, "" }, { "bus-lane", "bus_lane", 1, 2, "" },
		{ "empty-dusk", "", 0, 2, "" }, { "lawful", "", 0, 2, "" }, { "small", "speed", 1, 1, "red_light" },
	};
	size_t found = 0, others = 0, lawful = 0;

	for (size_t i = 0; i < cast->count; i++)
		if (is(&cast->actors[i], "none"))
			lawful++;
	for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
		if (strcmp(table[k].scene, scene->name))
			continue;
		for (size_t i = 0; i < cast->count; i++) {
			found += is(&cast->actors[i], table[k].kind);
			others += is(&cast->actors[i], table[k].other);
		}
		return found + others + lawful == cast->count && found <= table[k].most && (found > 0) == (table[k].most > 0) && (lawful >= table[k].lawful || !cast->count) &&
		       others == (*table[k].other ? 1 : 0);
	}
	return false;
}

static void every_scene_breaks_its_own_rule_among_lawful_vehicles(void)
{
	every_seed(kinds_fit);
}

static bool speeds_clear(const struct scene *scene, const struct scene_cast *cast)
{
	int limit = scene->place->rules.limit_kmh, tolerance = scene->place->rules.tolerance_kmh;

	for (size_t i = 0; i < cast->count; i++) {
		double kmh = cast->actors[i].speed * 3.6;

		/* The limit with its tolerance, and 3 km/h that a measurement may be wrong. */
		if (is(&cast->actors[i], "speed") ? kmh < limit + tolerance + 5 : kmh > limit - 3)
			return false;
	}
	return true;
}

static void no_speed_is_near_the_limit(void)
{
	every_seed(speeds_clear);
}

static bool lights_clear(const struct scene *scene, const struct scene_cast *cast)
{
	const struct scene_rules *rules = &scene->place->rules;
	double end = seconds(scene, scene->frames);

	if (cast->red_s < 0)
		return !(rules->line > 0);
	for (size_t i = 0; i < cast->count; i++) {
		const struct scene_actor *actor = &cast->actors[i];
		double crossed = scene_actor_when(actor, rules->line, end), beyond = scene_actor_when(actor, rules->far, end);
		bool stands_before = isnan(crossed) && actor->brake > 0 && actor->where > rules->line + 1;

		if (is(actor, "red_light")) {
			if (!(crossed > cast->red_s + .3 && beyond < end - .3))
				return false;
		} else if (is(actor, "stop_line")) {
			if (!(crossed > cast->red_s + .3 && isnan(beyond) && actor->where < rules->line - 1 && actor->where > rules->far + 1 && actor->when < end - 1.2))
				return false;
		} else if (!stands_before && !(crossed < cast->red_s - .3)) {
			return false;
		}
	}
	return true;
}

static void no_vehicle_crosses_the_line_while_the_light_changes(void)
{
	every_seed(lights_clear);
}

static bool standing_clear(const struct scene *scene, const struct scene_cast *cast)
{
	double limit = scene->place->rules.standing.limit_s, end = seconds(scene, scene->frames - 1);

	for (size_t i = 0; limit > 0 && i < cast->count; i++) {
		const struct scene_actor *actor = &cast->actors[i];

		if (is(actor, "standing") ? actor->when + limit > end - .5 : actor->brake > 0 && actor->stand > limit - 1)
			return false;
	}
	return true;
}

static void nobody_stands_nearly_as_long_as_is_allowed(void)
{
	every_seed(standing_clear);
}

static bool room_between(const struct scene *scene, const struct scene_cast *cast)
{
	for (uint32_t frame = 0; frame < scene->frames; frame++)
		for (size_t i = 0; i < cast->count; i++)
			for (size_t k = 0; k < i; k++) {
				const struct scene_actor *a = &cast->actors[i], *b = &cast->actors[k];
				double ya = scene_actor_y(a, seconds(scene, frame), NULL), yb = scene_actor_y(b, seconds(scene, frame), NULL);
				double near = fmin(ya, yb), gap = ya < yb ? yb - ya - a->vehicle.length : ya - yb - b->vehicle.length;

				/* Out of sight, before y = -6 or beyond 20, they may be anywhere. */
				if (a->lane == b->lane && near > -6 && fmax(ya, yb) < 20 && gap < 2)
					return false;
			}
	return true;
}

static void vehicles_of_a_lane_keep_their_distance(void)
{
	every_seed(room_between);
}

struct rectangle {
	double left, top, right, bottom;
};

static struct rectangle bounds(const struct scene_camera *camera, const struct scene_point *points, size_t count)
{
	struct rectangle r = { 1e9, 1e9, -1e9, -1e9 };

	for (size_t i = 0; i < count; i++) {
		double u, v;

		scene_camera_project(camera, points[i], &u, &v);
		r = (struct rectangle){ fmin(r.left, u), fmin(r.top, v), fmax(r.right, u), fmax(r.bottom, v) };
	}
	return r;
}

static bool hidden(const struct scene_camera *camera, const struct scene_cast *cast, size_t who, double time_s)
{
	struct scene_point plate[4], box[8];
	double y = scene_actor_y(&cast->actors[who], time_s, NULL);

	scene_vehicle_plate(&cast->actors[who].vehicle, y, plate);
	struct rectangle mine = bounds(camera, plate, 4);
	for (size_t i = 0; i < cast->count; i++) {
		double other = scene_actor_y(&cast->actors[i], time_s, NULL);

		if (i == who || other >= y || other < -9)
			continue;
		scene_vehicle_box(&cast->actors[i].vehicle, other, box);
		struct rectangle theirs = bounds(camera, box, 8);
		if (mine.left < theirs.right && theirs.left < mine.right && mine.top < theirs.bottom && theirs.top < mine.bottom)
			return true;
	}
	return false;
}

static bool plates_seen(const struct scene *scene, const struct scene_cast *cast)
{
	struct scene_camera camera = scene_camera(scene->place);

	for (size_t i = 0; i < cast->count; i++) {
		const struct scene_actor *actor = &cast->actors[i];
		int readable = 0, seen = 0;

		for (uint32_t frame = 0; frame < scene->frames; frame++) {
			struct scene_point plate[4];
			double time_s = seconds(scene, frame);

			if (!scene_actor_seen(actor, &camera, time_s) || hidden(&camera, cast, i, time_s))
				continue;
			scene_vehicle_plate(&actor->vehicle, scene_actor_y(actor, time_s, NULL), plate);
			struct rectangle r = bounds(&camera, plate, 4);
			seen++;
			readable += (r.right - r.left) / actor->vehicle.format->width_mm >= READABLE_PX_PER_MM;
		}
		/* A lawful vehicle that waits before the line stays far away. */
		if (!is(actor, "none") && (readable < 3 || seen < 8))
			return false;
	}
	return true;
}

static void the_plate_of_every_violator_is_readable_and_not_hidden(void)
{
	every_seed(plates_seen);
}

static bool apart(const struct scene *scene, const struct scene_cast *cast)
{
	struct scene_camera camera = scene_camera(scene->place);

	for (uint32_t frame = 0; frame < scene->frames; frame++)
		for (size_t i = 0; i < cast->count; i++)
			for (size_t k = 0; k < i; k++) {
				double y[2], time_s = seconds(scene, frame);
				const struct scene_actor *pair[2] = { &cast->actors[i], &cast->actors[k] };
				struct rectangle r[2];

				for (int n = 0; n < 2; n++) {
					struct scene_point box[8];

					y[n] = scene_actor_y(pair[n], time_s, NULL);
					scene_vehicle_box(&pair[n]->vehicle, y[n], box);
					for (int corner = 0; corner < 8; corner++)	/* what is under the camera is out of the picture */
						box[corner].y = fmax(box[corner].y, -8);
					r[n] = bounds(&camera, box, 8);
				}
				/* Those who come into the picture far away, or have left it, may cover each other. */
				if (pair[0]->lane != pair[1]->lane || fmax(y[0], y[1]) > 10.5)
					continue;
				double low = fmin(r[0].bottom, r[1].bottom), high = fmax(r[0].top, r[1].top);
				if (high < low && high < camera.height && low > 0)
					return false;
			}
	return true;
}

static void vehicles_of_a_lane_do_not_cover_each_other_when_near(void)
{
	every_seed(apart);
}

static bool starts_empty(const struct scene *scene, const struct scene_cast *cast)
{
	struct scene_camera camera = scene_camera(scene->place);

	for (uint32_t frame = 0; frame < 2; frame++)
		for (size_t i = 0; i < cast->count; i++) {
			struct scene_point box[8];

			double y = scene_actor_y(&cast->actors[i], seconds(scene, frame), NULL);
			scene_vehicle_box(&cast->actors[i].vehicle, y, box);
			struct rectangle r = bounds(&camera, box, 8);
			if (y > -9 && y + cast->actors[i].vehicle.length > -9 && r.top < camera.height && r.bottom > 0)
				return false;
		}
	return true;
}

static void every_clip_starts_with_an_empty_road(void)
{
	every_seed(starts_empty);
}

static void a_seed_chooses_other_plates_lanes_and_speeds(void)
{
	const struct scene *scene = scene_find("speeding");
	struct scene_cast first, cast;
	bool plate = false, lane = false, speed = false, weather = false;

	CU_ASSERT_EQUAL_FATAL(scene_cast(scene, 1, formats, &first), 0);
	for (uint64_t seed = 1; seed < 20; seed++) {
		CU_ASSERT_EQUAL_FATAL(scene_cast(scene, seed, formats, &cast), 0);
		plate |= strcmp(cast.actors[0].vehicle.plate, first.actors[0].vehicle.plate) != 0;
		lane |= cast.actors[0].lane != first.actors[0].lane;
		speed |= fabs(cast.actors[0].speed - first.actors[0].speed) > 1;
		weather |= cast.weather != first.weather;
	}
	CU_ASSERT(plate && lane && speed && weather);
	CU_ASSERT_EQUAL_FATAL(scene_cast(scene, 1, formats, &cast), 0);
	CU_ASSERT_EQUAL(memcmp(cast.actors[0].vehicle.plate, first.actors[0].vehicle.plate, sizeof first.actors[0].vehicle.plate), 0);
}

static void plates_of_two_rows_and_of_both_years_come_along(void)
{
	bool two_rows = false, new_plate = false, old_plate = false;

	for (size_t i = 0; i < scene_count; i++)
		for (uint64_t seed = 0; seed < 20; seed++) {
			struct scene_cast cast;

			CU_ASSERT_EQUAL_FATAL(scene_cast(&scene_table[i], seed, formats, &cast), 0);
			for (size_t k = 0; k < cast.count; k++) {
				const struct scene_vehicle *vehicle = &cast.actors[k].vehicle;

				CU_ASSERT(qyran_format_matches(vehicle->format, vehicle->plate));
				CU_ASSERT_STRING_EQUAL(vehicle->format->country, "KZ");
				two_rows |= vehicle->format->rows == 2;
				new_plate |= !strncmp(vehicle->format->name, "kz-2012", 7);
				old_plate |= !strncmp(vehicle->format->name, "kz-2003", 7);
			}
		}
	CU_ASSERT(two_rows && new_plate && old_plate);
}

static void a_point_of_the_road_is_found_again_from_its_pixel(void)
{
	for (size_t i = 0; i < scene_count; i++) {
		struct scene_camera camera = scene_camera(scene_table[i].place);

		for (double y = 0; y < 15; y += 1.7) {
			struct scene_point back, at = { .3 * y - 2, y, .55 };
			double u, v;

			CU_ASSERT(scene_camera_project(&camera, at, &u, &v) > 10);
			CU_ASSERT_FATAL(scene_camera_ground(&camera, u, v, .55, &back));
			CU_ASSERT(hypot(back.x - at.x, back.y - at.y) < 1e-6);
		}
	}
}

/* How often the middle row of a rectangle of luma crosses the mean of its darkest and its brightest by a clear step. */
static int strokes(const uint8_t *luma, int stride, struct rectangle r)
{
	int changes = 0, state = 0, y = (int)((r.top + r.bottom) / 2), darkest = 255, brightest = 0;

	for (int x = (int)r.left; x < (int)r.right; x++) {
		int level = luma[y * stride + x];

		darkest = level < darkest ? level : darkest;
		brightest = level > brightest ? level : brightest;
	}
	if (brightest - darkest < 50)
		return 0;
	for (int x = (int)r.left; x < (int)r.right; x++) {
		int level = luma[y * stride + x], now = level > brightest - (brightest - darkest) / 3 ? 1 : level < darkest + (brightest - darkest) / 3 ? -1 : 0;

		if (now && now != state) {
			changes++;
			state = now;
		}
	}
	return changes;
}

static void the_truth_projects_to_where_the_plate_is_drawn(void)
{
	static uint8_t luma[960 * 540], blue[480 * 540], red[480 * 540];
	uint8_t *const planes[3] = { luma, blue, red };
	const int strides[3] = { 960, 480, 480 };
	static const char *const names[] = { "speeding", "bus-lane", "stop-line" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct scene *scene = scene_find(names[i]);
		struct scene_cast cast;
		struct scene_film *film;
		uint32_t best = 0;
		struct rectangle place = { 0, 0, 0, 0 };

		CU_ASSERT_EQUAL_FATAL(scene_cast(scene, 7, formats, &cast), 0);
		CU_ASSERT_EQUAL_FATAL(scene_film_new(scene, &cast, 7, &film), 0);
		size_t who = 0;
		while (is(&cast.actors[who], "none"))
			who++;
		for (uint32_t frame = 0; frame < scene->frames; frame++) {
			struct scene_point plate[4];

			/* The pixels show the middle of the exposure. */
			double time_s = seconds(scene, frame) - scene->exposure_ns * .5e-9;
			if (!scene_actor_seen(&cast.actors[who], scene_film_camera(film), time_s))
				continue;
			scene_vehicle_plate(&cast.actors[who].vehicle, scene_actor_y(&cast.actors[who], time_s, NULL), plate);
			struct rectangle r = bounds(scene_film_camera(film), plate, 4);
			if (r.right - r.left > place.right - place.left) {
				place = r;
				best = frame;
			}
		}
		CU_ASSERT_FATAL(best > 0);
		CU_ASSERT_EQUAL_FATAL(scene_film_frame(film, 0, planes, strides), 0);
		int before = strokes(luma, 960, place);
		CU_ASSERT_EQUAL_FATAL(scene_film_frame(film, best, planes, strides), 0);
		int drawn = strokes(luma, 960, place);
		struct rectangle beside = { place.left, place.top + 40, place.right, place.bottom + 40 };
		if (beside.bottom > 539)
			beside = (struct rectangle){ place.left, place.top - 40, place.right, place.bottom - 40 };
		/* At least two edges a character; a road or a bumper has next to none. */
		if (drawn < 10 || before > 6 || strokes(luma, 960, beside) > 6)
			printf("# %s frame %u: %d edges on the plate, %d on the empty road, %d beside\n", names[i], best, drawn, before, strokes(luma, 960, beside));
		CU_ASSERT(drawn >= 10);
		CU_ASSERT(before <= 6);
		CU_ASSERT(strokes(luma, 960, beside) <= 6);
		scene_film_free(film);
	}
}

static void a_place_without_formats_is_refused(void)
{
	struct qyran_formats *none = NULL;
	struct scene_cast cast = { .count = 77 };
	char error[256], empty[] = "/tmp/qyran-scene-XXXXXX";

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(empty));
	if (!qyran_formats_open(empty, &none, error, sizeof error)) {
		CU_ASSERT_EQUAL(scene_cast(scene_find("lawful"), 1, none, &cast), -ENOENT);
		CU_ASSERT_EQUAL(cast.count, 77);
		qyran_formats_close(none);
	}
	remove(empty);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "every_scene_breaks_its_own_rule_among_lawful_vehicles", every_scene_breaks_its_own_rule_among_lawful_vehicles },
		{ "no_speed_is_near_the_limit", no_speed_is_near_the_limit },
		{ "no_vehicle_crosses_the_line_while_the_light_changes", no_vehicle_crosses_the_line_while_the_light_changes },
		{ "nobody_stands_nearly_as_long_as_is_allowed", nobody_stands_nearly_as_long_as_is_allowed },
		{ "vehicles_of_a_lane_keep_their_distance", vehicles_of_a_lane_keep_their_distance },
		{ "the_plate_of_every_violator_is_readable_and_not_hidden", the_plate_of_every_violator_is_readable_and_not_hidden },
		{ "vehicles_of_a_lane_do_not_cover_each_other_when_near", vehicles_of_a_lane_do_not_cover_each_other_when_near },
		{ "every_clip_starts_with_an_empty_road", every_clip_starts_with_an_empty_road },
		{ "a_seed_chooses_other_plates_lanes_and_speeds", a_seed_chooses_other_plates_lanes_and_speeds },
		{ "plates_of_two_rows_and_of_both_years_come_along", plates_of_two_rows_and_of_both_years_come_along },
		{ "a_point_of_the_road_is_found_again_from_its_pixel", a_point_of_the_road_is_found_again_from_its_pixel },
		{ "the_truth_projects_to_where_the_plate_is_drawn", the_truth_projects_to_where_the_plate_is_drawn },
		{ "a_place_without_formats_is_refused", a_place_without_formats_is_refused },
	};
	char error[256];

	if (qyran_formats_open("userspace/formats", &formats, error, sizeof error)) {
		printf("not ok scenes: %s\n", error);
		return 1;
	}
	int status = test_cases_run("scene", cases, sizeof cases / sizeof cases[0]);
	qyran_formats_close(formats);
	return status;
}
