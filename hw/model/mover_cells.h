/* SPDX-License-Identifier: Apache-2.0 */
/* Model of hw/rtl/mover_cells.v and mover_near.v: cell means against a background. */
#ifndef QYRAN_MODEL_MOVER_CELLS_H
#define QYRAN_MODEL_MOVER_CELLS_H

#include "hw/model/detect.h"
#include "hw/model/mover_light.h"
#include "hw/model/mover_walk.h"

struct qyran_mover_cell {
	bool proven;          /* something passed, and the background came back: it is the ground */
	bool trusted;
	bool darker;          /* than the background, in the last frame */
	uint16_t count;       /* 12 bit. trusted: frames in front; else {4'b0, stable[3:0], matches[3:0]} */
	uint16_t background;  /* 8.4 */
	uint8_t noise;        /* 6.2; untrusted and stable > 0: the candidate's upper 8 bits */
};

struct qyran_mover_cells {
	struct qyran_mover_walk walk;
	struct qyran_mover_light light;
	/* state of the RTL; the first part outlives frames */
	bool known;
	uint8_t frame;        /* good frames, 4 bit */
	struct qyran_mover_cell cell[QYRAN_GRID_WIDTH_MAX * QYRAN_GRID_HEIGHT_MAX];
	unsigned side_log2, width, height;    /* grid */
	unsigned level, hold, hold_shift;
	unsigned y;           /* line of the frame */
	uint16_t partial[QYRAN_GRID_WIDTH_MAX];
	/* backgrounds before this frame changed them, upper 8 bits, of the row above, this row and the row below; quiet: matched in the last frame */
	struct qyran_mover_near {
		uint8_t background;
		bool quiet;
	} near[3][QYRAN_GRID_WIDTH_MAX];
	uint8_t mean[QYRAN_GRID_WIDTH_MAX];   /* of the row above, then of this one, upper 8 bits */
};

/** qyran_mover_cells_reset() - forgets the background. */
void qyran_mover_cells_reset(struct qyran_mover_cells *m);

/** qyran_mover_cells_start() - a frame begins. */
void qyran_mover_cells_start(struct qyran_mover_cells *m, const struct qyran_detect_settings *settings);

/** qyran_mover_cells_line() - the next line, or its first n pixels before the frame broke off. */
void qyran_mover_cells_line(struct qyran_mover_cells *m, const uint8_t *pixels, unsigned n);

/** qyran_mover_cells_end() - the frame was good. Returns whether its movers mean something: not so when nearly all cells changed. */
bool qyran_mover_cells_end(struct qyran_mover_cells *m);

#endif
