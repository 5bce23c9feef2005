/* SPDX-License-Identifier: Apache-2.0 */
/* Inside bench-plates: stills with the plates that truth.tsv names, what came of each, and the sums over a set. */
#ifndef QYRAN_BENCH_PLATES_H
#define QYRAN_BENCH_PLATES_H

#include "hw/bench/bench.h"

#include <stdbool.h>
#include <stddef.h>

#define PLATES_KS 3		/* how many candidates there may be: 4, 8, 16 */
#define PLATES_AT_8 1
#define PLATES_AT_16 2
#define PLATES_WIDTHS 4
#define PLATES_MAX 64		/* in one picture */

/* Was the text read? Folded: O and Q count as 0, I as 1, on both sides. */
struct plates_right {
	bool exact, folded;		/* the best text */
	bool exact3, folded3;		/* one of the best three */
};

struct plate {
	char text[64];			/* one of several, with / between, when more than one is right */
	bool boxed;
	struct bench_box box;		/* in the scaled picture */
	double best_iou;
	bool found[PLATES_KS], contained[PLATES_KS];
	struct plates_right whole;	/* from the whole picture */
	struct plates_right given;	/* given its box */
	char read[16], read_given[16];	/* the best texts; empty: none */
	unsigned int confidence;	/* of the first, per mille */
};

/* A picture and the plates that truth.tsv names on it. */
struct still {
	char file[256];
	unsigned int line, count;
	struct plate plates[PLATES_MAX];
};

struct tally {
	char set[128];
	unsigned long pictures, plates, boxed, found[PLATES_KS], contained[PLATES_KS], width_all[PLATES_WIDTHS], width_contained[PLATES_WIDTHS], candidates;
	double ms, mpixels;
	unsigned long exact, folded, exact3, folded3, given_exact, given_folded, width_folded[PLATES_WIDTHS];
	unsigned long strangers, false_texts;	/* candidates among 16 that touch no plate's box; those with a text above the threshold */
	unsigned long regions, looks;		/* that were read; runs of the network */
	double read_ms;
};

/**
 * plates_truth_read() - reads an open truth.tsv; the plates of a picture come together. Complains of lines that say nothing.
 * Returns @ret_count stills that the caller frees, or NULL when there are none.
 */
struct still *plates_truth_read(const char *path, FILE *file, size_t *ret_count);

/** plates_count() - adds what came of a plate. */
void plates_count(struct tally *tally, const struct plate *plate);

/** plates_print() - the tables, and the lines for machines. @threshold: of a text's score, see plates_read.h; below 0: none. */
void plates_print(const struct tally *tallies, size_t n, double threshold);

#endif
