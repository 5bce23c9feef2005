/* SPDX-License-Identifier: Apache-2.0 */
/* From the network's sums to texts: logarithms in integers, a beam of texts, the probability of one. */
#ifndef QYRAN_READER_DECODE_H
#define QYRAN_READER_DECODE_H

#include "reader_grammar.h"

#define LOG_ONE 256			/* logarithms are natural, in 1/256 */
/*
 * A sum as a logarithm: a logit's sixteenth would be 16, but the network is surer of pictures that nobody rendered than it may be. At 11 the confidence of
 * photographed plates is about the share that is right (bench-plates --csv).
 */
#define SUM_LOG 11
#define LOG_NONE (-(1 << 24))		/* of nothing; may be added to a few times */
#define EXP_STEPS 4096			/* e^-16, below which nothing counts */
#define BEAM 24
#define BEHIND (-14 * LOG_ONE)		/* texts so far behind the best are dropped */
#define LOG_SUMS (2 * PLATE_STEPS * PLATE_CLASSES)

/* Tables by integer recursion: no build's mathematical library has a say. */
struct log_tables {
	uint32_t exp[EXP_STEPS];	/* e^(-i / LOG_ONE), 2^30 is one */
	uint8_t sum[7 * LOG_ONE];	/* ln(1 + e^(-i / LOG_ONE)) * LOG_ONE */
};

void log_tables_make(struct log_tables *tables);

/** log_add() - ln(e^a + e^b). */
int32_t log_add(const struct log_tables *tables, int32_t a, int32_t b);

/** log_exp() - e^@value as a fraction of 2^30; @value is at most 0. */
uint32_t log_exp(const struct log_tables *tables, int32_t value);

/** decode_logs() - logarithms of the classes' probabilities, [row][step][class], from the network's sums. */
void decode_logs(const struct log_tables *tables, const int16_t sums[PLATE_SUMS], int16_t logs[LOG_SUMS]);

/** decode_beam() - the most probable texts, best first. Returns how many, 1 to BEAM. */
int decode_beam(const struct log_tables *tables, const struct grammar *grammar, const int16_t logs[LOG_SUMS], struct hypothesis ret[BEAM]);

/** decode_likelihood() - logarithm of the probability that the network gives the whole text. */
int32_t decode_likelihood(const struct log_tables *tables, const int16_t logs[LOG_SUMS], const struct hypothesis *hypothesis);

#endif
