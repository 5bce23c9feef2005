/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the reader. */
#ifndef QYRAN_READER_STATE_H
#define QYRAN_READER_STATE_H

#include "reader.h"
#include "reader_backend.h"
#include "reader_decode.h"

#define TEXTS_MAX 160			/* of one plate, that are weighed against each other */
#define ELSEWHERE (-4 * LOG_ONE)	/* prior of a text that the beam does not hold */

struct qyran_reader {
	struct reader_backend *backend;
	struct log_tables tables;
	struct grammar grammar;
	int8_t input[PLATE_INPUT_H * PLATE_INPUT_W];
	int16_t sums[PLATE_SUMS];
};

/** reader_state_reading() - a reading from the network's sums, wherever they were computed. */
void reader_state_reading(const struct qyran_reader *reader, const int16_t sums[PLATE_SUMS], struct qyran_reading *ret);

/**
 * reader_state_result() - text, confidences, format and status from @count texts, 1 to TEXTS_MAX, best first; @ret is zeros but for its evidence.
 * @elsewhere: share of all other texts, where the best one has 2^30.
 */
void reader_state_result(const struct qyran_reader *reader, const struct hypothesis *texts, int count, uint64_t elsewhere,
			 struct qyran_reading *ret);

#endif
