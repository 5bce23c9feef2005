/* SPDX-License-Identifier: Apache-2.0 */
/* Model of hw/rtl/mover_cells.v: cell means against a background, filtered, as runs for components. */
#ifndef QYRAN_MODEL_MOVER_CELLS_H
#define QYRAN_MODEL_MOVER_CELLS_H

#include "hw/model/components.h"
#include "hw/model/detect.h"

#define QYRAN_GRID_WIDTH_MAX 240
#define QYRAN_GRID_HEIGHT_MAX 135

struct qyran_mover_cell {
	bool trusted;
	uint16_t count;       /* 12 bit. trusted: frames in front; else {4'b0, stable[3:0], matches[3:0]} */
	uint16_t background;  /* 8.4 */
	uint8_t noise;        /* 6.2; untrusted and stable > 0: the candidate's upper 8 bits */
};

struct qyran_mover_cells {
	struct qyran_components components;   /* its emit and owner are set by the user */
	/* state of the RTL; the first part outlives frames */
	bool known;
	uint8_t frame;        /* good frames, 4 bit */
	int16_t shift;        /* what the whole picture became brighter, 1/16 */
	struct qyran_mover_cell cell[QYRAN_GRID_WIDTH_MAX * QYRAN_GRID_HEIGHT_MAX];
	unsigned side_log2, width, height;    /* grid */
	unsigned level, hold, hold_shift;
	unsigned y;           /* line of the frame */
	unsigned address;     /* next cell to be updated */
	uint32_t front;       /* cells of this frame that differ */
	int32_t sum;          /* of their clipped differences */
	uint16_t partial[QYRAN_GRID_WIDTH_MAX];
	bool raw[QYRAN_GRID_WIDTH_MAX], raw1[QYRAN_GRID_WIDTH_MAX], raw2[QYRAN_GRID_WIDTH_MAX];
	uint16_t count[QYRAN_GRID_WIDTH_MAX], count1[QYRAN_GRID_WIDTH_MAX];
	bool core1[QYRAN_GRID_WIDTH_MAX];
	bool core[QYRAN_GRID_WIDTH_MAX * QYRAN_GRID_HEIGHT_MAX];   /* for qyran_mover_mask() */
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
