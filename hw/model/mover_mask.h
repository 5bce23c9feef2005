/* SPDX-License-Identifier: Apache-2.0 */
/* Which cells belong to which reported mover. The logic does not put this out: it is for measuring against masks. */
#ifndef QYRAN_MODEL_MOVER_MASK_H
#define QYRAN_MODEL_MOVER_MASK_H

#include "hw/model/detect.h"
#include "hw/model/mover_cells.h"

/** qyran_mover_mask() - fills @mask: for each cell 1 + the index of its mover in @result, or 0. */
void qyran_mover_mask(const struct qyran_mover_cells *cells, const struct qyran_detect_result *result, uint8_t *mask);

#endif
