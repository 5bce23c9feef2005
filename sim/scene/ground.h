/* SPDX-License-Identifier: Apache-2.0 */
/* The still part of a picture: road, markings, kerbs, verges, and what stands beside the road. */
#ifndef QYRAN_SCENE_GROUND_H
#define QYRAN_SCENE_GROUND_H

#include "draw.h"
#include "scene.h"

/** scene_ground_paint() - paints road, markings and verges over the whole @surface (RGB24, the camera's size). */
void scene_ground_paint(cairo_surface_t *surface, const struct scene_camera *camera, const struct scene_place *place,
			const struct scene_light *light);

/** scene_markings_paint() - draws the road's paint on an A8 @surface, unworn. */
void scene_markings_paint(cairo_surface_t *surface, const struct scene_camera *camera, const struct scene_place *place);

/** scene_clutter_draw() - draws sign posts and railings. */
void scene_clutter_draw(const struct scene_canvas *canvas, const struct scene_place *place);

/** scene_shrubs_draw() - draws what grows beside the road; @sway: metres that the wind moves it. */
void scene_shrubs_draw(const struct scene_canvas *canvas, const struct scene_place *place, double sway);

/** scene_signal_draw() - draws the repeater of the signal at a stop line. */
void scene_signal_draw(const struct scene_canvas *canvas, const struct scene_place *place, bool red);

#endif
