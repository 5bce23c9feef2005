/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/mover_list.h"

#include "linux/qyran.h"

#include <stdlib.h>
#include <string.h>

enum {
	STILL_FRAMES = 25,   /* a second's worth */
	STILL_MOST = 31,
	/* Strong cells are those whose difference neither shaking nor light explains. Enough is a quarter of all, */
	FEW = 4,             /* which is most of all when there are fewer than these; */
	STRONG = 24,         /* or so many */
	/* What has not been there for so many frames is not shown: drops, sparks, a headlamp's pool and what else comes off a vehicle do not last. */
	SEEN = 7,
	BIG = 32,            /* Of so many cells, a sixteenth of them strong */
	MANY = 128,          /* or so many, one is shown at once, or a frame later when it comes off another. */
	NONE = QYRAN_DETECT_MOVERS,
};

void qyran_mover_list_reset(struct qyran_mover_list *list)
{
	list->count_before = 0;
}

void qyran_mover_list_start(struct qyran_mover_list *list)
{
	list->count = 0;
	list->drops = 0;
}

void qyran_mover_list_component(struct qyran_mover_list *list, unsigned cells_least, const struct qyran_component *component)
{
	unsigned t = component->t, n = component->n;
	bool enough = t >= STRONG || (4 * t >= n && (t >= FEW || 2 * t > n));
	if (t == 0 || n < cells_least || !enough)
		return;
	if (list->count < QYRAN_DETECT_MOVERS)
		list->raw[list->count++] = *component;
	else if (list->drops < UINT16_MAX)
		list->drops++;
}

static bool holds(const struct qyran_mover_before *box, unsigned side_log2, const struct qyran_mover_before *point)
{
	unsigned x = point->cx16 >> (side_log2 + 4), y = point->cy16 >> (side_log2 + 4);
	return x >= box->x0 && x <= box->x1 && y >= box->y0 && y <= box->y1;
}

void qyran_mover_list_end(struct qyran_mover_list *list, bool valid, unsigned side_log2, unsigned hold_shift, struct qyran_detect_result *result)
{
	unsigned count = valid ? list->count : 0;
	struct qyran_mover_before now[QYRAN_DETECT_MOVERS];
	unsigned origin[QYRAN_DETECT_MOVERS], heir[QYRAN_DETECT_MOVERS], heir_far[QYRAN_DETECT_MOVERS];
	unsigned heirs[QYRAN_DETECT_MOVERS] = { 0 }, origins[QYRAN_DETECT_MOVERS] = { 0 };
	for (unsigned p = 0; p < list->count_before; p++)
		heir[p] = NONE;

	for (unsigned c = 0; c < count; c++) {
		const struct qyran_component *raw = &list->raw[c];
		now[c] = (struct qyran_mover_before){
			.x0 = (uint8_t)raw->x0, .x1 = (uint8_t)raw->x1, .y0 = (uint8_t)raw->y0, .y1 = (uint8_t)raw->y1,
			.cx16 = (uint16_t)(((2 * raw->sx + raw->t) << (side_log2 + 3)) / raw->t),
			.cy16 = (uint16_t)(((2 * raw->sy + raw->t) << (side_log2 + 3)) / raw->t),
		};
		origin[c] = NONE;
		unsigned nearest = 0;
		for (unsigned p = 0; p < list->count_before; p++) {
			unsigned far = (unsigned)(abs(now[c].cx16 - list->before[p].cx16) + abs(now[c].cy16 - list->before[p].cy16));
			if (holds(&list->before[p], side_log2, &now[c]) && (origin[c] == NONE || far < nearest)) {
				origin[c] = p;
				nearest = far;
			}
			if (holds(&now[c], side_log2, &list->before[p]) && (heir[p] == NONE || far < heir_far[p])) {
				heir[p] = c;
				heir_far[p] = far;
			}
		}
	}
	for (unsigned p = 0; p < list->count_before; p++)
		if (heir[p] != NONE)
			origins[heir[p]]++;
	for (unsigned c = 0; c < count; c++)
		if (origin[c] != NONE)
			heirs[origin[c]]++;

	unsigned shown = 0;
	for (unsigned c = 0; c < count; c++) {
		const struct qyran_component *raw = &list->raw[c];
		bool linked = origin[c] != NONE && (heir[origin[c]] == c || heir[origin[c]] == NONE);
		now[c].seen = 1;
		if (raw->n >= BIG && (raw->t >= MANY || 16 * raw->t >= raw->n))
			now[c].seen = linked || origin[c] == NONE ? SEEN : SEEN - 1;
		else if (linked)
			now[c].seen = (uint8_t)(list->before[origin[c]].seen < SEEN ? list->before[origin[c]].seen + 1 : SEEN);
		now[c].anchor_x16 = now[c].cx16;
		now[c].anchor_y16 = now[c].cy16;
		now[c].still = 0;
		if (origin[c] != NONE) {
			const struct qyran_mover_before *before = &list->before[origin[c]];
			int half = 8 << side_log2;
			if (abs(now[c].cx16 - before->anchor_x16) <= half && abs(now[c].cy16 - before->anchor_y16) <= half) {
				now[c].anchor_x16 = before->anchor_x16;
				now[c].anchor_y16 = before->anchor_y16;
				now[c].still = (uint8_t)(before->still < STILL_MOST ? before->still + 1 : STILL_MOST);
			}
		}
		unsigned flags = 0;
		if (origins[c] >= 2)
			flags |= QYRAN_MOVER_MERGED;
		if (origin[c] != NONE && heirs[origin[c]] >= 2)
			flags |= QYRAN_MOVER_SPLIT;
		if (now[c].still >= STILL_FRAMES)
			flags |= QYRAN_MOVER_STILL;
		if (now[c].seen < SEEN)
			continue;
		result->mover[shown] = (struct qyran_detect_mover){
			.x = (uint16_t)(raw->x0 << side_log2), .y = (uint16_t)(raw->y0 << side_log2),
			.w = (uint16_t)((raw->x1 - raw->x0 + 1) << side_log2), .h = (uint16_t)((raw->y1 - raw->y0 + 1) << side_log2),
			.cells = raw->n, .cell_px = (uint16_t)(1u << side_log2), .index = (uint16_t)shown,
			.cx16 = now[c].cx16, .cy16 = now[c].cy16,
			.age = (uint32_t)raw->m << hold_shift, .flags = flags,
		};
		shown++;
	}
	memcpy(list->earlier, list->before, sizeof list->earlier);
	list->count_earlier = list->count_before;
	memcpy(list->before, now, count * sizeof *now);
	list->count_before = count;
	result->movers = shown;
	result->drop_movers = valid ? list->drops : 0;
}

void qyran_mover_list_unfinished(struct qyran_mover_list *list)
{
	memcpy(list->before, list->earlier, sizeof list->before);
	list->count_before = list->count_earlier;
}
