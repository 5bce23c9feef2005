/* SPDX-License-Identifier: Apache-2.0 */
#include "cast.h"
#include "plate.h"
#include "random.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define COMMON 5	/* least weight of a format that a scene shows: the special series would change all scenes for what is hardly ever seen */
#define PULL_AWAY 2.4	/* m/s^2, of a vehicle that drives off after it stood */

static const struct { double length, width, height, plate_z; } sizes[SCENE_BODIES] = {
	[SCENE_SEDAN] = { 4.60, 1.80, 1.46, .53 },
	[SCENE_HATCHBACK] = { 4.10, 1.75, 1.50, .54 },
	[SCENE_SUV] = { 4.60, 1.86, 1.68, .60 },
	[SCENE_VAN] = { 5.20, 1.92, 1.98, .58 },
	[SCENE_BUS] = { 10.60, 2.55, 3.00, .57 },
};

static const struct scene_colour paints[] = {
	{ .80, .81, .82 }, { .72, .73, .74 }, { .52, .54, .56 }, { .30, .31, .33 }, { .10, .10, .11 }, { .13, .19, .36 }, { .50, .08, .09 },
	{ .16, .30, .22 }, { .62, .56, .44 }, { .20, .34, .50 }, { .70, .42, .10 },
};
static const struct scene_colour bus_paints[] = { { .20, .52, .30 }, { .12, .34, .60 }, { .74, .74, .72 }, { .70, .22, .14 } };

static double draw(uint64_t *random, struct scene_range range)
{
	return scene_random_between(random, range.low, range.high);
}

static unsigned int pick_bit(uint64_t *random, uint32_t bits)
{
	uint32_t n = scene_random_below(random, (uint32_t)__builtin_popcount(bits));

	while (n--)
		bits &= bits - 1;
	return (unsigned int)__builtin_ctz(bits);
}

static bool is_seen(const struct qyran_format *format)
{
	return !strcmp(format->country, "KZ") && format->weight >= COMMON;
}

static const struct qyran_format *pick_format(uint64_t *random, const struct qyran_formats *formats)
{
	uint32_t total = 0;

	for (size_t i = 0; i < qyran_formats_count(formats); i++)
		if (is_seen(qyran_formats_at(formats, i)))
			total += qyran_formats_at(formats, i)->weight;
	uint32_t at = total ? scene_random_below(random, total) : 0;
	for (size_t i = 0; total && i < qyran_formats_count(formats); i++) {
		const struct qyran_format *format = qyran_formats_at(formats, i);

		if (!is_seen(format))
			continue;
		if (at < format->weight)
			return format;
		at -= format->weight;
	}
	return NULL;
}

int scene_cast_vehicle(uint64_t *random, const struct qyran_formats *formats, uint32_t bodies, struct scene_vehicle *ret)
{
	enum scene_body body = (enum scene_body)pick_bit(random, bodies);
	double scale = scene_random_between(random, .97, 1.03);

	ret->body = body;
	ret->length = sizes[body].length * scale;
	ret->width = sizes[body].width;
	ret->height = sizes[body].height * scene_random_between(random, .98, 1.02);
	ret->plate_z = sizes[body].plate_z + scene_random_between(random, -.03, .03);
	ret->paint = body == SCENE_BUS ? bus_paints[scene_random_below(random, sizeof bus_paints / sizeof bus_paints[0])]
		: paints[scene_random_below(random, sizeof paints / sizeof paints[0])];
	ret->format = pick_format(random, formats);
	if (!ret->format)
		return -ENOENT;
	scene_plate_text(ret->format, random, ret->plate);
	return 0;
}

int scene_cast(const struct scene *scene, uint64_t seed, const struct qyran_formats *formats, struct scene_cast *ret)
{
	struct scene_cast cast = { .red_s = -1 };
	size_t slot[SCENE_ROLES_MAX];	/* whose time and lane a role takes */
	uint64_t random = seed;

	for (const char *c = scene->name; *c; c++)
		random = random * 31 + (unsigned char)*c;
	scene_random(&random);
	cast.weather = (enum scene_weather)pick_bit(&random, scene->weathers);
	cast.east = scene_random_below(&random, 2);
	bool mirror = scene_random_below(&random, 2) && scene->mirror;
	if (scene->red_s.high > 0)
		cast.red_s = draw(&random, scene->red_s);
	for (size_t i = 0; i < scene->role_count; i++)
		slot[i] = i;
	for (size_t i = scene->shuffle ? scene->role_count : 0; i > 1; i--) {
		size_t j = scene_random_below(&random, (uint32_t)i), swap = slot[i - 1];

		slot[i - 1] = slot[j];
		slot[j] = swap;
	}
	for (size_t i = 0; i < scene->role_count; i++) {
		const struct scene_role *role = &scene->roles[i], *place_and_time = &scene->roles[slot[i]];
		struct scene_actor *actor = &cast.actors[cast.count++];
		bool other = role->or_kind && scene_random_below(&random, 2);
		int result = scene_cast_vehicle(&random, formats, role->bodies, &actor->vehicle);

		if (result)
			return result;
		actor->lane = mirror ? SCENE_LANES - 1 - place_and_time->lane : place_and_time->lane;
		const struct scene_lane *lane = &scene->place->lanes[actor->lane];
		actor->kind = other ? role->or_kind : role->kind;
		actor->speed = draw(&random, other ? role->or_kmh : role->kmh) / 3.6;
		actor->when = draw(&random, place_and_time->when);
		actor->where = draw(&random, role->where);
		actor->brake = role->brake;
		actor->stand = draw(&random, role->stand);
		actor->vehicle.toward = lane->toward != role->against;
		actor->vehicle.x = (lane->left + lane->right) / 2 + scene_random_between(&random, -.10, .10);
		if (actor->vehicle.body == SCENE_BUS)
			actor->vehicle.x = (lane->left + lane->right) / 2 + scene_random_between(&random, -.03, .03);
	}
	*ret = cast;
	return 0;
}

bool scene_actor_in_view(const struct scene_actor *actor, double y)
{
	double far_end = y + actor->vehicle.length;	/* both ways the seen plate is at the end that is nearer */

	/* The lower edge shows y = 0, the upper one 15; a body is seen higher up than its foot, and casts a shadow. */
	return far_end > -2.5 - 2.5 * actor->vehicle.height && y < 24;
}

double scene_actor_y(const struct scene_actor *actor, double time_s, bool *ret_braking)
{
	double way = actor->vehicle.toward ? -1 : 1, t = time_s - actor->when, v = actor->speed, a = actor->brake;
	bool braking = false;
	double y;

	if (a <= 0) {
		y = actor->where + way * v * t;
	} else if (t < -v / a) {
		y = actor->where - way * (v * v / (2 * a) + v * (-v / a - t));
	} else if (t < 0) {
		y = actor->where - way * a * t * t / 2;
		braking = true;
	} else if (t < actor->stand) {
		y = actor->where;
		braking = true;
	} else {
		double go = t - actor->stand, up = v / PULL_AWAY;

		y = actor->where + way * (go < up ? PULL_AWAY * go * go / 2 : v * up / 2 + v * (go - up));
	}
	if (ret_braking)
		*ret_braking = braking;
	return y;
}

double scene_actor_when(const struct scene_actor *actor, double y, double end_s)
{
	double way = actor->vehicle.toward ? -1 : 1, low = -60, high = end_s;

	if (way * (scene_actor_y(actor, high, NULL) - y) < 0)
		return NAN;
	for (int i = 0; i < 60; i++) {	/* it never goes back: bisection finds the first time to a femtosecond */
		double middle = (low + high) / 2;

		if (way * (scene_actor_y(actor, middle, NULL) - y) < 0)
			low = middle;
		else
			high = middle;
	}
	return high;
}

double scene_actor_moment(const struct scene_actor *actor, const struct scene *scene)
{
	const struct scene_rules *rules = &scene->place->rules;
	double end = (double)scene_frame_ns(scene, scene->frames) * 1e-9;

	if (!strcmp(actor->kind, "none"))
		return NAN;
	if (!strcmp(actor->kind, "red_light") || !strcmp(actor->kind, "stop_line"))
		return scene_actor_when(actor, rules->line, end);
	if (!strcmp(actor->kind, "standing"))
		return actor->when + rules->standing.limit_s;
	return actor->when;
}
