/* SPDX-License-Identifier: Apache-2.0 */
/* Violations on their way into the outbox: while the disk is full they stay in hand and are tried again, in their order. */
#ifndef QYRAN_HAND_H
#define QYRAN_HAND_H

#include "outbox.h"

#define QYRAN_HAND_MAX 8	/* violations in hand; each holds less than 1 MiB */

struct qyran_hand {
	struct qyran_outbox *outbox;
	struct qyran_violation *waiting[QYRAN_HAND_MAX];
	size_t count;
	uint64_t next_try_ns;		/* CLOCK_MONOTONIC */
	bool told;			/* that the outbox takes nothing */
	uint64_t decided, again, lost;	/* new; known from before; given up */
};

/**
 * qyran_hand_take() - puts a violation into the outbox, or keeps it in hand while the outbox takes nothing.
 * @violation: from malloc, with its evidence; wiped and freed by the hand.
 * Returns 0; -ENOBUFS when the hand is full: the caller keeps the violation.
 */
int qyran_hand_take(struct qyran_hand *hand, struct qyran_violation *violation);

/** qyran_hand_retry() - tries again what is in hand, at most once a second unless @now. Returns 0 when the hand is empty, -EAGAIN otherwise. */
int qyran_hand_retry(struct qyran_hand *hand, bool now);

/** qyran_hand_drop() - wipes what is in hand and counts it as lost. */
void qyran_hand_drop(struct qyran_hand *hand);

/** qyran_hand_forget() - wipes and frees one violation. */
void qyran_hand_forget(struct qyran_violation *violation);

#endif
