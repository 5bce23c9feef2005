/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/slots.h"

#include <errno.h>
#include <string.h>

void qyran_slots_init(struct qyran_slots *slots)
{
	memset(slots, 0, sizeof(*slots));
	pthread_mutex_init(&slots->lock, NULL);
}

void qyran_slots_finish(struct qyran_slots *slots)
{
	pthread_mutex_destroy(&slots->lock);
}

int qyran_slots_put(struct qyran_slots *slots, uint32_t slot, uint64_t frame, uint64_t time_ns)
{
	int rc = -EINVAL;

	if (slot >= QYRAN_SLOTS)
		return rc;
	pthread_mutex_lock(&slots->lock);
	if (!slots->slot[slot].here) {
		slots->slot[slot] = (struct qyran_slot){ .frame = frame, .time_ns = time_ns, .order = ++slots->order, .here = true };
		rc = 0;
	}
	pthread_mutex_unlock(&slots->lock);
	return rc;
}

void qyran_slots_bare(struct qyran_slots *slots, uint64_t frame)
{
	pthread_mutex_lock(&slots->lock);
	slots->bare[slots->bare_count++ % QYRAN_SLOTS] = frame;
	pthread_mutex_unlock(&slots->lock);
}

static bool is_bare(const struct qyran_slots *slots, uint64_t frame)
{
	for (unsigned int i = 0; i < QYRAN_SLOTS && i < slots->bare_count; i++)
		if (slots->bare[i] == frame)
			return true;
	return false;
}

int qyran_slots_hold(struct qyran_slots *slots, uint64_t frame, uint32_t *ret_slot, uint64_t *ret_time_ns)
{
	unsigned int held = 0;
	struct qyran_slot *found = NULL;
	int rc = 0;

	pthread_mutex_lock(&slots->lock);
	for (unsigned int i = 0; i < QYRAN_SLOTS; i++) {
		struct qyran_slot *slot = &slots->slot[i];

		held += slot->here && slot->holders > 0;
		if (slot->here && slot->frame == frame && (!found || slot->order > found->order))
			found = slot;
	}
	if (found && (found->holders > 0 || held < QYRAN_SLOTS_KEPT)) {
		found->holders++;
		*ret_slot = (uint32_t)(found - slots->slot);
		*ret_time_ns = found->time_ns;
	} else if (is_bare(slots, frame)) {
		rc = -ENODATA;
	} else {
		rc = held >= QYRAN_SLOTS_KEPT ? -EBUSY : -ESTALE;
	}
	pthread_mutex_unlock(&slots->lock);
	return rc;
}

void qyran_slots_release(struct qyran_slots *slots, uint32_t slot, uint64_t frame)
{
	if (slot >= QYRAN_SLOTS)
		return;
	pthread_mutex_lock(&slots->lock);
	if (slots->slot[slot].here && slots->slot[slot].frame == frame && slots->slot[slot].holders > 0)
		slots->slot[slot].holders--;
	pthread_mutex_unlock(&slots->lock);
}

uint32_t qyran_slots_recycle(struct qyran_slots *slots)
{
	uint32_t out = 0;

	pthread_mutex_lock(&slots->lock);
	for (;;) {
		struct qyran_slot *oldest = NULL;
		unsigned int here = 0;

		for (unsigned int i = 0; i < QYRAN_SLOTS; i++) {
			struct qyran_slot *slot = &slots->slot[i];

			here += slot->here;
			if (slot->here && slot->holders == 0 && (!oldest || slot->order < oldest->order))
				oldest = slot;
		}
		if (here <= QYRAN_SLOTS_KEPT || !oldest)
			break;
		oldest->here = false;
		out |= 1u << (oldest - slots->slot);
	}
	pthread_mutex_unlock(&slots->lock);
	return out;
}

uint32_t qyran_slots_unused(struct qyran_slots *slots)
{
	uint32_t found = QYRAN_SLOT_NONE;

	pthread_mutex_lock(&slots->lock);
	for (uint32_t i = 0; i < QYRAN_SLOTS && found == QYRAN_SLOT_NONE; i++)
		if (!slots->slot[i].here)
			found = i;
	pthread_mutex_unlock(&slots->lock);
	return found;
}
