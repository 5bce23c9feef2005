/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/mover_cells.h"

#include <stdlib.h>
#include <string.h>

enum {
	MATCHES = 8,        /* frames that a background must have matched before it is trusted */
	STABLE = 6,         /* frames of sameness after which something else replaces an untrusted background */
	SAME = 8,           /* grey levels within which it is the same */
	NOISE_MOST = 255,   /* 64 grey levels */
	SHAKE = 16,         /* frames in front up to which a cell that looks like its neighbours may be shaking */
	SETTLED = 24,        /* frames in front after which a cell may prove to be bare ground */
	PROVEN = 8,         /* frames in front after which a background that comes back is the ground */
	LASTS = 16,         /* frames in front after which half the limit keeps a cell there, in the dark: a dark vehicle that stops must not become the ground */
	DIM = 80,           /* grey levels of a dark background: vehicles differ less from it, and lamps show on it */
};

void qyran_mover_cells_reset(struct qyran_mover_cells *m)
{
	m->known = false;
	m->frame = 0;
	qyran_mover_light_reset(&m->light);
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
	qyran_mover_light_start(&m->light);
	qyran_mover_walk_start(&m->walk, m->width, m->height);
}

static unsigned clamp(int v, int most)
{
	return v < 0 ? 0 : (unsigned)(v > most ? most : v);
}

static struct qyran_mover_near near_of(const struct qyran_mover_cell *c)
{
	return (struct qyran_mover_near){ (uint8_t)(c->background >> 4), c->trusted && c->count == 0 };
}

/* Beyond the picture everything looks like the cell itself, but vouches for nothing. */
static void load_near(struct qyran_mover_cells *m, unsigned x, unsigned row)
{
	const struct qyran_mover_cell *c = &m->cell[row * m->width + x];
	struct qyran_mover_near above = m->near[1][x], beyond = { (uint8_t)(c->background >> 4), false };
	m->near[0][x] = row > 0 ? above : beyond;
	m->near[1][x] = near_of(c);
	m->near[2][x] = row + 1 < m->height ? near_of(c + m->width) : beyond;
}

/* What a cell's surroundings say of it. */
struct view {
	unsigned up, down;      /* how much brighter, darker a background there is among the eight around, levels */
	unsigned vouchers;      /* quiet cells among the four around whose background is what this cell shows now */
	bool soft, flat;        /* how it differs from the background hardly changes, to the left and up: within 1/8, 1/32 */
};

static struct view look(const struct qyran_mover_cells *m, unsigned x, unsigned row, unsigned mean, int difference)
{
	unsigned left = x > 0 ? x - 1 : x, right = x + 1 < m->width ? x + 1 : x;
	unsigned here = m->near[1][x].background, least = here, most = here;
	for (unsigned j = 0; j < 3; j++)
		for (unsigned i = left; i <= right; i++) {
			unsigned there = m->near[j][i].background;
			least = there < least ? there : least;
			most = there > most ? there : most;
		}
	struct view view = { .up = most - here, .down = here - least };

	int shows = (int)here + (difference >> 4), within = abs(difference) >> 5;
	const struct qyran_mover_near *four[4] = { &m->near[0][x], &m->near[2][x], x > 0 ? &m->near[1][x - 1] : NULL,
		x + 1 < m->width ? &m->near[1][x + 1] : NULL };
	for (unsigned i = 0; i < 4; i++)
		view.vouchers += four[i] != NULL && four[i]->quiet && abs(four[i]->background - shows) <= within;

	unsigned now = mean >> 4;
	unsigned p0 = now * m->near[1][left].background, q0 = m->mean[left] * here;
	unsigned p1 = now * m->near[0][x].background, q1 = m->mean[x] * here;
	unsigned d0 = x == 0 ? 0 : p0 > q0 ? p0 - q0 : q0 - p0, d1 = row == 0 ? 0 : p1 > q1 ? p1 - q1 : q1 - p1;
	view.soft = d0 <= p0 >> 3 && d1 <= p1 >> 3;
	view.flat = d0 <= p0 >> 5 && d1 <= p1 >> 5;
	return view;
}

static void update(struct qyran_mover_cells *m, unsigned x, unsigned row, unsigned sum)
{
	struct qyran_mover_cell *c = &m->cell[row * m->width + x];
	struct qyran_mover_front *out = &m->walk.now[x];
	unsigned mean = m->side_log2 == 1 ? sum << 2 : sum >> (2 * m->side_log2 - 4);
	unsigned noise_first = m->level * 4 > NOISE_MOST ? NOISE_MOST : m->level * 4;
	unsigned tick = (m->frame & ((1u << m->hold_shift) - 1)) == 0;
	*out = (struct qyran_mover_front){ 0 };
	if (!m->known) {
		*c = (struct qyran_mover_cell){ .background = (uint16_t)mean, .noise = (uint8_t)noise_first };
		m->mean[x] = (uint8_t)(mean >> 4);
		return;
	}

	unsigned candidate = c->noise;
	unsigned noise = !c->trusted && c->count >> 4 != 0 ? noise_first : c->noise;
	unsigned background = clamp((int)c->background + m->light.step[c->background >> 8], 4095);
	int difference = (int)mean - (int)background;
	unsigned size = (unsigned)abs(difference);
	unsigned least = m->level * (c->background < DIM << 4 ? 10 : 16);   /* 5/8 in the dark */
	unsigned limit = noise * 4 > least ? noise * 4 : least;
	bool lasts = c->trusted && c->background < DIM << 4 && c->count >= LASTS;
	bool front = size > (lasts ? limit / 2 : limit);
	bool noisier = 6 * size > noise * 4;
	bool same = abs((int)(mean >> 4) - (int)candidate) <= SAME;
	struct view view = look(m, x, row, mean, difference);
	unsigned reach = (difference > 0 ? view.up : view.down) << 4;
	bool shakes = size <= reach;
	bool outside = size > limit + reach;
	bool shadow = difference < 0 && 2 * size <= background;
	bool lamp = difference > 0 && background < DIM << 4;
	qyran_mover_light_add(&m->light, c->background, difference, front);
	m->mean[x] = (uint8_t)(mean >> 4);

	if (!front) {
		if (!noisier)
			noise -= noise > 0;
		else if (shakes || c->darker != (difference < 0))
			noise += noise < NOISE_MOST;
		background = clamp((int)background + (c->trusted ? (difference + 8) >> 4 : (difference + 2) >> 2), 4095);
	}

	bool stays = front;
	bool trusted = c->trusted && !(front && m->light.after && c->count <= 2);
	unsigned count = c->count, stable = c->trusted ? 0 : c->count >> 4 & 15, matches = c->trusted ? 0 : c->count & 15;
	bool adopt = false, proven = c->proven;
	if (trusted && !front) {
		proven |= count >= PROVEN;
		count = 0;
	} else if (trusted) {
		adopt = !proven && count >= SETTLED && view.vouchers >= 2;
		if (shakes && count < SHAKE && noise < NOISE_MOST)
			noise++;
		count += tick && count < 4095;
		adopt |= count >= m->hold;
		out->count = (uint16_t)count;
	} else if (!front) {
		matches++;
		trusted = matches == MATCHES;
		count = trusted ? 0 : matches;
	} else {
		stable = stable > 0 && same ? stable + 1 : 1;
		adopt = stable == STABLE;
		noise = stable == 1 ? mean >> 4 : candidate;
		count = stable << 4 | matches;
		out->count = (uint16_t)stable;
	}
	if (adopt) {
		background = mean;
		noise = noise_first;
		count = 0;
		trusted = false;
		proven = false;
		stays = false;
		out->count = 0;
	}
	*c = (struct qyran_mover_cell){ proven, trusted, difference < 0, (uint16_t)count, (uint16_t)background, (uint8_t)noise };
	out->front = stays && !(shadow && view.flat);
	out->strong = outside && !(view.soft && (shadow || lamp));
}

void qyran_mover_cells_line(struct qyran_mover_cells *m, const uint8_t *pixels, unsigned n)
{
	unsigned side = 1u << m->side_log2, line = m->y & (side - 1), row = m->y >> m->side_log2;
	if (row >= m->height)
		return;
	unsigned x = 0;
	for (; x < m->width && (x + 1) * side <= n; x++) {
		unsigned sum = 0;
		for (unsigned i = 0; i < side; i++)
			sum += *pixels++;
		if (line > 0)
			sum += m->partial[x];
		else
			load_near(m, x, row);
		m->partial[x] = (uint16_t)sum;
		if (line == side - 1)
			update(m, x, row, sum);
	}
	if (x < m->width)
		return;
	if (line == side - 1)
		qyran_mover_walk_row(&m->walk, row);
	m->y++;
}

bool qyran_mover_cells_end(struct qyran_mover_cells *m)
{
	qyran_mover_walk_row(&m->walk, m->height);
	bool flood = qyran_mover_light_end(&m->light);
	m->known = true;
	m->frame = (m->frame + 1) & 15;
	return !flood;
}
