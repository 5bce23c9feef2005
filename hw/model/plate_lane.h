/* SPDX-License-Identifier: Apache-2.0 */
/* Model of hw/rtl/plate_lane.v: counts strong edges of alternating sign in one scale of the picture. */
#ifndef QYRAN_MODEL_PLATE_LANE_H
#define QYRAN_MODEL_PLATE_LANE_H

#include <stdint.h>

#define QYRAN_LANE_WIDTH_MAX 1920

struct qyran_plate_lane {
	unsigned width, height, edge;
	/* state of the RTL */
	unsigned y;
	uint8_t line[2][QYRAN_LANE_WIDTH_MAX];       /* the two lines before */
	uint16_t threshold[QYRAN_LANE_WIDTH_MAX / 8], next[QYRAN_LANE_WIDTH_MAX / 8];
	uint32_t block[QYRAN_LANE_WIDTH_MAX / 8], mean[QYRAN_LANE_WIDTH_MAX / 8];
	uint8_t cell[QYRAN_LANE_WIDTH_MAX / 4];
};

/** qyran_plate_lane_start() - a frame of width x height pixels of this scale begins. @edge: least strong edge. */
void qyran_plate_lane_start(struct qyran_plate_lane *lane, unsigned width, unsigned height, unsigned edge);

/**
 * qyran_plate_lane_line() - the next line.
 * Returns the counts of a row of cells of 4x2 px, width / 4 of them, when this line completes it; else NULL.
 */
const uint8_t *qyran_plate_lane_line(struct qyran_plate_lane *lane, const uint8_t *pixels);

#endif
