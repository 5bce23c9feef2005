/* SPDX-License-Identifier: Apache-2.0 */
#include "reader_state.h"

#include <stdlib.h>
#include <string.h>

#define FUSED_MAX 24			/* readings of one plate that count; the surest */
#define PER_READING 6			/* texts that one reading proposes */
#define DOUBT (-10 * LOG_ONE)		/* however unlikely a text is to one reading, that may have been of something else */
#define ROUNDS 4			/* of improvement, and for two looks */
#define ROUNDS_OF_LOOKS 1
#define OTHERS (3 * LOG_ONE)		/* texts that nobody proposed, each no likelier than a reading's last proposal: logarithm of their number */

struct fusion {
	const struct qyran_reader *reader;
	const struct qyran_reading *readings[FUSED_MAX];
	int reading_count;
	struct reader_evidence evidence[FUSED_MAX];
	int evidence_count;
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

static bool alike(const struct hypothesis *a, const struct hypothesis *b)
{
	return a->length == b->length && a->upper == b->upper && !memcmp(a->classes, b->classes, a->length);
}

static int32_t likelihood_of(const struct fusion *fusion, const struct reader_evidence *evidence, const struct hypothesis *text)
{
	for (int i = 0; i < evidence->count; i++)
		if (alike(&evidence->texts[i], text))
			return evidence->texts[i].likelihood;
	return decode_likelihood(&fusion->reader->tables, evidence->logs, text);
}

/* Adds a text unless it is there; returns its index, or -1 when there is no room. */
static int propose(struct fusion *fusion, const struct hypothesis *proposed)
{
	struct hypothesis *text = &fusion->texts[fusion->text_count];
	int64_t sum = 0;
	int format;

	for (int i = 0; i < fusion->text_count; i++)
		if (alike(&fusion->texts[i], proposed))
			return i;
	if (fusion->text_count == TEXTS_MAX)
		return -1;
	*text = *proposed;
	for (int i = 0; i < fusion->evidence_count; i++)
		sum += log_add(&fusion->reader->tables, likelihood_of(fusion, &fusion->evidence[i], proposed), DOUBT);
	text->likelihood = discounted(sum, fusion->evidence_count);
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

static void fuse(struct fusion *fusion, int rounds, struct qyran_reading *ret)
{
	int64_t elsewhere = 0;
	int32_t behind, plate = 0;

	for (int i = 0; i < fusion->evidence_count; i++) {
		const struct reader_evidence *evidence = &fusion->evidence[i];
		/* A beam that is not full dropped all that is farther behind: a sure reading has few texts, and others are unlikely. */
		int32_t least = evidence->count < BEAM ? evidence->texts[0].likelihood + BEHIND : 0;

		for (int j = 0; j < evidence->count; j++)
			least = evidence->texts[j].likelihood < least ? evidence->texts[j].likelihood : least;
		elsewhere += log_add(&fusion->reader->tables, least, DOUBT);
		plate += evidence->plate;
		for (int j = 0; j < evidence->count && j < PER_READING && fusion->text_count < TEXTS_MAX / 2; j++)
			propose(fusion, &evidence->texts[j]);
	}
	for (int round = 0; round < rounds && improve(fusion); round++)
		;
	sort_texts(fusion);
	behind = discounted(elsewhere, fusion->evidence_count) + OTHERS - fusion->texts[0].posterior;
	reader_state_result(fusion->reader, fusion->texts, fusion->text_count, log_exp(&fusion->reader->tables, behind < 0 ? SURER(behind) : 0),
			    (int16_t)(plate / fusion->evidence_count), ret);
}

void reader_state_both(const struct qyran_reader *reader, const struct reader_evidence looks[2], struct qyran_reading *ret)
{
	struct fusion *fusion = calloc(1, sizeof(*fusion));

	if (!fusion)
		return;
	fusion->reader = reader;
	fusion->evidence[0] = looks[0];
	fusion->evidence[1] = looks[1];
	fusion->evidence_count = 2;
	fuse(fusion, ROUNDS_OF_LOOKS, ret);
	free(fusion);
}

/* A reading knows more than the one look that it keeps: where all say the same, none makes another less sure. */
static void agree(const struct fusion *fusion, struct qyran_reading *ret)
{
	const struct qyran_reading *surest = fusion->readings[0];

	for (int i = 0; i < fusion->reading_count; i++)
		if (strcmp(fusion->readings[i]->text, ret->text))
			return;
	if (surest->confidence <= ret->confidence)
		return;
	ret->confidence = surest->confidence;
	ret->status = surest->status;
	for (int c = 0; c < ret->length; c++)
		if (ret->character_confidence[c] < surest->character_confidence[c])
			ret->character_confidence[c] = surest->character_confidence[c];
	memcpy(ret->others, surest->others, sizeof(ret->others));
	ret->other_count = surest->other_count;
}

void qyran_reader_fuse(const struct qyran_reader *reader, const struct qyran_reading *const *readings, size_t count,
		       struct qyran_reading *ret)
{
	struct fusion *fusion = calloc(1, sizeof(*fusion));
	struct qyran_reading result = {.status = QYRAN_READING_NOT_A_PLATE};

	if (fusion) {
		fusion->reader = reader;
		gather(fusion, readings, count);
		for (int i = 0; i < fusion->reading_count && fusion->reading_count > 1; i++) {
			struct reader_evidence *evidence = &fusion->evidence[fusion->evidence_count++];

			evidence->logs = fusion->readings[i]->sums;
			evidence->plate = evidence->logs[LOG_SUMS];
			evidence->count = decode_beam(&reader->tables, &reader->grammar, evidence->logs, evidence->texts);
		}
		if (fusion->reading_count == 1) {
			result = *fusion->readings[0];
		} else if (fusion->reading_count > 1) {
			fuse(fusion, ROUNDS, &result);
			agree(fusion, &result);
		}
		free(fusion);
	}
	*ret = result;
}
