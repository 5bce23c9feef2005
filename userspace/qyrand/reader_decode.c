/* SPDX-License-Identifier: Apache-2.0 */
#include "reader_decode.h"

#include <stdbool.h>
#include <string.h>

#define OFF_GRAMMAR (-6 * LOG_ONE)	/* a text that fits no format */
#define CHARACTER_MIN (-12 * LOG_ONE)	/* less probable characters are not followed */

/* A text as far as it has been read. */
struct prefix {
	struct hypothesis text;
	int32_t blank, ink;		/* logarithms: the last step was blank, or the last character */
	uint64_t formats;		/* that it may still become */
	uint64_t key;			/* the text as a number to base PLATE_CLASSES, which twelve characters do not overflow */
	int32_t rank;
};

static int class_of(char c)
{
	return c <= '9' ? 1 + c - '0' : 11 + c - 'A';
}

static int upper_of(const struct qyran_format *format)
{
	int count = 1;

	if (format->rows == 1)
		return format->count;
	while (count < format->count && format->characters[count].x_mm >= format->characters[count - 1].x_mm)
		count++;
	return count;
}

void grammar_make(struct grammar *grammar, const struct log_tables *tables, const struct qyran_formats *formats)
{
	size_t count = qyran_formats_count(formats);
	uint32_t total = 0;

	memset(grammar, 0, sizeof(*grammar));
	grammar->formats = formats;
	for (size_t f = 0; f < count; f++)
		total += qyran_formats_at(formats, f)->weight;
	for (size_t f = 0; f < count; f++) {
		const struct qyran_format *format = qyran_formats_at(formats, f);
		uint64_t bit = (uint64_t)1 << f;
		int upper = upper_of(format), prior = 0;

		grammar->all |= bit;
		grammar->upper_ends[upper] |= bit;
		grammar->ends[format->count] |= bit;
		for (int i = 0; i < format->count; i++)
			for (const char *c = format->characters[i].allowed; *c; c++)
				grammar->allowed[i >= upper][i][class_of(*c)] |= bit;
		while (prior < EXP_STEPS - 1 && (uint64_t)tables->exp[prior] * total > (uint64_t)format->weight << 30)
			prior++;
		grammar->priors[f] = -prior;
	}
}

static uint64_t fitting(const struct grammar *grammar, const struct hypothesis *text)
{
	uint64_t formats = grammar->upper_ends[text->upper] & grammar->ends[text->length];

	for (int i = 0; i < text->length; i++)
		formats &= grammar->allowed[i >= text->upper][i][text->classes[i]];
	return formats;
}

int32_t grammar_prior(const struct grammar *grammar, const struct hypothesis *hypothesis, int *ret_format)
{
	uint64_t formats = fitting(grammar, hypothesis);
	int32_t best = OFF_GRAMMAR;

	*ret_format = -1;
	for (int f = 0; f < 64; f++)
		if (formats >> f & 1 && (*ret_format < 0 || grammar->priors[f] > best)) {
			best = grammar->priors[f];
			*ret_format = f;
		}
	return best;
}

/* The likely characters of a step, at most eight. */
static int likely(const int16_t *logs, uint8_t classes[8])
{
	int count = 0;

	for (int c = 1; c < PLATE_CLASSES; c++) {
		int at = count;

		if (logs[c] < CHARACTER_MIN || (count == 8 && logs[c] <= logs[classes[7]]))
			continue;
		if (count < 8)
			count++;
		else
			at = 7;
		for (; at > 0 && logs[classes[at - 1]] < logs[c]; at--)
			classes[at] = classes[at - 1];
		classes[at] = (uint8_t)c;
	}
	return count;
}

static void set_rank(const struct log_tables *tables, struct prefix *prefix)
{
	prefix->rank = log_add(tables, prefix->blank, prefix->ink) + (prefix->formats ? 0 : OFF_GRAMMAR);
}

/* The best BEAM of @from, best first. */
static int keep_best(const struct prefix *from, int count, struct prefix *to)
{
	int32_t least = from[0].rank;
	int order[BEAM], kept = 0;

	for (int i = 1; i < count; i++)
		least = from[i].rank > least ? from[i].rank : least;
	least += BEHIND;
	for (int i = 0; i < count; i++) {
		int at = kept;

		if (from[i].rank < least || (kept == BEAM && from[i].rank <= from[order[BEAM - 1]].rank))
			continue;
		if (kept < BEAM)
			kept++;
		else
			at = BEAM - 1;
		for (; at > 0 && from[order[at - 1]].rank < from[i].rank; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	for (int i = 0; i < kept; i++)
		to[i] = from[order[i]];
	return kept;
}

static int extend(const struct log_tables *tables, const struct grammar *grammar, const struct prefix *beam, int count, const int16_t *logs,
		  int row, struct prefix *next)
{
	uint8_t classes[8];
	int likely_count = likely(logs, classes), made = count;

	for (int i = 0; i < count; i++) {
		const struct hypothesis *text = &beam[i].text;
		bool in_row = text->length > (row ? text->upper : 0);

		next[i] = beam[i];
		next[i].blank = log_add(tables, beam[i].blank, beam[i].ink) + logs[0];
		next[i].ink = in_row ? beam[i].ink + logs[text->classes[text->length - 1]] : LOG_NONE;
	}
	for (int i = 0; i < count; i++) {
		const struct hypothesis *text = &beam[i].text;
		bool in_row = text->length > (row ? text->upper : 0);
		int32_t total = log_add(tables, beam[i].blank, beam[i].ink);

		if (text->length == QYRAN_PLATE_TEXT_MAX)
			continue;
		for (int j = 0; j < likely_count; j++) {
			int c = classes[j], twin = 0;
			int32_t ink = (in_row && text->classes[text->length - 1] == c ? beam[i].blank : total) + logs[c];
			uint64_t key = beam[i].key * PLATE_CLASSES + (uint64_t)c;
			struct prefix *longer = &next[made];

			if (ink < beam[0].rank + 2 * BEHIND)
				continue;
			while (twin < count && beam[twin].key != key)
				twin++;
			if (twin < count) {
				next[twin].ink = log_add(tables, next[twin].ink, ink);
				continue;
			}
			*longer = beam[i];
			longer->key = key;
			longer->text.classes[longer->text.length++] = (uint8_t)c;
			longer->formats &= grammar->allowed[row][text->length][c];
			longer->blank = LOG_NONE;
			longer->ink = ink;
			made++;
		}
	}
	for (int i = 0; i < made; i++)
		set_rank(tables, &next[i]);
	return made;
}

int decode_beam(const struct log_tables *tables, const struct grammar *grammar, const int16_t logs[LOG_SUMS], struct hypothesis ret[BEAM])
{
	struct prefix beam[BEAM], next[9 * BEAM];
	int count = 1;

	memset(&beam[0], 0, sizeof(beam[0]));
	beam[0].ink = LOG_NONE;
	beam[0].formats = grammar->all;
	for (int row = 0; row < 2; row++) {
		for (int step = 0; step < PLATE_STEPS; step++) {
			const int16_t *at = &logs[(row * PLATE_STEPS + step) * PLATE_CLASSES];

			count = keep_best(next, extend(tables, grammar, beam, count, at, row, next), beam);
		}
		for (int i = 0; i < count; i++) {
			beam[i].blank = log_add(tables, beam[i].blank, beam[i].ink);
			beam[i].ink = LOG_NONE;
			if (!row) {
				beam[i].text.upper = beam[i].text.length;
				beam[i].formats &= grammar->upper_ends[beam[i].text.length];
			}
		}
	}
	for (int i = 0; i < count; i++) {
		int format;

		beam[i].text.likelihood = beam[i].blank;
		beam[i].rank = beam[i].blank + grammar_prior(grammar, &beam[i].text, &format);
		beam[i].text.posterior = beam[i].rank;
	}
	memcpy(next, beam, sizeof(beam));
	count = keep_best(next, count, beam);
	for (int i = 0; i < count; i++)
		ret[i] = beam[i].text;
	return count;
}
