/* SPDX-License-Identifier: Apache-2.0 */
/* Model of hw/rtl/plate_rank.v: keeps, scores and ranks plate candidates. */
#ifndef QYRAN_MODEL_PLATE_RANK_H
#define QYRAN_MODEL_PLATE_RANK_H

#include "hw/model/components.h"
#include "hw/model/detect.h"

#define QYRAN_RANK_LISTS 2     /* lane 0; the smaller ones */
#define QYRAN_RANK_LEVELS 5

struct qyran_plate_list {
	unsigned count;
	struct qyran_detect_region entry[QYRAN_DETECT_REGIONS];   /* best first */
};

struct qyran_plate_rank {
	struct qyran_detect_settings settings;
	struct qyran_plate_list list[QYRAN_RANK_LISTS];
	void (*watch)(void *owner, const struct qyran_detect_candidate *candidate);   /* NULL: nobody */
	void *owner;
};

/** qyran_plate_rank_start() - a frame begins; watch and owner are kept. */
void qyran_plate_rank_start(struct qyran_plate_rank *rank, const struct qyran_detect_settings *settings);

/** qyran_plate_rank_component() - a component of a lane (the frame / 2^lane) and level. */
void qyran_plate_rank_component(struct qyran_plate_rank *rank, unsigned lane, unsigned level, const struct qyran_component *component);

/** qyran_plate_rank_end() - joins the lists. @regions: room for 16. Returns how many. */
unsigned qyran_plate_rank_end(struct qyran_plate_rank *rank, struct qyran_detect_region *regions);

#endif
