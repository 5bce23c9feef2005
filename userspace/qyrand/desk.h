/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The desk between tracker and reader: requests go out, readings come back to the track that asked.
 *
 * Simulated and recorded devices wait for the reader at fixed places of the stream, so that the same records give the same decisions;
 * a live device never waits but at a track's end, and what the reader could not take is counted.
 */
#ifndef QYRAN_DESK_H
#define QYRAN_DESK_H

#include "track.h"

struct qyran_desk;

/**
 * qyran_desk_new() - starts the reader's worker.
 * @reader: borrowed. @wait: see above.
 * Returns 0 or a negative errno.
 */
int qyran_desk_new(struct qyran_reader *reader, bool wait, struct qyran_desk **ret);

/** qyran_desk_free() - before the tracks are gone or after; what waits is wiped. Accepts NULL. */
void qyran_desk_free(struct qyran_desk *desk);

/** qyran_desk_ask() - from the tracker's read event. @frame: number of the frame that shows it. */
void qyran_desk_ask(struct qyran_desk *desk, struct qyran_track *track, const struct qyran_region *region, const uint8_t *pixels,
		    uint64_t frame, uint64_t time_ns);

/** qyran_desk_deliver() - gives tracks the readings that came, in the order of the requests; before a frame is tracked. */
void qyran_desk_deliver(struct qyran_desk *desk);

/** qyran_desk_settle() - waits for what a track still asks, gives it that, and forgets the track; when it ends. */
void qyran_desk_settle(struct qyran_desk *desk, struct qyran_track *track);

/** qyran_desk_skipped() - requests that the reader had no time for. */
uint64_t qyran_desk_skipped(const struct qyran_desk *desk);

#endif
