/* SPDX-License-Identifier: Apache-2.0 */
#include "ground.h"

#include <math.h>

#define KERB 3.30	/* of its road side, metres from the middle */
#define KERB_WIDTH .16

static double lattice(int x, int y, uint32_t layer)
{
	uint32_t h = (uint32_t)x * 0x85ebca6bu ^ (uint32_t)y * 0xc2b2ae35u ^ layer * 0x9e3779b9u;

	h = (h ^ (h >> 15)) * 0x2c1b3c6du;
	h = (h ^ (h >> 12)) * 0x297a2d39u;
	return (double)((h ^ (h >> 15)) >> 8) * 0x1p-24;
}

/* Value noise, -1 to 1; it fades out where a grain is smaller than a pixel (@size metres). */
static double noise(double x, double y, double grain, double size, uint32_t layer)
{
	double fade = fmin(1, fmax(0, grain / size - .7));

	if (fade <= 0)
		return 0;
	x /= grain;
	y /= grain;
	double fx = floor(x), fy = floor(y), u = x - fx, v = y - fy;
	int ix = (int)fx, iy = (int)fy;

	u = u * u * (3 - 2 * u);
	v = v * v * (3 - 2 * v);
	double top = lattice(ix, iy, layer) * (1 - u) + lattice(ix + 1, iy, layer) * u;
	double low = lattice(ix, iy + 1, layer) * (1 - u) + lattice(ix + 1, iy + 1, layer) * u;
	return fade * (2 * (top * (1 - v) + low * v) - 1);
}

static struct scene_colour grey(double level, double warm)
{
	return (struct scene_colour){ level + warm, level, level - warm };
}

static struct scene_colour asphalt(double x, double y, double size)
{
	double lane = fabs(x) - 1.55;	/* from the lane's middle */
	double wheels = exp(-pow((fabs(lane) - .78) / .24, 2)), drips = exp(-pow(lane / .22, 2));
	double patch = noise(x, y * .6, 2.7, size, 1) > .52 && x > -2.2 ? -.035 : 0;
	double crack = fabs(noise(x + .35 * noise(x, y, .5, size, 2), y, 3.1, size, 3));
	double level = .335 + .030 * noise(x, y, 1.7, size, 4) + .022 * noise(x, y, .35, size, 5) + .045 * noise(x, y, .045, size, 6)
		+ .03 * noise(x, y, .02, size, 7) + .028 * wheels - .030 * drips * (1 + .5 * noise(x, y, .8, size, 8)) + patch;

	if (crack < .012)
		level -= .07 * fmin(1, .03 / size);
	return grey(level, .006);
}

static struct scene_colour pavement(double x, double y, double size)
{
	double row = floor(y / .3), across = fmod(x + 100 + (fmod(row, 2) ? .3 : 0), .6), along = y - row * .3;
	double level = .52 + .05 * (lattice((int)floor((x + 100) / .6), (int)row, 9) - .5) + .04 * noise(x, y, .06, size, 10) + .03 * noise(x, y, 1.5, size, 11);

	if (across < .012 || along < .012)
		level -= .16 * fmin(1, .012 / size);
	return grey(level, .012);
}

static struct scene_colour grass(double x, double y, double size)
{
	double patch = .5 + .5 * noise(x, y, 1.3, size, 12);
	double blades = .6 * noise(x, y, .07, size, 13) + .5 * noise(x, y * .4, .03, size, 14) + .5 * noise(x, y, .3, size, 15);
	double level = .27 + .10 * blades;

	return (struct scene_colour){ level * (.80 + .35 * patch), level * 1.05, level * .48 };
}

static struct scene_colour kerbstone(double from_road, double y, double size)
{
	double joint = y - floor(y), level = (from_road < .04 ? .40 : .60) + .04 * noise(from_road, y, .05, size, 16);

	if (joint < .015)
		level -= .2 * fmin(1, .015 / size);
	return grey(level, .004);
}

static struct scene_colour surface_colour(const struct scene_place *place, double x, double y, double size, bool *ret_road)
{
	double beside = fabs(x) - KERB;
	enum scene_side side = x < 0 ? place->left : place->right;

	*ret_road = beside < 0;
	if (beside < -.12)
		return asphalt(x, y, size);
	if (beside < 0) {	/* the gutter */
		struct scene_colour c = asphalt(x, y, size);
		return (struct scene_colour){ c.r * .84, c.g * .83, c.b * .80 };
	}
	if (beside < KERB_WIDTH)
		return kerbstone(beside, y, size);
	if (side == SCENE_PAVEMENT && beside < 2.3)
		return pavement(x, y, size);
	return grass(x, y, size);
}

/* Shade of a tree beside the road on a sunny day, 0 to 1. */
static double shade(double x, double y, double side, double size)
{
	double crown = 1.25 - hypot((x - side * 3.4) / 2.1, (y - 8.6) / 2.4);

	return fmin(1, fmax(0, 2.6 * (crown + .55 * noise(x, y, .8, size, 17) + .35 * noise(x, y, .3, size, 18))));
}

void scene_ground_paint(cairo_surface_t *surface, const struct scene_camera *camera, const struct scene_place *place,
			const struct scene_light *light)
{
	unsigned char *pixels = cairo_image_surface_get_data(surface);
	int stride = cairo_image_surface_get_stride(surface);
	cairo_surface_t *paint = cairo_image_surface_create(CAIRO_FORMAT_A8, camera->width, camera->height);
	bool sunny = light->sun.r > .3;

	scene_markings_paint(paint, camera, place);
	cairo_surface_flush(paint);
	cairo_surface_flush(surface);
	const unsigned char *mask = cairo_image_surface_get_data(paint);
	int mask_stride = cairo_image_surface_get_stride(paint);
	for (int v = 0; v < camera->height; v++) {
		uint32_t *row = (uint32_t *)(void *)(pixels + (ptrdiff_t)v * stride);

		for (int u = 0; u < camera->width; u++) {
			struct scene_point at = { 0, 0, 0 }, next = { 0, 0, 0 };
			bool road;

			scene_camera_ground(camera, u + .5, v + .5, 0, &at);
			scene_camera_ground(camera, u + 1.5, v + .5, 0, &next);
			double size = 1.6 * hypot(next.x - at.x, next.y - at.y);
			struct scene_colour c = surface_colour(place, at.x, at.y, size, &road);
			double worn = fmin(1, fmax(0, .93 + .35 * noise(at.x, at.y, .10, size, 19) + .22 * noise(at.x, at.y, .03, size, 20)
							   + .18 * noise(at.x, at.y, .9, size, 21)));
			double painted = mask[(ptrdiff_t)v * mask_stride + u] / 255.0 * worn;
			struct scene_light here = *light;

			if (light->rain && road)	/* wet: darker, with puddles that show the sky */
				c = grey(.80 * c.g + .10 * fmax(0, noise(at.x, at.y * .5, 1.1, size, 22)), 0);
			c.r += (.86 - c.r) * painted;
			c.g += (.86 - c.g) * painted;
			c.b += (.83 - c.b) * painted;
			if (sunny) {
				double lit = 1 - .9 * shade(at.x, at.y, light->to_sun.x > 0 ? 1 : -1, size);
				here.sun = (struct scene_colour){ light->sun.r * lit, light->sun.g * lit, light->sun.b * lit };
			}
			if (light->lamps && !light->rain) {	/* a street lamp over the left kerb */
				double pool = .55 / (1 + pow(hypot(at.x + 2.5, (at.y - 6) * .7) / 3.2, 2));
				here.sky.r += pool * .60;
				here.sky.g += pool * .46;
				here.sky.b += pool * .24;
			}
			c = scene_lit(&here, c, (struct scene_point){ 0, 0, 1 });
			row[u] = (uint32_t)(c.r * 255) << 16 | (uint32_t)(c.g * 255) << 8 | (uint32_t)(c.b * 255);
		}
	}
	cairo_surface_mark_dirty(surface);
	cairo_surface_destroy(paint);
}
