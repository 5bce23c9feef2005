/* SPDX-License-Identifier: Apache-2.0 */
#include "plate_reader.h"

#include <stdlib.h>
#include <string.h>

#define ONE 4096			/* filter weights are 12-bit fractions */
#define DEVIATION 40			/* the input's value at one standard deviation */
#define DEVIATION_MIN (2 * 16)		/* flatter crops than two grey levels are not stretched further */
#define TAPS (2 * (PLATE_CROP_MAX_W + PLATE_INPUT_W - 1) / PLATE_INPUT_W + 2)

struct column {
	uint16_t first, count;
	uint16_t weights[TAPS];
};

/* Triangle filter, as wide as the larger of the two pixels; positions in halves of an output pixel over @in. */
static uint32_t triangle(uint32_t i, uint32_t o, uint32_t in, uint32_t out)
{
	uint32_t at = (2 * i + 1) * out, centre = (2 * o + 1) * in, width = 2 * (in > out ? in : out);
	uint32_t distance = at > centre ? at - centre : centre - at;

	return distance < width ? width - distance : 0;
}

static uint32_t triangle_sum(uint32_t o, uint32_t in, uint32_t out)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < in; i++)
		sum += triangle(i, o, in, out);
	return sum;
}

static void columns_make(struct column columns[PLATE_INPUT_W], uint32_t width)
{
	for (uint32_t o = 0; o < PLATE_INPUT_W; o++) {
		uint32_t sum = triangle_sum(o, width, PLATE_INPUT_W);

		columns[o].count = 0;
		for (uint32_t i = 0; i < width; i++) {
			uint32_t weight = triangle(i, o, width, PLATE_INPUT_W);

			if (!weight || columns[o].count == TAPS)
				continue;
			if (!columns[o].count)
				columns[o].first = (uint16_t)i;
			columns[o].weights[columns[o].count++] = (uint16_t)((weight * ONE + sum / 2) / sum);
		}
	}
}

static uint32_t root(uint32_t value)
{
	uint32_t result = 0;

	for (uint32_t bit = 1u << 15; bit; bit >>= 1)
		if ((result + bit) * (result + bit) <= value)
			result += bit;
	return result;
}

static void normalise(const uint32_t *grey, int8_t *input)
{
	const uint32_t count = PLATE_INPUT_H * PLATE_INPUT_W;
	uint32_t sum = 0, deviation;
	uint64_t squares = 0;
	int32_t mean;

	for (uint32_t i = 0; i < count; i++)
		sum += grey[i];
	mean = (int32_t)(sum / count);
	for (uint32_t i = 0; i < count; i++) {
		int32_t difference = (int32_t)grey[i] - mean;

		squares += (uint32_t)(difference * difference);
	}
	deviation = root((uint32_t)(squares / count));
	if (deviation < DEVIATION_MIN)
		deviation = DEVIATION_MIN;
	for (uint32_t i = 0; i < count; i++) {
		int32_t value = ((int32_t)grey[i] - mean) * DEVIATION / (int32_t)deviation;

		input[i] = (int8_t)(value > 127 ? 127 : value < -127 ? -127 : value);
	}
}

void plate_prepare(const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, int8_t input[PLATE_INPUT_H * PLATE_INPUT_W])
{
	static _Thread_local struct column columns[PLATE_INPUT_W];
	static _Thread_local uint32_t grey[PLATE_INPUT_H * PLATE_INPUT_W], line[PLATE_INPUT_W];
	uint32_t sums[PLATE_INPUT_H];

	columns_make(columns, width);
	for (uint32_t o = 0; o < PLATE_INPUT_H; o++)
		sums[o] = triangle_sum(o, height, PLATE_INPUT_H);
	memset(grey, 0, sizeof(grey));
	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < PLATE_INPUT_W; x++) {
			const struct column *column = &columns[x];
			uint32_t value = 0;

			for (uint32_t i = 0; i < column->count; i++)
				value += column->weights[i] * yuyv[y * stride + 2 * (column->first + i)];
			line[x] = (value + 128) >> 8;
		}
		for (uint32_t o = 0; o < PLATE_INPUT_H; o++) {
			uint32_t weight = triangle(y, o, height, PLATE_INPUT_H) * ONE / sums[o];

			if (weight)
				for (uint32_t x = 0; x < PLATE_INPUT_W; x++)
					grey[o * PLATE_INPUT_W + x] += weight * line[x];
		}
	}
	for (uint32_t i = 0; i < PLATE_INPUT_H * PLATE_INPUT_W; i++)
		grey[i] >>= 12;
	normalise(grey, input);
}
