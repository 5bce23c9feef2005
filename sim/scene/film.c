/* SPDX-License-Identifier: Apache-2.0 */
#include "film.h"
#include "ground.h"
#include "random.h"
#include "sensor.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXPOSURES_MAX 6		/* pictures that make up one blurred frame */
#define PX_PER_METRE 160	/* at the lower edge */

struct scene_film {
	const struct scene *scene;
	const struct scene_cast *cast;
	struct scene_camera camera;
	struct scene_light light;
	cairo_surface_t *still, *picture;
	struct scene_sensor *sensor;
	uint64_t random;	/* for rain */
};

int scene_film_new(const struct scene *scene, const struct scene_cast *cast, uint64_t seed, struct scene_film **ret)
{
	struct scene_film *film = calloc(1, sizeof *film);
	int result = -ENOMEM;

	if (!film)
		return -ENOMEM;
	film->scene = scene;
	film->cast = cast;
	film->random = seed ^ 0x7261696e;
	film->camera = scene_camera(scene->place);
	film->light = scene_light(cast->weather, cast->east);
	film->light.glare = scene->glare;
	film->still = cairo_image_surface_create(CAIRO_FORMAT_RGB24, film->camera.width, film->camera.height);
	film->picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, film->camera.width, film->camera.height);
	if (cairo_surface_status(film->still) || cairo_surface_status(film->picture))
		goto err_film;
	result = scene_sensor_new(film->camera.width, film->camera.height, film->light.noise, seed, &film->sensor);
	if (result)
		goto err_film;
	scene_ground_paint(film->still, &film->camera, scene->place, &film->light);
	cairo_t *cairo = cairo_create(film->still);
	const struct scene_canvas canvas = { cairo, &film->camera, &film->light };
	scene_clutter_draw(&canvas, scene->place);
	if (!scene->swaying)
		scene_shrubs_draw(&canvas, scene->place, 0);
	result = cairo_status(cairo) ? -ENOMEM : 0;
	cairo_destroy(cairo);
	if (result)
		goto err_film;
	*ret = film;
	return 0;

err_film:
	scene_film_free(film);
	return result;
}

void scene_film_free(struct scene_film *film)
{
	if (!film)
		return;
	scene_sensor_free(film->sensor);
	cairo_surface_destroy(film->still);
	cairo_surface_destroy(film->picture);
	free(film);
}

const struct scene_camera *scene_film_camera(const struct scene_film *film)
{
	return &film->camera;
}

static int picture(struct scene_film *film, double time_s, double shown_s)
{
	cairo_t *cairo = cairo_create(film->picture);
	const struct scene_canvas canvas = { cairo, &film->camera, &film->light };
	size_t order[SCENE_ROLES_MAX], count = 0;
	double y[SCENE_ROLES_MAX];
	bool braking[SCENE_ROLES_MAX];
	int result = 0;

	cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE);
	cairo_set_source_surface(cairo, film->still, 0, 0);
	cairo_paint(cairo);
	cairo_set_operator(cairo, CAIRO_OPERATOR_OVER);
	if (film->scene->swaying)
		scene_shrubs_draw(&canvas, film->scene->place, .05 * sin(time_s * 2.1) + .02 * sin(time_s * 5.3));
	if (film->cast->red_s >= 0)
		scene_signal_draw(&canvas, film->scene->place, shown_s >= film->cast->red_s);
	for (size_t i = 0; i < film->cast->count; i++) {
		y[i] = scene_actor_y(&film->cast->actors[i], time_s, &braking[i]);
		if (!scene_actor_in_view(&film->cast->actors[i], y[i]))
			continue;
		size_t at = count++;
		for (; at > 0 && y[order[at - 1]] < y[i]; at--)	/* the farthest first */
			order[at] = order[at - 1];
		order[at] = i;
	}
	for (size_t i = 0; i < count; i++)
		scene_vehicle_shade(&canvas, &film->cast->actors[order[i]].vehicle, y[order[i]]);
	for (size_t i = 0; i < count && !result; i++)
		result = scene_vehicle_draw(&canvas, &film->cast->actors[order[i]].vehicle, y[order[i]], braking[order[i]]);
	if (!result && cairo_status(cairo))
		result = -ENOMEM;
	cairo_destroy(cairo);
	cairo_surface_flush(film->picture);
	return result;
}

/* What is between the road and the sensor. */
static void before_the_lens(struct scene_film *film, bool rain)
{
	cairo_t *cairo = cairo_create(film->picture);
	const struct scene_canvas canvas = { cairo, &film->camera, &film->light };

	if (rain)
		scene_rain_draw(&canvas, &film->random);
	if (film->light.glare)
		scene_glare_draw(&canvas);
	cairo_destroy(cairo);
	cairo_surface_flush(film->picture);
}

static double fastest(const struct scene_film *film, double time_s)
{
	double speed = 0;

	for (size_t i = 0; i < film->cast->count; i++) {
		const struct scene_actor *actor = &film->cast->actors[i];
		double y = scene_actor_y(actor, time_s, NULL), before = scene_actor_y(actor, time_s - .01, NULL);

		if (scene_actor_in_view(actor, y))
			speed = fmax(speed, fabs(y - before) / .01);
	}
	return speed;
}

int scene_film_frame(struct scene_film *film, uint32_t frame, uint8_t *const planes[3], const int strides[3])
{
	double end = (double)scene_frame_ns(film->scene, frame) * 1e-9, exposure = film->scene->exposure_ns * 1e-9;
	int count = (int)fmin(EXPOSURES_MAX, 1 + ceil(fastest(film, end) * exposure * PX_PER_METRE));

	scene_sensor_begin(film->sensor);
	for (int i = 0; i < count; i++) {
		int result = picture(film, end - exposure * (count - i - .5) / count, end);

		if (result)
			return result;
		before_the_lens(film, film->light.rain && i == count - 1);
		scene_sensor_gather(film->sensor, cairo_image_surface_get_data(film->picture), cairo_image_surface_get_stride(film->picture));
	}
	scene_sensor_read(film->sensor, film->light.rain, planes, strides);
	return 0;
}
