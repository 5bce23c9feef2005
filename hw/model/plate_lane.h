/* SPDX-License-Identifier: Apache-2.0 */
/* Model of hw/rtl/plate_lane.v: finds areas of alternating edges in one scale of the picture. */
#ifndef QYRAN_MODEL_PLATE_LANE_H
#define QYRAN_MODEL_PLATE_LANE_H

#include "hw/model/components.h"

#define QYRAN_LANE_WIDTH_MAX 960
#define QYRAN_LANE_LEVELS 3

struct qyran_plate_lane {
	struct qyran_components components;  /* its emit and owner are set by the user */
	unsigned width, height, edge;
	/* state of the RTL */
	unsigned y;
	uint8_t line[2][QYRAN_LANE_WIDTH_MAX];       /* the two lines before */
	uint16_t threshold[QYRAN_LANE_WIDTH_MAX / 8];
	uint32_t block[QYRAN_LANE_WIDTH_MAX / 8], mean[QYRAN_LANE_WIDTH_MAX / 8];
	uint8_t cell[QYRAN_LANE_WIDTH_MAX / 4], history[2][QYRAN_LANE_WIDTH_MAX / 4];
};

/** qyran_plate_lane_start() - a frame of width x height pixels of this scale begins. @edge: least strong edge. */
void qyran_plate_lane_start(struct qyran_plate_lane *lane, unsigned width, unsigned height, unsigned edge);

/** qyran_plate_lane_line() - the next line. */
void qyran_plate_lane_line(struct qyran_plate_lane *lane, const uint8_t *pixels);

/** qyran_plate_lane_end() - the frame's last line was given: what is still open is emitted. */
void qyran_plate_lane_end(struct qyran_plate_lane *lane);

#endif
