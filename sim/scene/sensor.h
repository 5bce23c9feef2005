/* SPDX-License-Identifier: Apache-2.0 */
/* From pictures gathered over an exposure to the noisy YUV that a sensor sends. */
#ifndef QYRAN_SCENE_SENSOR_H
#define QYRAN_SCENE_SENSOR_H

#include <stdbool.h>
#include <stdint.h>

struct scene_sensor;

/** scene_sensor_new() - @noise: standard deviation of the luma noise, of 255. Returns 0 or -ENOMEM. */
int scene_sensor_new(int width, int height, double noise, uint64_t seed, struct scene_sensor **ret);

/** scene_sensor_free() - accepts NULL. */
void scene_sensor_free(struct scene_sensor *sensor);

/** scene_sensor_begin() - opens the shutter. */
void scene_sensor_begin(struct scene_sensor *sensor);

/** scene_sensor_gather() - adds a picture, 32-bit xRGB pixels (cairo's RGB24). */
void scene_sensor_gather(struct scene_sensor *sensor, const unsigned char *pixels, int stride);

/** scene_sensor_read() - the mean of what was gathered, with noise, as planar YUV 4:2:2. @soft: a wet window before the lens. */
void scene_sensor_read(struct scene_sensor *sensor, bool soft, uint8_t *const planes[3], const int strides[3]);

#endif
