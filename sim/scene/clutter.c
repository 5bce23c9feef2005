/* SPDX-License-Identifier: Apache-2.0 */
#include "ground.h"
#include "random.h"

#include <math.h>

static const struct scene_colour steel = { .55, .57, .58 };

/* An upright cylinder, as broad as it looks from here. */
static void post(const struct scene_canvas *canvas, double x, double y, double low, double high, double radius, struct scene_colour paint)
{
	const struct scene_point outline[4] = { { x - radius, y, low }, { x + radius, y, low }, { x + radius, y, high }, { x - radius, y, high } };

	scene_fill(canvas, outline, 4, paint, .12);
}

static void rail(const struct scene_canvas *canvas, double x, double near, double far, double z, double thick)
{
	/* Seen from above and from the road: a face that looks up. */
	const struct scene_point outline[4] = { { x - thick, near, z }, { x + thick, near, z }, { x + thick, far, z }, { x - thick, far, z } };

	scene_fill(canvas, outline, 4, steel, 0);
}

static void railing(const struct scene_canvas *canvas, double x, double near, double far)
{
	for (double y = far; y >= near - .01; y -= .125)
		post(canvas, x, y, .12, .95, fmod(y + .001, 2) < .01 ? .035 : .009, steel);
	rail(canvas, x, near, far, .12, .015);
	rail(canvas, x, near, far, .95, .025);
}

static void disc(const struct scene_canvas *canvas, struct scene_point middle, double radius, struct scene_colour paint)
{
	struct scene_point rim[16];

	for (int i = 0; i < 16; i++)
		rim[i] = (struct scene_point){ middle.x + radius * cos(i * M_PI / 8), middle.y, middle.z + radius * sin(i * M_PI / 8) };
	scene_fill(canvas, rim, 16, paint, 0);
}

static void leaves(const struct scene_canvas *canvas, struct scene_point middle, double radius, double height, int count, uint64_t seed, double sway)
{
	for (int i = 0; i < count; i++) {
		double turn = scene_random_between(&seed, 0, 2 * M_PI), lift = scene_random_between(&seed, -1, 1);
		double out = sqrt(1 - lift * lift) * radius * scene_random_between(&seed, .75, 1.1);
		struct scene_point at = { middle.x + out * cos(turn) + sway * (1 + .4 * lift), middle.y + out * sin(turn), middle.z + lift * height };
		double u, v, depth = scene_camera_project(canvas->camera, at, &u, &v);
		double size = scene_random_between(&seed, .07, .16) * canvas->camera->focal_px / depth;
		double level = (.55 + .45 * lift) * scene_random_between(&seed, .6, 1.1);
		struct scene_colour green = scene_lit(canvas->light, (struct scene_colour){ .26 * level, .38 * level, .15 * level },
						      (struct scene_point){ 0, 0, 1 });

		cairo_save(canvas->cairo);
		cairo_translate(canvas->cairo, u, v);
		cairo_rotate(canvas->cairo, scene_random_between(&seed, 0, M_PI));
		cairo_scale(canvas->cairo, size, size * .55);
		cairo_arc(canvas->cairo, 0, 0, 1, 0, 2 * M_PI);
		cairo_restore(canvas->cairo);
		cairo_set_source_rgb(canvas->cairo, green.r, green.g, green.b);
		cairo_fill(canvas->cairo);
	}
}

static void shadow(const struct scene_canvas *canvas, double x, double y, double radius)
{
	for (int ring = 4; ring >= 1; ring--) {
		struct scene_point rim[20];

		for (int i = 0; i < 20; i++)
			rim[i] = (struct scene_point){ x + radius * ring / 4 * cos(i * M_PI / 10), y + radius * ring / 4 * sin(i * M_PI / 10), 0 };
		if (scene_path(canvas, rim, 20)) {
			cairo_set_source_rgba(canvas->cairo, 0, 0, 0, .13);
			cairo_fill(canvas->cairo);
		}
	}
}

void scene_clutter_draw(const struct scene_canvas *canvas, const struct scene_place *place)
{
	if (place->left == SCENE_PAVEMENT)
		railing(canvas, -3.75, 4, 18);
	if (place->right == SCENE_PAVEMENT)
		railing(canvas, 3.75, 4, 18);
	/* A sign for those who come toward: its grey back is seen; one for those who go away shows its face. */
	double side = place->lanes[SCENE_LANES - 1].toward ? -1 : 1, x = side * 4.15;
	post(canvas, x, 9, 0, 2.75, .035, steel);
	if (place->lanes[SCENE_LANES - 1].toward) {
		disc(canvas, (struct scene_point){ x, 8.95, 2.4 }, .35, (struct scene_colour){ .48, .49, .50 });
		post(canvas, x, 8.94, 2.1, 2.7, .03, steel);
	} else {
		disc(canvas, (struct scene_point){ x, 8.95, 2.4 }, .35, (struct scene_colour){ .80, .10, .10 });
		disc(canvas, (struct scene_point){ x, 8.94, 2.4 }, .27, (struct scene_colour){ .92, .92, .90 });
		disc(canvas, (struct scene_point){ x - .06, 8.93, 2.4 }, .08, (struct scene_colour){ .1, .1, .1 });
		disc(canvas, (struct scene_point){ x - .06, 8.92, 2.4 }, .045, (struct scene_colour){ .92, .92, .90 });
		disc(canvas, (struct scene_point){ x + .08, 8.93, 2.4 }, .09, (struct scene_colour){ .1, .1, .1 });
		disc(canvas, (struct scene_point){ x + .08, 8.92, 2.4 }, .05, (struct scene_colour){ .92, .92, .90 });
	}
}

void scene_shrubs_draw(const struct scene_canvas *canvas, const struct scene_place *place, double sway)
{
	const enum scene_side sides[2] = { place->left, place->right };

	for (int i = 0; i < 2; i++)
		for (int bush = 4; sides[i] == SCENE_GRASS && bush >= 0; bush--) {
			double x = (i ? 1 : -1) * (4.55 + .3 * (bush % 3)), y = 5.5 + 2.1 * bush;

			shadow(canvas, x, y, .9);
			leaves(canvas, (struct scene_point){ x, y, .5 }, .6, .5, 320, (uint64_t)(bush + 10 * i + 1), sway * (bush % 2 ? -.8 : 1));
		}
}

void scene_signal_draw(const struct scene_canvas *canvas, const struct scene_place *place, bool red)
{
	const struct scene_colour housing = { .09, .10, .10 }, colours[3] = { { .95, .10, .06 }, { .95, .65, .05 }, { .10, .85, .45 } };
	double x = 3.62, y = place->rules.line + .4;
	const struct scene_point box[4] = { { x - .13, y, 1.20 }, { x + .13, y, 1.20 }, { x + .13, y, 1.86 }, { x - .13, y, 1.86 } };

	post(canvas, x, y + .05, 0, 1.86, .05, steel);
	scene_fill(canvas, box, 4, housing, .1);
	for (int i = 0; i < 3; i++) {
		struct scene_point at = { x, y - .02, 1.75 - .22 * i };
		bool on = i == (red ? 0 : 2);

		disc(canvas, at, .09, (struct scene_colour){ .04 + colours[i].r * .12, .04 + colours[i].g * .12, .04 + colours[i].b * .12 });
		if (on) {
			scene_glow(canvas, at, .11, colours[i], 1);
			scene_glow(canvas, at, .11, colours[i], 1);
			scene_glow(canvas, at, .30, colours[i], .4);
		}
	}
}
