/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/plate_lane.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ALTERNATION_PX 12   /* longest way between the edges of a stroke */

void qyran_plate_lane_start(struct qyran_plate_lane *lane, unsigned width, unsigned height, unsigned edge)
{
	lane->width = width;
	lane->height = height;
	lane->edge = edge;
	lane->y = 0;
	for (unsigned b = 0; b < (width + 7) / 8; b++)
		lane->threshold[b] = lane->next[b] = (uint16_t)edge;
}

/* Mean over the 16x8 blocks around; the rows as a fading sum. It counts from the row after the next one on: no line waits for it. */
static void end_block_row(struct qyran_plate_lane *lane)
{
	unsigned blocks = (lane->width + 7) / 8;
	bool first = lane->y / 8 == 0;
	memcpy(lane->threshold, lane->next, sizeof lane->next);
	for (unsigned b = 0; b < blocks; b++)
		lane->mean[b] = first ? lane->block[b] << 3 : lane->mean[b] - (lane->mean[b] >> 3) + lane->block[b];
	uint32_t sum = lane->mean[0] * 8;
	for (unsigned b = 0; b < 8; b++)
		sum += lane->mean[b < blocks ? b : blocks - 1];
	for (unsigned b = 0; b < blocks; b++) {
		unsigned t = (3 * (sum >> 13)) >> 1;
		lane->next[b] = (uint16_t)(t > lane->edge ? t : lane->edge);
		sum += lane->mean[b + 8 < blocks ? b + 8 : blocks - 1];
		sum -= lane->mean[b >= 8 ? b - 8 : 0];
	}
}

const uint8_t *qyran_plate_lane_line(struct qyran_plate_lane *lane, const uint8_t *pixels)
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
	return lane->y++ % 2 == 1 ? lane->cell : NULL;
}
