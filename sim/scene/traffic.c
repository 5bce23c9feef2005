/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic.h"
#include "random.h"

#include <math.h>
#include <string.h>

#define KEEP_S 2.2		/* least time from vehicle to vehicle: the faster one does not catch up within the view */
#define CLEAR_S 8		/* for one that stood to be gone */
#define BEFORE_S 6		/* it is on its way that long before it is there: also when it brakes to a stop */
#define STOPS_OF_100 7
#define BUSES_OF_100 8

static int cast_next(struct scene_traffic *traffic, int lane, double after_s)
{
	uint64_t *random = &traffic->random;
	const struct scene_lane *about = &traffic->place->lanes[lane];
	struct scene_actor actor = {.kind = "none", .lane = lane};
	bool bus = scene_random_below(random, 100) < BUSES_OF_100, stops = scene_random_below(random, 100) < STOPS_OF_100;
	int result = scene_cast_vehicle(random, traffic->formats, bus ? 1u << SCENE_BUS : SCENE_LOW, &actor.vehicle);

	if (result)
		return result;
	actor.speed = scene_random_between(random, 32, 58) / 3.6;
	actor.where = 5.5;
	actor.when = after_s + KEEP_S + (bus ? 1 : 0) - traffic->gap_s * log(1 - scene_random_between(random, 0, 1));
	if (stops) {
		actor.where = scene_random_between(random, 1, 7);
		actor.brake = scene_random_between(random, 2.5, 4.5);
		actor.stand = scene_random_between(random, 5, 25);
		actor.when += actor.speed / actor.brake;
	}
	actor.vehicle.toward = about->toward;
	actor.vehicle.x = (about->left + about->right) / 2 + scene_random_between(random, -.15, .15);
	traffic->next[lane] = actor;
	return 0;
}

int scene_traffic_begin(struct scene_traffic *traffic, const struct scene_place *place, const struct qyran_formats *formats, double gap_s,
			uint64_t seed)
{
	*traffic = (struct scene_traffic){.cast = {.weather = SCENE_DUSK, .red_s = -1}, .place = place, .formats = formats, .gap_s = gap_s,
					  .random = seed ^ 0x74726166666963};
	for (int lane = 0; lane < SCENE_LANES; lane++) {
		int result = cast_next(traffic, lane, 4);

		if (result)
			return result;
	}
	return 0;
}

static bool gone(const struct scene_actor *actor, double time_s)
{
	return time_s > actor->when && !scene_actor_in_view(actor, scene_actor_y(actor, time_s, NULL));
}

int scene_traffic_advance(struct scene_traffic *traffic, double time_s)
{
	struct scene_cast *cast = &traffic->cast;

	for (size_t i = 0; i < cast->count;)
		if (gone(&cast->actors[i], time_s)) {
			cast->count--;
			cast->actors[i] = cast->actors[cast->count];
			traffic->numbers[i] = traffic->numbers[cast->count];
		} else {
			i++;
		}
	for (int lane = 0; lane < SCENE_LANES; lane++)
		while (traffic->next[lane].when - BEFORE_S < time_s && cast->count < SCENE_ROLES_MAX) {
			const struct scene_actor *actor = &traffic->next[lane];

			traffic->numbers[cast->count] = traffic->count++;
			cast->actors[cast->count++] = *actor;
			int result = cast_next(traffic, lane, actor->when + (actor->brake > 0 ? actor->stand + CLEAR_S : 0));
			if (result)
				return result;
		}
	return 0;
}
