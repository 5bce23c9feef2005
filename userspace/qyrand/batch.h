/* SPDX-License-Identifier: Apache-2.0 */
/* Collects the records of one frame after the other. */
#ifndef QYRAN_BATCH_H
#define QYRAN_BATCH_H

#include "track.h"

struct qyran_batch;

struct qyran_batch_counts {
	uint64_t frames;	/* complete */
	uint64_t candidates;	/* REGION records */
	uint64_t dropped;	/* records missing in the sequence, and frames whose pixels found no slot */
	uint64_t odd;		/* records that do not hold what their type says */
};

/** qyran_batch_new() - NULL when there is no memory. */
struct qyran_batch *qyran_batch_new(void);

/** qyran_batch_free() - wipes the pixels. Accepts NULL. */
void qyran_batch_free(struct qyran_batch *batch);

/**
 * qyran_batch_add() - takes one sound record; its bytes are copied. A frame whose FRAME record never came is given up when the next begins.
 * Returns the frame that this record completes, valid until the next call; NULL when there is none yet.
 */
const struct qyran_frame_batch *qyran_batch_add(struct qyran_batch *batch, const struct qyran_record_header *record);

/** qyran_batch_anew() - sequence and frame numbers begin again: what is half collected is given up, the step back is no loss. */
void qyran_batch_anew(struct qyran_batch *batch);

/** qyran_batch_count() - so far. */
struct qyran_batch_counts qyran_batch_count(const struct qyran_batch *batch);

#endif
