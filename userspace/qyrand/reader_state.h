/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the reader. */
#ifndef QYRAN_READER_STATE_H
#define QYRAN_READER_STATE_H

#include "reader.h"
#include "reader_backend.h"
#include "reader_decode.h"

#define TEXTS_MAX 160			/* of one plate, that are weighed against each other */
/* Steps err alike, so that sums are taken softly (SUM_LOG); whole texts are that much surer again: so confidence is about the share that is right. */
#define SURER(logarithm) ((logarithm) * 3 / 2)
#define ELSEWHERE (-4 * LOG_ONE)	/* prior of a text that the beam does not hold */

/* What one run of the network says. */
struct reader_evidence {
	const int16_t *logs;
	struct hypothesis texts[BEAM];		/* best first */
	int count;
	int16_t plate;				/* the network's sum for "here is a plate" */
};

struct qyran_reader {
	struct reader_backend *backend;
	struct log_tables tables;
	struct grammar grammar;
	int8_t input[PLATE_INPUT_H * PLATE_INPUT_W];
	int16_t sums[PLATE_SUMS];
	struct reader_evidence looks[2];
	struct qyran_reading second;
};

/** reader_state_reading() - a reading from the network's sums, wherever they were computed; @ret_evidence: its texts, none when it is no plate. */
void reader_state_reading(const struct qyran_reader *reader, const int16_t sums[PLATE_SUMS], struct reader_evidence *ret_evidence,
			  struct qyran_reading *ret);

/** reader_state_both() - text, confidences, format and status from two looks at the same pixels; @ret is as for reader_state_result(). */
void reader_state_both(const struct qyran_reader *reader, const struct reader_evidence looks[2], struct qyran_reading *ret);

/**
 * reader_state_result() - text, confidences, format and status from @count texts, 1 to TEXTS_MAX, best first; leaves the evidence of @ret alone.
 * @elsewhere: share of all other texts, where the best one has 2^30.
 * @plate: as in struct reader_evidence.
 */
void reader_state_result(const struct qyran_reader *reader, const struct hypothesis *texts, int count, uint64_t elsewhere, int16_t plate,
			 struct qyran_reading *ret);

#endif
