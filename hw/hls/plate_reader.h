/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader's network: a prepared crop in, evidence for each character at each of 48 steps out. Eight-bit weights and activations,
 * 32-bit sums, scales that are powers of two; no other arithmetic, so that a processor and the logic give the same bits.
 * Static sizes and bounded loops throughout, as high-level synthesis wants them.
 */
#ifndef QYRAN_PLATE_READER_H
#define QYRAN_PLATE_READER_H

#include <stdint.h>

#define PLATE_INPUT_W 192
#define PLATE_INPUT_H 64
#define PLATE_STEPS 48			/* columns of evidence, left to right */
#define PLATE_CLASSES 37		/* 0 blank, 1..10 digits, 11..36 letters */
/* A step's outputs: upper (or only) row, lower row, "here is a plate", then where the plate's ink begins and ends at that column. */
#define PLATE_LOWER PLATE_CLASSES
#define PLATE_IS_PLATE (2 * PLATE_CLASSES)
#define PLATE_TOP (PLATE_IS_PLATE + 1)	/* row of the input = PLATE_INPUT_H / 2 + sum * PLATE_EDGE_ROWS / PLATE_SUM_ONE; where characters are */
#define PLATE_BOTTOM (PLATE_IS_PLATE + 2)
#define PLATE_EDGE_ROWS 2
#define PLATE_OUTPUTS (PLATE_BOTTOM + 1)
#define PLATE_SUMS (PLATE_STEPS * PLATE_OUTPUTS)
#define PLATE_SUM_ONE 16		/* sums are logits in sixteenths */

#define PLATE_CROP_MIN 8		/* pixels, each side of a crop */
#define PLATE_CROP_MAX_W 1920
#define PLATE_CROP_MAX_H 1080

/* Channels after each layer. */
#define PLATE_C1 16
#define PLATE_C2 32
#define PLATE_C3 40
#define PLATE_C4 64
#define PLATE_C5 64
#define PLATE_C6 128
#define PLATE_C7 128

/* Inputs of one sum of each layer: rows x columns x channels. */
#define PLATE_FAN1 (5 * 5)
#define PLATE_FAN2 (3 * 3 * PLATE_C1)
#define PLATE_FAN3 (3 * 3 * PLATE_C2)
#define PLATE_FAN4 (3 * 3 * PLATE_C3)
#define PLATE_FAN5 (3 * 3 * PLATE_C4)
#define PLATE_FAN6 (4 * PLATE_C5)
#define PLATE_FAN7 (5 * PLATE_C6)
#define PLATE_FAN8 PLATE_C7

/* Multiply-accumulates of a region; the borders' zeros count. */
#define PLATE_MULTIPLICATIONS                                                                                             \
	(PLATE_INPUT_H / 2 * (PLATE_INPUT_W / 2) * PLATE_FAN1 * PLATE_C1 +                                                \
	 PLATE_STEPS * (PLATE_INPUT_H / 4 * (PLATE_FAN2 * PLATE_C2 + PLATE_FAN3 * PLATE_C3) +                             \
			PLATE_INPUT_H / 8 * PLATE_FAN4 * PLATE_C4 + PLATE_INPUT_H / 16 * PLATE_FAN5 * PLATE_C5 +          \
			PLATE_FAN6 * PLATE_C6 + PLATE_FAN7 * PLATE_C7 + PLATE_FAN8 * PLATE_OUTPUTS))

/* A layer in the blob: weights [out][rows][columns][in] int8, biases [out] int32 little-endian, shifts [out] int8. */
#define PLATE_LAYER_BYTES(fan, out) ((out) * ((fan) + 5))
#define PLATE_WEIGHT_BYTES                                                                                                \
	(PLATE_LAYER_BYTES(PLATE_FAN1, PLATE_C1) + PLATE_LAYER_BYTES(PLATE_FAN2, PLATE_C2) +                              \
	 PLATE_LAYER_BYTES(PLATE_FAN3, PLATE_C3) + PLATE_LAYER_BYTES(PLATE_FAN4, PLATE_C4) +                              \
	 PLATE_LAYER_BYTES(PLATE_FAN5, PLATE_C5) + PLATE_LAYER_BYTES(PLATE_FAN6, PLATE_C6) +                              \
	 PLATE_LAYER_BYTES(PLATE_FAN7, PLATE_C7) + PLATE_LAYER_BYTES(PLATE_FAN8, PLATE_OUTPUTS))

/* The trained weights, made by `make train`; the file says how and how good. */
extern const int8_t qyran_plate_weights[PLATE_WEIGHT_BYTES];

/* Working memory of one run; on-chip in the logic. Some 400 KiB. */
struct plate_memory;

struct plate_memory *plate_memory_new(void);
void plate_memory_free(struct plate_memory *memory);

/**
 * plate_prepare() - luma of a crop, resized to the input (triangle filter) and normalised to its mean and deviation.
 * @width, @height: PLATE_CROP_MIN to PLATE_CROP_MAX_W, PLATE_CROP_MAX_H.
 */
void plate_prepare(const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, int8_t input[PLATE_INPUT_H * PLATE_INPUT_W]);

/** A parallelogram of a crop, in 1/256 of its pixels. */
struct plate_quad {
	int32_t x, y;			/* the upper left corner; 0, 0 is the crop's */
	int32_t right_x, right_y;	/* from there to the upper right corner */
	int32_t down_x, down_y;		/* and to the lower left corner */
};

/**
 * plate_prepare_quad() - the same for a part of a crop, turned and sheared straight. Outside the crop its edge is repeated.
 * @quad: corners within 16 crop sizes of the crop; further out is taken as that far.
 */
void plate_prepare_quad(const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, const struct plate_quad *quad,
			int8_t input[PLATE_INPUT_H * PLATE_INPUT_W]);

/** plate_reader_run() - the network. */
void plate_reader_run(struct plate_memory *memory, const int8_t weights[PLATE_WEIGHT_BYTES],
		      const int8_t input[PLATE_INPUT_H * PLATE_INPUT_W], int16_t sums[PLATE_SUMS]);

#endif
