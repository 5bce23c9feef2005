/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"

#include <string.h>

const struct scene *scene_find(const char *name)
{
	for (size_t i = 0; i < scene_count; i++)
		if (!strcmp(scene_table[i].name, name))
			return &scene_table[i];
	return NULL;
}

struct scene_camera scene_camera(const struct scene_place *place)
{
	/* A 520 mm plate is 89 pixels wide at the lower edge, where the ground is 10 m from the pole's foot. */
	static const struct scene_view usual = { .width = 960, .height = 540, .back = 10, .up = 6, .focal_px = 1800 };
	const struct scene_view *view = place->view ? place->view : &usual;
	struct scene_camera camera = {
		.width = view->width, .height = view->height, .at = { place->camera_x, -view->back, view->up }, .focal_px = view->focal_px,
	};

	if (place->zoom > 0)
		camera.focal_px *= place->zoom;
	scene_camera_aim(&camera, 0, place->yaw);
	scene_camera_roll(&camera, place->roll);
	return camera;
}

uint64_t scene_frame_ns(const struct scene *scene, uint32_t frame)
{
	/* As the clip's file holds it: Matroska counts milliseconds. */
	return ((uint64_t)frame * 1000 * scene->rate_den + scene->rate_num / 2) / scene->rate_num * 1000000;
}
