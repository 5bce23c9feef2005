/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/plates_read.h"

#include "hw/bench/plate_found.h"
#include "hw/model/cut.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <qyran/regs.h>
#include <stdlib.h>
#include <string.h>

#define GREY 128			/* chroma: the reader looks at luma only */
#define BOX_MARGIN .15
#define RANK_SCORE 1e-6			/* of two texts that are equally sure, the better candidate's */
#define KEEP .95			/* of the true reads, above the threshold */

#define MARGIN(side) (QYRAN_PLATE_MARGIN_RESET >> QYRAN_PLATE_MARGIN_##side##_SHIFT & QYRAN_PLATE_MARGIN_##side##_MASK)

struct plates_reader {
	struct qyran_formats *formats;
	struct qyran_reader *reader;
	uint8_t pixels[QYRAN_WIDTH_MAX * QYRAN_HEIGHT_MAX * 2];
};

int plates_reader_new(const char *formats, struct plates_reader **ret)
{
	struct plates_reader *reader = calloc(1, sizeof *reader);
	char error[512] = "no memory";
	int result = -ENOMEM;

	if (reader) {
		result = qyran_formats_open(formats, &reader->formats, error, sizeof error);
		if (!result && qyran_reader_new(reader->formats, &reader->reader)) {
			result = -ENOMEM;
			strcpy(error, "no memory");
		}
	}
	if (result) {
		bench_complain("the reader does not start: %s", error);
		plates_reader_free(reader);
		return result;
	}
	*ret = reader;
	return 0;
}

void plates_reader_free(struct plates_reader *reader)
{
	if (!reader)
		return;
	qyran_reader_free(reader->reader);
	qyran_formats_close(reader->formats);
	free(reader);
}

/* The picture as a frame on the bus, of which only what is cut is made: the luma with grey between. */
static int cut_pixels(struct plates_reader *reader, const struct bench_picture *picture, const struct qyran_model_cut *cut)
{
	struct qyran_model_cut local = *cut;
	size_t line = (size_t)cut->w * 2;
	uint8_t *frame = malloc(line * cut->h);
	int result = -ENOMEM;

	if (!frame)
		return result;
	for (uint32_t y = 0; y < cut->h; y++)
		for (uint32_t x = 0; x < cut->w; x++) {
			frame[y * line + 2 * x] = picture->luma[(size_t)(cut->y + y) * picture->width + cut->x + x];
			frame[y * line + 2 * x + 1] = GREY;
		}
	local.x = local.y = 0;
	result = qyran_model_cut_pixels(&local, frame, (uint32_t)line, reader->pixels);
	free(frame);
	return result;
}

static int read_cut(struct plates_reader *reader, const struct bench_picture *picture, const struct qyran_model_cut *cut, struct qyran_reading *ret)
{
	int result = cut_pixels(reader, picture, cut);

	return result ? result : qyran_reader_read(reader->reader, reader->pixels, cut->out_w, cut->out_h, cut->out_w * 2, ret);
}

static struct qyran_model_cut cut_of(const struct bench_picture *picture, const struct qyran_detect_region *region)
{
	return qyran_model_cut(picture->width, picture->height, region->x, region->y, region->w, region->h, MARGIN(X), MARGIN(Y), true);
}

int plates_input(struct plates_reader *reader, const struct bench_picture *picture, const struct plates_text *text,
		 uint8_t ret_grey[PLATE_INPUT_W * PLATE_INPUT_H])
{
	struct qyran_model_cut cut = cut_of(picture, &text->region);
	int8_t input[PLATE_INPUT_W * PLATE_INPUT_H];
	int result = cut_pixels(reader, picture, &cut);

	if (result)
		return result;
	plate_prepare(reader->pixels, cut.out_w, cut.out_h, cut.out_w * 2, input);
	for (int i = 0; i < PLATE_INPUT_W * PLATE_INPUT_H; i++)
		ret_grey[i] = (uint8_t)(input[i] + 128);
	return 0;
}

static struct bench_box box_of(const struct qyran_model_cut *cut)
{
	return (struct bench_box){cut->x, cut->y, cut->x + cut->w, cut->y + cut->h};
}

static int by_score(const void *a, const void *b)
{
	double one = ((const struct plates_text *)a)->score, other = ((const struct plates_text *)b)->score;

	return one > other ? -1 : one < other;
}

static const struct plates_text *find(const struct plates_texts *known, const struct qyran_detect_region *region)
{
	for (unsigned int i = 0; known && i < known->count; i++) {
		const struct qyran_detect_region *other = &known->text[i].region;

		if (other->x == region->x && other->y == region->y && other->w == region->w && other->h == region->h)
			return &known->text[i];
	}
	return NULL;
}

int plates_read(struct plates_reader *reader, const struct bench_picture *picture, const struct qyran_detect_result *result,
		const struct plates_texts *known, struct plates_texts *ret)
{
	double begin = bench_ms();

	ret->count = 0;
	for (unsigned int i = 0; i < result->regions; i++) {
		const struct qyran_detect_region *region = &result->region[i];
		const struct plates_text *before = find(known, region);
		struct plates_text *text = &ret->text[ret->count];
		struct qyran_model_cut cut = cut_of(picture, region);

		if (before) {
			text->reading = before->reading;
		} else {
			int failed = read_cut(reader, picture, &cut, &text->reading);

			if (failed == -EINVAL)	/* too small: the service would not have it read either */
				continue;
			if (failed)
				return failed;
		}
		text->region = *region;
		text->box = box_of(&cut);
		text->score = text->reading.status == QYRAN_READING_NOT_A_PLATE ? 0 : fmax(0, text->reading.confidence / 1e3 - i * RANK_SCORE);
		ret->count++;
	}
	qsort(ret->text, ret->count, sizeof ret->text[0], by_score);
	ret->ms = bench_ms() - begin;
	return 0;
}

int plates_read_box(struct plates_reader *reader, const struct bench_picture *picture, struct bench_box box, struct qyran_reading *ret)
{
	double grow_x = BOX_MARGIN * (box.x1 - box.x0), grow_y = BOX_MARGIN * (box.y1 - box.y0);
	uint32_t x = (uint32_t)fmax(0, floor(box.x0 - grow_x)), y = (uint32_t)fmax(0, floor(box.y0 - grow_y));
	uint32_t x1 = (uint32_t)fmin(picture->width, ceil(box.x1 + grow_x)), y1 = (uint32_t)fmin(picture->height, ceil(box.y1 + grow_y));
	struct qyran_model_cut cut = qyran_model_cut(picture->width, picture->height, x, y, x1 - x, y1 - y, 0, 0, false);

	return read_cut(reader, picture, &cut, ret);
}

static void fold(char *text)
{
	for (; *text; text++)
		*text = *text == 'O' || *text == 'Q' ? '0' : *text == 'I' ? '1' : *text;
}

static bool same(const char *truth, const char *read, bool folded)
{
	char a[64], b[64];

	snprintf(a, sizeof a, "%s", truth);
	snprintf(b, sizeof b, "%s", read);
	if (folded) {
		fold(a);
		fold(b);
	}
	return !strcmp(a, b);
}

/* Capitals and digits of the next text, as a plate has them. */
static bool next_text(const char **rest, char text[64])
{
	size_t n = 0;

	if (!**rest)
		return false;
	for (; **rest && **rest != '/'; ++*rest)
		if (isalnum((unsigned char)**rest) && n < 63)
			text[n++] = (char)toupper((unsigned char)**rest);
	*rest += **rest == '/';
	text[n] = '\0';
	return true;
}

struct plates_right plates_right(const char *truth, const struct qyran_reading *reading)
{
	struct plates_right right = {.exact = false};
	char text[64];

	while (next_text(&truth, text)) {
		if (!text[0] || !reading->length)
			continue;
		right.exact |= same(text, reading->text, false);
		right.folded |= same(text, reading->text, true);
		for (int i = 0; i < reading->other_count && i < 2; i++) {
			right.exact3 |= same(text, reading->others[i].text, false);
			right.folded3 |= same(text, reading->others[i].text, true);
		}
	}
	right.exact3 |= right.exact;
	right.folded3 |= right.folded;
	return right;
}

unsigned int plates_judge(const struct plates_texts *texts, struct still *still, unsigned int ret_out[PLATES_MAX])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < texts->count && count < still->count; i++) {
		const struct plates_text *text = &texts->text[i];
		bool taken = text->score <= 0 || !text->reading.length;

		for (unsigned int j = 0; j < count && !taken; j++) {
			const struct bench_box *other = &texts->text[ret_out[j]].box;

			taken = bench_common(text->box, *other) > .5 * fmin(bench_area(text->box), bench_area(*other));
		}
		if (!taken)
			ret_out[count++] = i;
	}
	for (unsigned int p = 0; p < still->count; p++) {
		struct plate *plate = &still->plates[p];
		double best = -1;

		for (unsigned int j = 0; j < count; j++) {
			const struct plates_text *text = &texts->text[ret_out[j]];
			struct plates_right right = plates_right(plate->text, &text->reading);
			/* What is shown beside a plate: the text that is right, else the one that was read where it is, else any. */
			double shown = right.folded ? 3 : plate->boxed ? bench_common(text->box, plate->box) / bench_area(plate->box) : 0;

			plate->whole.exact |= right.exact;
			plate->whole.folded |= right.folded;
			plate->whole.exact3 |= right.exact3;
			plate->whole.folded3 |= right.folded3;
			if (shown <= best)
				continue;
			best = shown;
			snprintf(plate->read, sizeof plate->read, "%s", text->reading.text);
			plate->confidence = text->reading.confidence;
		}
	}
	return count;
}

struct score {
	double score;
	size_t set;
	bool right;
};

struct plates_scores {
	struct score *score;
	size_t count, room;
};

struct plates_scores *plates_scores_new(void)
{
	return calloc(1, sizeof(struct plates_scores));
}

void plates_scores_free(struct plates_scores *scores)
{
	if (scores)
		free(scores->score);
	free(scores);
}

void plates_scores_add(struct plates_scores *scores, size_t set, double score, bool right)
{
	if (scores->count == scores->room) {
		size_t room = scores->room ? 2 * scores->room : 1024;
		struct score *more = realloc(scores->score, room * sizeof *more);

		if (!more) {
			bench_complain("no memory for the scores of texts; false texts are not all counted");
			return;
		}
		scores->score = more;
		scores->room = room;
	}
	scores->score[scores->count++] = (struct score){score, set, right};
}

static int rising(const void *a, const void *b)
{
	double one = *(const double *)a, other = *(const double *)b;

	return one < other ? -1 : one > other;
}

double plates_scores_end(const struct plates_scores *scores, struct tally *tallies)
{
	double *right = calloc(scores->count + 1, sizeof *right), threshold = -1;
	size_t n = 0;

	for (size_t i = 0; right && i < scores->count; i++)
		if (scores->score[i].right)
			right[n++] = scores->score[i].score;
	if (n) {
		qsort(right, n, sizeof *right, rising);
		threshold = right[(size_t)((1 - KEEP) * (double)n)];
	}
	free(right);
	for (size_t i = 0; i < scores->count; i++) {
		struct tally *tally = &tallies[scores->score[i].set];

		if (scores->score[i].right)
			continue;
		tally->strangers++;
		tally->false_texts += n && scores->score[i].score > 0 && scores->score[i].score >= threshold;
	}
	return threshold;
}
