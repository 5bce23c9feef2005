/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/mover_light.h"

#include <stdlib.h>
#include <string.h>

enum {
	CLIP = 1023,        /* of a difference, 1/16: 64 levels */
	FEW = 32,           /* cells that give no mean */
};

static void clear(struct qyran_mover_light *l)
{
	memset(l->sum, 0, sizeof l->sum);
	memset(l->count, 0, sizeof l->count);
	memset(l->side, 0, sizeof l->side);
}

void qyran_mover_light_reset(struct qyran_mover_light *l)
{
	memset(l, 0, sizeof *l);
}

void qyran_mover_light_start(struct qyran_mover_light *l)
{
	if (!l->ended) {
		clear(l);
		memset(l->step, 0, sizeof l->step);
	}
	l->ended = false;
	l->cells = 0;
	l->front = 0;
	l->bright_cells = 0;
	l->lean = 0;
}

void qyran_mover_light_add(struct qyran_mover_light *l, unsigned background, int difference, bool front)
{
	unsigned bin = background >> 8;
	l->cells++;
	l->front += front;
	if (bin >= l->bright) {
		l->bright_cells++;
		l->lean += !front ? 0 : difference > 0 ? 1 : -1;
	}
	if (!front || l->flooded) {
		l->sum[bin] += difference > CLIP ? CLIP : difference < -CLIP ? -CLIP : difference;
		l->count[bin]++;
		l->side[bin] = (int16_t)(l->side[bin] + (difference > 0) - (difference < 0));
	}
}

/* sum / count: the reciprocal has a mantissa of three bits, which is some 6 % off at most; what is left over shows in the next frame. */
static int16_t mean(int32_t sum, unsigned count)
{
	static const uint8_t reciprocal[8] = { 15, 13, 12, 11, 10, 9, 9, 8 };   /* 128 / (8.5 + mantissa) */
	if (count < FEW)
		return 0;
	unsigned log2 = 14;
	while (count >> log2 == 0)
		log2--;
	int64_t product = (int64_t)(sum >> 1) * (reciprocal[count >> (log2 - 3) & 7] << (14 - log2));
	int value = (int)((product + (1 << 16)) >> 17);
	return (int16_t)(value > CLIP ? CLIP : value < -CLIP ? -CLIP : value);
}

bool qyran_mover_light_end(struct qyran_mover_light *l)
{
	uint32_t lean = (uint32_t)(l->lean < 0 ? -l->lean : l->lean);
	bool most = 2 * l->front > l->cells || (8 * l->bright_cells > l->cells && 2 * lean > l->bright_cells);
	bool sudden = l->front > l->front_before + l->cells / 4;
	bool flood = most && (l->flooded || sudden);
	bool known = l->flooded == flood;       /* both: all cells were measured; neither: those that stayed */
	for (unsigned i = 0; i < QYRAN_LIGHT_BINS; i++) {
		bool agreed = flood || 2 * abs(l->side[i]) > l->count[i];
		l->step[i] = known && agreed ? mean(l->sum[i], l->count[i]) : 0;
	}
	clear(l);
	l->after = l->flooded && flood;
	l->flooded = flood && !l->flooded;
	if (2 * l->bright_cells > l->cells && l->bright < QYRAN_LIGHT_BINS - 1)
		l->bright++;
	else if (4 * l->bright_cells < l->cells && l->bright > 0)
		l->bright--;
	l->front_before = l->front;
	l->ended = true;
	return flood;
}
