/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/plate_lane.h"

#include <stdlib.h>
#include <string.h>

/* Edges in a window of 5x3 cells, of at most 120 (facts of the prototype, one sample in four). */
static const unsigned level_of[QYRAN_LANE_LEVELS] = { 20, 13, 8 };

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
	for (unsigned b = 0; b < width / 8; b++)
		lane->threshold[b] = (uint16_t)edge;
	qyran_components_start(&lane->components);
}

/* Mean over the 16x8 blocks around, of the block rows that are finished; the rows as a fading sum. */
static void end_block_row(struct qyran_plate_lane *lane)
{
	unsigned blocks = lane->width / 8;
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

static void walk_level(struct qyran_plate_lane *lane, unsigned row, unsigned level)
{
	unsigned cells = lane->width / 4, window = 0;
	unsigned column[5] = { 0 };
	unsigned t = 0, sx = 0;                                   /* prefix sums */
	bool in_run = false, have = false;
	unsigned start = 0, start_t = 0, start_sx = 0;
	unsigned x0 = 0, x1 = 0, t0 = 0, sx0 = 0, t1 = 0, sx1 = 0;  /* the run that waits for its end */
	uint8_t middle[3] = { 0 };

	for (unsigned x = 0; x < cells + 3; x++) {
		unsigned now = x < cells && row < lane->height / 2 ? lane->cell[x] : 0;
		unsigned one = x < cells && row > 0 ? lane->history[0][x] : 0;
		unsigned two = x < cells && row > 1 ? lane->history[1][x] : 0;
		window += now + one + two;
		window -= column[4];
		memmove(column + 1, column, 4 * sizeof column[0]);
		column[0] = now + one + two;
		middle[2] = middle[1];
		middle[1] = middle[0];
		middle[0] = (uint8_t)one;
		if (x < 2)
			continue;
		unsigned centre = x - 2;
		bool dense = centre < cells && window >= level_of[level];
		if (dense && !in_run) {
			start = centre;
			start_t = t;
			start_sx = sx;
		}
		if (in_run && !dense && centre - start >= RUN_LEAST) {
			if (have && start - x1 - 1 > GAP_MOST) {
				struct qyran_run run = { .x0 = (uint8_t)x0, .x1 = (uint8_t)x1, .fx0 = (uint8_t)x0, .fx1 = (uint8_t)x1,
					.n = (uint8_t)(x1 - x0 + 1), .t = (uint16_t)(t1 - t0), .sx = sx1 - sx0, .m = t1 - t0 >= 2 * (x1 - x0 + 1) };
				qyran_components_run(&lane->components, level, row - 1, &run);
				have = false;
			}
			if (!have) {
				x0 = start;
				t0 = start_t;
				sx0 = start_sx;
			}
			have = true;
			x1 = centre - 1;
			t1 = t;
			sx1 = sx;
		}
		in_run = dense;
		t += middle[2];
		sx += middle[2] * centre;
	}
	if (have) {
		struct qyran_run run = { .x0 = (uint8_t)x0, .x1 = (uint8_t)x1, .fx0 = (uint8_t)x0, .fx1 = (uint8_t)x1,
			.n = (uint8_t)(x1 - x0 + 1), .t = (uint16_t)(t1 - t0), .sx = sx1 - sx0, .m = t1 - t0 >= 2 * (x1 - x0 + 1) };
		qyran_components_run(&lane->components, level, row - 1, &run);
	}
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
