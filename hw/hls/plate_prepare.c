/* SPDX-License-Identifier: Apache-2.0 */
#include "plate_reader.h"

#include <stdlib.h>
#include <string.h>

#define ONE 4096			/* filter weights are 12-bit fractions */
#define DEVIATION 40			/* the input's value at one standard deviation */
#define DEVIATION_MIN (2 * 16)		/* flatter crops than two grey levels are not stretched further */
#define TAPS (2 * (PLATE_CROP_MAX_W + PLATE_INPUT_W - 1) / PLATE_INPUT_W + 2)

#define PARTS_MAX 8			/* more pixels than that, each way, are not all looked at */

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

/* The first of the inputs that count for an output, and the one after the last. */
static void triangle_span(uint32_t o, uint32_t in, uint32_t out, uint32_t *ret_first, uint32_t *ret_end)
{
	uint32_t centre = (2 * o + 1) * in, width = 2 * (in > out ? in : out);
	uint32_t end = (centre + width) / (2 * out) + 1;

	*ret_first = centre > width ? (centre - width) / (2 * out) : 0;
	*ret_end = end < in ? end : in;
}

static uint32_t triangle_sum(uint32_t o, uint32_t in, uint32_t out)
{
	uint32_t sum = 0, first, end;

	triangle_span(o, in, out, &first, &end);
	for (uint32_t i = first; i < end; i++)
		sum += triangle(i, o, in, out);
	return sum;
}

static void columns_make(struct column columns[PLATE_INPUT_W], uint32_t width)
{
	for (uint32_t o = 0; o < PLATE_INPUT_W; o++) {
		uint32_t sum = triangle_sum(o, width, PLATE_INPUT_W), first, end;

		triangle_span(o, width, PLATE_INPUT_W, &first, &end);
		columns[o].count = 0;
		for (uint32_t i = first; i < end; i++) {
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

struct point {
	int32_t x, y;
};

/* Points along an edge, in 1/256 pixels from its beginning, at the middle of each of @count equal parts. */
static void edge_make(struct point *points, int32_t x, int32_t y, int32_t count)
{
	for (int32_t i = 0; i < count; i++) {
		points[i].x = (int32_t)((int64_t)x * (2 * i + 1) / (2 * count));
		points[i].y = (int32_t)((int64_t)y * (2 * i + 1) / (2 * count));
	}
}

static int32_t parts(int32_t x, int32_t y, int32_t outputs)
{
	int32_t length = abs(x) > abs(y) ? abs(x) : abs(y), count = (length + 256 * outputs - 1) / (256 * outputs);

	return count < 1 ? 1 : count > PARTS_MAX ? PARTS_MAX : count;
}

static int32_t limited(int32_t value, int32_t least, int32_t most)
{
	return value < least ? least : value > most ? most : value;
}

/* Between the four pixels around a point, in 1/16 grey levels. */
static uint32_t sample(const uint8_t *yuyv, int32_t width, int32_t height, uint32_t stride, int32_t x, int32_t y)
{
	x = limited(x - 128, 0, 256 * (width - 1));
	y = limited(y - 128, 0, 256 * (height - 1));

	const uint8_t *at = &yuyv[(uint32_t)(y >> 8) * stride + 2 * (uint32_t)(x >> 8)];
	uint32_t right = x >> 8 < width - 1 ? 2 : 0, below = y >> 8 < height - 1 ? stride : 0;
	uint32_t u = (uint32_t)x & 255, v = (uint32_t)y & 255;
	uint32_t upper = at[0] * (256 - u) + at[right] * u, lower = at[below] * (256 - u) + at[below + right] * u;

	return (upper * (256 - v) + lower * v) >> 12;
}

void plate_prepare_quad(const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, const struct plate_quad *quad,
			int8_t input[PLATE_INPUT_H * PLATE_INPUT_W])
{
	static _Thread_local uint32_t grey[PLATE_INPUT_H * PLATE_INPUT_W];
	static _Thread_local struct point across[PLATE_INPUT_W * PARTS_MAX], down[PLATE_INPUT_H * PARTS_MAX];
	const int32_t far = 16 * 256 * PLATE_CROP_MAX_W;
	int32_t right_x = limited(quad->right_x, -far, far), right_y = limited(quad->right_y, -far, far);
	int32_t down_x = limited(quad->down_x, -far, far), down_y = limited(quad->down_y, -far, far);
	int32_t columns = parts(right_x, right_y, PLATE_INPUT_W), rows = parts(down_x, down_y, PLATE_INPUT_H);

	edge_make(across, right_x, right_y, PLATE_INPUT_W * columns);
	edge_make(down, down_x, down_y, PLATE_INPUT_H * rows);
	for (int32_t i = 0; i < PLATE_INPUT_H * PLATE_INPUT_W; i++) {
		uint32_t sum = 0;

		for (int32_t r = 0; r < rows; r++)
			for (int32_t c = 0; c < columns; c++) {
				struct point a = across[i % PLATE_INPUT_W * columns + c], d = down[i / PLATE_INPUT_W * rows + r];

				sum += sample(yuyv, (int32_t)width, (int32_t)height, stride, limited(quad->x, -far, far) + a.x + d.x,
					      limited(quad->y, -far, far) + a.y + d.y);
			}
		grey[i] = sum / (uint32_t)(rows * columns);
	}
	normalise(grey, input);
}
