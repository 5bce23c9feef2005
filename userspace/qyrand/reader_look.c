/* SPDX-License-Identifier: Apache-2.0 */
#include "reader_look.h"

#include <string.h>

#define STATES_MAX (2 * QYRAN_PLATE_TEXT_MAX + 1)
#define STEP_COLUMNS (LOOK_ONE * PLATE_INPUT_W / PLATE_STEPS)
#define SLOPE_ONE 1024
#define PAIRS_MAX (QYRAN_PLATE_TEXT_MAX * (QYRAN_PLATE_TEXT_MAX - 1))	/* of both edges */

/* As the training pictures of the second look have them: hw/hls/training/crop_view.c. */
#define MARGIN_X_PERCENT 12		/* of the ink's width */
#define MARGIN_Y_PERCENT 27		/* of its height */
#define HALF_CHARACTER_PERCENT 50	/* of the distance from character to character, from a centre to the ink's end */

#define EDGE_PERCENT 60			/* of a pitch: on photographs, of the texts with less room beside them a third are parts, else one in 28 */

#define INK_ROWS_MIN (5 * LOOK_ONE)	/* less is no text that a second look could mend */
#define SLOPE_MAX (SLOPE_ONE * 6 / 10)

/* One row, the likeliest of all ways; then each character's column is the mean of its steps, each as far as it shows the character. */
static void align_row(const struct log_tables *tables, const int16_t *logs, const uint8_t *classes, int length, int32_t *ret)
{
	int32_t before[STATES_MAX], now[STATES_MAX];
	uint8_t came[PLATE_STEPS][STATES_MAX];
	int states = 2 * length + 1, state;
	int64_t weights[QYRAN_PLATE_TEXT_MAX] = {0}, moments[QYRAN_PLATE_TEXT_MAX] = {0};

	for (int s = 0; s < states; s++)
		before[s] = s ? LOG_NONE : 0;
	for (int step = 0; step < PLATE_STEPS; step++) {
		const int16_t *at = logs + step * PLATE_CLASSES;

		for (int s = 0; s < states; s++) {
			int from = s;

			if (s > 0 && (step > 0 || s == 1) && before[s - 1] > before[from])
				from = s - 1;
			if (s > 2 && s % 2 && step > 0 && classes[s / 2] != classes[s / 2 - 1] && before[s - 2] > before[from])
				from = s - 2;
			came[step][s] = (uint8_t)from;
			now[s] = before[from] + at[s % 2 ? classes[s / 2] : 0];
			now[s] = now[s] < LOG_NONE ? LOG_NONE : now[s];
		}
		memcpy(before, now, sizeof(now[0]) * (size_t)states);
	}
	state = states > 1 && before[states - 2] > before[states - 1] ? states - 2 : states - 1;
	for (int step = PLATE_STEPS - 1; step >= 0; step--) {
		if (state % 2) {
			int64_t weight = 1 + (log_exp(tables, logs[step * PLATE_CLASSES + classes[state / 2]]) >> 10);

			weights[state / 2] += weight;
			moments[state / 2] += weight * (2 * step + 1);
		}
		state = came[step][state];
	}
	for (int i = 0; i < length; i++)
		ret[i] = (int32_t)(weights[i] ? moments[i] * STEP_COLUMNS / (2 * weights[i]) : 0);
}

void look_align(const struct log_tables *tables, const int16_t logs[LOG_SUMS], const struct hypothesis *text, int32_t ret[QYRAN_PLATE_TEXT_MAX])
{
	align_row(tables, logs, text->classes, text->upper, ret);
	align_row(tables, logs + LOG_SUMS / 2, text->classes + text->upper, text->length - text->upper, ret + text->upper);
}

static int32_t median(int32_t *values, int count)
{
	for (int i = 1; i < count; i++) {
		int32_t value = values[i];
		int at = i;

		for (; at > 0 && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* Widens the place by a row's ink: from its first centre to its last, and half a character on each side. */
static void add_row(const int32_t *centres, int count, struct look_place *place)
{
	int32_t steps[QYRAN_PLATE_TEXT_MAX], pitch, half;

	if (count < 2)
		return;
	for (int i = 1; i < count; i++)
		steps[i - 1] = centres[i] - centres[i - 1];
	pitch = median(steps, count - 1);
	half = pitch * HALF_CHARACTER_PERCENT / 100;
	place->pitch = place->pitch && place->pitch < pitch ? place->pitch : pitch;
	place->left = centres[0] - half < place->left ? centres[0] - half : place->left;
	place->right = centres[count - 1] + half > place->right ? centres[count - 1] + half : place->right;
}

static int32_t edge_at(const int16_t *sums, int32_t column, int output)
{
	int step = column / STEP_COLUMNS;

	step = step < 0 ? 0 : step >= PLATE_STEPS ? PLATE_STEPS - 1 : step;
	return LOOK_ONE * PLATE_INPUT_H / 2 + sums[step * PLATE_OUTPUTS + output] * PLATE_EDGE_ROWS * LOOK_ONE / PLATE_SUM_ONE;
}

bool look_place(const struct log_tables *tables, const int16_t sums[PLATE_SUMS], const int16_t logs[LOG_SUMS], const struct hypothesis *text,
		struct look_place *ret)
{
	struct look_place place = {.left = LOOK_ONE * PLATE_INPUT_W, .right = 0};
	int32_t columns[QYRAN_PLATE_TEXT_MAX], edges[2][QYRAN_PLATE_TEXT_MAX], slopes[PAIRS_MAX];
	int count = 0;

	look_align(tables, logs, text, columns);
	add_row(columns, text->upper, &place);
	add_row(columns + text->upper, text->length - text->upper, &place);
	for (int i = 0; i < text->length; i++) {
		edges[0][i] = edge_at(sums, columns[i], PLATE_TOP);
		edges[1][i] = edge_at(sums, columns[i], PLATE_BOTTOM);
	}
	/* The slope that half of all pairs of points exceed (Theil 1950, Sen 1968): a few wrong edges do no harm. */
	for (int i = 0; i < text->length; i++)
		for (int j = 0; j < i; j++)
			for (int e = 0; e < 2; e++)
				if (columns[i] - columns[j] > STEP_COLUMNS || columns[j] - columns[i] > STEP_COLUMNS)
					slopes[count++] = (edges[e][i] - edges[e][j]) * SLOPE_ONE / (columns[i] - columns[j]);
	if (count == 0 || place.right <= place.left)
		return false;
	place.slope = median(slopes, count);
	for (int e = 0; e < 2; e++)
		for (int i = 0; i < text->length; i++)
			edges[e][i] -= columns[i] * place.slope / SLOPE_ONE;
	place.top = median(edges[0], text->length);
	place.bottom = median(edges[1], text->length);
	if (place.bottom - place.top < INK_ROWS_MIN || place.slope > SLOPE_MAX || place.slope < -SLOPE_MAX)
		return false;
	*ret = place;
	return true;
}

int32_t look_cut_off(const struct look_place *place, int32_t most)
{
	int32_t right = LOOK_ONE * PLATE_INPUT_W - place->right, room = place->left < right ? place->left : right, wants = place->pitch * EDGE_PERCENT / 100;

	if (room >= wants)
		return 0;
	return room <= 0 ? most : most * (wants - room) / wants;
}

struct plate_quad look_whole(uint32_t width, uint32_t height)
{
	return (struct plate_quad){.right_x = (int32_t)width * 256, .down_y = (int32_t)height * 256};
}

/* A way in the input, in sixteenths of its columns and rows, as one in the crop. */
static int32_t way(int32_t right, int32_t down, int64_t columns, int64_t rows)
{
	return (int32_t)(columns * right / (LOOK_ONE * PLATE_INPUT_W) + rows * down / (LOOK_ONE * PLATE_INPUT_H));
}

struct plate_quad look_quad(const struct look_place *place, const struct plate_quad *from)
{
	int32_t margin_x = (place->right - place->left) * MARGIN_X_PERCENT / 100, margin_y = (place->bottom - place->top) * MARGIN_Y_PERCENT / 100;
	int32_t left = place->left - margin_x, across = place->right + margin_x - left, rise = across * place->slope / SLOPE_ONE;
	int32_t top = place->top - margin_y + left * place->slope / SLOPE_ONE, down = place->bottom - place->top + 2 * margin_y;

	return (struct plate_quad){
		.x = from->x + way(from->right_x, from->down_x, left, top),
		.y = from->y + way(from->right_y, from->down_y, left, top),
		.right_x = way(from->right_x, from->down_x, across, rise),
		.right_y = way(from->right_y, from->down_y, across, rise),
		.down_x = way(from->right_x, from->down_x, 0, down),
		.down_y = way(from->right_y, from->down_y, 0, down),
	};
}
