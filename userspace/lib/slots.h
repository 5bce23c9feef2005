/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which frames' pixels are with the reader. A slot comes in with its FRAME record, can be held while it is among the
 * latest, and goes back to where the pixels come from when newer ones push it out and nobody holds it.
 */
#ifndef QYRAN_SLOTS_H
#define QYRAN_SLOTS_H

#include <linux/qyran.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* The logic needs the others: one being written, one for the next frame, one with the cutter. */
#define QYRAN_SLOTS_KEPT (QYRAN_SLOTS - 3u)

struct qyran_slots {
	pthread_mutex_t lock;
	struct qyran_slot {
		uint64_t frame, time_ns, order;
		unsigned int holders;
		bool here;
	} slot[QYRAN_SLOTS];
	uint64_t order;
	uint64_t bare[QYRAN_SLOTS];	/* latest frames without pixels */
	unsigned int bare_count;
};

void qyran_slots_init(struct qyran_slots *slots);
void qyran_slots_finish(struct qyran_slots *slots);

/** qyran_slots_put() - @slot came in with the pixels of @frame. Returns 0, -EINVAL when it cannot be: no such slot, or here already. */
int qyran_slots_put(struct qyran_slots *slots, uint32_t slot, uint64_t frame, uint64_t time_ns);

/** qyran_slots_bare() - @frame came in without pixels. */
void qyran_slots_bare(struct qyran_slots *slots, uint64_t frame);

/** qyran_slots_hold() - returns 0, -ESTALE, -ENODATA or -EBUSY as qyran_device_hold() does. */
int qyran_slots_hold(struct qyran_slots *slots, uint64_t frame, uint32_t *ret_slot, uint64_t *ret_time_ns);

/** qyran_slots_release() - one holder less; from any thread. What is not held is ignored. */
void qyran_slots_release(struct qyran_slots *slots, uint32_t slot, uint64_t frame);

/** qyran_slots_recycle() - takes out the oldest frames that are too many and not held. Returns their slots, a bit each. */
uint32_t qyran_slots_recycle(struct qyran_slots *slots);

/** qyran_slots_unused() - a slot that holds nothing; QYRAN_SLOT_NONE when there is none. */
uint32_t qyran_slots_unused(struct qyran_slots *slots);

#endif
