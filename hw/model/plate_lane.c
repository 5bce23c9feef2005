/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/plate_lane.h"

#include <stdlib.h>
#include <string.h>

/* Edges in a window of 5x3 cells, of at most 120; chosen with detect-measure on renderings and pictures. */
static const unsigned level_of[QYRAN_LANE_LEVELS] = { 28, 18, 11 };

enum {
	ALTERNATION_PX = 12,   /* longest way between the edges of a stroke */
	RUN_LEAST = 3,         /* opening 1x3 */
	GAP_MOST = 2,          /* closing 1x3 */
};

void qyran_plate_lane_start(struct qyran_plate_lane *lane, unsigned width, unsigned height, unsigned edge)
{
	lane->width = width;
	lane->height = height;
	lane->edge = edge;
	lane->y = 0;
	for (unsigned b = 0; b < (width + 7) / 8; b++)
		lane->threshold[b] = (uint16_t)edge;
	qyran_components_start(&lane->components);
}

/* Mean over the 16x8 blocks around, of the block rows that are finished; the rows as a fading sum. */
static void end_block_row(struct qyran_plate_lane *lane)
{
	unsigned blocks = (lane->width + 7) / 8;
	bool first = lane->y / 8 == 0;
	for (unsigned b = 0; b < blocks; b++)
		lane->mean[b] = first ? lane->block[b] << 3 : lane->mean[b] - (lane->mean[b] >> 3) + lane->block[b];
	uint32_t sum = lane->mean[0] * 8;
	for (unsigned b = 0; b < 8; b++)
		sum += lane->mean[b < blocks ? b : blocks - 1];
	for (unsigned b = 0; b < blocks; b++) {
		unsigned t = (3 * (sum >> 13)) >> 1;
		lane->threshold[b] = (uint16_t)(t > lane->edge ? t : lane->edge);
		sum += lane->mean[b + 8 < blocks ? b + 8 : blocks - 1];
		sum -= lane->mean[b >= 8 ? b - 8 : 0];
	}
}

struct pending {
	bool have;
	unsigned x0, x1, t;      /* t: edges from x0 to x1 */
};

static void emit(struct qyran_plate_lane *lane, unsigned row, unsigned level, const struct pending *p)
{
	unsigned n = p->x1 - p->x0 + 1;
	struct qyran_run run = {
		.x0 = (uint8_t)p->x0, .x1 = (uint8_t)p->x1, .fx0 = (uint8_t)p->x0, .fx1 = (uint8_t)p->x1,
		.n = (uint8_t)n, .t = (uint16_t)p->t, .m = p->t >= 2 * n,
	};
	qyran_components_run(&lane->components, level, row - 1, &run);
}

/* Row is the newest one in the window; its middle is the row before, two cells back. */
static void walk_level(struct qyran_plate_lane *lane, unsigned row, unsigned level)
{
	unsigned cells = lane->width / 4, window = 0;
	unsigned column[5] = { 0 }, middle[3] = { 0 };
	unsigned edges = 0, start = 0, start_edges = 0, first_edges = 0;
	bool dense_before = false;
	struct pending p = { 0 };

	for (unsigned x = 0; x < cells + 3; x++) {
		bool inside = x < cells;
		unsigned now = inside && row < lane->height / 2 ? lane->cell[x] : 0;
		unsigned one = inside ? lane->history[0][x] : 0;
		unsigned two = inside && row > 1 ? lane->history[1][x] : 0;
		window += now + one + two - column[4];
		memmove(column + 1, column, 4 * sizeof *column);
		column[0] = now + one + two;
		middle[2] = middle[1];
		middle[1] = middle[0];
		middle[0] = one;
		if (x < 2)
			continue;
		unsigned centre = x - 2;
		bool dense = centre < cells && window >= level_of[level];
		if (dense && !dense_before) {
			start = centre;
			start_edges = edges;
		}
		if (!dense && dense_before && centre - start >= RUN_LEAST) {
			if (p.have && start - p.x1 > GAP_MOST + 1) {
				emit(lane, row, level, &p);
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
		emit(lane, row, level, &p);
	qyran_components_row(&lane->components, level);
}

static void walk(struct qyran_plate_lane *lane, unsigned row)
{
	if (row > 0)
		for (unsigned level = 0; level < QYRAN_LANE_LEVELS; level++)
			walk_level(lane, row, level);
	memcpy(lane->history[1], lane->history[0], lane->width / 4);
	memcpy(lane->history[0], lane->cell, lane->width / 4);
}

void qyran_plate_lane_line(struct qyran_plate_lane *lane, const uint8_t *pixels)
{
	if (lane->y % 8 == 0)
		memset(lane->block, 0, sizeof lane->block);
	if (lane->y % 2 == 0)
		memset(lane->cell, 0, sizeof lane->cell);

	bool any = false, sign = false;
	unsigned distance = 0;
	int c0 = 0, c1 = 0;
	for (unsigned x = 0; x < lane->width; x++) {
		int c2 = lane->line[1][x] + 2 * lane->line[0][x] + pixels[x];
		int g = x >= 2 && lane->y >= 2 ? c2 - c0 : 0;    /* centred on (x - 1, y - 1); the shift is put right at the end */
		c0 = c1;
		c1 = c2;
		lane->line[1][x] = lane->line[0][x];
		lane->line[0][x] = pixels[x];
		unsigned magnitude = (unsigned)abs(g);
		lane->block[x / 8] += magnitude;
		distance += distance < 15;
		if (magnitude >= lane->threshold[x / 8]) {
			if (any && (g < 0) != sign && distance <= ALTERNATION_PX)
				lane->cell[x / 4]++;
			any = true;
			sign = g < 0;
			distance = 0;
		}
	}
	if (lane->y % 8 == 7)
		end_block_row(lane);
	if (lane->y % 2 == 1)
		walk(lane, lane->y / 2);
	lane->y++;
}

void qyran_plate_lane_end(struct qyran_plate_lane *lane)
{
	walk(lane, lane->height / 2);
	for (unsigned level = 0; level < QYRAN_LANE_LEVELS; level++)
		qyran_components_row(&lane->components, level);
}
