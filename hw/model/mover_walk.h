/* SPDX-License-Identifier: Apache-2.0 */
/* Model of hw/rtl/mover_walk.v: rows of cells, filtered, as runs for components. */
#ifndef QYRAN_MODEL_MOVER_WALK_H
#define QYRAN_MODEL_MOVER_WALK_H

#include "hw/model/components.h"

#define QYRAN_GRID_WIDTH_MAX 240
#define QYRAN_GRID_HEIGHT_MAX 135

struct qyran_mover_walk {
	struct qyran_components components;   /* its emit and owner are set by the user */
	unsigned width, height;
	/* the row that came last, and the two before */
	struct qyran_mover_front {
		bool front, strong;
		uint16_t count;               /* frames in front */
	} now[QYRAN_GRID_WIDTH_MAX], before[QYRAN_GRID_WIDTH_MAX];
	bool front2[QYRAN_GRID_WIDTH_MAX];
	bool core1[QYRAN_GRID_WIDTH_MAX];
	bool core[QYRAN_GRID_WIDTH_MAX * QYRAN_GRID_HEIGHT_MAX];   /* the whole frame's, for qyran_mover_mask() */
};

/** qyran_mover_walk_start() - a frame begins. */
void qyran_mover_walk_start(struct qyran_mover_walk *walk, unsigned width, unsigned height);

/** qyran_mover_walk_row() - a row is in now[]; @row == height: there is none any more, and the components are emptied. */
void qyran_mover_walk_row(struct qyran_mover_walk *walk, unsigned row);

#endif
