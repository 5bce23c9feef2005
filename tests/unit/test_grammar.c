/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <qyrand/reader_decode.h>
#include <sim/scene/random.h>
#include <stdlib.h>
#include <string.h>

static struct qyran_formats *formats;
static struct log_tables tables;
static struct grammar grammar;

static uint8_t class_of(char c)
{
	return (uint8_t)(c <= '9' ? 1 + c - '0' : 11 + c - 'A');
}

static struct hypothesis hypothesis_of(const char *text, int upper)
{
	struct hypothesis hypothesis = {.length = (uint8_t)strlen(text), .upper = (uint8_t)upper};

	for (int i = 0; text[i]; i++)
		hypothesis.classes[i] = class_of(text[i]);
	return hypothesis;
}

/* The same by trying every way in which characters may be left out. */
static bool fits(const struct qyran_format *format, const char *text, int upper, int character, int at)
{
	const struct qyran_format_character *next = &format->characters[character];

	if (character == format->upper && at != upper)
		return false;
	if (character == format->count)
		return !text[at];
	if (next->optional && fits(format, text, upper, character + 1, at))
		return true;
	return text[at] && strchr(next->allowed, text[at]) && fits(format, text, upper, character + 1, at + 1);
}

/* What a text of the format may be, or nearly: one character in four texts is any. */
static int random_text(const struct qyran_format *format, uint64_t *random, char text[QYRAN_PLATE_TEXT_MAX + 1])
{
	int length = 0, upper = 0;

	for (int i = 0; i < format->count; i++) {
		const char *allowed = format->characters[i].allowed;

		upper = i == format->upper ? length : upper;
		if (!format->characters[i].optional || scene_random_below(random, 2))
			text[length++] = allowed[scene_random_below(random, (uint32_t)strlen(allowed))];
	}
	text[length] = '\0';
	if (scene_random_below(random, 4) == 0)
		text[scene_random_below(random, (uint32_t)length)] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[scene_random_below(random, 36)];
	return format->rows == 1 ? length : upper;
}

static void a_text_fits_as_the_files_say(void)
{
	uint64_t random = 11;
	int fitting = 0, off = 0;

	for (size_t from = 0; from < qyran_formats_count(formats); from++)
		for (int round = 0; round < 40; round++) {
			char text[QYRAN_PLATE_TEXT_MAX + 1];
			int upper = random_text(qyran_formats_at(formats, from), &random, text), weight = 0, format;
			struct hypothesis hypothesis = hypothesis_of(text, upper);
			int32_t prior = grammar_prior(&grammar, &hypothesis, &format);

			for (size_t f = 0; f < qyran_formats_count(formats); f++)
				if (fits(qyran_formats_at(formats, f), text, upper, 0, 0) && qyran_formats_at(formats, f)->weight > weight)
					weight = qyran_formats_at(formats, f)->weight;
			fitting += weight > 0;
			off += weight == 0;
			if (!weight) {
				CU_ASSERT(format == -1 && prior == OFF_GRAMMAR);
				continue;
			}
			CU_ASSERT_FATAL(format >= 0);
			CU_ASSERT(fits(qyran_formats_at(formats, (size_t)format), text, upper, 0, 0));
			CU_ASSERT_EQUAL(qyran_formats_at(formats, (size_t)format)->weight, weight);
			CU_ASSERT(prior > OFF_GRAMMAR && prior <= 0);
		}
	CU_ASSERT(fitting > off && off > 0);
}

static void what_may_still_come_is_never_underrated(void)
{
	uint64_t random = 12;

	for (size_t from = 0; from < qyran_formats_count(formats); from++)
		for (int round = 0; round < 10; round++) {
			struct grammar_state states[2];
			char text[QYRAN_PLATE_TEXT_MAX + 1];
			int upper = random_text(qyran_formats_at(formats, from), &random, text), format;
			struct hypothesis hypothesis = hypothesis_of(text, upper);
			int32_t prior = grammar_prior(&grammar, &hypothesis, &format), before = grammar_start(&grammar, &states[0]), hope;

			for (int i = 0; i < hypothesis.length; i++) {
				if (i == upper) {
					grammar_row_end(&grammar, &states[0], &states[1]);
					states[0] = states[1];
				}
				hope = grammar_step(&grammar, &states[0], i >= upper, hypothesis.classes[i], &states[1]);
				states[0] = states[1];
				CU_ASSERT(hope >= prior && hope <= before);
				before = hope;
			}
		}
}

static void known_plates_have_their_formats(void)
{
	static const struct {
		const char *text;
		int upper;
		const char *format;
	} known[] = {{"123ABC02", 8, "kz-2012"}, {"123ABC02", 3, "kz-2012-2row"}, {"123AB02", 7, "kz-2012-company"}, {"A123BCD", 7, "kz-2003"},
		     {"A123BCD", 4, "kz-2003-2row"}, {"A123BC77", 8, "ru"}, {"A123BC177", 9, "ru-3digit"}, {"12OABC02", 8, ""},
		     {"123ABC02", 5, ""}, {"", 0, ""}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct hypothesis hypothesis = hypothesis_of(known[i].text, known[i].upper);
		int format;

		grammar_prior(&grammar, &hypothesis, &format);
		CU_ASSERT_STRING_EQUAL(format < 0 ? "" : qyran_formats_at(formats, (size_t)format)->name, known[i].format);
	}
}

static void more_weight_is_a_greater_prior(void)
{
	for (size_t a = 0; a < qyran_formats_count(formats); a++)
		for (size_t b = 0; b < qyran_formats_count(formats); b++)
			if (qyran_formats_at(formats, a)->weight > qyran_formats_at(formats, b)->weight)
				CU_ASSERT(grammar.priors[a] > grammar.priors[b]);
}

int main(void)
{
	static const struct test_case cases[] = {
		{"a_text_fits_as_the_files_of_the_formats_say", a_text_fits_as_the_files_say},
		{"what_a_plate_may_still_become_is_never_underrated", what_may_still_come_is_never_underrated},
		{"known_plates_have_their_formats", known_plates_have_their_formats},
		{"more_weight_is_a_greater_prior", more_weight_is_a_greater_prior},
	};
	char error[512];
	int result;

	if (qyran_formats_open("userspace/formats", &formats, error, sizeof(error))) {
		printf("not ok grammar: %s\n", error);
		return 1;
	}
	log_tables_make(&tables);
	grammar_make(&grammar, &tables, formats);
	result = test_cases_run("grammar", cases, sizeof(cases) / sizeof(cases[0]));
	qyran_formats_close(formats);
	return result;
}
