/* SPDX-License-Identifier: Apache-2.0 */
#include "plate_reader.h"

#include <stdlib.h>
#include <string.h>

/* On a processor 16 bits a value, because multiply-add of 16-bit pairs is what every vector unit has; 8 bits in the logic. */
#ifdef __SYNTHESIS__
typedef int8_t value_t;
#define CLONES
#else
typedef int16_t value_t;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define CLONES
#endif
#endif

#define OUT_GROUP 4			/* output channels summed together */
#define PATCH_MAX (9 * PLATE_C5)
#define OUT_MAX PLATE_C7

struct layer {
	value_t weights[(OUT_MAX + OUT_GROUP - 1) * 9 * PLATE_C5];
	int32_t biases[OUT_MAX];
	uint8_t shifts[OUT_MAX];
};

/* Maps have a border of zeros, so that no edge is a special case. */
struct plate_memory {
	struct layer layer;
	value_t patch[PATCH_MAX];
	value_t input[PLATE_INPUT_H + 2][PLATE_INPUT_W + 2];
	value_t wide[PLATE_INPUT_H * PLATE_INPUT_W * PLATE_C1];	/* a layer's output before pooling */
	value_t map1[26][82][PLATE_C1];
	value_t map2[14][42][PLATE_C2];
	value_t map3[8][42][PLATE_C3];
	value_t map4[5][42][PLATE_C4];
	value_t map5[PLATE_STEPS][3][PLATE_C5];
	value_t map6[PLATE_STEPS + 2][PLATE_C6];
	value_t map7[PLATE_STEPS][PLATE_C7];
	int32_t sums[OUT_MAX];
};

struct plate_memory *plate_memory_new(void)
{
	return calloc(1, sizeof(struct plate_memory));
}

void plate_memory_free(struct plate_memory *memory)
{
	free(memory);
}

static const int8_t *layer_load(struct layer *layer, const int8_t *blob, int fan, int out)
{
	const uint8_t *bytes = (const uint8_t *)blob + out * fan;

	for (int i = 0; i < out * fan; i++)
		layer->weights[i] = blob[i];
	for (int i = out * fan; i < (out + OUT_GROUP - 1) / OUT_GROUP * OUT_GROUP * fan; i++)
		layer->weights[i] = 0;
	for (int i = 0; i < out; i++) {
		layer->biases[i] = (int32_t)((uint32_t)bytes[4 * i] | (uint32_t)bytes[4 * i + 1] << 8 | (uint32_t)bytes[4 * i + 2] << 16 |
					     (uint32_t)bytes[4 * i + 3] << 24);
		layer->shifts[i] = bytes[4 * out + i];
	}
	return blob + out * (fan + 5);
}

/* All output channels of one position. */
static inline __attribute__((always_inline)) void dot(const struct layer *layer, const value_t *patch, int fan, int out, int32_t *sums)
{
	for (int o = 0; o < out; o += OUT_GROUP) {
		const value_t *w = &layer->weights[o * fan];
		int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;

		for (int i = 0; i < fan; i++) {
#pragma HLS PIPELINE II = 1
			s0 += patch[i] * w[i];
			s1 += patch[i] * w[fan + i];
			s2 += patch[i] * w[2 * fan + i];
			s3 += patch[i] * w[3 * fan + i];
		}
		sums[o] = s0;
		sums[o + 1] = s1;
		sums[o + 2] = s2;
		sums[o + 3] = s3;
	}
}

static inline value_t rescale(const struct layer *layer, int o, int32_t sum)
{
	sum += layer->biases[o];
	if (sum <= 0)
		return 0;
	sum = (sum + (1 << layer->shifts[o] >> 1)) >> layer->shifts[o];
	return (value_t)(sum > 127 ? 127 : sum);
}

/* 3 x 3 over a bordered map of @height x @width pixels of @in channels. */
static inline __attribute__((always_inline)) void convolve(struct plate_memory *memory, const value_t *map, int height, int width, int in,
							   int out)
{
	const struct layer *layer = &memory->layer;
	value_t *to = memory->wide;

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			for (int dy = 0; dy < 3; dy++)
				memcpy(&memory->patch[dy * 3 * in], &map[((y + dy) * (width + 2) + x) * in], (size_t)(3 * in) * sizeof(value_t));
			dot(layer, memory->patch, 9 * in, out, memory->sums);
			for (int o = 0; o < out; o++)
				*to++ = rescale(layer, o, memory->sums[o]);
		}
}

/* Largest of @dy x @dx into a bordered map. */
static inline __attribute__((always_inline)) void pool(const value_t *from, value_t *map, int height, int width, int channels, int dy, int dx)
{
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			for (int c = 0; c < channels; c++) {
				value_t largest = 0;

				for (int j = 0; j < dy; j++)
					for (int i = 0; i < dx; i++) {
						value_t value = from[((y * dy + j) * width * dx + x * dx + i) * channels + c];

						largest = value > largest ? value : largest;
					}
				map[((y + 1) * (width + 2) + x + 1) * channels + c] = largest;
			}
}

CLONES static void layer1(struct plate_memory *memory)
{
	convolve(memory, &memory->input[0][0], PLATE_INPUT_H, PLATE_INPUT_W, 1, PLATE_C1);
	pool(memory->wide, &memory->map1[0][0][0], 24, 80, PLATE_C1, 2, 2);
}

CLONES static void layer2(struct plate_memory *memory)
{
	convolve(memory, &memory->map1[0][0][0], 24, 80, PLATE_C1, PLATE_C2);
	pool(memory->wide, &memory->map2[0][0][0], 12, 40, PLATE_C2, 2, 2);
}

CLONES static void layer3(struct plate_memory *memory)
{
	convolve(memory, &memory->map2[0][0][0], 12, 40, PLATE_C2, PLATE_C3);
	pool(memory->wide, &memory->map3[0][0][0], 6, 40, PLATE_C3, 2, 1);
}

CLONES static void layer4(struct plate_memory *memory)
{
	convolve(memory, &memory->map3[0][0][0], 6, 40, PLATE_C3, PLATE_C4);
	pool(memory->wide, &memory->map4[0][0][0], 3, 40, PLATE_C4, 2, 1);
}

/* The output's three rows of a column become neighbours, so that the next layer folds them into one step. */
CLONES static void layer5(struct plate_memory *memory)
{
	convolve(memory, &memory->map4[0][0][0], 3, 40, PLATE_C4, PLATE_C5);
	for (int y = 0; y < 3; y++)
		for (int x = 0; x < PLATE_STEPS; x++)
			memcpy(memory->map5[x][y], &memory->wide[(y * PLATE_STEPS + x) * PLATE_C5], sizeof(memory->map5[x][y]));
}

CLONES static void layer6(struct plate_memory *memory)
{
	for (int x = 0; x < PLATE_STEPS; x++) {
		dot(&memory->layer, memory->map5[x][0], 3 * PLATE_C5, PLATE_C6, memory->sums);
		for (int o = 0; o < PLATE_C6; o++)
			memory->map6[x + 1][o] = rescale(&memory->layer, o, memory->sums[o]);
	}
}

CLONES static void layer7(struct plate_memory *memory)
{
	for (int x = 0; x < PLATE_STEPS; x++) {
		dot(&memory->layer, memory->map6[x], 3 * PLATE_C6, PLATE_C7, memory->sums);
		for (int o = 0; o < PLATE_C7; o++)
			memory->map7[x][o] = rescale(&memory->layer, o, memory->sums[o]);
	}
}

CLONES static void layer8(struct plate_memory *memory, int16_t *sums)
{
	const struct layer *layer = &memory->layer;

	for (int x = 0; x < PLATE_STEPS; x++) {
		dot(layer, memory->map7[x], PLATE_C7, PLATE_OUTPUTS, memory->sums);
		for (int o = 0; o < PLATE_OUTPUTS; o++) {
			int32_t sum = memory->sums[o] + layer->biases[o] + (1 << layer->shifts[o] >> 1);

			/* Division rounds towards zero: below zero it is made to round down, as a shift in the logic does. */
			sum = sum >= 0 ? sum >> layer->shifts[o] : -((-sum + (1 << layer->shifts[o]) - 1) >> layer->shifts[o]);
			sums[x * PLATE_OUTPUTS + o] = (int16_t)(sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum);
		}
	}
}

void plate_reader_run(struct plate_memory *memory, const int8_t weights[PLATE_WEIGHT_BYTES],
		      const int8_t input[PLATE_INPUT_H * PLATE_INPUT_W], int16_t sums[PLATE_SUMS])
{
#pragma HLS INTERFACE mode = m_axi port = weights offset = slave bundle = gmem0
#pragma HLS INTERFACE mode = m_axi port = input offset = slave bundle = gmem1
#pragma HLS INTERFACE mode = m_axi port = sums offset = slave bundle = gmem1
#pragma HLS INTERFACE mode = s_axilite port = return
	for (int y = 0; y < PLATE_INPUT_H; y++)
		for (int x = 0; x < PLATE_INPUT_W; x++)
			memory->input[y + 1][x + 1] = input[y * PLATE_INPUT_W + x];
	weights = layer_load(&memory->layer, weights, 9, PLATE_C1);
	layer1(memory);
	weights = layer_load(&memory->layer, weights, 9 * PLATE_C1, PLATE_C2);
	layer2(memory);
	weights = layer_load(&memory->layer, weights, 9 * PLATE_C2, PLATE_C3);
	layer3(memory);
	weights = layer_load(&memory->layer, weights, 9 * PLATE_C3, PLATE_C4);
	layer4(memory);
	weights = layer_load(&memory->layer, weights, 9 * PLATE_C4, PLATE_C5);
	layer5(memory);
	weights = layer_load(&memory->layer, weights, 3 * PLATE_C5, PLATE_C6);
	layer6(memory);
	weights = layer_load(&memory->layer, weights, 3 * PLATE_C6, PLATE_C7);
	layer7(memory);
	weights = layer_load(&memory->layer, weights, PLATE_C7, PLATE_OUTPUTS);
	layer8(memory, sums);
}
