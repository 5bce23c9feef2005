/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/plate_walk.h"

#include <string.h>

enum {
	RUN_LEAST = 3,         /* opening 1x3 */
	GAP_MOST = 2,          /* closing 1x3 */
};

void qyran_plate_walk_start(struct qyran_plate_walk *walk, unsigned width, unsigned height)
{
	for (unsigned i = 0; i < walk->lanes; i++) {
		walk->lane[i].cells = width >> i >> 2;
		walk->lane[i].rows = height >> i >> 1;
		walk->lane[i].row = 0;
	}
	qyran_components_start(&walk->components);
}

struct pending {
	bool have;
	unsigned x0, x1, t;      /* t: edges from x0 to x1 */
};

static void emit(struct qyran_plate_walk *walk, unsigned row, unsigned context, const struct pending *p)
{
	unsigned n = p->x1 - p->x0 + 1;
	struct qyran_run run = {
		.x0 = (uint16_t)p->x0, .x1 = (uint16_t)p->x1, .fx0 = (uint16_t)p->x0, .fx1 = (uint16_t)p->x1,
		.n = (uint16_t)n, .t = (uint16_t)p->t, .m = p->t >= 2 * n,
	};
	qyran_components_run(&walk->components, context, row - 1, &run);
}

/* @cells is the newest row in the window; its middle is the row before, two cells back. */
static void walk_level(struct qyran_plate_walk *walk, unsigned lane, const uint8_t *cells, unsigned level)
{
	unsigned count = walk->lane[lane].cells, row = walk->lane[lane].row, context = lane * walk->levels + level, window = 0;
	unsigned column[5] = { 0 }, middle[3] = { 0 };
	unsigned edges = 0, start = 0, start_edges = 0, first_edges = 0;
	bool dense_before = false;
	struct pending p = { 0 };

	for (unsigned x = 0; x < count + 3; x++) {
		bool inside = x < count;
		unsigned now = inside && cells != NULL ? cells[x] : 0;
		unsigned one = inside ? walk->lane[lane].history[0][x] : 0;
		unsigned two = inside && row > 1 ? walk->lane[lane].history[1][x] : 0;
		window += now + one + two - column[4];
		memmove(column + 1, column, 4 * sizeof *column);
		column[0] = now + one + two;
		middle[2] = middle[1];
		middle[1] = middle[0];
		middle[0] = one;
		if (x < 2)
			continue;
		unsigned centre = x - 2;
		bool dense = centre < count && window >= walk->level[level];
		if (dense && !dense_before) {
			start = centre;
			start_edges = edges;
		}
		if (!dense && dense_before && centre - start >= RUN_LEAST) {
			if (p.have && start - p.x1 > GAP_MOST + 1) {
				emit(walk, row, context, &p);
				p.have = false;
			}
			if (!p.have) {
				p.x0 = start;
				first_edges = start_edges;
			}
			p.have = true;
			p.x1 = centre - 1;
			p.t = edges - first_edges;
		}
		dense_before = dense;
		edges += middle[2];
	}
	if (p.have)
		emit(walk, row, context, &p);
	qyran_components_row(&walk->components, context);
}

void qyran_plate_walk_row(struct qyran_plate_walk *walk, unsigned lane, const uint8_t *cells)
{
	unsigned count = walk->lane[lane].cells;
	if (walk->lane[lane].row > 0)
		for (unsigned level = 0; level < walk->levels; level++)
			walk_level(walk, lane, cells, level);
	memcpy(walk->lane[lane].history[1], walk->lane[lane].history[0], count);
	if (cells != NULL)
		memcpy(walk->lane[lane].history[0], cells, count);
	walk->lane[lane].row++;
}

void qyran_plate_walk_end(struct qyran_plate_walk *walk)
{
	for (unsigned lane = 0; lane < walk->lanes; lane++) {
		qyran_plate_walk_row(walk, lane, NULL);
		for (unsigned level = 0; level < walk->levels; level++)
			qyran_components_row(&walk->components, lane * walk->levels + level);
	}
}
