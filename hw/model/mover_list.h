/* SPDX-License-Identifier: Apache-2.0 */
/* Model of hw/rtl/mover_list.v: a frame's movers, their centroids, and what became of those of the frame before. */
#ifndef QYRAN_MODEL_MOVER_LIST_H
#define QYRAN_MODEL_MOVER_LIST_H

#include "hw/model/components.h"
#include "hw/model/detect.h"

struct qyran_mover_list {
	unsigned count, count_before, count_earlier;
	uint16_t drops;
	struct qyran_component raw[QYRAN_DETECT_MOVERS];
	struct qyran_mover_before {
		uint8_t x0, x1, y0, y1;         /* box, cells */
		uint16_t cx16, cy16;
		uint16_t anchor_x16, anchor_y16; /* where it stands still */
		uint8_t still;                  /* for how many frames, at most 31 */
		uint8_t seen;                   /* for how many frames, at most SEEN */
	} before[QYRAN_DETECT_MOVERS], earlier[QYRAN_DETECT_MOVERS];   /* of the last frame; of the one before it */
};

/** qyran_mover_list_reset() - no frame was before. */
void qyran_mover_list_reset(struct qyran_mover_list *list);

/** qyran_mover_list_start() - a frame begins. */
void qyran_mover_list_start(struct qyran_mover_list *list);

/** qyran_mover_list_component() - takes a component of at least so many cells. */
void qyran_mover_list_component(struct qyran_mover_list *list, unsigned cells_least, const struct qyran_component *component);

/** qyran_mover_list_end() - the frame was good. @valid: its movers mean something. Fills movers and drop_movers of the result. */
void qyran_mover_list_end(struct qyran_mover_list *list, bool valid, unsigned side_log2, unsigned hold_shift, struct qyran_detect_result *result);

/** qyran_mover_list_unfinished() - the logic had no time to end the last frame's list: what it knows is of the frame before. */
void qyran_mover_list_unfinished(struct qyran_mover_list *list);

#endif
