/* SPDX-License-Identifier: Apache-2.0 */
/* Flat shapes of the world on a cairo picture. */
#ifndef QYRAN_SCENE_DRAW_H
#define QYRAN_SCENE_DRAW_H

#include "light.h"

#include <cairo.h>
#include <stddef.h>
#include <stdint.h>

struct scene_canvas {
	cairo_t *cairo;
	const struct scene_camera *camera;
	const struct scene_light *light;
};

/** scene_path() - the outline of @points as cairo's path, cut off near the camera. Returns false when nothing is left. */
bool scene_path(const struct scene_canvas *canvas, const struct scene_point *points, size_t count);

/** scene_faces() - does the polygon, counter-clockwise as seen from outside, face the camera? @ret_normal: unit vector outward. */
bool scene_faces(const struct scene_canvas *canvas, const struct scene_point *points, size_t count, struct scene_point *ret_normal);

/**
 * scene_fill() - fills a polygon that faces the camera with lit paint.
 * @sheen: how much lighter its upper end is than its lower one, 0 to 1.
 */
void scene_fill(const struct scene_canvas *canvas, const struct scene_point *points, size_t count, struct scene_colour paint, double sheen);

/** scene_rain_draw() - drops near the lens, each a short bright streak. @random: state of scene_random(). */
void scene_rain_draw(const struct scene_canvas *canvas, uint64_t *random);

/** scene_glare_draw() - the light of a low sun that the lens scatters; drawn last. */
void scene_glare_draw(const struct scene_canvas *canvas);

/** scene_glow() - adds light round a point: @radius metres. */
void scene_glow(const struct scene_canvas *canvas, struct scene_point at, double radius, struct scene_colour colour, double strength);

#endif
