/* SPDX-License-Identifier: Apache-2.0 */
/* Model of hw/rtl/mover_light.v: how the light on the whole picture changes, in sixteen steps of brightness. */
#ifndef QYRAN_MODEL_MOVER_LIGHT_H
#define QYRAN_MODEL_MOVER_LIGHT_H

#include <stdbool.h>
#include <stdint.h>

#define QYRAN_LIGHT_BINS 16

struct qyran_mover_light {
	bool ended;                         /* the last frame did */
	bool flooded;                       /* the frame before was the first of a flood: this one measures all cells */
	bool after;                         /* the first frame after a flood was corrected */
	uint8_t bright;                     /* bins from here on are the brightest quarter to half of the picture */
	int16_t step[QYRAN_LIGHT_BINS];     /* what cells of that background became brighter, 1/16 level */
	uint32_t front_before;              /* cells in front, one frame ago */
	/* of the frame under way */
	int32_t sum[QYRAN_LIGHT_BINS];
	uint16_t count[QYRAN_LIGHT_BINS];
	int16_t side[QYRAN_LIGHT_BINS];     /* of those: brighter ones less darker ones */
	uint32_t cells, front, bright_cells;
	int32_t lean;                       /* bright cells in front: brighter ones less darker ones */
};

/** qyran_mover_light_reset() - no frame was before. */
void qyran_mover_light_reset(struct qyran_mover_light *light);

/** qyran_mover_light_start() - a frame begins. */
void qyran_mover_light_start(struct qyran_mover_light *light);

/** qyran_mover_light_add() - a cell with this background (8.4, as stored) that differs so much from its corrected one. */
void qyran_mover_light_add(struct qyran_mover_light *light, unsigned background, int difference, bool front);

/** qyran_mover_light_end() - the frame was good. Returns whether it is a flood: so many cells changed that movers mean nothing. */
bool qyran_mover_light_end(struct qyran_mover_light *light);

#endif
