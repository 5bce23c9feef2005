/* SPDX-License-Identifier: Apache-2.0 */
#include "ground.h"

#include <math.h>

/* The dimensions follow the marking tables of GOST R 51256, which Kazakhstan's ST RK 1124 shares. */
#define LINE .12

struct stencil {
	cairo_t *cairo;
	const struct scene_camera *camera;
};

static void shape(const struct stencil *stencil, const double (*points)[2], size_t count)
{
	const struct scene_canvas canvas = { stencil->cairo, stencil->camera, NULL };
	struct scene_point at[16];

	for (size_t i = 0; i < count; i++)
		at[i] = (struct scene_point){ points[i][0], points[i][1], 0 };
	if (scene_path(&canvas, at, count))
		cairo_fill(stencil->cairo);
}

static void bar(const struct stencil *stencil, double left, double right, double near, double far)
{
	const double corners[4][2] = { { left, near }, { right, near }, { right, far }, { left, far } };

	shape(stencil, corners, 4);
}

static void along(const struct stencil *stencil, double x, double from, double dash, double gap)
{
	for (double y = from; y < 40; y += dash + gap)
		bar(stencil, x - LINE / 2, x + LINE / 2, y, y + dash);
}

/* An arrow for the drivers of a lane, @length metres long from @y on. */
static void arrow(const struct stencil *stencil, double x, double y, bool toward)
{
	double s = toward ? -1 : 1, foot = toward ? y + 3 : y;
	const double points[7][2] = {
		{ x - .08, foot }, { x + .08, foot }, { x + .08, foot + s * 1.9 }, { x + .30, foot + s * 1.9 }, { x, foot + s * 3 },
		{ x - .30, foot + s * 1.9 }, { x - .08, foot + s * 1.9 },
	};

	shape(stencil, points, 7);
}

/* The letter A of a lane for buses, read by drivers who go away from the camera. */
static void letter_a(const struct stencil *stencil, double x, double y)
{
	const double left[4][2] = { { x - .55, y }, { x - .33, y }, { x + .06, y + 2.6 }, { x - .12, y + 2.6 } };
	const double right[4][2] = { { x + .33, y }, { x + .55, y }, { x + .12, y + 2.6 }, { x - .06, y + 2.6 } };

	shape(stencil, left, 4);
	shape(stencil, right, 4);
	bar(stencil, x - .36, x + .36, y + .75, y + 1.15);
}

/* Diagonals of a box that must be kept free, both ways. */
static void waffle(const struct stencil *stencil, double half, double near, double far)
{
	for (int direction = -1; direction <= 1; direction += 2)
		for (double start = -half - (far - near); start < half; start += 1.1) {
			double from = fmax(near, near - half - start), to = fmin(far, near + half - start);
			double x0 = direction * (start + from - near), x1 = direction * (start + to - near);
			const double strip[4][2] = { { x0 - .05, from }, { x0 + .05, from }, { x1 + .05, to }, { x1 - .05, to } };

			if (to > from)
				shape(stencil, strip, 4);
		}
}

void scene_markings_paint(cairo_surface_t *surface, const struct scene_camera *camera, const struct scene_place *place)
{
	struct stencil stencil = { cairo_create(surface), camera };
	const struct scene_lane *lanes = place->lanes;
	double edge = lanes[SCENE_LANES - 1].right, line = place->rules.line;

	cairo_set_source_rgba(stencil.cairo, 0, 0, 0, 1);
	switch (place->divider) {
	case SCENE_DASHED:
		along(&stencil, lanes[0].right, line > 0 ? line : -2, line > 0 ? 100 : 2, 3);
		break;
	case SCENE_SOLID:
		along(&stencil, lanes[0].right, -2, 100, 0);
		break;
	case SCENE_DOUBLE:
		along(&stencil, lanes[0].right - .13, -2, 100, 0);
		along(&stencil, lanes[0].right + .13, -2, 100, 0);
		break;
	}
	if (place->no_stopping) {	/* broken line along the kerb, and a waffle in the middle */
		along(&stencil, lanes[0].left - .02, -2, 1, 1);
		along(&stencil, edge + .02, -2, 1, 1);
		waffle(&stencil, 2.9, 1.2, 6.2);
		bar(&stencil, -2.95, 2.95, 1.1, 1.2);
		bar(&stencil, -2.95, 2.95, 6.2, 6.3);
	} else {
		along(&stencil, lanes[0].left + .05, -2, 100, 0);
		along(&stencil, edge - .05, -2, 100, 0);
	}
	if (line > 0)
		bar(&stencil, lanes[0].left + .15, edge - .15, line, line + .40);
	for (double x = lanes[0].left + .25; place->zebra.high > place->zebra.low && x + .4 < edge; x += .95)
		bar(&stencil, x, x + .45, place->zebra.low, place->zebra.high);
	for (size_t i = 0; i < SCENE_LANES; i++) {
		double middle = (lanes[i].left + lanes[i].right) / 2;

		if (place->arrows)
			arrow(&stencil, middle, line > 0 ? line + 2.2 : 5.5, lanes[i].toward);
		if (lanes[i].bus)
			letter_a(&stencil, middle, 4.6);
	}
	cairo_destroy(stencil.cairo);
}
