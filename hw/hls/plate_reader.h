/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader's network: a prepared crop in, evidence for each character at each of 40 steps out. Eight-bit weights and activations,
 * 32-bit sums, scales that are powers of two; no other arithmetic, so that a processor and the logic give the same bits.
 * Static sizes and bounded loops throughout, as high-level synthesis wants them.
 */
#ifndef QYRAN_PLATE_READER_H
#define QYRAN_PLATE_READER_H

#include <stdint.h>

#define PLATE_INPUT_W 160
#define PLATE_INPUT_H 48
#define PLATE_STEPS 40			/* columns of evidence, left to right */
#define PLATE_CLASSES 37		/* 0 blank, 1..10 digits, 11..36 letters */
#define PLATE_OUTPUTS (2 * PLATE_CLASSES + 1)	/* a step: upper (or only) row, lower row, "here is a plate" */
#define PLATE_SUMS (PLATE_STEPS * PLATE_OUTPUTS)
#define PLATE_SUM_ONE 16		/* sums are logits in sixteenths */

#define PLATE_CROP_MIN 8		/* pixels, each side of a crop */
#define PLATE_CROP_MAX_W 1920
#define PLATE_CROP_MAX_H 1080

/* Channels after each layer. */
#define PLATE_C1 8
#define PLATE_C2 24
#define PLATE_C3 40
#define PLATE_C4 56
#define PLATE_C5 56
#define PLATE_C6 96
#define PLATE_C7 96

/* A layer in the blob: weights [out][taps][in] int8, biases [out] int32 little-endian, shifts [out] int8. */
#define PLATE_LAYER_BYTES(in, taps, out) ((out) * ((taps) * (in) + 5))
#define PLATE_WEIGHT_BYTES                                                                                                                \
	(PLATE_LAYER_BYTES(1, 9, PLATE_C1) + PLATE_LAYER_BYTES(PLATE_C1, 9, PLATE_C2) + PLATE_LAYER_BYTES(PLATE_C2, 9, PLATE_C3) +        \
	 PLATE_LAYER_BYTES(PLATE_C3, 9, PLATE_C4) + PLATE_LAYER_BYTES(PLATE_C4, 9, PLATE_C5) + PLATE_LAYER_BYTES(PLATE_C5, 3, PLATE_C6) + \
	 PLATE_LAYER_BYTES(PLATE_C6, 3, PLATE_C7) + PLATE_LAYER_BYTES(PLATE_C7, 1, PLATE_OUTPUTS))

/* The trained weights, made by `make train`; the file says how and how good. */
extern const int8_t qyran_plate_weights[PLATE_WEIGHT_BYTES];

/* Working memory of one run; on-chip in the logic. About 1 MiB on a processor. */
struct plate_memory;

struct plate_memory *plate_memory_new(void);
void plate_memory_free(struct plate_memory *memory);

/**
 * plate_prepare() - luma of a crop, resized to the input (triangle filter) and normalised to its mean and deviation.
 * @width, @height: PLATE_CROP_MIN to PLATE_CROP_MAX_W, PLATE_CROP_MAX_H.
 */
void plate_prepare(const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, int8_t input[PLATE_INPUT_H * PLATE_INPUT_W]);

/** plate_reader_run() - the network. */
void plate_reader_run(struct plate_memory *memory, const int8_t weights[PLATE_WEIGHT_BYTES],
		      const int8_t input[PLATE_INPUT_H * PLATE_INPUT_W], int16_t sums[PLATE_SUMS]);

#endif
