/* SPDX-License-Identifier: Apache-2.0 */
#include "papers.h"

#include <inttypes.h>
#include <math.h>

#define MARGIN_PX 6	/* a surveyor takes no point at the very edge */

void scene_survey_write(const struct scene *scene, FILE *file)
{
	const double across[] = { -3.1, 0, 3.1 }, along[] = { .5, 3, 6, 9, 12, 14.5 };
	const struct scene_place *place = scene->place;
	const struct scene_rules *rules = &place->rules;
	struct scene_camera camera = scene_camera(place);
	unsigned int number = (unsigned int)(scene_find(scene->name) - scene_table) + 1, point = 0;

	fprintf(file, "; Survey and rules of a rendered place.\n[camera]\nid = KZ-ALA-%04u\nregion = almaty\nnamespace = qyran\nplace = Rendered road %u\n"
		"latitude_e7 = %u\nlongitude_e7 = %u\n\n", number, number, 432380000u + 10000u * number, 768890000u + 7000u * number);
	fprintf(file, "[sensor]\nwidth = %d\nheight = %d\nexposure_ns = %" PRIu32 "\nline_ns = 0\n\n[road]\n; image u v, pixels; ground x y, metres\n",
		camera.width, camera.height, scene->exposure_ns);
	for (size_t i = 0; i < sizeof along / sizeof along[0]; i++)
		for (size_t k = 0; k < sizeof across / sizeof across[0]; k++) {
			double u, v;

			scene_camera_project(&camera, (struct scene_point){ across[k], along[i], 0 }, &u, &v);
			if (u > MARGIN_PX && u < camera.width - MARGIN_PX && v > MARGIN_PX && v < camera.height - MARGIN_PX)
				fprintf(file, "point.%u = %.1f %.1f %.2f %.2f\n", ++point, u, v, across[k], along[i]);
		}
	fprintf(file, "camera = %.2f %.2f %.2f\nplate_height = 0.55\n", camera.at.x, camera.at.y, camera.at.z);
	for (size_t i = 0; i < SCENE_LANES; i++)
		fprintf(file, "\n[lane.%zu]\nleft = %.2f\nright = %.2f\ndirection = %s\nuse = %s\n", i + 1, place->lanes[i].left, place->lanes[i].right,
			place->lanes[i].toward ? "toward" : "away", place->lanes[i].bus ? "bus" : "general");
	if (rules->limit_kmh)
		fprintf(file, "\n[rule.speed]\nlimit_kmh = %d\ntolerance_kmh = %d\n", rules->limit_kmh, rules->tolerance_kmh);
	if (rules->line > 0) {
		fprintf(file, "\n[rule.red_light]\nline = %.2f\nfar = %.2f\npin = 0\n", rules->line, rules->far);
		fprintf(file, "\n[rule.stop_line]\nline = %.2f\nfar = %.2f\npin = 0\n", rules->line, rules->far);
	}
	if (rules->wrong_way_m > 0)
		fprintf(file, "\n[rule.wrong_way]\ndistance = %g\n", rules->wrong_way_m);
	if (rules->standing.limit_s > 0)
		fprintf(file, "\n[rule.standing]\nzone = %.2f %.2f %.2f %.2f\nlimit_s = %g\n", rules->standing.left, rules->standing.right,
			rules->standing.near, rules->standing.far, rules->standing.limit_s);
	if (rules->bus_lane_m > 0)
		fprintf(file, "\n[rule.bus_lane]\ndistance = %g\nheight = %g\n", rules->bus_lane_m, rules->bus_height);
}

void scene_signals_write(const struct scene_cast *cast, FILE *file)
{
	fprintf(file, "0\t0\n%.0f\t1\n", floor(cast->red_s * 1e9));
}

bool scene_actor_seen(const struct scene_actor *actor, const struct scene_camera *camera, double time_s)
{
	struct scene_point corners[4];

	scene_vehicle_plate(&actor->vehicle, scene_actor_y(actor, time_s, NULL), corners);
	for (int i = 0; i < 4; i++) {
		double u, v;

		if (scene_camera_project(camera, corners[i], &u, &v) < 1 || u < 0 || v < 0 || u > camera->width || v > camera->height)
			return false;
	}
	return true;
}

static struct scene_box box_of(const struct scene_camera *camera, const struct scene_point *corners, int count)
{
	struct scene_box box = { INFINITY, INFINITY, -INFINITY, -INFINITY };

	for (int i = 0; i < count; i++) {
		double u, v;

		scene_camera_project(camera, corners[i], &u, &v);
		box = (struct scene_box){ fmin(box.x0, u), fmin(box.y0, v), fmax(box.x1, u), fmax(box.y1, v) };
	}
	return box;
}

struct scene_box scene_vehicle_bounds(const struct scene_vehicle *vehicle, const struct scene_camera *camera, double plate_y)
{
	struct scene_point points[SCENE_OUTLINE];

	scene_vehicle_outline(vehicle, plate_y, points);
	return box_of(camera, points, SCENE_OUTLINE);
}

struct scene_box scene_plate_bounds(const struct scene_vehicle *vehicle, const struct scene_camera *camera, double plate_y)
{
	struct scene_point corners[4];

	scene_vehicle_plate(vehicle, plate_y, corners);
	return box_of(camera, corners, 4);
}

void scene_boxes_write(const struct scene *scene, const struct scene_cast *cast, uint32_t frames, FILE *file)
{
	struct scene_camera camera = scene_camera(scene->place);

	fputs("frame\tvehicle\tx\ty\tw\th\tplate_x\tplate_y\tplate_w\tplate_h\n", file);
	for (uint32_t frame = 0; frame < frames; frame++)
		for (size_t i = 0; i < cast->count; i++) {
			const struct scene_actor *actor = &cast->actors[i];
			double time_s = (double)scene_frame_ns(scene, frame) * 1e-9, y = scene_actor_y(actor, time_s, NULL);
			struct scene_box box, plate;

			if (!scene_actor_in_view(actor, y))
				continue;
			box = scene_vehicle_bounds(&actor->vehicle, &camera, y);
			if (box.x1 <= 0 || box.y1 <= 0 || box.x0 >= camera.width || box.y0 >= camera.height)
				continue;
			plate = scene_plate_bounds(&actor->vehicle, &camera, y);
			fprintf(file, "%" PRIu32 "\t%zu\t%.1f\t%.1f\t%.1f\t%.1f", frame, i + 1, box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0);
			if (scene_actor_seen(actor, &camera, time_s))
				fprintf(file, "\t%.1f\t%.1f\t%.1f\t%.1f\n", plate.x0, plate.y0, plate.x1 - plate.x0, plate.y1 - plate.y0);
			else
				fputs("\t\t\t\t\n", file);
		}
}

static uint64_t to_ns(double time_s)
{
	return time_s > 0 ? (uint64_t)(time_s * 1e9 + .5) : 0;
}

void scene_truth_write(const struct scene *scene, const struct scene_cast *cast, uint32_t frames, FILE *file)
{
	struct scene_camera camera = scene_camera(scene->place);

	fputs("kind\tplate\tformat\tlane\tspeed_kmh\tenter_ns\tleave_ns\ttime_ns\n", file);
	for (size_t i = 0; i < cast->count; i++) {
		const struct scene_actor *actor = &cast->actors[i];
		double moment = scene_actor_moment(actor, scene);
		uint64_t enter = 0, leave = 0;
		bool seen = false;

		for (uint32_t frame = 0; frame < frames; frame++) {
			uint64_t at = scene_frame_ns(scene, frame);

			if (!scene_actor_seen(actor, &camera, (double)at * 1e-9))
				continue;
			if (!seen)
				enter = at;
			leave = at;
			seen = true;
		}
		fprintf(file, "%s\t%s\t%s\t%d\t%.2f\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", actor->kind, actor->vehicle.plate, actor->vehicle.format->name,
			actor->lane + 1, actor->brake > 0 ? 0 : actor->speed * 3.6, enter, leave, isnan(moment) ? 0 : to_ns(moment));
	}
}
