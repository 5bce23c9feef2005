/* SPDX-License-Identifier: Apache-2.0 */
/* What bench-plates has read: each candidate as the service would get it, and which of the texts is the picture's. */
#ifndef QYRAN_BENCH_PLATES_READ_H
#define QYRAN_BENCH_PLATES_READ_H

#include "hw/bench/picture.h"
#include "hw/bench/plates.h"
#include "hw/model/detect.h"

#include <hw/hls/plate_reader.h>
#include <qyrand/reader.h>

struct plates_text {
	struct qyran_detect_region region;
	struct bench_box box;		/* what was cut, margins included */
	struct qyran_reading reading;
	double score;			/* how surely it is a plate, and read: 0 to 1; 0: it is no plate */
};

struct plates_texts {
	unsigned int count;		/* best score first */
	struct plates_text text[QYRAN_DETECT_REGIONS];
	double ms;			/* processor time of reading */
};

struct plates_reader;

/** plates_reader_new() - with the formats of a folder. Returns 0, or a negative errno with a complaint. */
int plates_reader_new(const char *formats, struct plates_reader **ret);

/** plates_reader_free() - accepts NULL. */
void plates_reader_free(struct plates_reader *reader);

/**
 * plates_read() - reads each candidate with the margins after a reset.
 * @known: texts of the same picture, which are not read again; may be NULL.
 * Returns 0, or a negative errno.
 */
int plates_read(struct plates_reader *reader, const struct bench_picture *picture, const struct qyran_detect_result *result,
		const struct plates_texts *known, struct plates_texts *ret);

/** plates_input() - a candidate as the network sees it first. Returns 0, or a negative errno. */
int plates_input(struct plates_reader *reader, const struct bench_picture *picture, const struct plates_text *text,
		 uint8_t ret_grey[PLATE_INPUT_W * PLATE_INPUT_H]);

/** plates_read_box() - reads a plate's box with 15 % of its width and height on each side. Returns 0, or a negative errno. */
int plates_read_box(struct plates_reader *reader, const struct bench_picture *picture, struct bench_box box, struct qyran_reading *ret);

/**
 * plates_judge() - what was read of a picture's plates: as many texts as plates come out, the surest at places that do not overlap.
 * Returns the texts' indices in @ret_out, of which there are at most @still->count.
 */
unsigned int plates_judge(const struct plates_texts *texts, struct still *still, unsigned int ret_out[PLATES_MAX]);

/** plates_right() - is one of the truth's texts among those of a reading? */
struct plates_right plates_right(const char *truth, const struct qyran_reading *reading);

/* Scores of texts, gathered over all sets: one threshold that keeps 95 % of those that are right. */
struct plates_scores;

struct plates_scores *plates_scores_new(void);
void plates_scores_free(struct plates_scores *scores);

/** plates_scores_add() - a text of a known place. @set: of the tally. @right: it is a plate's, and folded right; else it touches no plate's box. */
void plates_scores_add(struct plates_scores *scores, size_t set, double score, bool right);

/** plates_scores_end() - counts the false texts of each set. Returns the threshold, or -1 when nothing was right. */
double plates_scores_end(const struct plates_scores *scores, struct tally *tallies);

#endif
