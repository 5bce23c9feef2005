/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual sensor: frames of a scene as pixels, with motion blur, weather and noise. */
#ifndef QYRAN_SCENE_FILM_H
#define QYRAN_SCENE_FILM_H

#include "cast.h"

struct scene_film;

/** scene_film_new() - @scene and @cast are borrowed. Returns 0 or a negative errno. */
int scene_film_new(const struct scene *scene, const struct scene_cast *cast, uint64_t seed, struct scene_film **ret);

/** scene_film_free() - accepts NULL. */
void scene_film_free(struct scene_film *film);

const struct scene_camera *scene_film_camera(const struct scene_film *film);

/**
 * scene_film_frame() - a frame as planar YUV 4:2:2 (BT.601, limited range).
 * The shutter is global: light is gathered over the exposure that ends at the frame's presentation time.
 * Frames are to be asked for in order: the same calls give the same pixels.
 */
int scene_film_frame(struct scene_film *film, uint32_t frame, uint8_t *const planes[3], const int strides[3]);

#endif
