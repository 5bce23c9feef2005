/* SPDX-License-Identifier: Apache-2.0 */
#include "draw.h"
#include "random.h"

#include <math.h>

#define NEAREST .5	/* metres; what is nearer is cut off */

static double depth_of(const struct scene_canvas *canvas, struct scene_point point)
{
	double u, v;

	return scene_camera_project(canvas->camera, point, &u, &v);
}

static void line_to(const struct scene_canvas *canvas, struct scene_point point)
{
	double u, v;

	scene_camera_project(canvas->camera, point, &u, &v);
	cairo_line_to(canvas->cairo, u, v);
}

bool scene_path(const struct scene_canvas *canvas, const struct scene_point *points, size_t count)
{
	size_t seen = 0;

	cairo_new_path(canvas->cairo);
	for (size_t i = 0; i < count; i++) {
		struct scene_point a = points[i], b = points[(i + 1) % count];
		double da = depth_of(canvas, a) - NEAREST, db = depth_of(canvas, b) - NEAREST;

		if (da >= 0) {
			line_to(canvas, a);
			seen++;
		}
		if ((da >= 0) != (db >= 0)) {
			double part = da / (da - db);

			line_to(canvas, (struct scene_point){ a.x + part * (b.x - a.x), a.y + part * (b.y - a.y), a.z + part * (b.z - a.z) });
		}
	}
	if (!seen)
		return false;
	cairo_close_path(canvas->cairo);
	return true;
}

bool scene_faces(const struct scene_canvas *canvas, const struct scene_point *points, size_t count, struct scene_point *ret_normal)
{
	struct scene_point n = { 0, 0, 0 };

	/* Newell's method: right for polygons that are not quite flat, too. */
	for (size_t i = 0; i < count; i++) {
		const struct scene_point *a = &points[i], *b = &points[(i + 1) % count];

		n.x += (a->y - b->y) * (a->z + b->z);
		n.y += (a->z - b->z) * (a->x + b->x);
		n.z += (a->x - b->x) * (a->y + b->y);
	}
	double length = sqrt(n.x * n.x + n.y * n.y + n.z * n.z);
	if (length < 1e-12)
		return false;
	*ret_normal = (struct scene_point){ n.x / length, n.y / length, n.z / length };
	struct scene_point ray = { canvas->camera->at.x - points[0].x, canvas->camera->at.y - points[0].y, canvas->camera->at.z - points[0].z };
	return ray.x * n.x + ray.y * n.y + ray.z * n.z > 0;
}

void scene_fill(const struct scene_canvas *canvas, const struct scene_point *points, size_t count, struct scene_colour paint, double sheen)
{
	struct scene_point normal;
	double top, bottom, x0, x1;

	if (!scene_faces(canvas, points, count, &normal) || !scene_path(canvas, points, count))
		return;
	struct scene_colour c = scene_lit(canvas->light, paint, normal);
	if (sheen > 0) {
		cairo_path_extents(canvas->cairo, &x0, &top, &x1, &bottom);
		cairo_pattern_t *ramp = cairo_pattern_create_linear(0, top, 0, bottom);
		double up = 1 + sheen, down = 1 - sheen;

		cairo_pattern_add_color_stop_rgb(ramp, 0, c.r * up, c.g * up, c.b * up);
		cairo_pattern_add_color_stop_rgb(ramp, 1, c.r * down, c.g * down, c.b * down);
		cairo_set_source(canvas->cairo, ramp);
		cairo_pattern_destroy(ramp);
	} else {
		cairo_set_source_rgb(canvas->cairo, c.r, c.g, c.b);
	}
	cairo_fill_preserve(canvas->cairo);
	/* A hairline in the same colour closes the seams that antialiasing leaves between faces. */
	cairo_set_line_width(canvas->cairo, .6);
	cairo_stroke(canvas->cairo);
}

void scene_rain_draw(const struct scene_canvas *canvas, uint64_t *random)
{
	cairo_t *cairo = canvas->cairo;
	double slant = .10;

	cairo_save(cairo);
	cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
	for (int i = 0; i < 110; i++) {
		double u = scene_random_between(random, -20, canvas->camera->width), v = scene_random_between(random, -40, canvas->camera->height);
		double near = scene_random_between(random, 0, 1), length = 6 + 26 * near * near;

		cairo_set_line_width(cairo, .6 + .9 * near * near);
		cairo_set_source_rgba(cairo, .85, .88, .92, .10 + .16 * near);
		cairo_move_to(cairo, u, v);
		cairo_line_to(cairo, u + slant * length, v + length);
		cairo_stroke(cairo);
	}
	cairo_restore(cairo);
}

void scene_glare_draw(const struct scene_canvas *canvas)
{
	/* A veil over the whole picture, brighter round the sun, which stands beyond the upper edge. */
	double width = canvas->camera->width, height = canvas->camera->height;
	cairo_pattern_t *veil = cairo_pattern_create_radial(.72 * width, -.25 * height, .1 * height, .72 * width, -.25 * height, 1.5 * height);

	cairo_pattern_add_color_stop_rgba(veil, 0, 1, .93, .80, .75);
	cairo_pattern_add_color_stop_rgba(veil, .3, 1, .93, .80, .45);
	cairo_pattern_add_color_stop_rgba(veil, 1, 1, .93, .80, .18);
	cairo_save(canvas->cairo);
	cairo_set_operator(canvas->cairo, CAIRO_OPERATOR_ADD);
	cairo_set_source(canvas->cairo, veil);
	cairo_paint(canvas->cairo);
	cairo_restore(canvas->cairo);
	cairo_pattern_destroy(veil);
}

void scene_glow(const struct scene_canvas *canvas, struct scene_point at, double radius, struct scene_colour colour, double strength)
{
	double u, v, depth = scene_camera_project(canvas->camera, at, &u, &v);

	if (depth < .5)
		return;
	double px = radius * canvas->camera->focal_px / depth;
	cairo_pattern_t *ramp = cairo_pattern_create_radial(u, v, 0, u, v, px);
	cairo_pattern_add_color_stop_rgba(ramp, 0, colour.r, colour.g, colour.b, strength);
	cairo_pattern_add_color_stop_rgba(ramp, .25, colour.r, colour.g, colour.b, strength * .45);
	cairo_pattern_add_color_stop_rgba(ramp, 1, colour.r, colour.g, colour.b, 0);
	cairo_save(canvas->cairo);
	cairo_set_operator(canvas->cairo, CAIRO_OPERATOR_ADD);
	cairo_set_source(canvas->cairo, ramp);
	cairo_arc(canvas->cairo, u, v, px, 0, 2 * M_PI);
	cairo_fill(canvas->cairo);
	cairo_restore(canvas->cairo);
	cairo_pattern_destroy(ramp);
}
