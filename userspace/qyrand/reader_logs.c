/* SPDX-License-Identifier: Apache-2.0 */
#include "reader_decode.h"

#define CLASS(c) ((c) <= '9' ? 1 + (c) - '0' : 11 + (c) - 'A')	/* blank, 0-9, A-Z */
#define EXP_DOWN 4278222805u		/* e^(-1/256) * 2^32 */
#define EXP_HALF 1075841025u		/* e^(1/512) * 2^30 */
#define EXP_UP 1077944331u		/* e^(1/256) * 2^30 */

void log_tables_make(struct log_tables *tables)
{
	uint64_t value = 1u << 30, edge = EXP_HALF;
	int logarithm = 0;

	for (int i = 0; i < EXP_STEPS; i++) {
		tables->exp[i] = (uint32_t)value;
		value = value * EXP_DOWN >> 32;
	}
	for (int i = (int)sizeof(tables->sum) - 1; i >= 0; i--) {
		for (; (1u << 30) + (uint64_t)tables->exp[i] >= edge; logarithm++)
			edge = edge * EXP_UP >> 30;
		tables->sum[i] = (uint8_t)logarithm;
	}
}

int32_t log_add(const struct log_tables *tables, int32_t a, int32_t b)
{
	int32_t larger = a > b ? a : b, distance = a > b ? a - b : b - a;

	return distance < (int32_t)sizeof(tables->sum) ? larger + tables->sum[distance] : larger;
}

uint32_t log_exp(const struct log_tables *tables, int32_t value)
{
	return value > -EXP_STEPS ? tables->exp[-value] : 0;
}

/*
 * What one country's plates draw as one character, another's draw as the other, and the network has not seen every die: evidence for one is some for the
 * other too, and the place in a format tells which. The shares are round numbers that helped on photographs and on rendered Kazakh plates.
 */
static const struct {
	uint8_t a, b;
	int16_t share;		/* logarithm */
} alike[] = {
	{CLASS('0'), CLASS('O'), -2 * LOG_ONE},
	{CLASS('1'), CLASS('I'), -1 * LOG_ONE},
	{CLASS('8'), CLASS('B'), -3 * LOG_ONE},
	{CLASS('0'), CLASS('D'), -3 * LOG_ONE},
	{CLASS('O'), CLASS('D'), -3 * LOG_ONE},
	{CLASS('0'), CLASS('Q'), -3 * LOG_ONE},
	{CLASS('O'), CLASS('Q'), -3 * LOG_ONE},
	{CLASS('5'), CLASS('S'), -4 * LOG_ONE},
	{CLASS('2'), CLASS('Z'), -4 * LOG_ONE},
	{CLASS('6'), CLASS('G'), -4 * LOG_ONE},
};

#define ALIKE_COUNT (sizeof(alike) / sizeof(alike[0]))

static void mix_alike(const struct log_tables *tables, int16_t logs[PLATE_CLASSES])
{
	int32_t mixed[ALIKE_COUNT][2];

	for (size_t i = 0; i < ALIKE_COUNT; i++) {
		mixed[i][0] = logs[alike[i].b] + alike[i].share;
		mixed[i][1] = logs[alike[i].a] + alike[i].share;
	}
	for (size_t i = 0; i < ALIKE_COUNT; i++) {
		int32_t a = log_add(tables, logs[alike[i].a], mixed[i][0]), b = log_add(tables, logs[alike[i].b], mixed[i][1]);

		logs[alike[i].a] = (int16_t)(a > 0 ? 0 : a);
		logs[alike[i].b] = (int16_t)(b > 0 ? 0 : b);
	}
}

void decode_logs(const struct log_tables *tables, const int16_t sums[PLATE_SUMS], int16_t logs[LOG_SUMS])
{
	for (int row = 0; row < 2; row++)
		for (int step = 0; step < PLATE_STEPS; step++) {
			const int16_t *from = &sums[step * PLATE_OUTPUTS + row * PLATE_CLASSES];
			int16_t *to = &logs[(row * PLATE_STEPS + step) * PLATE_CLASSES];
			int32_t total = LOG_NONE;

			for (int c = 0; c < PLATE_CLASSES; c++)
				total = log_add(tables, total, from[c] * SUM_LOG);
			for (int c = 0; c < PLATE_CLASSES; c++) {
				int32_t value = from[c] * SUM_LOG - total;

				to[c] = (int16_t)(value < INT16_MIN ? INT16_MIN : value > 0 ? 0 : value);
			}
			mix_alike(tables, to);
		}
}

/* One row: the sum over all ways in which its characters and blanks share the steps (Graves et al. 2006). */
static int32_t row_likelihood(const struct log_tables *tables, const int16_t *logs, const uint8_t *classes, int length)
{
	int32_t before[2 * QYRAN_PLATE_TEXT_MAX + 1], now[2 * QYRAN_PLATE_TEXT_MAX + 1];
	int states = 2 * length + 1;

	for (int s = 0; s < states; s++)
		before[s] = LOG_NONE;
	before[0] = 0;
	for (int step = 0; step < PLATE_STEPS; step++, logs += PLATE_CLASSES) {
		for (int s = 0; s < states; s++) {
			int32_t sum = before[s];

			if (s > 0 && (step > 0 || s == 1))
				sum = log_add(tables, sum, before[s - 1]);
			if (s > 2 && s % 2 && step > 0 && classes[s / 2] != classes[s / 2 - 1])
				sum = log_add(tables, sum, before[s - 2]);
			sum += logs[s % 2 ? classes[s / 2] : 0];
			now[s] = sum < LOG_NONE ? LOG_NONE : sum;
		}
		for (int s = 0; s < states; s++)
			before[s] = now[s];
	}
	return states == 1 ? before[0] : log_add(tables, before[states - 1], before[states - 2]);
}

int32_t decode_likelihood(const struct log_tables *tables, const int16_t logs[LOG_SUMS], const struct hypothesis *hypothesis)
{
	return row_likelihood(tables, logs, hypothesis->classes, hypothesis->upper) +
	       row_likelihood(tables, logs + LOG_SUMS / 2, hypothesis->classes + hypothesis->upper, hypothesis->length - hypothesis->upper);
}
