/* SPDX-License-Identifier: Apache-2.0 */
#include "plate_reader.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Activations are 0 to 127, so signed or not is all the same; each processor multiplies one kind with signed weights at once: x86-64 unsigned
 * ones (vpdpbusd), ARM signed ones (smull, sdot). An x86-64 without that multiplies and adds pairs of 16 bits (pmaddwd): patches and weights
 * are kept so for it, which is called wide here.
 */
#ifdef __x86_64__
typedef uint8_t value_t;
#else
typedef int8_t value_t;
#endif

/* The first layer's vectors are of its channels, in 32 bits. */
#ifdef __SYNTHESIS__
typedef int8_t pixel_t;
typedef int8_t weight1_t;
#else
typedef int32_t pixel_t;
typedef int32_t weight1_t;
#endif

#define OUT_GROUP 4			/* output channels summed together, of two neighbouring positions */
#define LANES 64			/* values of one vector; what a sum is made of is filled up with zeros to whole ones */
#define FILLED(fan) (((fan) + LANES - 1) / LANES * LANES)
#define FILLED_MAX FILLED(PLATE_FAN7)
#define OUT_MAX 128
#define WEIGHTS_MAX (PLATE_C7 * FILLED(PLATE_FAN7))

#define W1 (PLATE_INPUT_W / 2)		/* map sizes after each layer */
#define H1 (PLATE_INPUT_H / 2)
#define W2 PLATE_STEPS
#define H2 (PLATE_INPUT_H / 4)
#define H3 (PLATE_INPUT_H / 8)
#define H4 (PLATE_INPUT_H / 16)

struct layer {
	int8_t weights[WEIGHTS_MAX];
	int16_t weights_wide[WEIGHTS_MAX];	/* instead */
	int32_t biases[OUT_MAX];
	uint8_t shifts[OUT_MAX];
};

/* Maps have a border of zeros, so that no edge is a special case. */
struct plate_memory {
	struct layer layer;
	value_t patch[2][FILLED_MAX];		/* what two positions see */
	int16_t patch_wide[2][FILLED_MAX];	/* instead */
	int32_t sums[2][OUT_MAX];
	weight1_t weights1[PLATE_FAN1][PLATE_C1];
	pixel_t input[PLATE_INPUT_H + 4][PLATE_INPUT_W + 4];
	value_t whole[H2 * W2 * PLATE_C3];	/* a layer's output before pooling */
	value_t map1[H1 + 2][W1 + 2][PLATE_C1];
	value_t map2[H2 + 2][W2 + 2][PLATE_C2];
	value_t map3[H3 + 2][W2 + 2][PLATE_C3];
	value_t map4[H4 + 2][W2 + 2][PLATE_C4];
	value_t map5[PLATE_STEPS][H4][PLATE_C5];
	value_t map6[PLATE_STEPS + 4][PLATE_C6];
	value_t map7[PLATE_STEPS][PLATE_C7];
};

#define INLINE static inline __attribute__((always_inline))

struct plate_memory *plate_memory_new(void)
{
	return calloc(1, sizeof(struct plate_memory));
}

void plate_memory_free(struct plate_memory *memory)
{
	free(memory);
}

INLINE const int8_t *layer_load(struct layer *layer, const int8_t *blob, int fan, int out, bool wide)
{
	const uint8_t *bytes = (const uint8_t *)blob + out * fan;

	for (int o = 0; o < (out + OUT_GROUP - 1) / OUT_GROUP * OUT_GROUP; o++)
		for (int i = 0; i < FILLED(fan); i++) {
			int8_t weight = o < out && i < fan ? blob[o * fan + i] : 0;

			if (wide)
				layer->weights_wide[o * FILLED(fan) + i] = weight;
			else
				layer->weights[o * FILLED(fan) + i] = weight;
		}
	for (int i = 0; i < out; i++) {
		layer->biases[i] = (int32_t)((uint32_t)bytes[4 * i] | (uint32_t)bytes[4 * i + 1] << 8 | (uint32_t)bytes[4 * i + 2] << 16 |
					     (uint32_t)bytes[4 * i + 3] << 24);
		layer->shifts[i] = bytes[4 * out + i];
	}
	return blob + out * (fan + 5);
}

/* A part of what a position sees. */
INLINE void see(struct plate_memory *memory, int position, int at, const value_t *from, int count, bool wide)
{
	for (int i = 0; i < count; i++)
		if (wide)
			memory->patch_wide[position][at + i] = from[i];
		else
			memory->patch[position][at + i] = from[i];
}

INLINE void see_nothing(struct plate_memory *memory, int position, int from, int to, bool wide)
{
	for (int i = from; i < to; i++)
		if (wide)
			memory->patch_wide[position][i] = 0;
		else
			memory->patch[position][i] = 0;
}

/* OUT_GROUP channels of two positions. */
#define DOT(one, two, w, filled, sums, o)                             \
	do {                                                          \
		int32_t a0 = 0, a1 = 0, a2 = 0, a3 = 0;               \
		int32_t b0 = 0, b1 = 0, b2 = 0, b3 = 0;               \
                                                                      \
		for (int i = 0; i < (filled); i++) {                  \
			_Pragma("HLS PIPELINE II = 1")                \
			_Pragma("HLS UNROLL factor = 16")             \
			a0 += (one)[i] * (w)[i];                      \
			a1 += (one)[i] * (w)[(filled) + i];           \
			a2 += (one)[i] * (w)[2 * (filled) + i];       \
			a3 += (one)[i] * (w)[3 * (filled) + i];       \
			b0 += (two)[i] * (w)[i];                      \
			b1 += (two)[i] * (w)[(filled) + i];           \
			b2 += (two)[i] * (w)[2 * (filled) + i];       \
			b3 += (two)[i] * (w)[3 * (filled) + i];       \
		}                                                     \
		(sums)[0][o] = a0;                                    \
		(sums)[0][(o) + 1] = a1;                              \
		(sums)[0][(o) + 2] = a2;                              \
		(sums)[0][(o) + 3] = a3;                              \
		(sums)[1][o] = b0;                                    \
		(sums)[1][(o) + 1] = b1;                              \
		(sums)[1][(o) + 2] = b2;                              \
		(sums)[1][(o) + 3] = b3;                              \
	} while (0)

/* All output channels of two positions. */
INLINE void dot(struct plate_memory *memory, int fan, int out, bool wide)
{
	const struct layer *layer = &memory->layer;
	const int filled = FILLED(fan);

	for (int o = 0; o < out; o += OUT_GROUP)
		if (wide)
			DOT(memory->patch_wide[0], memory->patch_wide[1], &layer->weights_wide[o * filled], filled, memory->sums, o);
		else
			DOT(memory->patch[0], memory->patch[1], &layer->weights[o * filled], filled, memory->sums, o);
}

INLINE void rescale(const struct layer *layer, const int32_t *sums, int out, value_t *to)
{
	for (int o = 0; o < out; o++) {
		int32_t sum = sums[o] + layer->biases[o];

		sum = sum > 0 ? sum : 0;
		sum = (sum + (1 << layer->shifts[o] >> 1)) >> layer->shifts[o];
		to[o] = (value_t)(sum > 127 ? 127 : sum);
	}
}

/* 3 x 3 over a bordered map, a result for every @step-th row and column of @height x @width results, each row of them @line values long. */
INLINE void convolve(struct plate_memory *memory, const value_t *map, int map_width, int height, int width, int step, int in, int out,
		     value_t *to, int line, bool wide)
{
	for (int p = 0; p < 2; p++)
		see_nothing(memory, p, 9 * in, FILLED(9 * in), wide);
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x += 2) {
			for (int p = 0; p < 2; p++)
				for (int dy = 0; dy < 3; dy++)
					see(memory, p, dy * 3 * in, &map[((y * step + dy) * map_width + (x + p) * step) * in], 3 * in, wide);
			dot(memory, 9 * in, out, wide);
			for (int p = 0; p < 2; p++)
				rescale(&memory->layer, memory->sums[p], out, &to[y * line + (x + p) * out]);
		}
}

/* The larger of two rows, into a bordered map. */
INLINE void pool(const value_t *from, value_t *map, int height, int channels)
{
	const int line = PLATE_STEPS * channels;

	for (int y = 0; y < height; y++)
		for (int i = 0; i < line; i++) {
			value_t upper = from[2 * y * line + i], lower = from[(2 * y + 1) * line + i];

			map[(y + 1) * (line + 2 * channels) + channels + i] = upper > lower ? upper : lower;
		}
}

/* So few inputs that the channels are the vector. */
INLINE void layer1(struct plate_memory *memory, const int8_t *input, bool wide)
{
	const struct layer *layer = &memory->layer;

	for (int y = 0; y < PLATE_INPUT_H; y++)
		for (int x = 0; x < PLATE_INPUT_W; x++)
			memory->input[y + 2][x + 2] = input[y * PLATE_INPUT_W + x];
	for (int i = 0; i < PLATE_FAN1; i++)
		for (int o = 0; o < PLATE_C1; o++)
			memory->weights1[i][o] = (weight1_t)(wide ? layer->weights_wide[o * FILLED(PLATE_FAN1) + i] : layer->weights[o * FILLED(PLATE_FAN1) + i]);
	for (int y = 0; y < H1; y++)
		for (int x = 0; x < W1; x++) {
			int32_t sums[PLATE_C1];

			for (int o = 0; o < PLATE_C1; o++) {
				int32_t sum = 0;

#pragma HLS PIPELINE II = 1
#pragma GCC unroll 25
				for (int i = 0; i < PLATE_FAN1; i++)
					sum += memory->input[2 * y + i / 5][2 * x + i % 5] * memory->weights1[i][o];
				sums[o] = sum;
			}
			rescale(layer, sums, PLATE_C1, memory->map1[y + 1][x + 1]);
		}
}

INLINE void layer2(struct plate_memory *memory, bool wide)
{
	convolve(memory, &memory->map1[0][0][0], W1 + 2, H2, W2, 2, PLATE_C1, PLATE_C2, memory->map2[1][1], (W2 + 2) * PLATE_C2, wide);
}

INLINE void layer3(struct plate_memory *memory, bool wide)
{
	convolve(memory, &memory->map2[0][0][0], W2 + 2, H2, W2, 1, PLATE_C2, PLATE_C3, memory->whole, W2 * PLATE_C3, wide);
	pool(memory->whole, &memory->map3[0][0][0], H3, PLATE_C3);
}

INLINE void layer4(struct plate_memory *memory, bool wide)
{
	convolve(memory, &memory->map3[0][0][0], W2 + 2, H3, W2, 1, PLATE_C3, PLATE_C4, memory->whole, W2 * PLATE_C4, wide);
	pool(memory->whole, &memory->map4[0][0][0], H4, PLATE_C4);
}

/* The output's rows of a column become neighbours, so that the next layer folds them into one step. */
INLINE void layer5(struct plate_memory *memory, bool wide)
{
	convolve(memory, &memory->map4[0][0][0], W2 + 2, H4, W2, 1, PLATE_C4, PLATE_C5, memory->whole, W2 * PLATE_C5, wide);
	for (int y = 0; y < H4; y++)
		for (int x = 0; x < PLATE_STEPS; x++)
			memcpy(memory->map5[x][y], &memory->whole[(y * PLATE_STEPS + x) * PLATE_C5], sizeof(memory->map5[x][y]));
}

INLINE void layer6(struct plate_memory *memory, bool wide)
{
	for (int x = 0; x < PLATE_STEPS; x += 2) {
		for (int p = 0; p < 2; p++)
			see(memory, p, 0, memory->map5[x + p][0], PLATE_FAN6, wide);
		dot(memory, PLATE_FAN6, PLATE_C6, wide);
		rescale(&memory->layer, memory->sums[0], PLATE_C6, memory->map6[x + 2]);
		rescale(&memory->layer, memory->sums[1], PLATE_C6, memory->map6[x + 3]);
	}
}

INLINE void layer7(struct plate_memory *memory, bool wide)
{
	for (int x = 0; x < PLATE_STEPS; x += 2) {
		for (int p = 0; p < 2; p++)
			see(memory, p, 0, memory->map6[x + p], PLATE_FAN7, wide);
		dot(memory, PLATE_FAN7, PLATE_C7, wide);
		rescale(&memory->layer, memory->sums[0], PLATE_C7, memory->map7[x]);
		rescale(&memory->layer, memory->sums[1], PLATE_C7, memory->map7[x + 1]);
	}
}

INLINE void layer8(struct plate_memory *memory, int16_t *sums, bool wide)
{
	const struct layer *layer = &memory->layer;

	for (int x = 0; x < PLATE_STEPS; x++) {
		if (x % 2 == 0) {
			for (int p = 0; p < 2; p++)
				see(memory, p, 0, memory->map7[x + p], PLATE_FAN8, wide);
			dot(memory, PLATE_FAN8, PLATE_OUTPUTS, wide);
		}
		for (int o = 0; o < PLATE_OUTPUTS; o++) {
			int32_t sum = memory->sums[x % 2][o] + layer->biases[o] + (1 << layer->shifts[o] >> 1);

			/* Division rounds towards zero: below zero it is made to round down, as a shift in the logic does. */
			sum = sum >= 0 ? sum >> layer->shifts[o] : -((-sum + (1 << layer->shifts[o]) - 1) >> layer->shifts[o]);
			sums[x * PLATE_OUTPUTS + o] = (int16_t)(sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum);
		}
	}
}

INLINE void network(struct plate_memory *memory, const int8_t *weights, const int8_t *input, int16_t *sums, bool wide)
{
	weights = layer_load(&memory->layer, weights, PLATE_FAN1, PLATE_C1, wide);
	layer1(memory, input, wide);
	weights = layer_load(&memory->layer, weights, PLATE_FAN2, PLATE_C2, wide);
	layer2(memory, wide);
	weights = layer_load(&memory->layer, weights, PLATE_FAN3, PLATE_C3, wide);
	layer3(memory, wide);
	weights = layer_load(&memory->layer, weights, PLATE_FAN4, PLATE_C4, wide);
	layer4(memory, wide);
	weights = layer_load(&memory->layer, weights, PLATE_FAN5, PLATE_C5, wide);
	layer5(memory, wide);
	weights = layer_load(&memory->layer, weights, PLATE_FAN6, PLATE_C6, wide);
	layer6(memory, wide);
	weights = layer_load(&memory->layer, weights, PLATE_FAN7, PLATE_C7, wide);
	layer7(memory, wide);
	layer_load(&memory->layer, weights, PLATE_FAN8, PLATE_OUTPUTS, wide);
	layer8(memory, sums, wide);
}

#ifdef __SYNTHESIS__
void plate_reader_run(struct plate_memory *memory, const int8_t weights[PLATE_WEIGHT_BYTES],
		      const int8_t input[PLATE_INPUT_H * PLATE_INPUT_W], int16_t sums[PLATE_SUMS])
{
	network(memory, weights, input, sums, false);
}
#else
/* The same source for each kind of vector unit; all give the same bits, for there is nothing but sums of integers that fit. */
typedef void network_t(struct plate_memory *memory, const int8_t *weights, const int8_t *input, int16_t *sums);

#define NETWORK(name, wide)                                                                                         \
	static void name(struct plate_memory *memory, const int8_t *weights, const int8_t *input, int16_t *sums)    \
	{                                                                                                           \
		network(memory, weights, input, sums, wide);                                                        \
	}

#ifdef __x86_64__
NETWORK(network_any, true)
__attribute__((target("avx2"))) NETWORK(network_avx2, true)
__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))) NETWORK(network_vnni, false)

static network_t *network_best(void)
{
	if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl"))
		return network_vnni;
	return __builtin_cpu_supports("avx2") ? network_avx2 : network_any;
}
#else
NETWORK(network_any, false)

static network_t *network_best(void)
{
	return network_any;
}
#endif

void plate_reader_run(struct plate_memory *memory, const int8_t weights[PLATE_WEIGHT_BYTES],
		      const int8_t input[PLATE_INPUT_H * PLATE_INPUT_W], int16_t sums[PLATE_SUMS])
{
	network_best()(memory, weights, input, sums);
}
#endif
