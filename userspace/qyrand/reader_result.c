/* SPDX-License-Identifier: Apache-2.0 */
/* From texts and how likely they are to a reading. */
#include "reader_state.h"

#include <string.h>

#define TEXT_MIN 4			/* characters of a plate */
/* How far the network's word for a plate is to be taken, logits' sixteenths; the odds of candidates on photographs (bench-plates). */
#define PLATE_MIN (1 * PLATE_SUM_ONE)	/* below it is none */
#define PLATE_EVEN (3 * PLATE_SUM_ONE)
#define PLATE_LOG (LOG_ONE / PLATE_SUM_ONE / 2)
#define ODDS_MIN (-8 * LOG_ONE)

struct share {
	const struct hypothesis *text;
	uint64_t share;			/* the best text has 2^30, before others that are written the same are added */
};

static char letter_of(int class)
{
	return (char)(class <= 10 ? '0' + class - 1 : 'A' + class - 11);
}

static void write_text(const struct hypothesis *text, char ret[QYRAN_PLATE_TEXT_MAX + 1])
{
	for (int c = 0; c < text->length; c++)
		ret[c] = letter_of(text->classes[c]);
	ret[text->length] = '\0';
}

static uint16_t per_mille(uint64_t part, uint64_t whole)
{
	return (uint16_t)(whole ? part * 1000 / whole : 0);
}

static bool written_alike(const struct hypothesis *a, const struct hypothesis *b)
{
	return a->length == b->length && !memcmp(a->classes, b->classes, a->length);
}

/* The texts' shares, largest first; where rows break differently but the text is the same, one has them all. */
static int make_shares(const struct log_tables *tables, const struct hypothesis *texts, int count, struct share *ret)
{
	int made = 0;

	for (int i = 0; i < count; i++) {
		int32_t behind = texts[i].posterior - texts[0].posterior;
		struct share share = {&texts[i], log_exp(tables, behind > 0 ? 0 : SURER(behind))};
		int at = 0;

		while (at < made && !written_alike(ret[at].text, &texts[i]))
			at++;
		if (at < made) {
			share.text = ret[at].text;
			share.share += ret[at].share;
		} else {
			made++;
		}
		for (; at > 0 && ret[at - 1].share < share.share; at--)
			ret[at] = ret[at - 1];
		ret[at] = share;
	}
	return made;
}

/* Each text's share divided among the formats that it fits. */
static void name_format(const struct qyran_reader *reader, const struct share *shares, int count, uint64_t total, struct qyran_reading *ret)
{
	const struct qyran_formats *formats = reader->grammar.formats;
	uint64_t of_format[QYRAN_FORMATS_MAX] = {0}, best_country = 0, best = 0;
	size_t formats_count = qyran_formats_count(formats);
	int16_t likely[QYRAN_FORMATS_MAX];
	const char *country = NULL;
	int named = -1;

	for (int i = 0; i < count && shares[i].share >= total / 1000; i++) {
		int32_t sum = LOG_NONE;

		if (!grammar_formats(&reader->grammar, shares[i].text, likely))
			continue;
		for (size_t f = 0; f < formats_count; f++)
			sum = likely[f] > INT16_MIN ? log_add(&reader->tables, sum, likely[f]) : sum;
		for (size_t f = 0; f < formats_count; f++)
			if (likely[f] > INT16_MIN)
				of_format[f] += shares[i].share * (log_exp(&reader->tables, likely[f] < sum ? likely[f] - sum : 0) >> 10) >> 20;
	}
	if (!grammar_formats(&reader->grammar, shares[0].text, likely))
		return;
	for (size_t f = 0; f < formats_count; f++) {
		uint64_t of_country = 0;

		if (likely[f] == INT16_MIN)
			continue;
		for (size_t g = 0; g < formats_count; g++)
			if (!strcmp(qyran_formats_at(formats, f)->country, qyran_formats_at(formats, g)->country))
				of_country += of_format[g];
		if (!country || of_country > best_country) {
			country = qyran_formats_at(formats, f)->country;
			best_country = of_country;
		}
	}
	for (size_t f = 0; f < formats_count; f++)
		if (likely[f] > INT16_MIN && !strcmp(qyran_formats_at(formats, f)->country, country) && (named < 0 || of_format[f] > best)) {
			best = of_format[f];
			named = (int)f;
		}
	strcpy(ret->format, qyran_formats_at(formats, (size_t)named)->name);
	strcpy(ret->country, country);
	ret->format_confidence = per_mille(best, total);
	ret->country_confidence = per_mille(best_country, total);
}

/* Makes room for what is no plate, beside the texts of one. */
static uint64_t with_doubt(const struct log_tables *tables, uint64_t total, int16_t plate)
{
	int32_t odds = (plate - PLATE_EVEN) * PLATE_LOG;

	if (odds >= 0)
		return total + ((total >> 10) * log_exp(tables, -odds) >> 20);
	return total + ((total >> 8) * (((uint64_t)1 << 46) / log_exp(tables, odds < ODDS_MIN ? ODDS_MIN : odds)) >> 8);
}

/* Every text's share of all that the pictures may show; what is not among the texts may be anything. */
void reader_state_result(const struct qyran_reader *reader, const struct hypothesis *texts, int count, uint64_t elsewhere, int16_t plate,
			 struct qyran_reading *ret)
{
	struct share shares[TEXTS_MAX] = {{&texts[0], 0}};
	int made = make_shares(&reader->tables, texts, count, shares);
	const struct hypothesis *best = shares[0].text;
	uint64_t of_character[QYRAN_PLATE_TEXT_MAX] = {0}, total = elsewhere;

	for (int i = 0; i < made; i++) {
		const struct hypothesis *text = shares[i].text;

		total += shares[i].share;
		for (int c = 0; c < best->length && text->length == best->length; c++)
			if (text->classes[c] == best->classes[c])
				of_character[c] += shares[i].share;
	}
	total = with_doubt(&reader->tables, total, plate);
	memset(ret->others, 0, sizeof(ret->others));
	memset(ret->character_confidence, 0, sizeof(ret->character_confidence));
	memset(ret->format, 0, sizeof(ret->format));
	memset(ret->country, 0, sizeof(ret->country));
	memset(ret->text, 0, sizeof(ret->text));
	ret->format_confidence = ret->country_confidence = 0;
	ret->other_count = 0;
	ret->length = best->length;
	ret->rows = best->upper < best->length ? 2 : 1;
	ret->confidence = per_mille(shares[0].share, total);
	write_text(best, ret->text);
	for (int c = 0; c < best->length; c++)
		ret->character_confidence[c] = per_mille(of_character[c], total);
	for (int i = 1; i < made && i <= QYRAN_READING_OTHERS; i++) {
		struct qyran_reading_other *other = &ret->others[ret->other_count++];

		write_text(shares[i].text, other->text);
		other->rows = shares[i].text->upper < shares[i].text->length ? 2 : 1;
		other->confidence = per_mille(shares[i].share, total);
	}
	name_format(reader, shares, made, total, ret);
	ret->status = best->length >= TEXT_MIN && ret->confidence >= QYRAN_READ_CONFIDENCE ? QYRAN_READING_READ : QYRAN_READING_UNREAD;
}

/* Probability that none of the beam's texts holds, as the network sees it, relative to the best text: what is left to the beam's sum. */
static uint64_t share_elsewhere(const struct qyran_reader *reader, const struct hypothesis *texts, int count)
{
	int64_t left = 1 << 30;
	int32_t behind;

	for (int i = 0; i < count; i++)
		left -= log_exp(&reader->tables, texts[i].likelihood < 0 ? texts[i].likelihood : 0);
	if (left <= 0)
		return 0;
	/* left * e^prior / e^posterior of the best */
	behind = SURER(ELSEWHERE - texts[0].posterior);
	if (behind >= 0)
		return (uint64_t)left << 10;
	return ((uint64_t)left * log_exp(&reader->tables, behind)) >> 30;
}

void reader_state_reading(const struct qyran_reader *reader, const int16_t sums[PLATE_SUMS], struct reader_evidence *ret_evidence,
			  struct qyran_reading *ret)
{
	struct hypothesis *texts = ret_evidence->texts;
	int16_t plate = INT16_MIN;

	memset(ret, 0, sizeof(*ret));
	ret_evidence->logs = ret->sums;
	ret_evidence->count = 0;
	ret->looks = 1;
	decode_logs(&reader->tables, sums, ret->sums);
	for (int step = 0; step < PLATE_STEPS; step++)
		if (sums[step * PLATE_OUTPUTS + PLATE_IS_PLATE] > plate)
			plate = sums[step * PLATE_OUTPUTS + PLATE_IS_PLATE];
	ret->sums[LOG_SUMS] = ret_evidence->plate = plate;
	ret->sum_count = LOG_SUMS + 1;
	if (plate < PLATE_MIN)
		return;
	ret_evidence->count = decode_beam(&reader->tables, &reader->grammar, ret->sums, texts);
	reader_state_result(reader, texts, ret_evidence->count, share_elsewhere(reader, texts, ret_evidence->count), plate, ret);
	if (ret->length == 0)
		ret->status = QYRAN_READING_NOT_A_PLATE;
}
