/* SPDX-License-Identifier: Apache-2.0 */
#include "reader_decode.h"

#include <stdbool.h>
#include <string.h>

#define CHARACTER_MIN (-12 * LOG_ONE)	/* less probable characters are not followed */
#define FOLLOWED 8			/* characters a step, at most */
#define NEXT_MAX (BEAM + BEAM * FOLLOWED)
#define STATES (2 * NEXT_MAX)		/* kept for the beam and what it becomes */

/* A text as far as it has been read. */
struct prefix {
	struct hypothesis text;
	int32_t blank, ink;		/* logarithms: the last step was blank, or the last character */
	int state;			/* of the grammar, in the pool */
	uint64_t key;			/* the text as a number to base PLATE_CLASSES, which twelve characters do not overflow */
	int32_t rank;
};

/* The grammar's states of all texts that are followed: what a character makes of one is worked out once. */
struct pool {
	int count;
	struct grammar_state states[STATES];
	int32_t hopes[STATES];			/* prior of the likeliest format that is still possible */
	int16_t next[STATES][PLATE_CLASSES];	/* index, or -1: not known yet */
};

static int pool_add(struct pool *pool)
{
	memset(pool->next[pool->count], -1, sizeof(pool->next[0]));
	return pool->count++;
}

static int pool_step(struct pool *pool, const struct grammar *grammar, int state, int row, int class)
{
	if (pool->hopes[state] == OFF_GRAMMAR)
		return state;
	if (pool->next[state][class] < 0) {
		int made = pool_add(pool);

		pool->hopes[made] = grammar_step(grammar, &pool->states[state], row, class, &pool->states[made]);
		pool->next[state][class] = (int16_t)made;
	}
	return pool->next[state][class];
}

/* Forgets all but the states of the beam, which are those at the end of a row if @row_ends. */
static void pool_keep(struct pool *pool, const struct grammar *grammar, struct prefix *beam, int count, bool row_ends)
{
	struct grammar_state states[BEAM];
	int32_t hopes[BEAM];

	for (int i = 0; i < count; i++) {
		hopes[i] = pool->hopes[beam[i].state];
		if (row_ends)
			hopes[i] = grammar_row_end(grammar, &pool->states[beam[i].state], &states[i]);
		else
			states[i] = pool->states[beam[i].state];
	}
	pool->count = 0;
	for (int i = 0; i < count; i++) {
		beam[i].state = pool_add(pool);
		pool->states[beam[i].state] = states[i];
		pool->hopes[beam[i].state] = hopes[i];
	}
}

/* The likely characters of a step. */
static int likely(const int16_t *logs, uint8_t classes[FOLLOWED])
{
	int count = 0;

	for (int c = 1; c < PLATE_CLASSES; c++) {
		int at = count;

		if (logs[c] < CHARACTER_MIN || (count == FOLLOWED && logs[c] <= logs[classes[FOLLOWED - 1]]))
			continue;
		if (count < FOLLOWED)
			count++;
		else
			at = FOLLOWED - 1;
		for (; at > 0 && logs[classes[at - 1]] < logs[c]; at--)
			classes[at] = classes[at - 1];
		classes[at] = (uint8_t)c;
	}
	return count;
}

static void set_rank(const struct log_tables *tables, const struct pool *pool, struct prefix *prefix)
{
	prefix->rank = log_add(tables, prefix->blank, prefix->ink) + pool->hopes[prefix->state];
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

static int extend(const struct log_tables *tables, const struct grammar *grammar, struct pool *pool, const struct prefix *beam, int count,
		  const int16_t *logs, int row, struct prefix *next)
{
	uint8_t classes[FOLLOWED];
	int likely_count = likely(logs, classes), made = count;
	int32_t least = LOG_NONE;

	for (int i = 0; i < count; i++) {
		const struct hypothesis *text = &beam[i].text;
		bool in_row = text->length > (row ? text->upper : 0);

		next[i] = beam[i];
		next[i].blank = log_add(tables, beam[i].blank, beam[i].ink) + logs[0];
		next[i].ink = in_row ? beam[i].ink + logs[text->classes[text->length - 1]] : LOG_NONE;
		set_rank(tables, pool, &next[i]);
		least = next[i].rank + BEHIND > least ? next[i].rank + BEHIND : least;
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

			while (twin < count && (beam[twin].key != key || beam[twin].text.upper != text->upper))
				twin++;
			if (twin < count) {
				next[twin].ink = log_add(tables, next[twin].ink, ink);
				continue;
			}
			if (ink + pool->hopes[beam[i].state] < least)
				continue;
			*longer = beam[i];
			longer->key = key;
			longer->text.classes[longer->text.length++] = (uint8_t)c;
			longer->state = pool_step(pool, grammar, beam[i].state, row, c);
			longer->blank = LOG_NONE;
			longer->ink = ink;
			made++;
		}
	}
	for (int i = 0; i < made; i++)
		set_rank(tables, pool, &next[i]);
	return made;
}

int decode_beam(const struct log_tables *tables, const struct grammar *grammar, const int16_t logs[LOG_SUMS], struct hypothesis ret[BEAM])
{
	struct prefix beam[BEAM], next[NEXT_MAX];
	struct pool pool;
	int count = 1;

	memset(&beam[0], 0, sizeof(beam[0]));
	beam[0].ink = LOG_NONE;
	pool.count = 0;
	beam[0].state = pool_add(&pool);
	pool.hopes[0] = grammar_start(grammar, &pool.states[0]);
	for (int row = 0; row < 2; row++) {
		for (int step = 0; step < PLATE_STEPS; step++) {
			const int16_t *at = &logs[(row * PLATE_STEPS + step) * PLATE_CLASSES];

			if (pool.count + count * FOLLOWED > STATES)
				pool_keep(&pool, grammar, beam, count, false);
			count = keep_best(next, extend(tables, grammar, &pool, beam, count, at, row, next), beam);
		}
		for (int i = 0; i < count; i++) {
			beam[i].blank = log_add(tables, beam[i].blank, beam[i].ink);
			beam[i].ink = LOG_NONE;
			if (!row)
				beam[i].text.upper = beam[i].text.length;
		}
		if (!row)
			pool_keep(&pool, grammar, beam, count, true);
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
