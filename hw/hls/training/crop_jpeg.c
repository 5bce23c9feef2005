/* SPDX-License-Identifier: Apache-2.0 */
#include "crop_jpeg.h"

#include <math.h>

#define SIDE 8

/* ITU-T T.81, table K.1. */
static const unsigned char luminance[SIDE * SIDE] = {
	16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,  14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22,  29,  51,  87,  80, 62,
	18, 22, 37, 56, 68, 109, 103,  77,  24, 35, 55, 64, 81, 104, 113,  92,  49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95,  98, 112, 100, 103, 99,
};

/* cos((2x + 1) u pi / 16) / 2, the first row less by sqrt(2): rows are frequencies. */
static const float basis[SIDE][SIDE] = {
	{.35355339f, .35355339f, .35355339f, .35355339f, .35355339f, .35355339f, .35355339f, .35355339f},
	{.49039264f, .41573481f, .27778512f, .09754516f, -.09754516f, -.27778512f, -.41573481f, -.49039264f},
	{.46193977f, .19134172f, -.19134172f, -.46193977f, -.46193977f, -.19134172f, .19134172f, .46193977f},
	{.41573481f, -.09754516f, -.49039264f, -.27778512f, .27778512f, .49039264f, .09754516f, -.41573481f},
	{.35355339f, -.35355339f, -.35355339f, .35355339f, .35355339f, -.35355339f, -.35355339f, .35355339f},
	{.27778512f, -.49039264f, .09754516f, .41573481f, -.41573481f, -.09754516f, .49039264f, -.27778512f},
	{.19134172f, -.46193977f, .46193977f, -.19134172f, -.19134172f, .46193977f, -.46193977f, .19134172f},
	{.09754516f, -.27778512f, .41573481f, -.49039264f, .49039264f, -.41573481f, .27778512f, -.09754516f},
};

/* to[i][j] = sum over k of a[i][k] b[k][j] */
static void multiply(float a[SIDE][SIDE], float b[SIDE][SIDE], float to[SIDE][SIDE])
{
	for (int i = 0; i < SIDE; i++) {
		float row[SIDE] = {0};

		for (int k = 0; k < SIDE; k++)
			for (int j = 0; j < SIDE; j++)
				row[j] += a[i][k] * b[k][j];
		for (int j = 0; j < SIDE; j++)
			to[i][j] = row[j];
	}
}

static void block_through(float block[SIDE][SIDE], float forward[SIDE][SIDE], float backward[SIDE][SIDE], const float *steps)
{
	float half[SIDE][SIDE], waves[SIDE][SIDE];

	multiply(forward, block, half);
	multiply(half, backward, waves);
	for (int i = 0; i < SIDE; i++)
		for (int j = 0; j < SIDE; j++) {
			float count = waves[i][j] / steps[i * SIDE + j];

			waves[i][j] = (float)(int)(count + (count < 0 ? -.5f : .5f)) * steps[i * SIDE + j];
		}
	multiply(backward, waves, half);
	multiply(half, forward, block);
}

static int clamp(int value, int most)
{
	return value < 0 ? 0 : value > most ? most : value;
}

void crop_jpeg(float *pixels, int width, int height, int quality, int shift_x, int shift_y)
{
	int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
	float steps[SIDE * SIDE], forward[SIDE][SIDE], backward[SIDE][SIDE], block[SIDE][SIDE];

	for (int i = 0; i < SIDE * SIDE; i++)
		steps[i] = (float)(clamp((luminance[i] * scale + 50) / 100 - 1, 254) + 1);
	for (int i = 0; i < SIDE; i++)
		for (int j = 0; j < SIDE; j++) {
			forward[i][j] = basis[i][j];
			backward[j][i] = basis[i][j];
		}
	for (int y0 = -shift_y; y0 < height; y0 += SIDE)
		for (int x0 = -shift_x; x0 < width; x0 += SIDE) {
			for (int y = 0; y < SIDE; y++)
				for (int x = 0; x < SIDE; x++)
					block[y][x] = pixels[clamp(y0 + y, height - 1) * width + clamp(x0 + x, width - 1)] - 128;
			block_through(block, forward, backward, steps);
			for (int y = 0; y < SIDE; y++)
				for (int x = 0; x < SIDE; x++)
					if (y0 + y >= 0 && y0 + y < height && x0 + x >= 0 && x0 + x < width)
						pixels[(y0 + y) * width + x0 + x] = block[y][x] + 128;
		}
}
