/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/mover_walk.h"

enum {
	CORE = 4,        /* of 3x3 cells */
};

void qyran_mover_walk_start(struct qyran_mover_walk *m, unsigned width, unsigned height)
{
	m->width = width;
	m->height = height;
	qyran_components_start(&m->components);
}

void qyran_mover_walk_row(struct qyran_mover_walk *m, unsigned row)
{
	unsigned ones[3] = { 0 };
	struct qyran_mover_front cells[2] = { 0 };
	bool cores[2] = { false };
	bool have = false;
	struct qyran_run run = { 0 };
	unsigned gap = 0;
	for (unsigned x = 0; x < m->width + 1; x++) {
		bool inside = x < m->width;
		bool raw = inside && row < m->height && m->now[x].front;
		bool raw1 = inside && row > 0 && m->before[x].front, raw2 = inside && row > 1 && m->front2[x];
		ones[2] = ones[1];
		ones[1] = ones[0];
		ones[0] = (unsigned)(raw + raw1 + raw2);
		struct qyran_mover_front cell = cells[0];
		bool above = cores[0];
		cells[0] = inside && row > 0 ? m->before[x] : (struct qyran_mover_front){ 0 };
		cores[0] = inside && row > 1 && m->core1[x];
		if (inside) {
			m->front2[x] = m->before[x].front;
			m->before[x] = m->now[x];
		}
		if (x == 0)
			continue;
		unsigned at = x - 1;
		bool core = ones[0] + ones[1] + ones[2] >= CORE;
		m->core1[at] = core;
		if (row == 0)
			continue;
		m->core[(row - 1) * m->width + at] = core;
		if (!core && !above) {
			if (have && ++gap == 2) {
				qyran_components_run(&m->components, 0, row - 1, &run);
				have = false;
			}
			continue;
		}
		if (!have) {
			have = true;
			run = (struct qyran_run){ .x0 = (uint16_t)at };
		}
		gap = 0;
		run.x1 = (uint16_t)at;
		if (core) {
			if (run.n == 0)
				run.fx0 = (uint16_t)at;
			run.fx1 = (uint16_t)at;
			run.n++;
			run.m = cell.count > run.m ? cell.count : run.m;
			if (cell.strong) {
				run.t++;
				run.sx += at;
			}
		}
	}
	if (have)
		qyran_components_run(&m->components, 0, row - 1, &run);
	if (row > 0)
		qyran_components_row(&m->components, 0);
	if (row == m->height)
		qyran_components_row(&m->components, 0);
}
