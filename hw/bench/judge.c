/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/judge.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_PX 32
#define LEAST_FRAMES 5
#define LOST_S .4
#define ONE_S 1.
#define BESIDE_PX 8
#define STEP_PX 4.
#define FOLLOWED 16		/* vehicles at a time */
#define GHOSTS 256

struct followed {
	bool used;
	uint32_t number;
	unsigned long counted, covered, last;	/* last: frame in which it counted */
	unsigned int uncovered;			/* frames in a row, after it was covered */
};

struct bench_judge {
	struct bench_box picture;
	double rate;
	unsigned long frame;
	struct followed followed[FOLLOWED];
	struct {
		struct bench_box box;
		unsigned long frame;
	} ghosts[GHOSTS];	/* frame 0: none */
	struct bench_verdict verdict;
};

struct bench_judge *bench_judge_new(unsigned int width, unsigned int height, double rate)
{
	struct bench_judge *judge = calloc(1, sizeof *judge);

	if (judge) {
		judge->picture = (struct bench_box){0, 0, width, height};
		judge->rate = rate;
	}
	return judge;
}

static struct bench_box within(struct bench_box a, struct bench_box b)
{
	return (struct bench_box){fmax(a.x0, b.x0), fmax(a.y0, b.y0), fmin(a.x1, b.x1), fmin(a.y1, b.y1)};
}

static struct bench_box mover_box(const struct qyran_detect_mover *mover)
{
	return (struct bench_box){mover->x, mover->y, mover->x + mover->w, mover->y + mover->h};
}

static bool counts(const struct bench_judge *judge, const struct bench_seen *seen, size_t count, size_t at)
{
	struct bench_box visible = within(seen[at].box, judge->picture);

	if (visible.x1 - visible.x0 < LEAST_PX || visible.y1 - visible.y0 < LEAST_PX)
		return false;
	for (size_t i = 0; i < count; i++)
		if (seen[i].distance < seen[at].distance && bench_common(visible, seen[i].box) > bench_area(visible) / 2)
			return false;
	return true;
}

/* May the mover be that of the vehicles that it touches? */
static bool fits(const struct bench_judge *judge, const struct bench_seen *seen, size_t count, struct bench_box box)
{
	double touched = 0;

	for (size_t i = 0; i < count; i++)
		if (bench_common(box, seen[i].box) > 0)
			touched += bench_area(within(seen[i].box, judge->picture));
	return bench_area(box) <= 3 * touched;
}

static void cover(const struct bench_judge *judge, struct bench_seen *seen, size_t count, size_t at, const struct qyran_detect_result *result)
{
	struct bench_box visible = within(seen[at].box, judge->picture), boxes[QYRAN_DETECT_MOVERS];
	unsigned int n = 0, points = 0, held = 0;
	double most = 0;

	for (unsigned int m = 0; m < result->movers; m++) {
		boxes[n] = mover_box(&result->mover[m]);
		if (bench_common(boxes[n], visible) <= 0 || !fits(judge, seen, count, boxes[n]))
			continue;
		most = fmax(most, bench_common(boxes[n++], visible) / bench_area(visible));
	}
	for (double y = visible.y0 + STEP_PX / 2; y < visible.y1; y += STEP_PX)
		for (double x = visible.x0 + STEP_PX / 2; x < visible.x1; x += STEP_PX) {
			bool in = false;

			for (unsigned int i = 0; i < n && !in; i++)
				in = x >= boxes[i].x0 && x < boxes[i].x1 && y >= boxes[i].y0 && y < boxes[i].y1;
			held += in;
			points++;
		}
	seen[at].whole = most >= .5;
	seen[at].covered = seen[at].whole || (most >= .25 && 2 * held >= points);
}

/* Ends the story of a vehicle. */
static void conclude(struct bench_judge *judge, struct followed *f)
{
	if (f->counted >= LEAST_FRAMES) {
		judge->verdict.vehicles++;
		judge->verdict.found += 4 * f->covered >= 3 * f->counted;
	}
	*f = (struct followed){.used = false};
}

static struct followed *follow(struct bench_judge *judge, uint32_t number)
{
	struct followed *oldest = &judge->followed[0];

	for (int i = 0; i < FOLLOWED; i++)
		if (judge->followed[i].used && judge->followed[i].number == number)
			return &judge->followed[i];
	for (int i = 0; i < FOLLOWED; i++) {
		if (!judge->followed[i].used) {
			oldest = &judge->followed[i];
			break;
		}
		if (judge->followed[i].last < oldest->last)
			oldest = &judge->followed[i];
	}
	conclude(judge, oldest);
	*oldest = (struct followed){.used = true, .number = number};
	return oldest;
}

static void judge_vehicle(struct bench_judge *judge, const struct bench_seen *seen)
{
	struct followed *f = follow(judge, seen->number);

	f->last = judge->frame;
	f->counted++;
	judge->verdict.vehicle_frames++;
	judge->verdict.covered_frames += seen->covered;
	judge->verdict.whole_frames += seen->whole;
	if (seen->covered) {
		f->covered++;
		f->uncovered = 0;
	} else if (f->covered && ++f->uncovered == (unsigned int)lround(LOST_S * judge->rate)) {
		judge->verdict.lost++;
	}
}

static bool beside_vehicle(struct bench_box box, const struct bench_seen *seen, size_t count)
{
	struct bench_box grown = {box.x0 - BESIDE_PX, box.y0 - BESIDE_PX, box.x1 + BESIDE_PX, box.y1 + BESIDE_PX};

	for (size_t i = 0; i < count; i++)
		if (bench_common(grown, seen[i].box) > 0)
			return true;
	return false;
}

/* Is it the ghost of a moment ago? If not it is a new one. */
static void judge_ghost(struct bench_judge *judge, struct bench_box box)
{
	int oldest = 0;
	bool known = false;

	for (int i = 0; i < GHOSTS && !known; i++) {
		unsigned long frame = judge->ghosts[i].frame;

		known = frame && (double)(judge->frame - frame) <= ONE_S * judge->rate && bench_common(judge->ghosts[i].box, box) > 0;
		if (known || frame < judge->ghosts[oldest].frame)
			oldest = i;
	}
	judge->verdict.invented += !known;
	judge->ghosts[oldest].box = box;
	judge->ghosts[oldest].frame = judge->frame;
}

void bench_judge_frame(struct bench_judge *judge, struct bench_seen *seen, size_t count, const struct qyran_detect_result *result,
		       bool *ret_invented)
{
	judge->frame++;
	for (size_t i = 0; i < count; i++) {
		seen[i].counts = counts(judge, seen, count, i);
		seen[i].covered = seen[i].whole = false;
		if (!seen[i].counts)
			continue;
		cover(judge, seen, count, i, result);
		judge_vehicle(judge, &seen[i]);
	}
	for (unsigned int m = 0; m < result->movers; m++) {
		ret_invented[m] = !beside_vehicle(mover_box(&result->mover[m]), seen, count);
		if (ret_invented[m])
			judge_ghost(judge, mover_box(&result->mover[m]));
	}
}

struct bench_verdict bench_judge_end(struct bench_judge *judge)
{
	struct bench_verdict verdict;

	for (int i = 0; i < FOLLOWED; i++)
		if (judge->followed[i].used)
			conclude(judge, &judge->followed[i]);
	verdict = judge->verdict;
	verdict.frames = judge->frame;
	verdict.seconds = (double)judge->frame / judge->rate;
	free(judge);
	return verdict;
}
