/* SPDX-License-Identifier: Apache-2.0 */
/* Model of hw/rtl/plate_walk.v: rows of edge counts of one to three lanes become dense runs, a level each, and those components. */
#ifndef QYRAN_MODEL_PLATE_WALK_H
#define QYRAN_MODEL_PLATE_WALK_H

#include "hw/model/components.h"
#include "hw/model/plate_lane.h"

#define QYRAN_WALK_LANES 3

struct qyran_plate_walk {
	/* set by the user once; the context of a component is lane * levels + index of the level */
	struct qyran_components components;
	unsigned lanes, levels;
	const uint8_t *level;         /* least edges of a dense window of 5x3 cells, of 120, falling */
	/* state of the RTL */
	struct {
		unsigned cells, rows, row;
		uint8_t history[2][QYRAN_LANE_WIDTH_MAX / 4];
	} lane[QYRAN_WALK_LANES];
};

/** qyran_plate_walk_start() - a frame begins whose first lane is width x height pixels; each further lane is half as large. */
void qyran_plate_walk_start(struct qyran_plate_walk *walk, unsigned width, unsigned height);

/** qyran_plate_walk_row() - the next row of a lane; lanes in order when several complete rows with the same line. */
void qyran_plate_walk_row(struct qyran_plate_walk *walk, unsigned lane, const uint8_t *cells);

/** qyran_plate_walk_end() - all rows were given: what is still open is emitted. */
void qyran_plate_walk_end(struct qyran_plate_walk *walk);

#endif
