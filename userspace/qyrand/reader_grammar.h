/* SPDX-License-Identifier: Apache-2.0 */
/* What texts plates may have: the formats as automata that run side by side over a text, and how far a text is to be expected. */
#ifndef QYRAN_READER_GRAMMAR_H
#define QYRAN_READER_GRAMMAR_H

#include <hw/hls/plate_reader.h>
#include <qyran/format.h>

#define OFF_GRAMMAR (-6 * LOG_ONE)	/* prior of a text that fits no format; less than any format's */

struct log_tables;

/* A text, and where its lower row begins (its length when there is none). */
struct hypothesis {
	uint8_t classes[QYRAN_PLATE_TEXT_MAX];
	uint8_t length, upper;
	int32_t likelihood;		/* logarithm, of the pictures given the text */
	int32_t posterior;		/* the same with the prior */
};

/* Bit s of a format: its characters before the one of number s have been read or left out. */
struct grammar_state {
	uint16_t reached[QYRAN_FORMATS_MAX];
};

struct grammar {
	const struct qyran_formats *formats;
	int lanes;								/* formats, rounded up */
	uint16_t allowed[2][PLATE_CLASSES][QYRAN_FORMATS_MAX];			/* row: which of its characters may be of the class */
	uint16_t optional[2][QYRAN_FORMATS_MAX];				/* row: which of its characters may be missing */
	uint16_t upper_ends[QYRAN_FORMATS_MAX], ends[QYRAN_FORMATS_MAX];	/* the bit after the upper or only row, and after all */
	int16_t priors[QYRAN_FORMATS_MAX];					/* logarithm of the weight, 100 is 0 */
	int16_t spreads[QYRAN_FORMATS_MAX];					/* logarithm of how many texts it has, about */
};

void grammar_make(struct grammar *grammar, const struct log_tables *tables, const struct qyran_formats *formats);

/**
 * grammar_start(), grammar_step(), grammar_row_end() - nothing read; one more character of a row; the upper or only row is complete.
 * @from and @ret may not be the same.
 * Return the prior of the likeliest format that the text may still become, OFF_GRAMMAR when there is none.
 */
int32_t grammar_start(const struct grammar *grammar, struct grammar_state *ret);
int32_t grammar_step(const struct grammar *grammar, const struct grammar_state *from, int row, int class, struct grammar_state *ret);
int32_t grammar_row_end(const struct grammar *grammar, const struct grammar_state *from, struct grammar_state *ret);

/** grammar_prior() - logarithm of how far the text is to be expected; @ret_format: index of the likeliest that it fits, or -1. */
int32_t grammar_prior(const struct grammar *grammar, const struct hypothesis *hypothesis, int *ret_format);

/**
 * grammar_formats() - of which formats a text may be: logarithm of how likely it is that a plate of any format is of this one and has this
 * very text; INT16_MIN where it does not fit.
 * Returns how many fit.
 */
int grammar_formats(const struct grammar *grammar, const struct hypothesis *hypothesis, int16_t ret[QYRAN_FORMATS_MAX]);

#endif
