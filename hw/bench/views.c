/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/views.h"
#include "hw/bench/draw.h"
#include "hw/bench/plate_found.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <sim/scene/film.h>
#include <sim/scene/papers.h>
#include <sim/scene/random.h>
#include <stdlib.h>
#include <string.h>

#define LIGHTS 4
#define PLATE_M .52		/* of one row; widths are told for it */
#define PLATE_AT .6		/* where the plate comes to lie, of the picture's height */
#define USUAL_PX 90

static const struct light {
	const char *name;
	enum scene_weather weather;
	bool glare;
} lights[LIGHTS] = {{"day", SCENE_SUNNY, false}, {"dusk", SCENE_DUSK, false}, {"rain", SCENE_RAIN, false}, {"glare", SCENE_SUNNY, true}};

static const int widths[] = {45, 60, 90, 150, 300, 600};
/* Degrees: the plate's slope in the picture, and how far it is seen from the side. */
static const struct { int roll, aside; } angles[] = {{-15, 0}, {-8, 0}, {0, 0}, {8, 0}, {15, 0}, {0, 15}, {0, 30}, {15, 30}};
#define WIDTHS (int)(sizeof widths / sizeof widths[0])
#define ANGLES (int)(sizeof angles / sizeof angles[0])

struct view {
	const struct light *light;
	int width_px, roll, aside;
};

struct tally {
	unsigned long n, found, contained;
};

struct bench {
	const struct qyran_formats *formats;
	unsigned int vehicles;
	uint64_t random;
	FILE *csv;
	const char *pictures;
	struct qyran_detect *detect;
};

/* The plane of the film, as the camera's stills: luma alone is looked at. */
struct still {
	struct scene_place place;
	struct scene scene;
	struct scene_cast cast;
	struct scene_film *film;
	uint8_t *planes[3];
	int strides[3];
};

/* Where the plate's middle is seen, of the picture's height. */
static double height_of(const struct scene_camera *camera, const struct scene_vehicle *vehicle, double y)
{
	struct scene_box box = scene_plate_bounds(vehicle, camera, y);

	return (box.y0 + box.y1) / 2 / camera->height;
}

/* Puts the plate of a vehicle where it is looked for. */
static double place_plate(const struct scene_camera *camera, const struct scene_vehicle *vehicle)
{
	double low = -3, high = 22;	/* the farther, the higher up */

	for (int i = 0; i < 40; i++) {
		double middle = (low + high) / 2;

		if (height_of(camera, vehicle, middle) > PLATE_AT)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static int cast(struct bench *bench, struct still *still)
{
	struct scene_actor *actor = &still->cast.actors[0];
	const struct scene_lane *lane = &still->place.lanes[0];
	int result = scene_cast_vehicle(&bench->random, bench->formats, SCENE_LOW | 1u << SCENE_BUS, &actor->vehicle);

	actor->kind = "none";
	actor->speed = scene_random_between(&bench->random, 30, 60) / 3.6;
	actor->vehicle.toward = scene_random_below(&bench->random, 2);
	actor->vehicle.x = (lane->left + lane->right) / 2 + scene_random_between(&bench->random, -.05, .05);
	still->cast.count = 1;
	return result;
}

static int begin(const struct view *view, uint64_t seed, struct still *still)
{
	const struct scene *lawful = scene_find("lawful");
	const struct scene_lane *lane = &lawful->place->lanes[0];
	double middle = (lane->left + lane->right) / 2, away = 15.5;
	size_t pixels;

	*still = (struct still){.place = *lawful->place, .scene = *lawful, .cast = {.weather = view->light->weather, .red_s = -1}};
	still->scene.place = &still->place;
	still->scene.glare = view->light->glare;
	still->place.roll = view->roll * M_PI / 180;
	still->place.yaw = -view->aside * M_PI / 180;
	still->place.zoom = 1;
	/* A first guess, then by where the plate is and how deep in the picture. */
	for (int i = 0; i < 12; i++) {
		still->place.camera_x = middle + tan(view->aside * M_PI / 180) * away;
		const struct scene_camera camera = scene_camera(&still->place);
		struct qyran_format format = {.width_mm = (uint32_t)(PLATE_M * 1000), .height_mm = 112};
		struct scene_vehicle vehicle = {.x = middle, .plate_z = .55, .format = &format};
		struct scene_point corners[4];
		double u, v, depth;

		scene_vehicle_plate(&vehicle, place_plate(&camera, &vehicle), corners);
		away = corners[0].y - camera.at.y;
		depth = scene_camera_project(&camera, corners[0], &u, &v);
		still->place.zoom *= view->width_px / (camera.focal_px * PLATE_M / depth);
	}
	int result = scene_film_new(&still->scene, &still->cast, seed, &still->film);
	if (result)
		return result;
	const struct scene_camera *camera = scene_film_camera(still->film);
	pixels = (size_t)camera->width * (size_t)camera->height;
	still->planes[0] = malloc(2 * pixels);
	if (!still->planes[0])
		return -ENOMEM;
	still->planes[1] = still->planes[0] + pixels;
	still->planes[2] = still->planes[1] + pixels / 2;
	still->strides[0] = camera->width;
	still->strides[1] = still->strides[2] = camera->width / 2;
	return 0;
}

static void end(struct still *still)
{
	free(still->planes[0]);
	scene_film_free(still->film);
}

static void draw(const struct bench *bench, const struct view *view, const struct still *still, unsigned int number, struct bench_box plate,
		 bool contained, const struct qyran_detect_result *result)
{
	const struct scene_camera *camera = scene_film_camera(still->film);
	size_t pixels = (size_t)camera->width * (size_t)camera->height;
	uint8_t *rgb = malloc(3 * pixels);
	char path[PATH_MAX];
	int failed = -ENOMEM;

	snprintf(path, sizeof path, "%s/%s-%d-%d-%d-%u.jpg", bench->pictures, view->light->name, view->width_px, view->roll, view->aside, number);
	for (size_t i = 0; rgb && i < pixels; i++)
		memset(rgb + 3 * i, still->planes[0][i], 3);
	struct bench_drawing *drawing = rgb ? bench_drawing_new(rgb, (unsigned int)camera->width, (unsigned int)camera->height) : NULL;
	free(rgb);
	if (drawing) {
		for (unsigned int i = result->regions; i-- > 0;) {
			char label[16];

			snprintf(label, sizeof label, "%u", i + 1);
			bench_drawing_box(drawing, bench_region_box(&result->region[i]), BENCH_CANDIDATE, label);
		}
		bench_drawing_box(drawing, plate, contained ? BENCH_FOUND : BENCH_MISSED, NULL);
		failed = bench_drawing_write(drawing, path);
	}
	if (failed)
		bench_complain("%s: cannot be written: %s", path, strerror(-failed));
}

static int look(struct bench *bench, const struct view *view, struct still *still, unsigned int number, struct tally *tally)
{
	const struct scene_camera *camera = scene_film_camera(still->film);
	struct scene_actor *actor = &still->cast.actors[0];
	struct scene_box box;
	int result = cast(bench, still);

	if (result)
		return result;
	actor->where = place_plate(camera, &actor->vehicle);
	actor->when = (double)scene_frame_ns(&still->scene, number) * 1e-9;
	result = scene_film_frame(still->film, number, still->planes, still->strides);
	if (result)
		return result;
	box = scene_plate_bounds(&actor->vehicle, camera, actor->where);
	const struct bench_box plate = {box.x0, box.y0, box.x1, box.y1};
	qyran_detect_reset(bench->detect);
	const struct qyran_detect_result *found = qyran_detect_frame(bench->detect, still->planes[0], (unsigned int)still->strides[0]);
	struct bench_plate_found verdict = bench_plate_look(plate, found, (unsigned int)camera->width, (unsigned int)camera->height);
	tally->n++;
	tally->found += verdict.found;
	tally->contained += verdict.contained;
	if (bench->csv)
		fprintf(bench->csv, "%s %d px roll %d aside %d,%u,plate,%s,%.1f,%.1f,%.1f,%.1f,%s%s\n", view->light->name, view->width_px, view->roll, view->aside,
			number, actor->vehicle.plate, plate.x0, plate.y0, plate.x1 - plate.x0, plate.y1 - plate.y0, verdict.contained ? "contained" : "missed",
			verdict.found ? "" : " below IoU .5");
	if (bench->pictures && (!verdict.contained || number == 0))
		draw(bench, view, still, number, plate, verdict.contained, found);
	return 0;
}

static int measure(struct bench *bench, const struct view *view, struct tally *tally)
{
	struct qyran_detect_settings settings = qyran_detect_settings_reset();
	struct still still;
	int result = begin(view, scene_random(&bench->random), &still);

	*tally = (struct tally){.n = 0};
	bench_progress("plates: %s, %d px, %d and %d degrees", view->light->name, view->width_px, view->roll, view->aside);
	if (!result) {
		settings.width = (uint16_t)still.strides[0];
		settings.height = (uint16_t)scene_film_camera(still.film)->height;
		settings.movers = false;
		result = qyran_detect_set(bench->detect, &settings);
	}
	for (unsigned int i = 0; i < bench->vehicles && !result; i++)
		result = look(bench, view, &still, i, tally);
	end(&still);
	bench_progress("%s", "");
	return result;
}

static void print_cell(const struct tally *t)
{
	printf(" | %5s %5s", bench_share(t->contained, t->n), bench_share(t->found, t->n));
}

static void print_head(const char *what)
{
	printf("%-22s", what);
	for (int l = 0; l < LIGHTS; l++)
		printf(" | %-11s", lights[l].name);
	printf("\n");
}

static int measure_all(struct bench *bench)
{
	struct tally by_light[LIGHTS] = {{.n = 0}}, tally;

	printf("Plates on rendered vehicles of 960x540, %u a view: contained among 8 candidates, and IoU >= .5 among 8.\n", bench->vehicles);
	print_head("width of one row, px");
	for (int w = 0; w < WIDTHS; w++) {
		printf("%-22d", widths[w]);
		for (int l = 0; l < LIGHTS; l++) {
			const struct view view = {&lights[l], widths[w], 0, 0};
			int result = measure(bench, &view, &tally);

			if (result)
				return result;
			by_light[l].n += tally.n;
			by_light[l].found += tally.found;
			by_light[l].contained += tally.contained;
			print_cell(&tally);
			fflush(stdout);
		}
		printf("\n");
	}
	printf("\n");
	print_head("slope, aside, degrees");
	for (int a = 0; a < ANGLES; a++) {
		printf("%4d %4d %12s", angles[a].roll, angles[a].aside, "");
		for (int l = 0; l < LIGHTS; l++) {
			const struct view view = {&lights[l], USUAL_PX, angles[a].roll, angles[a].aside};
			int result = measure(bench, &view, &tally);

			if (result)
				return result;
			print_cell(&tally);
			fflush(stdout);
		}
		printf("\n");
	}
	printf("\n");
	for (int l = 0; l < LIGHTS; l++)
		printf("views %s n=%lu iou8=%s contained8=%s\n", lights[l].name, by_light[l].n, bench_share(by_light[l].found, by_light[l].n),
		       bench_share(by_light[l].contained, by_light[l].n));
	return 0;
}

int bench_views_measure(const struct qyran_formats *formats, unsigned int vehicles, uint64_t seed, FILE *csv, const char *pictures)
{
	struct bench bench = {.formats = formats, .vehicles = vehicles, .random = seed, .csv = csv, .pictures = pictures, .detect = qyran_detect_new()};
	int result = bench.detect ? measure_all(&bench) : -ENOMEM;

	qyran_detect_free(bench.detect);
	return result;
}
