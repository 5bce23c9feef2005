/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor.h"
#include "random.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define NOISE_COUNT (1u << 16)

struct scene_sensor {
	int width, height, gathered;
	uint64_t random;
	uint16_t *sums;		/* r, g, b a pixel */
	int16_t noise[NOISE_COUNT];	/* 1/16 of a level */
};

int scene_sensor_new(int width, int height, double noise, uint64_t seed, struct scene_sensor **ret)
{
	struct scene_sensor *sensor = calloc(1, sizeof *sensor);

	if (!sensor)
		return -ENOMEM;
	sensor->sums = calloc((size_t)width * (size_t)height, 3 * sizeof *sensor->sums);
	if (!sensor->sums) {
		free(sensor);
		return -ENOMEM;
	}
	sensor->width = width;
	sensor->height = height;
	sensor->random = seed ^ 0x6e6f697365;
	for (uint32_t i = 0; i < NOISE_COUNT; i++) {	/* a sum of twelve uniform numbers is near enough to a Gaussian */
		double sum = -6;

		for (int k = 0; k < 12; k++)
			sum += scene_random_between(&sensor->random, 0, 1);
		sensor->noise[i] = (int16_t)lround(sum * noise * 16);
	}
	*ret = sensor;
	return 0;
}

void scene_sensor_free(struct scene_sensor *sensor)
{
	if (!sensor)
		return;
	free(sensor->sums);
	free(sensor);
}

void scene_sensor_begin(struct scene_sensor *sensor)
{
	sensor->gathered = 0;
	memset(sensor->sums, 0, (size_t)sensor->width * (size_t)sensor->height * 3 * sizeof *sensor->sums);
}

void scene_sensor_gather(struct scene_sensor *sensor, const unsigned char *pixels, int stride)
{
	uint16_t *sum = sensor->sums;

	for (int v = 0; v < sensor->height; v++) {
		const uint32_t *row = (const uint32_t *)(const void *)(pixels + (ptrdiff_t)v * stride);

		for (int u = 0; u < sensor->width; u++, sum += 3) {
			sum[0] = (uint16_t)(sum[0] + (row[u] >> 16 & 0xff));
			sum[1] = (uint16_t)(sum[1] + (row[u] >> 8 & 0xff));
			sum[2] = (uint16_t)(sum[2] + (row[u] & 0xff));
		}
	}
	sensor->gathered++;
}

/* A weak 1-6-1 blur along one line of three-channel sums. */
static void soften(uint16_t *sums, size_t count, size_t step)
{
	for (size_t channel = 0; channel < 3; channel++) {
		unsigned int before = sums[channel];

		for (size_t i = 1; i + 1 < count; i++) {
			unsigned int here = sums[i * step + channel];

			sums[i * step + channel] = (uint16_t)((before + 6 * here + sums[(i + 1) * step + channel] + 4) / 8);
			before = here;
		}
	}
}

static uint8_t level(int value16, int high)
{
	int value = (value16 + 8) >> 4;

	return (uint8_t)(value < 16 ? 16 : value > high ? high : value);
}

void scene_sensor_read(struct scene_sensor *sensor, bool soft, uint8_t *const planes[3], const int strides[3])
{
	size_t width = (size_t)sensor->width, height = (size_t)sensor->height;
	int scale = sensor->gathered * 4096;

	if (soft) {
		for (size_t v = 0; v < height; v++)
			soften(sensor->sums + v * width * 3, width, 3);
		for (size_t u = 0; u < width; u++)
			soften(sensor->sums + u * 3, height, width * 3);
	}
	for (size_t v = 0; v < height; v++) {
		const uint16_t *sum = sensor->sums + v * width * 3;
		uint8_t *y = planes[0] + (ptrdiff_t)v * strides[0], *cb = planes[1] + (ptrdiff_t)v * strides[1], *cr = planes[2] + (ptrdiff_t)v * strides[2];
		uint32_t at = (uint32_t)scene_random(&sensor->random);

		for (size_t u = 0; u < width; u += 2, sum += 6) {
			/* BT.601, limited range, in 1/16 levels: coefficients * 4096 * 16 / 256. */
			for (size_t i = 0; i < 2; i++) {
				int luma = (sum[3 * i] * 16843 + sum[3 * i + 1] * 33030 + sum[3 * i + 2] * 6423) / scale;

				y[u + i] = level(16 * 16 + luma + sensor->noise[at++ % NOISE_COUNT], 235);
			}
			int r = sum[0] + sum[3], g = sum[1] + sum[4], b = sum[2] + sum[5];
			int blue = (-4861 * r - 9535 * g + 14392 * b) / scale, red = (14392 * r - 12051 * g - 2341 * b) / scale;

			cb[u / 2] = level(128 * 16 + blue + sensor->noise[at++ % NOISE_COUNT] / 2, 240);
			cr[u / 2] = level(128 * 16 + red + sensor->noise[at++ % NOISE_COUNT] / 2, 240);
		}
	}
}
