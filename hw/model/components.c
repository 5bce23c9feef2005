/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/components.h"

#include <string.h>

void qyran_components_start(struct qyran_components *c)
{
	memset(c->count, 0, sizeof c->count);
	memset(c->next, 0, sizeof c->next);
	memset(c->side, 0, sizeof c->side);
	c->fresh = 0;
	c->stacked = 0;
	c->drops = 0;
}

static unsigned root_of(const struct qyran_components *c, unsigned label)
{
	while (c->parent[label] != label)
		label = c->parent[label];
	return label;
}

static void join(const struct qyran_components *c, struct qyran_component *a, const struct qyran_component *b)
{
	if (b->n > 0 && a->n == 0) {
		a->x0 = b->x0;
		a->x1 = b->x1;
		a->y0 = b->y0;
		a->y1 = b->y1;
	} else if (b->n > 0) {
		a->x0 = b->x0 < a->x0 ? b->x0 : a->x0;
		a->x1 = b->x1 > a->x1 ? b->x1 : a->x1;
		a->y0 = b->y0 < a->y0 ? b->y0 : a->y0;
		a->y1 = b->y1 > a->y1 ? b->y1 : a->y1;
	}
	a->n += b->n;
	a->t += b->t;
	a->sx += b->sx;
	a->sy += b->sy;
	if (c->sum_m)
		a->m = (uint16_t)(a->m + b->m);
	else if (b->m > a->m)
		a->m = b->m;
}

static void release(struct qyran_components *c, unsigned label)
{
	c->alive[label] = false;
	c->stack[c->stacked++] = (uint8_t)label;
}

static void drop(struct qyran_components *c)
{
	if (c->drops < UINT16_MAX)
		c->drops++;
}

void qyran_components_run(struct qyran_components *c, unsigned context, unsigned y, const struct qyran_run *run)
{
	unsigned cur = c->side[context], prev = !cur, label = c->labels;
	if (c->count[cur][context] == QYRAN_COMPONENTS_RUNS) {
		drop(c);
		return;
	}
	while (c->next[context] < c->count[prev][context]) {
		unsigned i = c->next[context];
		unsigned x0 = c->runs[prev][context][i].x0, x1 = c->runs[prev][context][i].x1;
		if (x0 > run->x1 + 1u)
			break;
		if (x1 + 1 >= run->x0) {
			unsigned root = root_of(c, c->runs[prev][context][i].label);
			if (label == c->labels) {
				label = root;
			} else if (root != label) {
				join(c, &c->feature[label], &c->feature[root]);
				c->parent[root] = (uint8_t)label;
			}
			if (x1 > run->x1)
				break;
		}
		c->next[context]++;
	}

	struct qyran_component one = {
		.x0 = run->fx0, .x1 = run->fx1, .y0 = (uint16_t)y, .y1 = (uint16_t)y,
		.n = run->n, .t = run->t, .sx = run->sx, .sy = run->t * y, .m = run->m,
	};
	if (label == c->labels) {
		if (c->stacked > 0) {
			label = c->stack[--c->stacked];
		} else if (c->fresh < c->labels) {
			label = c->fresh++;
		} else {
			drop(c);
			return;
		}
		c->parent[label] = (uint8_t)label;
		c->alive[label] = true;
		c->feature[label] = one;
	} else {
		join(c, &c->feature[label], &one);
	}
	c->touched[label] = true;
	unsigned n = c->count[cur][context]++;
	c->runs[cur][context][n].x0 = run->x0;
	c->runs[cur][context][n].x1 = run->x1;
	c->runs[cur][context][n].label = (uint8_t)label;
}

void qyran_components_row(struct qyran_components *c, unsigned context)
{
	unsigned cur = c->side[context], prev = !cur;
	for (unsigned i = 0; i < c->count[cur][context]; i++)
		c->runs[cur][context][i].label = (uint8_t)root_of(c, c->runs[cur][context][i].label);
	for (unsigned i = 0; i < c->count[prev][context]; i++) {
		unsigned label = c->runs[prev][context][i].label;
		if (!c->alive[label])
			continue;
		if (c->parent[label] != label) {
			release(c, label);
		} else if (!c->touched[label]) {
			c->emit(c->owner, context, &c->feature[label]);
			release(c, label);
		}
	}
	memset(c->touched, 0, sizeof c->touched);
	c->count[prev][context] = 0;
	c->next[context] = 0;
	c->side[context] = prev;
}
