/* SPDX-License-Identifier: Apache-2.0 */
#include "live.h"
#include "ground.h"
#include "random.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOISE_COUNT (1u << 16)
#define BLACK 16
#define LEVELS 256
#define READ_NOISE 3.0		/* standard deviation, grey levels, at dusk */
#define PHOTON_GAIN .70		/* grey levels of variance a grey level of signal: with the read noise 6.5 at the level of the road at dusk */
#define DUSK_NOISE 6.5
#define EXPOSURE_S .004
#define EXPOSURES_MAX 2
#define DARKEST .72		/* of the lightest moment's light */
#define FALL_S 600.		/* the light goes up and down once in that time */
#define SHAKE_EACH_S 10.
#define SHAKE_S 2.
#define SHAKE_HZ 3.1		/* of a steel mast; across. Along it is 1.37 times as fast */
#define PHASES 15		/* pictures of what sways, */
#define SWAY_M .07		/* from one side to the other */
#define CLOUD_S 97.		/* and a little with the clouds */
#define GLOW_M .5		/* lamps, shadow and mirrors reach that far beyond the body */
#define POOL_M 4.4		/* the headlamps' pool, see vehicle.c */
#define STILL_M .004		/* what moves less during the exposure is not blurred */
#define REBLEND 10		/* frames from one still part for drawing on to the next */

struct area {
	int x0, y0, x1, y1;
};

struct scene_live {
	struct scene_live_settings settings;
	struct scene_camera camera;
	struct scene_light light[2], now;	/* lightest, darkest */
	struct scene_traffic traffic;
	cairo_surface_t *still[PHASES][2], *blended, *picture;
	uint16_t *luma64[PHASES][2];	/* of the still parts, 1/64 of a level */
	int phases, phase;	/* of the wind: how many are painted, which is now */
	uint16_t *sums;		/* of the exposures, in the area that vehicles reach */
	struct area area;
	uint32_t frame, blended_for;
	int blended_phase;
	double time_s, dark;	/* dark: 0 lightest, 1 darkest */
	uint64_t random, rain;
	int16_t noise[NOISE_COUNT];	/* 1/256 of a standard deviation */
	int16_t strength[LEVELS];	/* standard deviation at a level, 1/16 of a level */
};

/* BT.601, limited range, 1/64 of a level. */
static uint16_t luma_of(uint32_t rgb)
{
	uint32_t r = rgb >> 16 & 255, g = rgb >> 8 & 255, b = rgb & 255;

	return (uint16_t)(BLACK * 64 + (r * 16843 + g * 33030 + b * 6423) / 1024);
}

static int paint_still(struct scene_live *live, int phase, int which)
{
	int width = live->camera.width, height = live->camera.height;
	cairo_surface_t *surface = live->still[phase][which];
	cairo_t *cairo;

	if (phase == 0)
		scene_ground_paint(live->blended, &live->camera, live->settings.place, &live->light[which]);
	cairo = cairo_create(surface);
	const struct scene_canvas canvas = {cairo, &live->camera, &live->light[which]};
	cairo_set_source_surface(cairo, live->blended, 0, 0);
	cairo_paint(cairo);
	scene_clutter_draw(&canvas, live->settings.place);
	scene_shrubs_draw(&canvas, live->settings.place, live->phases > 1 ? SWAY_M * (2. * phase / (live->phases - 1) - 1) : 0);
	int result = cairo_status(cairo) ? -ENOMEM : 0;
	cairo_destroy(cairo);
	cairo_surface_flush(surface);
	/* What is drawn on keeps clear of the glare, which comes last. */
	cairo = cairo_create(live->picture);
	const struct scene_canvas whole = {cairo, &live->camera, &live->light[which]};
	cairo_set_source_surface(cairo, surface, 0, 0);
	cairo_paint(cairo);
	if (live->settings.glare)
		scene_glare_draw(&whole);
	cairo_destroy(cairo);
	cairo_surface_flush(live->picture);
	surface = live->picture;
	const unsigned char *pixels = cairo_image_surface_get_data(surface);
	for (int y = 0; y < height && !result; y++) {
		const uint32_t *row = (const uint32_t *)(const void *)(pixels + (ptrdiff_t)y * cairo_image_surface_get_stride(surface));

		for (int x = 0; x < width; x++)
			live->luma64[phase][which][y * width + x] = luma_of(row[x]);
	}
	return result;
}

static void make_noise(struct scene_live *live)
{
	double scale = live->light[0].noise / DUSK_NOISE;

	for (uint32_t i = 0; i < NOISE_COUNT; i++) {	/* a sum of twelve uniform numbers is near enough to a Gaussian */
		double sum = -6;

		for (int k = 0; k < 12; k++)
			sum += scene_random_between(&live->random, 0, 1);
		live->noise[i] = (int16_t)lround(sum * 256);
	}
	for (int level = 0; level < LEVELS; level++)
		live->strength[level] = (int16_t)lround(16 * scale * sqrt(READ_NOISE * READ_NOISE + PHOTON_GAIN * fmax(0, level - BLACK)));
}

static cairo_surface_t *surface(const struct scene_camera *camera)
{
	return cairo_image_surface_create(CAIRO_FORMAT_RGB24, camera->width, camera->height);
}

static struct scene_colour dimmed(struct scene_colour colour)
{
	return (struct scene_colour){colour.r * DARKEST, colour.g * DARKEST, colour.b * DARKEST};
}

static struct scene_colour mixed(struct scene_colour a, struct scene_colour b, double part)
{
	return (struct scene_colour){a.r + part * (b.r - a.r), a.g + part * (b.g - a.g), a.b + part * (b.b - a.b)};
}

static struct scene_light between(const struct scene_light *a, const struct scene_light *b, double part)
{
	struct scene_light light = *a;

	light.sky = mixed(a->sky, b->sky, part);
	light.sun = mixed(a->sun, b->sun, part);
	return light;
}

int scene_live_new(const struct scene_live_settings *settings, uint64_t seed, struct scene_live **ret)
{
	struct scene_live *live = calloc(1, sizeof *live);
	size_t pixels = (size_t)settings->width * (size_t)settings->height;
	int result = -ENOMEM;

	if (!live)
		return -ENOMEM;
	live->settings = *settings;
	live->random = seed ^ 0x6c697665;
	live->rain = seed ^ 0x7261696e;
	live->camera = scene_camera(settings->place);
	live->camera.focal_px *= (double)settings->width / live->camera.width;
	live->camera.width = settings->width;
	live->camera.height = settings->height;
	scene_camera_aim(&live->camera, 0, settings->place->yaw);
	live->light[0] = live->light[1] = scene_light(settings->weather, false);
	live->light[0].glare = live->light[1].glare = settings->glare;
	live->light[1].sky = dimmed(live->light[0].sky);
	live->light[1].sun = dimmed(live->light[0].sun);
	live->blended = surface(&live->camera);
	live->picture = surface(&live->camera);
	live->sums = calloc(pixels, sizeof *live->sums);
	live->phases = settings->wind ? PHASES : 1;
	for (int i = 0; i < 2 * live->phases; i++) {
		int which = i / live->phases, phase = i % live->phases;

		live->still[phase][which] = surface(&live->camera);
		live->luma64[phase][which] = calloc(pixels, sizeof(uint16_t));
		if (!live->sums || !live->luma64[phase][which] || cairo_surface_status(live->still[phase][which]) ||
		    cairo_surface_status(live->blended) || cairo_surface_status(live->picture) || paint_still(live, phase, which))
			goto err_live;
	}
	make_noise(live);
	result = scene_traffic_begin(&live->traffic, settings->place, settings->formats, settings->gap_s, seed);
	if (result)
		goto err_live;
	*ret = live;
	return 0;

err_live:
	scene_live_free(live);
	return result;
}

void scene_live_free(struct scene_live *live)
{
	if (!live)
		return;
	for (int i = 0; i < 2 * PHASES; i++) {
		cairo_surface_destroy(live->still[i / 2][i % 2]);
		free(live->luma64[i / 2][i % 2]);
	}
	cairo_surface_destroy(live->blended);
	cairo_surface_destroy(live->picture);
	free(live->sums);
	free(live);
}

const struct scene_traffic *scene_live_traffic(const struct scene_live *live)
{
	return &live->traffic;
}

const struct scene_camera *scene_live_camera(const struct scene_live *live)
{
	return &live->camera;
}

double scene_live_time_s(const struct scene_live *live)
{
	return live->time_s;
}

static void reach(struct scene_live *live, struct scene_point point)
{
	double u, v, depth = scene_camera_project(&live->camera, point, &u, &v);
	double margin = GLOW_M * live->camera.focal_px / fmax(depth, .1) + 2;
	struct area *area = &live->area;

	area->x0 = (int)fmin(area->x0, fmax(0, u - margin));
	area->y0 = (int)fmin(area->y0, fmax(0, v - margin));
	area->x1 = (int)fmax(area->x1, fmin(live->camera.width, u + margin + 1));
	area->y1 = (int)fmax(area->y1, fmin(live->camera.height, v + margin + 1));
}

/* Which part of the picture do vehicles and their light reach? Returns how many are seen, the farthest first in @order. */
static size_t gather_vehicles(struct scene_live *live, size_t order[SCENE_ROLES_MAX])
{
	const struct scene_cast *cast = &live->traffic.cast;
	double y[SCENE_ROLES_MAX];
	size_t count = 0;

	live->area = (struct area){live->camera.width, live->camera.height, 0, 0};
	for (size_t i = 0; i < cast->count; i++) {
		const struct scene_vehicle *vehicle = &cast->actors[i].vehicle;
		struct scene_point box[8];

		y[i] = scene_actor_y(&cast->actors[i], live->time_s, NULL);
		if (!scene_actor_in_view(&cast->actors[i], y[i]))
			continue;
		scene_vehicle_box(vehicle, y[i], box);
		for (int k = 0; k < 8; k++)
			reach(live, box[k]);
		if (live->light[0].sun.r > .3)
			for (int k = 4; k < 8; k++) {	/* its shadow */
				const struct scene_point *sun = &live->light[0].to_sun;
				double z = box[k].z / sun->z;

				reach(live, (struct scene_point){box[k].x - sun->x * z, box[k].y - sun->y * z, 0});
			}
		if (vehicle->toward)
			for (int side = -1; side <= 1; side += 2)
				reach(live, (struct scene_point){vehicle->x + side * POOL_M / 4, y[i] - POOL_M, 0});
		size_t at = count++;
		for (; at > 0 && y[order[at - 1]] < y[i]; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return live->area.x1 > live->area.x0 && live->area.y1 > live->area.y0 ? count : 0;
}

static int draw_vehicles(struct scene_live *live, const size_t *order, size_t count, double time_s, bool last)
{
	const struct area *area = &live->area;
	cairo_t *cairo = cairo_create(live->picture);
	const struct scene_canvas canvas = {cairo, &live->camera, &live->now};
	int result = 0;

	cairo_rectangle(cairo, area->x0, area->y0, area->x1 - area->x0, area->y1 - area->y0);
	cairo_clip(cairo);
	cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE);
	cairo_set_source_surface(cairo, live->blended, 0, 0);
	cairo_paint(cairo);
	cairo_set_operator(cairo, CAIRO_OPERATOR_OVER);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < count && !result; i++) {
			const struct scene_actor *actor = &live->traffic.cast.actors[order[i]];
			bool braking;
			double y = scene_actor_y(actor, time_s, &braking);

			if (pass == 0)
				scene_vehicle_shade(&canvas, &actor->vehicle, y);
			else
				result = scene_vehicle_draw(&canvas, &actor->vehicle, y, braking);
		}
	if (last && live->now.rain)
		scene_rain_draw(&canvas, &live->rain);
	if (live->now.glare)
		scene_glare_draw(&canvas);
	if (!result && cairo_status(cairo))
		result = -ENOMEM;
	cairo_destroy(cairo);
	cairo_surface_flush(live->picture);
	return result;
}

static void add_exposure(struct scene_live *live, bool first)
{
	const unsigned char *pixels = cairo_image_surface_get_data(live->picture);
	int stride = cairo_image_surface_get_stride(live->picture);

	for (int y = live->area.y0; y < live->area.y1; y++) {
		const uint32_t *row = (const uint32_t *)(const void *)(pixels + (ptrdiff_t)y * stride);
		uint16_t *sum = live->sums + (ptrdiff_t)y * live->camera.width;

		for (int x = live->area.x0; x < live->area.x1; x++)
			sum[x] = (uint16_t)((first ? 0 : sum[x]) + luma_of(row[x]));
	}
}

static double fastest(const struct scene_live *live, const size_t *order, size_t count)
{
	double way = 0;

	for (size_t i = 0; i < count; i++) {
		const struct scene_actor *actor = &live->traffic.cast.actors[order[i]];

		way = fmax(way, fabs(scene_actor_y(actor, live->time_s, NULL) - scene_actor_y(actor, live->time_s - EXPOSURE_S, NULL)));
	}
	return way;
}

static int expose(struct scene_live *live, const size_t *order, size_t count, int *ret_exposures)
{
	int exposures = fastest(live, order, count) > STILL_M ? EXPOSURES_MAX : 1;

	if (live->blended_for == 0 || live->frame - live->blended_for >= REBLEND || live->phase != live->blended_phase) {
		cairo_t *cairo = cairo_create(live->blended);

		cairo_set_source_surface(cairo, live->still[live->phase][0], 0, 0);
		cairo_paint(cairo);
		cairo_set_source_surface(cairo, live->still[live->phase][1], 0, 0);
		cairo_paint_with_alpha(cairo, live->dark);
		cairo_destroy(cairo);
		live->blended_for = live->frame;
		live->blended_phase = live->phase;
	}
	live->now = between(&live->light[0], &live->light[1], live->dark);
	for (int i = 0; i < exposures; i++) {
		int result = draw_vehicles(live, order, count, live->time_s - EXPOSURE_S * (exposures - i - .5) / exposures, i == exposures - 1);

		if (result)
			return result;
		add_exposure(live, i == 0);
	}
	*ret_exposures = exposures;
	return 0;
}

/* By how many pixels the mast has moved the picture. */
static void shake(const struct scene_live *live, int *ret_x, int *ret_y)
{
	double phase = fmod(live->time_s, SHAKE_EACH_S) - (SHAKE_EACH_S - SHAKE_S), turn = 2 * M_PI * SHAKE_HZ * live->time_s;

	*ret_x = phase > 0 ? (int)lround(live->settings.shake_px * sin(turn)) : 0;
	*ret_y = phase > 0 ? (int)lround(live->settings.shake_px * sin(1.37 * turn)) : 0;
}

static int held(int value, int most)
{
	return value < 0 ? 0 : value < most ? value : most - 1;
}

static void read_out(struct scene_live *live, int exposures, uint8_t *luma)
{
	int width = live->camera.width, height = live->camera.height, dark = (int)(live->dark * 32768), dx, dy;
	const struct area *area = &live->area;

	shake(live, &dx, &dy);
	for (int v = 0; v < height; v++) {
		int y = held(v + dy, height);
		const uint16_t *light = live->luma64[live->phase][0] + (ptrdiff_t)y * width, *low = live->luma64[live->phase][1] + (ptrdiff_t)y * width;
		const uint16_t *sum = live->sums + (ptrdiff_t)y * width;
		bool reached = exposures > 0 && y >= area->y0 && y < area->y1;
		uint32_t at = (uint32_t)scene_random(&live->random);

		for (int u = 0; u < width; u++, at++) {
			int x = dx ? held(u + dx, width) : u;
			int value = reached && x >= area->x0 && x < area->x1 ? sum[x] / exposures : light[x] + (low[x] - light[x]) * dark / 32768;

			value += live->noise[at % NOISE_COUNT] * live->strength[value >> 6] / 64;
			value = (value + 32) >> 6;
			*luma++ = (uint8_t)(value < BLACK ? BLACK : value > 235 ? 235 : value);
		}
	}
}

int scene_live_next(struct scene_live *live, uint8_t *luma)
{
	size_t order[SCENE_ROLES_MAX], count;
	int exposures = 0, result;

	live->time_s = ++live->frame / live->settings.rate;
	live->dark = fmin(1, fmax(0, .5 - .45 * cos(2 * M_PI * live->time_s / FALL_S) + .12 * sin(2 * M_PI * live->time_s / CLOUD_S)));
	live->phase = (int)lround((live->phases - 1) * (.5 + .36 * sin(live->time_s * 2.1) + .14 * sin(live->time_s * 5.3)));
	result = scene_traffic_advance(&live->traffic, live->time_s);
	if (result)
		return result;
	count = gather_vehicles(live, order);
	if (live->light[0].rain)
		live->area = (struct area){0, 0, live->camera.width, live->camera.height};
	if (count > 0 || live->light[0].rain)
		result = expose(live, order, count, &exposures);
	if (!result)
		read_out(live, exposures, luma);
	return result;
}
