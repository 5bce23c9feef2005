/* SPDX-License-Identifier: Apache-2.0 */
/* The reader: text of a plate from the pixels of a cut region. Integers only: every build gives the same bits. */
#ifndef QYRAN_READER_H
#define QYRAN_READER_H

#include <qyran/format.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qyran_reading_status {
	QYRAN_READING_NOT_A_PLATE,
	QYRAN_READING_UNREAD,		/* a plate, but not surely readable */
	QYRAN_READING_READ,
};

#define QYRAN_READING_SUMS 3584
#define QYRAN_READING_OTHERS 4
#define QYRAN_READ_CONFIDENCE 700	/* per mille: below it a text counts as unread; `make bench-reader` shows how many are right above and below */

/* A text that it may be instead. */
struct qyran_reading_other {
	char text[QYRAN_PLATE_TEXT_MAX + 1];
	uint8_t rows;
	uint16_t confidence;			/* that this is the whole text, per mille */
};

struct qyran_reading {
	enum qyran_reading_status status;
	char text[QYRAN_PLATE_TEXT_MAX + 1];	/* best text, also when UNREAD; empty when it is no plate */
	uint8_t length;
	uint8_t rows;				/* 1 or 2 */
	uint8_t looks;				/* runs of the network: a text that was found is looked at again, alone */
	uint16_t confidence;			/* that the whole text is right, per mille */
	uint16_t character_confidence[QYRAN_PLATE_TEXT_MAX];	/* per mille */
	char format[QYRAN_FORMAT_NAME_MAX];	/* that the best text fits, of this country; empty when it fits none */
	char country[4];			/* likeliest, ISO 3166-1 alpha-2; empty likewise */
	uint16_t format_confidence;		/* per mille, with what is uncertain of the text; from texts alone, so that formats */
	uint16_t country_confidence;		/* with the same texts share it by how often they are seen */
	struct qyran_reading_other others[QYRAN_READING_OTHERS];	/* best first; with the text above at most all that it may be */
	uint8_t other_count;
	int16_t sums[QYRAN_READING_SUMS];	/* the reader's own evidence, for fusing; meaningless elsewhere */
	uint32_t sum_count;
};

struct qyran_reader;
struct reader_backend;			/* reader_backend.h */

/**
 * qyran_reader_new() - a reader on the CPU.
 * @formats: borrowed, must outlive the reader.
 * Returns 0 or a negative errno.
 */
int qyran_reader_new(const struct qyran_formats *formats, struct qyran_reader **ret);

/** qyran_reader_free() - accepts NULL. */
void qyran_reader_free(struct qyran_reader *reader);

/** qyran_reader_use() - another one computes the network's sums from now on. @backend: the reader's, and freed with it. */
void qyran_reader_use(struct qyran_reader *reader, struct reader_backend *backend);

/**
 * qyran_reader_read() - reads one region.
 * @yuyv: @width x @height pixels, @stride bytes from line to line; at most QYRAN_PIXELS_MAX bytes.
 * Returns 0, or -EINVAL for sizes that no region has.
 */
int qyran_reader_read(struct qyran_reader *reader, const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride,
		      struct qyran_reading *ret);

/**
 * qyran_reader_fuse() - one reading from several of the same plate, whatever their order.
 * The confidence is that of the whole evidence; readings that are not plates are left out.
 */
void qyran_reader_fuse(const struct qyran_reader *reader, const struct qyran_reading *const *readings, size_t count,
		       struct qyran_reading *ret);

/* Asynchronous reading: one worker thread, jobs in order. */
struct qyran_reader_queue;

/**
 * qyran_reader_queue_new() - starts the worker.
 * @room: jobs that may wait. @wait: a full queue makes submit wait (simulated, recorded) instead of refusing (live).
 */
int qyran_reader_queue_new(struct qyran_reader *reader, size_t room, bool wait, struct qyran_reader_queue **ret);

/** qyran_reader_queue_free() - ends the worker; what waits is dropped. Accepts NULL. */
void qyran_reader_queue_free(struct qyran_reader_queue *queue);

/** qyran_reader_queue_submit() - copies the pixels. @key comes back with the reading. Returns 0; -EAGAIN when full and not waiting. */
int qyran_reader_queue_submit(struct qyran_reader_queue *queue, uint64_t key, const uint8_t *yuyv, uint32_t width,
			      uint32_t height, uint32_t stride);

/** qyran_reader_queue_collect() - the oldest finished reading. Returns 0; -EAGAIN when none is finished. */
int qyran_reader_queue_collect(struct qyran_reader_queue *queue, uint64_t *ret_key, struct qyran_reading *ret);

/** qyran_reader_queue_drain() - waits until nothing waits or is being read; the results are to be collected. */
void qyran_reader_queue_drain(struct qyran_reader_queue *queue);

#endif
