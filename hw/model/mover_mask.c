/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/mover_mask.h"

#include <string.h>

enum {
	MOST = QYRAN_GRID_WIDTH_MAX * QYRAN_GRID_HEIGHT_MAX,
	OPEN = UINT8_MAX,      /* linked, and not yet looked at */
	REJECTED = OPEN - 1,
};

/* What connects: core cells, cells below one, and gaps of one cell in a row between them. */
static void link_cells(const struct qyran_mover_cells *m, uint8_t *mask)
{
	for (unsigned y = 0; y < m->height; y++) {
		const bool *core = &m->walk.core[y * m->width];
		uint8_t *row = &mask[y * m->width];
		for (unsigned x = 0; x < m->width; x++)
			row[x] = core[x] || (y > 0 && m->walk.core[(y - 1) * m->width + x]) ? OPEN : 0;
		for (unsigned x = 1; x + 1 < m->width; x++)
			if (row[x] == 0 && row[x - 1] == OPEN && row[x + 1] == OPEN)
				row[x] = OPEN;   /* a gap of one: the next cell is linked, so that this joins no other gap */
	}
}

struct blob {
	unsigned x0, x1, y0, y1, cells;
};

/* Gives the connected cells around a place another value. */
static struct blob paint(const struct qyran_mover_cells *m, uint8_t *mask, unsigned place, uint8_t from, uint8_t to)
{
	static _Thread_local uint16_t stack[MOST];
	struct blob blob = { m->width, 0, m->height, 0, 0 };
	unsigned depth = 0;
	mask[place] = to;
	stack[depth++] = (uint16_t)place;
	while (depth > 0) {
		place = stack[--depth];
		unsigned x = place % m->width, y = place / m->width;
		if (m->walk.core[place]) {
			blob.x0 = x < blob.x0 ? x : blob.x0;
			blob.x1 = x > blob.x1 ? x : blob.x1;
			blob.y0 = y < blob.y0 ? y : blob.y0;
			blob.y1 = y > blob.y1 ? y : blob.y1;
			blob.cells++;
		}
		for (unsigned j = y > 0 ? y - 1 : 0; j <= y + 1 && j < m->height; j++)
			for (unsigned i = x > 0 ? x - 1 : 0; i <= x + 1 && i < m->width; i++)
				if (mask[j * m->width + i] == from) {
					mask[j * m->width + i] = to;
					stack[depth++] = (uint16_t)(j * m->width + i);
				}
	}
	return blob;
}

void qyran_mover_mask(const struct qyran_mover_cells *m, const struct qyran_detect_result *result, uint8_t *mask)
{
	unsigned total = m->width * m->height, side = 1u << m->side_log2;
	link_cells(m, mask);
	for (unsigned place = 0; place < total; place++) {
		if (mask[place] != OPEN)
			continue;
		struct blob blob = paint(m, mask, place, OPEN, REJECTED);
		for (unsigned i = 0; i < result->movers; i++) {
			const struct qyran_detect_mover *mover = &result->mover[i];
			if (mover->cells == blob.cells && mover->x == blob.x0 * side && mover->y == blob.y0 * side
				&& mover->w == (blob.x1 - blob.x0 + 1) * side && mover->h == (blob.y1 - blob.y0 + 1) * side) {
				paint(m, mask, place, REJECTED, (uint8_t)(i + 1));
				break;
			}
		}
	}
	for (unsigned place = 0; place < total; place++)
		if (!m->walk.core[place] || mask[place] == REJECTED)
			mask[place] = 0;
}
