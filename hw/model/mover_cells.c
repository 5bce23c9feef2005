/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/mover_cells.h"

#include <stdlib.h>
#include <string.h>

enum {
	MATCHES = 8,        /* frames that a background must have matched before it is trusted */
	STABLE = 6,         /* frames of sameness after which something else replaces an untrusted background */
	SAME = 8,           /* grey levels within which it is the same */
	NOISE_MOST = 160,   /* 40 grey levels */
	CLIP = 1023,        /* of a difference in the sum over the picture, 1/16 */
};

void qyran_mover_cells_reset(struct qyran_mover_cells *m)
{
	m->known = false;
	m->frame = 0;
	m->shift = 0;
}

void qyran_mover_cells_start(struct qyran_mover_cells *m, const struct qyran_detect_settings *s)
{
	unsigned side = 1;
	while (s->width > QYRAN_GRID_WIDTH_MAX << side || s->height > QYRAN_GRID_HEIGHT_MAX << side)
		side++;
	m->side_log2 = side;
	m->width = (unsigned)s->width >> side;
	m->height = (unsigned)s->height >> side;
	m->level = s->mover_level;
	m->hold_shift = 0;
	while (s->mover_hold >> m->hold_shift > 4095)
		m->hold_shift++;
	m->hold = (unsigned)s->mover_hold >> m->hold_shift;
	m->y = 0;
	m->address = 0;
	m->front = 0;
	m->sum = 0;
	qyran_components_start(&m->components);
}

static unsigned clamp(int v, int most)
{
	return v < 0 ? 0 : (unsigned)(v > most ? most : v);
}

static void update(struct qyran_mover_cells *m, unsigned x, unsigned sum)
{
	struct qyran_mover_cell *c = &m->cell[m->address++];
	unsigned mean = m->side_log2 == 1 ? sum << 2 : sum >> (2 * m->side_log2 - 4);
	unsigned noise_first = m->level * 4 > NOISE_MOST ? NOISE_MOST : m->level * 4;
	unsigned stable = c->count >> 4 & 15, matches = c->count & 15;
	unsigned tick = (m->frame & ((1u << m->hold_shift) - 1)) == 0;
	m->raw[x] = false;
	m->count[x] = 0;
	if (!m->known) {
		*c = (struct qyran_mover_cell){ .background = (uint16_t)mean, .noise = (uint8_t)noise_first };
		return;
	}

	unsigned candidate = c->noise;
	unsigned noise = !c->trusted && stable > 0 ? noise_first : c->noise;
	unsigned background = clamp((int)c->background + m->shift, 4095);
	int difference = (int)mean - (int)background;
	unsigned size = (unsigned)abs(difference);
	unsigned limit = noise > m->level * 4 ? noise * 4 : m->level * 16;
	bool front = size > limit;
	bool noisier = 6 * size > noise * 4;
	bool same = abs((int)(mean >> 4) - (int)candidate) <= SAME;

	if (front) {
		m->front++;
		m->sum += difference > CLIP ? CLIP : difference < -CLIP ? -CLIP : difference;
	} else {
		noise = noisier ? (noise < NOISE_MOST ? noise + 1 : noise) : (noise > 0 ? noise - 1 : 0);
		background = clamp((int)background + (c->trusted ? (difference + 8) >> 4 : (difference + 2) >> 2), 4095);
	}

	unsigned count = c->count;
	if (c->trusted) {
		if (!front) {
			count = 0;
		} else {
			count += tick && count < 4095;
			if (count >= m->hold) {
				background = mean;
				noise = noise_first;
				count = 0;
				c->trusted = false;
				front = false;
			}
		}
		m->count[x] = (uint16_t)count;
	} else if (!front) {
		matches++;
		c->trusted = matches == MATCHES;
		count = c->trusted ? 0 : matches;
	} else {
		stable = stable > 0 && same ? stable + 1 : 1;
		if (stable == 1)
			candidate = mean >> 4;
		if (stable == STABLE) {
			background = mean;
			noise = noise_first;
			count = 0;
			front = false;
		} else {
			noise = candidate;
			count = stable << 4 | matches;
			m->count[x] = (uint16_t)stable;
		}
	}
	c->background = (uint16_t)background;
	c->noise = (uint8_t)noise;
	c->count = (uint16_t)count;
	m->raw[x] = front;
}

static void walk(struct qyran_mover_cells *m, unsigned row)
{
	unsigned ones[3] = { 0 }, counts[2] = { 0 };
	bool cores[2] = { false };
	bool have = false;
	struct qyran_run run = { 0 };
	unsigned gap = 0;
	for (unsigned x = 0; x < m->width + 1; x++) {
		bool inside = x < m->width;
		bool raw = inside && row < m->height && m->raw[x];
		bool raw1 = inside && row > 0 && m->raw1[x], raw2 = inside && row > 1 && m->raw2[x];
		ones[2] = ones[1];
		ones[1] = ones[0];
		ones[0] = (unsigned)(raw + raw1 + raw2);
		unsigned count = counts[0];
		bool above = cores[0];
		counts[0] = inside && row > 0 ? m->count1[x] : 0;
		cores[0] = inside && row > 1 && m->core1[x];
		if (inside) {
			m->raw2[x] = m->raw1[x];
			m->raw1[x] = m->raw[x];
			m->count1[x] = m->count[x];
		}
		if (x == 0)
			continue;
		unsigned at = x - 1;
		bool core = ones[0] + ones[1] + ones[2] >= 4;
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
			run = (struct qyran_run){ .x0 = (uint8_t)at };
		}
		gap = 0;
		run.x1 = (uint8_t)at;
		if (core) {
			if (run.n == 0)
				run.fx0 = (uint8_t)at;
			run.fx1 = (uint8_t)at;
			run.n++;
			run.t++;
			run.sx += at;
			run.m = (uint16_t)(count > run.m ? count : run.m);
		}
	}
	if (have)
		qyran_components_run(&m->components, 0, row - 1, &run);
	if (row > 0)
		qyran_components_row(&m->components, 0);
}

void qyran_mover_cells_line(struct qyran_mover_cells *m, const uint8_t *pixels, unsigned n)
{
	unsigned side = 1u << m->side_log2, line = m->y & (side - 1);
	if (m->y >> m->side_log2 >= m->height)
		return;
	unsigned x = 0;
	for (; x < m->width && (x + 1) * side <= n; x++) {
		unsigned sum = 0;
		for (unsigned i = 0; i < side; i++)
			sum += *pixels++;
		if (line > 0)
			sum += m->partial[x];
		m->partial[x] = (uint16_t)sum;
		if (line == side - 1)
			update(m, x, sum);
	}
	if (x < m->width)
		return;
	if (line == side - 1)
		walk(m, m->y >> m->side_log2);
	m->y++;
}

bool qyran_mover_cells_end(struct qyran_mover_cells *m)
{
	walk(m, m->height);
	qyran_components_row(&m->components, 0);

	uint32_t total = m->width * m->height;
	bool flood = m->known && 4 * m->front > 3 * total;
	unsigned shift = 0;
	while (total > 1u << shift)
		shift++;
	m->shift = (int16_t)(flood ? m->sum >> shift : 0);
	m->known = true;
	m->frame = (m->frame + 1) & 15;
	return !flood;
}
