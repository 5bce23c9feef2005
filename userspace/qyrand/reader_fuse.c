/* SPDX-License-Identifier: Apache-2.0 */
#include "reader_state.h"

#include <stdlib.h>
#include <string.h>

#define FUSED_MAX 24			/* readings of one plate that count; the surest */
#define PER_READING 6			/* texts that one reading proposes */
#define DOUBT (-10 * LOG_ONE)		/* however unlikely a text is to one reading, that may have been of something else */
#define OTHERS (3 * LOG_ONE)		/* texts that nobody proposed, each no likelier than a reading's last proposal: logarithm of their number */

struct fusion {
	const struct qyran_reader *reader;
	const struct qyran_reading *readings[FUSED_MAX];
	int reading_count;
	struct hypothesis texts[TEXTS_MAX];
	int text_count;
};

static bool usable(const struct qyran_reading *reading)
{
	return reading->status != QYRAN_READING_NOT_A_PLATE && reading->sum_count == LOG_SUMS + 1;
}

/* Surest first; by content where equal, so that the order in which they came does not matter. */
static int compare(const struct qyran_reading *a, const struct qyran_reading *b)
{
	if (a->confidence != b->confidence)
		return a->confidence > b->confidence ? -1 : 1;
	return memcmp(a->sums, b->sums, sizeof(a->sums));
}

static void gather(struct fusion *fusion, const struct qyran_reading *const *readings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int at = fusion->reading_count;

		if (!usable(readings[i]))
			continue;
		while (at > 0 && compare(readings[i], fusion->readings[at - 1]) < 0)
			at--;
		if (at == FUSED_MAX)
			continue;
		if (fusion->reading_count < FUSED_MAX)
			fusion->reading_count++;
		memmove(&fusion->readings[at + 1], &fusion->readings[at], sizeof(fusion->readings[0]) * (size_t)(fusion->reading_count - 1 - at));
		fusion->readings[at] = readings[i];
	}
}

/* Readings of one plate err alike, so that n of them tell less than n times as much: sum / sqrt(n), at least the mean. */
static int32_t discounted(int64_t sum, int count)
{
	int64_t root = 0;

	while ((root + 1) * (root + 1) <= (int64_t)count * 256)
		root++;
	return (int32_t)(sum * 16 / root);
}

/* Adds a text unless it is there; returns its index, or -1 when there is no room. */
static int propose(struct fusion *fusion, const struct hypothesis *proposed)
{
	struct hypothesis *text = &fusion->texts[fusion->text_count];
	int64_t sum = 0;
	int format;

	for (int i = 0; i < fusion->text_count; i++)
		if (fusion->texts[i].length == proposed->length && fusion->texts[i].upper == proposed->upper &&
		    !memcmp(fusion->texts[i].classes, proposed->classes, proposed->length))
			return i;
	if (fusion->text_count == TEXTS_MAX)
		return -1;
	*text = *proposed;
	for (int i = 0; i < fusion->reading_count; i++) {
		int32_t likelihood = decode_likelihood(&fusion->reader->tables, fusion->readings[i]->sums, text);

		sum += log_add(&fusion->reader->tables, likelihood, DOUBT);
	}
	text->likelihood = discounted(sum, fusion->reading_count);
	text->posterior = text->likelihood + grammar_prior(&fusion->reader->grammar, text, &format);
	return fusion->text_count++;
}

static int best_of(const struct fusion *fusion)
{
	int best = 0;

	for (int i = 1; i < fusion->text_count; i++)
		if (fusion->texts[i].posterior > fusion->texts[best].posterior)
			best = i;
	return best;
}

/* Characters that other texts hold at a place of the best one, each tried there: no reading need have had all of them right. */
static bool improve(struct fusion *fusion)
{
	int before = best_of(fusion), known = fusion->text_count;

	for (int i = 0; i < known; i++) {
		struct hypothesis base = fusion->texts[before];

		if (fusion->texts[i].length != base.length || fusion->texts[i].upper != base.upper)
			continue;
		for (int c = 0; c < base.length; c++) {
			struct hypothesis mixed = base;

			if (mixed.classes[c] == fusion->texts[i].classes[c])
				continue;
			mixed.classes[c] = fusion->texts[i].classes[c];
			propose(fusion, &mixed);
		}
	}
	return best_of(fusion) != before;
}

static void sort_texts(struct fusion *fusion)
{
	for (int i = 1; i < fusion->text_count; i++) {
		struct hypothesis text = fusion->texts[i];
		int at = i;

		for (; at > 0 && fusion->texts[at - 1].posterior < text.posterior; at--)
			fusion->texts[at] = fusion->texts[at - 1];
		fusion->texts[at] = text;
	}
}

static void fuse(struct fusion *fusion, struct qyran_reading *ret)
{
	struct hypothesis texts[BEAM];
	int64_t elsewhere = 0;
	int32_t behind;

	for (int i = 0; i < fusion->reading_count; i++) {
		int count = decode_beam(&fusion->reader->tables, &fusion->reader->grammar, fusion->readings[i]->sums, texts);
		/* A beam that is not full dropped all that is farther behind: a sure reading has few texts, and others are unlikely. */
		int32_t least = count < BEAM ? texts[0].likelihood + BEHIND : 0;

		for (int j = 0; j < count; j++)
			least = texts[j].likelihood < least ? texts[j].likelihood : least;
		elsewhere += log_add(&fusion->reader->tables, least, DOUBT);
		for (int j = 0; j < count && j < PER_READING && fusion->text_count < TEXTS_MAX / 2; j++)
			propose(fusion, &texts[j]);
	}
	for (int round = 0; round < 4 && improve(fusion); round++)
		;
	sort_texts(fusion);
	behind = discounted(elsewhere, fusion->reading_count) + OTHERS - fusion->texts[0].posterior;
	reader_state_result(fusion->reader, fusion->texts, fusion->text_count, log_exp(&fusion->reader->tables, behind < 0 ? behind : 0), ret);
}

void qyran_reader_fuse(const struct qyran_reader *reader, const struct qyran_reading *const *readings, size_t count,
		       struct qyran_reading *ret)
{
	struct fusion *fusion = calloc(1, sizeof(*fusion));
	struct qyran_reading result = {.status = QYRAN_READING_NOT_A_PLATE};

	if (fusion) {
		fusion->reader = reader;
		gather(fusion, readings, count);
		if (fusion->reading_count == 1)
			result = *fusion->readings[0];
		else if (fusion->reading_count > 1)
			fuse(fusion, &result);
		free(fusion);
	}
	*ret = result;
}
