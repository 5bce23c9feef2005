/* SPDX-License-Identifier: Apache-2.0 */
#include "reader_grammar.h"

#include "reader_decode.h"

#include <string.h>

#define CHUNK 32			/* formats a loop; a known number that compilers make vectors of */
#define WEIGHT_ONE 100			/* a format of this weight has the prior 0: a new country changes no other's */

_Static_assert(QYRAN_FORMATS_MAX % CHUNK == 0, "whole chunks");
_Static_assert(QYRAN_PLATE_TEXT_MAX < 16, "a bit per character and one for the end");

static int class_of(char c)
{
	return c <= '9' ? 1 + c - '0' : 11 + c - 'A';
}

/* Logarithm of part / whole, not above 0. */
static int16_t logarithm(const struct log_tables *tables, uint64_t part, uint64_t whole)
{
	int result = 0;

	while (result < EXP_STEPS - 1 && (uint64_t)tables->exp[result] * whole > part << 30)
		result++;
	return (int16_t)-result;
}

void grammar_make(struct grammar *grammar, const struct log_tables *tables, const struct qyran_formats *formats)
{
	size_t count = qyran_formats_count(formats);

	memset(grammar, 0, sizeof(*grammar));
	grammar->formats = formats;
	grammar->lanes = (int)((count + CHUNK - 1) / CHUNK * CHUNK);
	for (size_t f = 0; f < count; f++) {
		const struct qyran_format *format = qyran_formats_at(formats, f);

		grammar->upper_ends[f] = (uint16_t)(1 << format->upper);
		grammar->ends[f] = (uint16_t)(1 << format->count);
		for (int i = 0; i < format->count; i++) {
			const struct qyran_format_character *character = &format->characters[i];
			int row = i >= format->upper;

			if (character->optional)
				grammar->optional[row][f] |= (uint16_t)(1 << i);
			for (const char *c = character->allowed; *c; c++)
				grammar->allowed[row][class_of(*c)][f] |= (uint16_t)(1 << i);
			grammar->spreads[f] = (int16_t)(grammar->spreads[f] - logarithm(tables, 1, strlen(character->allowed) + character->optional));
		}
		grammar->priors[f] = logarithm(tables, format->weight, WEIGHT_ONE);
	}
}

/*
 * Adds what is reached by leaving out characters that may be missing: a bit of @reached, added to the run of ones of @optional that
 * it stands in, carries to the run's end and flips all between (Navarro and Raffinot 2002, 4.3).
 */
static uint16_t left_out(uint16_t reached, uint16_t optional)
{
	return (uint16_t)(reached | (((reached & optional) + optional) ^ optional));
}

static int16_t hope(int16_t best, uint16_t reached, int16_t prior)
{
	int16_t here = reached ? prior : OFF_GRAMMAR;

	return here > best ? here : best;
}

int32_t grammar_start(const struct grammar *grammar, struct grammar_state *ret)
{
	int16_t best = OFF_GRAMMAR;

	memset(ret, 0, sizeof(*ret));
	for (size_t f = 0; f < qyran_formats_count(grammar->formats); f++) {
		ret->reached[f] = 1;
		best = hope(best, 1, grammar->priors[f]);
	}
	return best;
}

int32_t grammar_step(const struct grammar *grammar, const struct grammar_state *from, int row, int class, struct grammar_state *ret)
{
	int16_t best = OFF_GRAMMAR;

	for (int at = 0; at < grammar->lanes; at += CHUNK) {
		const uint16_t *restrict reached = from->reached + at, *restrict optional = grammar->optional[row] + at;
		const uint16_t *restrict allowed = grammar->allowed[row][class] + at;
		const int16_t *restrict priors = grammar->priors + at;
		uint16_t *restrict to = ret->reached + at;

		for (int i = 0; i < CHUNK; i++) {
			to[i] = (uint16_t)((left_out(reached[i], optional[i]) & allowed[i]) << 1);
			best = hope(best, to[i], priors[i]);
		}
	}
	return best;
}

int32_t grammar_row_end(const struct grammar *grammar, const struct grammar_state *from, struct grammar_state *ret)
{
	int16_t best = OFF_GRAMMAR;

	for (int f = 0; f < grammar->lanes; f++) {
		ret->reached[f] = left_out(from->reached[f], grammar->optional[0][f]) & grammar->upper_ends[f];
		best = hope(best, ret->reached[f], grammar->priors[f]);
	}
	return best;
}

/* Runs the whole text; bits of the formats that it fits. */
static void run(const struct grammar *grammar, const struct hypothesis *hypothesis, struct grammar_state *ret)
{
	struct grammar_state states[2];
	int now = 0;

	grammar_start(grammar, &states[0]);
	for (int i = 0; i < hypothesis->length; i++) {
		if (i == hypothesis->upper) {
			grammar_row_end(grammar, &states[now], &states[!now]);
			now = !now;
		}
		grammar_step(grammar, &states[now], i >= hypothesis->upper, hypothesis->classes[i], &states[!now]);
		now = !now;
	}
	if (hypothesis->upper == hypothesis->length) {
		grammar_row_end(grammar, &states[now], &states[!now]);
		now = !now;
	}
	for (int f = 0; f < grammar->lanes; f++)
		ret->reached[f] = left_out(states[now].reached[f], grammar->optional[1][f]) & grammar->ends[f];
}

int32_t grammar_prior(const struct grammar *grammar, const struct hypothesis *hypothesis, int *ret_format)
{
	struct grammar_state end;
	int32_t best = OFF_GRAMMAR;

	run(grammar, hypothesis, &end);
	*ret_format = -1;
	for (int f = 0; f < grammar->lanes; f++)
		if (end.reached[f] && grammar->priors[f] > best) {
			best = grammar->priors[f];
			*ret_format = f;
		}
	return best;
}

int grammar_formats(const struct grammar *grammar, const struct hypothesis *hypothesis, int16_t ret[QYRAN_FORMATS_MAX])
{
	struct grammar_state end;
	int count = 0;

	run(grammar, hypothesis, &end);
	for (int f = 0; f < QYRAN_FORMATS_MAX; f++) {
		bool fits = f < grammar->lanes && end.reached[f];

		ret[f] = fits ? (int16_t)(grammar->priors[f] - grammar->spreads[f]) : INT16_MIN;
		count += fits;
	}
	return count;
}
