/* SPDX-License-Identifier: Apache-2.0 */
/* The cast of a scene: which vehicles come, when and how, by the seed. */
#ifndef QYRAN_SCENE_CAST_H
#define QYRAN_SCENE_CAST_H

#include "scene.h"
#include "vehicle.h"

struct scene_actor {
	struct scene_vehicle vehicle;
	const char *kind;		/* of its violation, "none" */
	int lane;			/* 0 … */
	double speed;			/* m/s, before it brakes */
	double when, where;		/* s, y of the plate: it passes here then, or comes to stand */
	double brake, stand;		/* m/s^2, s; brake 0: does not stop */
};

struct scene_cast {
	enum scene_weather weather;
	bool east;			/* where the sun stands */
	double red_s;			/* when the signal turns red; < 0: no signal */
	struct scene_actor actors[SCENE_ROLES_MAX];
	size_t count;
};

/** scene_cast() - chooses; @formats: those of Kazakhstan are used. Returns 0, or -ENOENT when there is none of them. */
int scene_cast(const struct scene *scene, uint64_t seed, const struct qyran_formats *formats, struct scene_cast *ret);

/**
 * scene_cast_vehicle() - chooses a vehicle of one of @bodies (bits of enum scene_body) with a plate; @ret's place on the road is left as it is.
 * @random: state of scene_random(). Returns 0, or -ENOENT when @formats holds none of Kazakhstan.
 */
int scene_cast_vehicle(uint64_t *random, const struct qyran_formats *formats, uint32_t bodies, struct scene_vehicle *ret);

/** scene_actor_in_view() - may anything of it, its shadow or its light be seen when its plate is at @y? */
bool scene_actor_in_view(const struct scene_actor *actor, double y);

/** scene_actor_y() - where its plate is. @ret_braking: its brake lamps are on; may be NULL. */
double scene_actor_y(const struct scene_actor *actor, double time_s, bool *ret_braking);

/** scene_actor_when() - when its plate is at @y for the first time, s; NAN when never before @end_s. */
double scene_actor_when(const struct scene_actor *actor, double y, double end_s);

/** scene_actor_moment() - the essential moment of its violation, s; NAN for a lawful vehicle. See truth.h. */
double scene_actor_moment(const struct scene_actor *actor, const struct scene *scene);

#endif
