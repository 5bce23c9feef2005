/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/truth.h"

#include <math.h>

const struct qyran_formats *bench_formats(void)
{
	static struct qyran_formats *formats;
	char error[256];

	if (!formats && qyran_formats_open("userspace/formats", &formats, error, sizeof error)) {
		bench_complain("%s", error);
		return NULL;
	}
	return formats;
}

static struct bench_box vehicle_box(const struct scene_camera *camera, const struct scene_vehicle *vehicle, double y)
{
	struct bench_box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
	struct scene_point corners[8];

	scene_vehicle_box(vehicle, y, corners);
	for (int i = 0; i < 8; i++) {
		double u, v;

		scene_camera_project(camera, corners[i], &u, &v);
		box = (struct bench_box){fmin(box.x0, u), fmin(box.y0, v), fmax(box.x1, u), fmax(box.y1, v)};
	}
	return box;
}

size_t bench_truth_live(const struct scene_live *live, struct bench_seen ret[BENCH_SEEN_MAX])
{
	const struct scene_traffic *traffic = scene_live_traffic(live);
	size_t count = 0;

	for (size_t i = 0; i < traffic->cast.count && count < BENCH_SEEN_MAX; i++) {
		const struct scene_actor *actor = &traffic->cast.actors[i];
		double y = scene_actor_y(actor, scene_live_time_s(live), NULL);

		if (!scene_actor_in_view(actor, y))
			continue;
		ret[count++] = (struct bench_seen){
			.number = traffic->numbers[i], .distance = y, .box = vehicle_box(scene_live_camera(live), &actor->vehicle, y),
		};
	}
	return count;
}
