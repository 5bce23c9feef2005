/* SPDX-License-Identifier: Apache-2.0 */
/* Where a text stands in its region, from sums whose answer is known by construction. */
#include "cases.h"

#include <qyrand/reader_look.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN (LOOK_ONE * PLATE_INPUT_W / PLATE_STEPS)	/* from step to step */
#define SURE (20 * PLATE_SUM_ONE)

static struct log_tables tables;
static int16_t sums[PLATE_SUMS], logs[LOG_SUMS];
static struct hypothesis text;

static void begin(void)
{
	memset(sums, 0, sizeof(sums));
	memset(&text, 0, sizeof(text));
	for (int step = 0; step < PLATE_STEPS; step++)
		sums[step * PLATE_OUTPUTS] = sums[step * PLATE_OUTPUTS + PLATE_LOWER] = SURE;
}

/* A character at a step of a row. */
static void show(int row, int step, int class)
{
	int16_t *at = &sums[step * PLATE_OUTPUTS + (row ? PLATE_LOWER : 0)];

	at[0] = 0;
	at[class] = SURE;
	text.classes[text.length++] = (uint8_t)class;
	text.upper = (uint8_t)(text.upper + !row);
}

/* Rows in quarters, which is what an edge's sum can tell. */
static void edge(int step, int output, double row)
{
	sums[step * PLATE_OUTPUTS + output] = (int16_t)((row - PLATE_INPUT_H / 2.0) * PLATE_SUM_ONE / PLATE_EDGE_ROWS);
}

static bool place(struct look_place *ret)
{
	decode_logs(&tables, sums, logs);
	return look_place(&tables, sums, logs, &text, ret);
}

static bool about(int32_t value, double wanted, double tolerance)
{
	return value >= wanted - tolerance && value <= wanted + tolerance;
}

static void a_character_stands_where_it_is_read(void)
{
	int32_t columns[QYRAN_PLATE_TEXT_MAX];

	begin();
	show(0, 4, 5);
	show(0, 5, 6);	/* no blank between */
	show(0, 20, 6);	/* the same character twice */
	show(0, 22, 6);
	show(1, 10, 7);
	show(1, 47, 8);
	decode_logs(&tables, sums, logs);
	look_align(&tables, logs, &text, columns);
	static const int steps[] = {4, 5, 20, 22, 10, 47};
	for (int i = 0; i < 6; i++)
		CU_ASSERT(about(columns[i], (steps[i] + .5) * COLUMN, 2));
	/* Shown over two steps: between them. */
	sums[5 * PLATE_OUTPUTS] = SURE;
	sums[5 * PLATE_OUTPUTS + 6] = 0;
	sums[21 * PLATE_OUTPUTS] = 0;
	sums[21 * PLATE_OUTPUTS + 6] = SURE;
	text.length = 0;
	text.upper = 0;
	show(0, 4, 5);
	show(0, 20, 6);
	sums[22 * PLATE_OUTPUTS] = SURE;
	sums[22 * PLATE_OUTPUTS + 6] = 0;
	decode_logs(&tables, sums, logs);
	look_align(&tables, logs, &text, columns);
	CU_ASSERT(about(columns[1], 21 * COLUMN, 2));
}

static void a_sloping_text_is_found_though_an_edge_is_wrong(void)
{
	struct look_place found;

	begin();
	for (int i = 0; i < 7; i++) {
		int step = 8 + 5 * i;

		show(0, step, 11 + i);
		edge(step, PLATE_TOP, 20 + .2 * 4 * (step + .5));
		edge(step, PLATE_BOTTOM, i == 3 ? 60 : 36 + .2 * 4 * (step + .5));
	}
	CU_ASSERT_TRUE_FATAL(place(&found));
	CU_ASSERT(about(found.slope, .2 * 1024, 12));
	CU_ASSERT(about(found.top, 20 * LOOK_ONE, 20));
	CU_ASSERT(about(found.bottom, 36 * LOOK_ONE, 20));
	/* Half a distance beyond the first and last centre. */
	CU_ASSERT(about(found.left, (8.5 - 2.5) * COLUMN, 4));
	CU_ASSERT(about(found.right, (38.5 + 2.5) * COLUMN, 4));
	CU_ASSERT(about(found.pitch, 5 * COLUMN, 4));

	struct plate_quad whole = look_whole(2 * PLATE_INPUT_W, PLATE_INPUT_H), quad = look_quad(&found, &whole);
	double width = (found.right - found.left) * 1.24, height = (found.bottom - found.top) * 1.54;
	CU_ASSERT(about(quad.right_x, width * 2 * 256 / LOOK_ONE, 64));
	CU_ASSERT(about(quad.right_y, width * .2 * 256 / LOOK_ONE, 256));
	CU_ASSERT(about(quad.down_y, height * 256 / LOOK_ONE, 64));
	CU_ASSERT_EQUAL(quad.down_x, 0);
}

static void a_look_at_a_look_is_where_it_was(void)
{
	struct plate_quad from = {.x = 1000, .y = 500, .right_x = 30000, .right_y = 6000, .down_x = -1000, .down_y = 9000}, quad;
	/* What fills the input but for the margins. */
	struct look_place found = {.slope = 0};
	int32_t width = LOOK_ONE * PLATE_INPUT_W, height = LOOK_ONE * PLATE_INPUT_H;

	found.left = width * 12 / 124;
	found.right = width - found.left;
	found.top = height * 27 / 154;
	found.bottom = height - found.top;
	quad = look_quad(&found, &from);
	CU_ASSERT(about(quad.x, from.x, 40) && about(quad.y, from.y, 40));
	CU_ASSERT(about(quad.right_x, from.right_x, 60) && about(quad.right_y, from.right_y, 60));
	CU_ASSERT(about(quad.down_x, from.down_x, 60) && about(quad.down_y, from.down_y, 60));
	/* The right half, one in four steeper. */
	found.left = width / 2;
	found.slope = 256;
	quad = look_quad(&found, &from);
	CU_ASSERT(about(quad.right_y, .5 * (from.right_y + .25 * width / height * from.down_y) * 1.12 / 1.12 * (found.right - found.left) * 1.24 / (.5 * width), 400));
}

static void two_rows_are_one_place(void)
{
	struct look_place found;

	begin();
	for (int i = 0; i < 3; i++)
		show(0, 15 + 6 * i, 3);
	for (int i = 0; i < 4; i++)
		show(1, 12 + 6 * i, 14);
	for (int step = 0; step < PLATE_STEPS; step++) {
		edge(step, PLATE_TOP, 8);
		edge(step, PLATE_BOTTOM, 56);
	}
	CU_ASSERT_TRUE_FATAL(place(&found));
	CU_ASSERT_EQUAL(found.slope, 0);
	CU_ASSERT(about(found.left, 9.5 * COLUMN, 4));
	CU_ASSERT(about(found.right, 33.5 * COLUMN, 4));
	CU_ASSERT(about(found.top, 8 * LOOK_ONE, 2));
	CU_ASSERT(about(found.bottom, 56 * LOOK_ONE, 2));
}

static void a_text_at_the_edge_is_taken_for_a_part(void)
{
	/* Characters 160 apart want 96 beside them. */
	static const struct { int32_t left, right, cut; } cases[] = {{96, 3072 - 96, 0}, {500, 3072 - 400, 0}, {48, 3072 - 400, 50}, {400, 3072 - 24, 75},
								     {400, 3072, 100}, {-50, 2000, 100}, {-500, 4000, 100}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct look_place found = {.left = cases[i].left, .right = cases[i].right, .pitch = 160};

		CU_ASSERT_EQUAL(look_cut_off(&found, 100), cases[i].cut);
	}
}

static void what_is_no_place_is_not_looked_at(void)
{
	struct look_place found = {.left = -1};

	begin();
	CU_ASSERT_FALSE(place(&found));
	show(0, 20, 3);
	CU_ASSERT_FALSE(place(&found));
	show(0, 30, 3);
	for (int step = 0; step < PLATE_STEPS; step++) {
		edge(step, PLATE_TOP, 30);
		edge(step, PLATE_BOTTOM, 34);
	}
	CU_ASSERT_FALSE(place(&found));		/* four rows high */
	for (int step = 0; step < PLATE_STEPS; step++)
		edge(step, PLATE_BOTTOM, 20);
	CU_ASSERT_FALSE(place(&found));		/* upside down */
	CU_ASSERT_EQUAL(found.left, -1);
	/* Whatever the sums are, nothing overflows. */
	srand(1);
	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < PLATE_SUMS; i++)
			sums[i] = (int16_t)(round % 2 ? rand() % 65536 - 32768 : rand() % 2 ? 32767 : -32768);
		text.length = (uint8_t)(rand() % (QYRAN_PLATE_TEXT_MAX + 1));
		text.upper = (uint8_t)(rand() % (text.length + 1));
		for (int i = 0; i < text.length; i++)
			text.classes[i] = (uint8_t)(1 + rand() % (PLATE_CLASSES - 1));
		if (place(&found)) {
			struct plate_quad whole = look_whole(PLATE_CROP_MAX_W, PLATE_CROP_MAX_H);

			look_quad(&found, &whole);
		}
	}
}

int main(void)
{
	static const struct test_case cases[] = {
		{"a_character_stands_where_it_is_read", a_character_stands_where_it_is_read},
		{"a_sloping_text_is_found_though_an_edge_is_wrong", a_sloping_text_is_found_though_an_edge_is_wrong},
		{"a_look_at_a_look_is_where_it_was", a_look_at_a_look_is_where_it_was},
		{"two_rows_are_one_place", two_rows_are_one_place},
		{"a_text_at_the_edge_is_taken_for_a_part", a_text_at_the_edge_is_taken_for_a_part},
		{"what_is_no_place_for_a_text_is_not_looked_at", what_is_no_place_is_not_looked_at},
	};

	log_tables_make(&tables);
	return test_cases_run("look", cases, sizeof(cases) / sizeof(cases[0]));
}
