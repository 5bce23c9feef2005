// SPDX-License-Identifier: GPL-2.0
/* Who has which frame: the logic, the reader, or holders. The same rules as the simulated board's, userspace/lib/slots.c. */
#include "qyran.h"

#include <linux/bitops.h>
#include <linux/dma-mapping.h>

#define STILL	20	/* ticks: 5 s. A frame takes 1/60 s on a board; a simulated one of 1920x1080 some 2 s */

static unsigned int kept(const struct qyran *q)
{
	return q->slot_count - QYRAN_SLOTS_SPARE;
}

/*
 * Memory for all slots. What is there already stays if the frames have the same shape; else new memory, which is zero, so that
 * nothing of an older picture is left between the lines of a new one.
 */
int qyran_slots_alloc(struct qyran *q)
{
	bool same = q->format.width == q->running.width && q->format.height == q->running.height;
	size_t size = (size_t)q->format.stride * q->format.height;
	unsigned int i;

	for (i = 0; i < q->slot_count; i++) {
		struct qyran_block *block = q->slots[i].block;

		if (block && (!same || block->size != PAGE_ALIGN(size))) {
			spin_lock(&q->slot_lock);
			q->slots[i].block = NULL;
			q->slots[i].here = false;
			spin_unlock(&q->slot_lock);
			qyran_block_drop(q, block);
			block = NULL;
		}
		if (!block)
			block = qyran_block_new(q, size);
		if (!block)
			return -ENOMEM;
		q->slots[i].block = block;
	}
	return 0;
}

/* A run begins: the logic gets all but what is held. */
void qyran_slots_begin(struct qyran *q)
{
	unsigned int i;

	spin_lock(&q->slot_lock);
	q->giving = 0;
	q->given = 0;
	q->doubtful = false;
	q->bare_count = 0;
	for (i = 0; i < q->slot_count; i++) {
		struct qyran_slot *slot = &q->slots[i];

		slot->stale = slot->block->holders > 0;
		slot->here = slot->stale;
		if (!slot->here)
			q->giving |= BIT(i);
	}
	spin_unlock(&q->slot_lock);
}

static void recycle(struct qyran *q)
{
	for (;;) {
		struct qyran_slot *oldest = NULL;
		unsigned int i, here = 0;

		for (i = 0; i < q->slot_count; i++) {
			struct qyran_slot *slot = &q->slots[i];

			here += slot->here;
			if (slot->here && !slot->block->holders && (!oldest || slot->order < oldest->order))
				oldest = slot;
		}
		if (!oldest || (here <= kept(q) && !oldest->stale))
			return;
		oldest->here = false;
		oldest->stale = false;
		q->giving |= BIT(oldest - q->slots);
	}
}

/* A FRAME record has been read. */
void qyran_slots_put(struct qyran *q, u32 slot, u64 frame, u64 time_ns)
{
	spin_lock(&q->slot_lock);
	if (slot < q->slot_count && q->given & BIT(slot)) {
		q->given &= ~BIT(slot);
		q->slots[slot].frame = frame;
		q->slots[slot].time_ns = time_ns;
		q->slots[slot].order = ++q->order;
		q->slots[slot].here = true;
		q->slots[slot].stale = false;
	} else {
		q->bare[q->bare_count++ % QYRAN_SLOTS] = frame;
		if (slot != QYRAN_SLOT_NONE)
			q->count.bad_slots++;
	}
	recycle(q);
	spin_unlock(&q->slot_lock);
}

/* The reader has come back: what it may no longer hold goes to the logic. */
void qyran_slots_return(struct qyran *q)
{
	unsigned long giving;
	unsigned int i;

	spin_lock(&q->slot_lock);
	recycle(q);
	giving = q->giving;
	q->giving = 0;
	q->given |= giving;
	spin_unlock(&q->slot_lock);
	if (!giving)
		return;
	for_each_set_bit(i, &giving, QYRAN_SLOTS) {
		struct qyran_block *block = q->slots[i].block;

		if (block->cpu)
			dma_sync_single_for_device(q->dev, block->dma, block->size, DMA_BIDIRECTIONAL);
		block->cpu = false;
	}
	qyran_set(q, QYRAN_REG_SLOT_GIVE, giving);
}

/*
 * A slot whose FRAME record was lost is with nobody. When the last frame that began is one whose FRAME has been read, none is
 * under way (DRAINED would speak only of frames that have ended), and what the logic was given and does not show as free is
 * such a slot. The order of the reads matters: a frame that takes a slot has been counted before. Where no FRAME could be
 * read, no frame is under way either when none has begun for long.
 */
void qyran_slots_doubt(struct qyran *q)
{
	u32 free, begun, lost;
	unsigned int i;

	if (!q->doubtful)
		return;
	free = qyran_get(q, QYRAN_REG_SLOT_STATE);
	begun = qyran_get(q, QYRAN_REG_COUNT_FRAMES) - q->frames_before;
	if (free >> QYRAN_SLOTS || (begun != (u32)q->next_frame && q->still < STILL))
		return;
	spin_lock(&q->slot_lock);
	lost = q->given & ~free;
	q->giving |= lost;
	q->given = free;
	/* It has told of a slot that it still has: that frame is none. */
	for (i = 0; i < q->slot_count; i++)
		if (free & BIT(i) && !q->slots[i].block->holders)
			q->slots[i].here = false;
	spin_unlock(&q->slot_lock);
	q->count.lost_slots += hweight32(lost);
	q->doubtful = false;
}

/* The driver goes; what is held stays with its holders. */
void qyran_slots_free(struct qyran *q)
{
	unsigned int i;

	for (i = 0; i < QYRAN_SLOTS; i++) {
		struct qyran_block *block = q->slots[i].block;

		spin_lock(&q->slot_lock);
		q->slots[i].block = NULL;
		q->slots[i].here = false;
		spin_unlock(&q->slot_lock);
		qyran_block_drop(q, block);
	}
}

static bool is_bare(const struct qyran *q, u64 frame)
{
	unsigned int i;

	for (i = 0; i < QYRAN_SLOTS && i < q->bare_count; i++)
		if (q->bare[i] == frame)
			return true;
	return false;
}

struct qyran_block *qyran_slots_hold(struct qyran *q, u64 frame, u64 *ret_time_ns)
{
	struct qyran_slot *found = NULL;
	struct qyran_block *block;
	unsigned int i;

	spin_lock(&q->slot_lock);
	for (i = 0; i < q->slot_count; i++) {
		struct qyran_slot *slot = &q->slots[i];

		if (slot->here && !slot->stale && slot->frame == frame && (!found || slot->order > found->order))
			found = slot;
	}
	if (found && (found->block->holders || q->held < kept(q))) {
		block = found->block;
		q->held += !block->holders;
		block->holders++;
		kref_get(&block->ref);
		*ret_time_ns = found->time_ns;
	} else if (!found && is_bare(q, frame)) {
		block = ERR_PTR(-ENODATA);
	} else {
		block = ERR_PTR(found || q->held >= kept(q) ? -EBUSY : -ESTALE);
	}
	spin_unlock(&q->slot_lock);
	return block;
}

void qyran_slots_release(struct qyran *q, struct qyran_block *block)
{
	spin_lock(&q->slot_lock);
	block->holders--;
	q->held -= !block->holders;
	spin_unlock(&q->slot_lock);
	qyran_block_put(block);
}
