/* SPDX-License-Identifier: Apache-2.0 */
/* Model of hw/rtl/components.v: runs of cells, row by row, become connected components with features. */
#ifndef QYRAN_MODEL_COMPONENTS_H
#define QYRAN_MODEL_COMPONENTS_H

#include <stdbool.h>
#include <stdint.h>

#define QYRAN_COMPONENTS_CONTEXTS 15  /* most independent pictures, e.g. density levels of a scale */
#define QYRAN_COMPONENTS_LABELS 128   /* most components open at once, all contexts together */
#define QYRAN_COMPONENTS_RUNS 64      /* most runs in a row of a context */

/* A horizontal run of cells. Runs of a row come from left to right with at least two cells between. */
struct qyran_run {
	uint16_t x0, x1;    /* first and last cell: what connects */
	uint16_t fx0, fx1;  /* first and last cell that counts for the box; meant only when n > 0 */
	uint16_t n;         /* cells that count */
	uint16_t t;         /* their weight */
	uint32_t sx;        /* sum of weight times x */
	uint16_t m;         /* maximum (movers) or sum (plates) over a component */
};

struct qyran_component {
	uint16_t x0, x1;
	uint16_t y0, y1;
	uint32_t n;
	uint32_t t, sx, sy;
	uint16_t m;
};

struct qyran_components {
	unsigned labels;    /* room, at most QYRAN_COMPONENTS_LABELS */
	bool sum_m;
	void (*emit)(void *owner, unsigned context, const struct qyran_component *component);
	void *owner;
	uint16_t drops;     /* runs lost for want of a label or of room in their row, saturates */
	/* the tables of the RTL */
	struct {
		uint16_t x0, x1;
		uint8_t label;
	} runs[2][QYRAN_COMPONENTS_CONTEXTS][QYRAN_COMPONENTS_RUNS];
	unsigned count[2][QYRAN_COMPONENTS_CONTEXTS], next[QYRAN_COMPONENTS_CONTEXTS], side[QYRAN_COMPONENTS_CONTEXTS];
	uint8_t parent[QYRAN_COMPONENTS_LABELS], stack[QYRAN_COMPONENTS_LABELS];
	bool touched[QYRAN_COMPONENTS_LABELS], alive[QYRAN_COMPONENTS_LABELS];
	unsigned fresh, stacked;
	struct qyran_component feature[QYRAN_COMPONENTS_LABELS];
};

/** qyran_components_start() - empties all tables; labels, sum_m, emit and owner are kept. */
void qyran_components_start(struct qyran_components *c);

/** qyran_components_run() - the next run of row y of a context. */
void qyran_components_run(struct qyran_components *c, unsigned context, unsigned y, const struct qyran_run *run);

/** qyran_components_row() - ends a row of a context; components that it did not continue are emitted. A second one in a row emits all. */
void qyran_components_row(struct qyran_components *c, unsigned context);

#endif
