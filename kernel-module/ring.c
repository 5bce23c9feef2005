// SPDX-License-Identifier: GPL-2.0
/*
 * The ring of records. A record is copied out of it first and checked in the copy, so that nothing that happens to the
 * memory meanwhile can pass the check. Everything happens when the reader asks; the interrupt only wakes it.
 */
#include "qyran.h"

#include <linux/align.h>
#include <linux/crc32.h>
#include <linux/dma-mapping.h>
#include <linux/poll.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define HEADER	((u32)sizeof(struct qyran_record_header))
#define TRAILER	((u32)sizeof(struct qyran_record_trailer))
#define LEAST	(HEADER + TRAILER)
#define PRODUCER_TRIES	3
/* No stretch of damaged bytes hides more records than that; what claims to follow it with a later number is pixels. */
#define SEQUENCE_AHEAD	65536

static u32 crc32c(const void *bytes, size_t size)
{
	return ~__crc32c_le(~0u, bytes, size);
}

static void copy_out(struct qyran *q, u32 index, void *to, u32 size)
{
	const u8 *ring = page_address(q->ring->page);
	u32 at = index & (q->ring_size - 1);
	u32 first = min(size, q->ring_size - at);

	memcpy(to, ring + at, first);
	memcpy((u8 *)to + first, ring, size - first);
}

static void sync_range(struct qyran *q, u32 index, u32 size, bool cpu)
{
	u32 at = index & (q->ring_size - 1);
	u32 first = min(size, q->ring_size - at);
	u32 part[2][2] = { { at, first }, { 0, size - first } };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (!part[i][1])
			continue;
		if (cpu)
			dma_sync_single_range_for_cpu(q->dev, q->ring->dma, part[i][0], part[i][1],
						      DMA_BIDIRECTIONAL);
		else
			dma_sync_single_range_for_device(q->dev, q->ring->dma, part[i][0], part[i][1],
							 DMA_BIDIRECTIONAL);
	}
}

/* The length that a sound header gives, else 0. */
static u32 header_length(const struct qyran_record_header *header)
{
	u32 length = le32_to_cpu(header->length), payload = le32_to_cpu(header->payload);
	u32 least = 0, most = sizeof(struct qyran_region) + QYRAN_PIXELS_MAX;

	if (le32_to_cpu(header->magic) != QYRAN_RECORD_MAGIC ||
	    le16_to_cpu(header->version) != QYRAN_RECORD_VERSION ||
	    le32_to_cpu(header->header_crc) != crc32c(header, offsetof(struct qyran_record_header, header_crc)))
		return 0;
	switch (le16_to_cpu(header->type)) {
	case QYRAN_RECORD_MOVER:
		least = sizeof(struct qyran_mover);
		most = least;
		break;
	case QYRAN_RECORD_REGION:
	case QYRAN_RECORD_WATCH:
		least = sizeof(struct qyran_region);
		break;
	case QYRAN_RECORD_FRAME:
		least = sizeof(struct qyran_frame_info);
		most = least;
		break;
	case QYRAN_RECORD_PIXELS:	/* only in files */
		return 0;
	}
	if (payload < least || payload > most || length != LEAST + ALIGN(payload, QYRAN_RECORD_ALIGN))
		return 0;
	return length;
}

static bool body_sound(const u8 *record, u32 length)
{
	const struct qyran_record_header *header = (const void *)record;
	const struct qyran_record_trailer *trailer = (const void *)(record + length - TRAILER);
	const struct qyran_region *region = (const void *)(record + HEADER);
	u16 type = le16_to_cpu(header->type);

	if (le32_to_cpu(trailer->magic) != QYRAN_TRAILER_MAGIC ||
	    memchr_inv(trailer->reserved, 0, sizeof(trailer->reserved)) ||
	    le32_to_cpu(trailer->payload_crc) != crc32c(record + HEADER, length - LEAST))
		return false;
	if (type != QYRAN_RECORD_REGION && type != QYRAN_RECORD_WATCH)
		return true;
	return le32_to_cpu(region->pixels) == le32_to_cpu(header->payload) - sizeof(*region) &&
	       (u64)le16_to_cpu(region->out_w) * le16_to_cpu(region->out_h) * 2 == le32_to_cpu(region->pixels);
}

/* Copies the record at @index into q->record. Returns its length; 0 when it is not sound, then @ret_skip is where to look on. */
static u32 examine(struct qyran *q, u32 index, u32 *ret_skip)
{
	struct qyran_record_header *header = (void *)q->record;
	u32 available = q->producer - index, length;

	*ret_skip = min(available, QYRAN_RECORD_ALIGN);
	if (available < LEAST)
		return 0;
	copy_out(q, index, header, HEADER);
	length = header_length(header);
	if (!length || length > available)
		return 0;
	copy_out(q, index + HEADER, q->record + HEADER, length - HEADER);
	if (body_sound(q->record, length))
		return length;
	*ret_skip = length;
	return 0;
}

/* Goes on to the next sound record, or to the end of what is there. */
static void skip_damaged(struct qyran *q, u32 skip)
{
	const struct qyran_record_header *header = (const void *)q->record;
	u32 from = q->consumer;

	while (true) {
		/* A FRAME whose header is sound still tells that its frame has ended. */
		if (skip >= LEAST && le16_to_cpu(header->type) == QYRAN_RECORD_FRAME &&
		    le64_to_cpu(header->frame) - q->next_frame < SEQUENCE_AHEAD)
			q->next_frame = le64_to_cpu(header->frame) + 1;
		q->consumer += skip;
		if (q->consumer == q->producer)
			break;
		if (examine(q, q->consumer, &skip) &&
		    le64_to_cpu(header->sequence) - q->sequence < SEQUENCE_AHEAD)
			break;
	}
	q->count.corrupt++;
	q->count.corrupt_bytes += q->consumer - from;
	q->doubtful = true;
}

/* The reader has come back: what it has read before is free for the logic, slots before room in the ring. */
static void give_back(struct qyran *q)
{
	if (q->state != QYRAN_RUNNING)
		return;
	qyran_slots_doubt(q);
	qyran_slots_return(q);
	if (q->told == q->consumer)
		return;
	/* more than the ring holds when the logic's place in it was lost */
	sync_range(q, q->told, min(q->consumer - q->told, q->ring_size), false);
	qyran_set(q, QYRAN_REG_RING_CONSUMER, q->consumer);
	q->told = q->consumer;
}

/* Looks for new records. Returns 0, or -EIO when the device does not answer. */
static int refresh(struct qyran *q)
{
	unsigned int i;
	u32 producer, fresh;

	if (q->state != QYRAN_RUNNING)
		return 0;
	for (i = 0; i < PRODUCER_TRIES; i++) {
		producer = qyran_get(q, QYRAN_REG_RING_PRODUCER);
		fresh = producer - q->producer;
		if (producer % QYRAN_RECORD_ALIGN == 0 && producer - q->told <= q->ring_size &&
		    fresh <= q->ring_size) {
			if (q->dead)
				qyran_alive(q);
			if (fresh)
				sync_range(q, q->producer, fresh, true);
			q->producer = producer;
			q->nonsense = false;
			return 0;
		}
		if (!qyran_alive(q)) {
			q->doubtful = true;
			return -EIO;
		}
	}
	/* The logic cannot have written that; what it has is beyond knowing. Said once; if it stays, tick starts the stream again. */
	if (!q->nonsense) {
		q->nonsense = true;
		q->count.corrupt++;
		q->pending = -EBADMSG;
	}
	q->doubtful = true;
	if (producer % QYRAN_RECORD_ALIGN == 0) {
		q->producer = producer;
		q->consumer = producer;
		give_back(q);
	}
	return 0;
}

/* Length of the next record, in q->record; 0: none; negative errno. */
static int next_record(struct qyran *q, bool first)
{
	u32 length, skip;
	int rc;

	if (q->gone)
		return -ENODEV;
	if (q->pending) {
		rc = q->pending;
		if (!first)
			return 0;
		q->pending = 0;
		return rc;
	}
	if (q->state == QYRAN_NEW)
		return -EPIPE;
	if (first && (q->consumer == q->producer || q->consumer - q->told > q->ring_size / 4)) {
		give_back(q);
		rc = refresh(q);
		if (rc)
			return rc;
		if (q->pending)
			return next_record(q, true);
	}
	if (q->consumer == q->producer)
		return 0;
	length = examine(q, q->consumer, &skip);
	if (length)
		return length;
	skip_damaged(q, skip);
	if (!first) {
		q->pending = -EBADMSG;
		return 0;
	}
	return -EBADMSG;
}

/* The record in q->record has reached the reader. */
static void delivered(struct qyran *q, u32 length)
{
	const struct qyran_record_header *header = (const void *)q->record;
	const struct qyran_frame_info *frame = (const void *)(q->record + HEADER);
	u64 sequence = le64_to_cpu(header->sequence);

	q->consumer += length;
	q->count.records++;
	q->count.bytes += length;
	if (sequence != q->sequence) {
		q->count.gaps++;
		if (sequence > q->sequence)
			q->count.missed += sequence - q->sequence;
		q->doubtful = true;
	}
	q->sequence = sequence + 1;
	if (le16_to_cpu(header->type) == QYRAN_RECORD_FRAME) {
		q->count.frames++;
		q->next_frame = le64_to_cpu(header->frame) + 1;
		qyran_slots_put(q, le32_to_cpu(frame->slot), le64_to_cpu(header->frame),
				le64_to_cpu(header->time_ns));
	}
}

static ssize_t read_once(struct qyran *q, char __user *to, size_t size, bool *ret_end, int *ret_events)
{
	size_t done = 0;
	int length;

	*ret_end = false;
	while (true) {
		unsigned int run;

		mutex_lock(&q->lock);
		*ret_events = atomic_read(&q->events);
		run = q->run;
		length = next_record(q, !done);
		*ret_end = q->state == QYRAN_STOPPED;
		mutex_unlock(&q->lock);
		if (length <= 0)
			return done ? done : length;
		if (length > size - done)
			return done ? done : -EMSGSIZE;
		if (copy_to_user(to + done, q->record, length))
			return done ? done : -EFAULT;
		done += length;
		mutex_lock(&q->lock);
		if (run == q->run)
			delivered(q, length);
		mutex_unlock(&q->lock);
	}
}

ssize_t qyran_read(struct qyran *q, char __user *to, size_t size, bool wait)
{
	ssize_t rc;
	bool end;
	int events;

	if (!size)
		return 0;
	if (wait)
		rc = mutex_lock_interruptible(&q->read_lock);
	else
		rc = mutex_trylock(&q->read_lock) ? 0 : -EAGAIN;
	if (rc)
		return rc;
	while (true) {
		rc = read_once(q, to, size, &end, &events);
		if (rc || end)
			break;
		if (!wait) {
			rc = -EAGAIN;
			break;
		}
		rc = wait_event_interruptible(q->wait, atomic_read(&q->events) != events);
		if (rc)
			break;
	}
	mutex_unlock(&q->read_lock);
	return rc;
}

__poll_t qyran_ready(struct qyran *q)
{
	if (q->gone)
		return EPOLLERR | EPOLLHUP;
	if (q->pending)
		return EPOLLIN | EPOLLRDNORM;
	if (q->state == QYRAN_NEW)
		return EPOLLERR;
	if (q->consumer == q->producer) {
		give_back(q);
		if (refresh(q))
			return EPOLLERR;
	}
	if (q->consumer != q->producer || q->pending)
		return EPOLLIN | EPOLLRDNORM;
	return q->state == QYRAN_STOPPED ? EPOLLIN | EPOLLRDNORM | EPOLLHUP : 0;
}
