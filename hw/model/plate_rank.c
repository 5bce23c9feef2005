/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/plate_rank.h"

#include <string.h>

/* Made by the training (make train-plates): what a bin of each feature is worth, and how the cells' box is trimmed to the plate. */
static const uint8_t weights[QYRAN_DETECT_FEATURES + 1][16] = {
#define QYRAN_PLATE_TRIM(level, left, right, tall)
#define QYRAN_PLATE_WEIGHTS(name, ...) { __VA_ARGS__ },
#include "hw/plate_weights.def"
#undef QYRAN_PLATE_TRIM
#undef QYRAN_PLATE_WEIGHTS
};
static const struct {
	int left, right, tall;     /* px off the left and right; sixteenths of the height on at the top and the bottom */
} trim[QYRAN_RANK_LEVELS] = {
#define QYRAN_PLATE_TRIM(level, left, right, tall) { left, right, tall },
#define QYRAN_PLATE_WEIGHTS(name, ...)
#include "hw/plate_weights.def"
#undef QYRAN_PLATE_TRIM
#undef QYRAN_PLATE_WEIGHTS
};

/* 16 log2(v + 1/16), straight between powers of two. */
static int lg(unsigned v)
{
	if (v == 0)
		return 0;
	unsigned msb = 0;
	while (v >> (msb + 1))
		msb++;
	unsigned mantissa = msb >= 4 ? v >> (msb - 4) : v << (4 - msb);
	return (int)(msb << 4 | (mantissa & 15));
}

void qyran_plate_rank_start(struct qyran_plate_rank *rank, const struct qyran_detect_settings *settings)
{
	rank->settings = *settings;
	for (unsigned i = 0; i < QYRAN_RANK_LISTS; i++)
		rank->list[i].count = 0;
}

static bool wanted(const struct qyran_detect_settings *s, const struct qyran_detect_region *r)
{
	unsigned cx = r->x + r->w / 2u, cy = r->y + r->h / 2u;
	bool any = false;
	for (unsigned i = 0; i < QYRAN_DETECT_ROIS; i++) {
		const struct qyran_detect_roi *roi = &s->roi[i];
		if (roi->x1 <= roi->x0 || roi->y1 <= roi->y0)
			continue;
		any = true;
		if (cx >= roi->x0 && cx < roi->x1 && cy >= roi->y0 && cy < roi->y1)
			return true;
	}
	return !any;
}

/* Intersection over union above 11/16. */
static bool same(const struct qyran_detect_region *a, const struct qyran_detect_region *b)
{
	int x0 = a->x > b->x ? a->x : b->x, x1 = a->x + a->w < b->x + b->w ? a->x + a->w : b->x + b->w;
	int y0 = a->y > b->y ? a->y : b->y, y1 = a->y + a->h < b->y + b->h ? a->y + a->h : b->y + b->h;
	if (x1 <= x0 || y1 <= y0)
		return false;
	uint32_t both = (uint32_t)(x1 - x0) * (uint32_t)(y1 - y0);
	uint32_t sum = (uint32_t)a->w * a->h + (uint32_t)b->w * b->h;
	return 27 * both > 11 * sum;
}

static void insert(struct qyran_plate_list *list, const struct qyran_detect_region *candidate)
{
	unsigned kept = 0, at = 0;
	struct qyran_detect_region next[QYRAN_DETECT_REGIONS + 1];
	for (unsigned i = 0; i < list->count; i++) {
		bool better = list->entry[i].score >= candidate->score;
		if (same(&list->entry[i], candidate)) {
			if (better)
				return;
			continue;
		}
		next[kept++] = list->entry[i];
	}
	while (at < kept && next[at].score >= candidate->score)
		at++;
	memmove(next + at + 1, next + at, (kept - at) * sizeof *next);
	next[at] = *candidate;
	list->count = kept + 1 < QYRAN_DETECT_REGIONS ? kept + 1 : QYRAN_DETECT_REGIONS;
	memcpy(list->entry, next, list->count * sizeof *next);
}

static uint8_t bin(int value, int from, unsigned shift)
{
	int v = value < from ? 0 : (value - from) >> shift;
	return (uint8_t)(v < 15 ? v : 15);
}

/* The box in the lane's pixels; the gradient sits one pixel right and below. */
static struct qyran_detect_region box_of(const struct qyran_detect_settings *settings, unsigned lane, unsigned level, const struct qyran_component *c)
{
	int tall = (c->y1 - c->y0 + 1) * trim[level].tall >> 3;
	int x0 = 4 * c->x0 - 1 + trim[level].left, x1 = 4 * c->x1 + 3 - trim[level].right;
	int y0 = 2 * c->y0 - 1 - tall, y1 = 2 * c->y1 + 1 + tall;
	x0 = x0 > 0 ? x0 << lane : 0;
	y0 = y0 > 0 ? y0 << lane : 0;
	x1 = x1 << lane < settings->width ? x1 << lane : settings->width;
	y1 = y1 << lane < settings->height ? y1 << lane : settings->height;
	return (struct qyran_detect_region){ .x = (uint16_t)x0, .y = (uint16_t)y0, .w = (uint16_t)(x1 - x0), .h = (uint16_t)(y1 - y0), .scale = (uint8_t)lane };
}

void qyran_plate_rank_component(struct qyran_plate_rank *rank, unsigned lane, unsigned level, const struct qyran_component *c)
{
	unsigned w = c->x1 - c->x0 + 1u, h = c->y1 - c->y0 + 1u;
	/* cells are 4x2: the aspect 2 w / h lies within 1..9 */
	if (w < 5 || w > 75 || h < 4 || h > 40 || 2 * w < h || 2 * w > 9 * h || 5u * c->n < 2 * w * h)
		return;
	int lg_w = lg(w), lg_h = lg(h), lg_t = lg(c->t), lg_n = lg(c->n), lg_m = lg(c->m);
	struct qyran_detect_candidate candidate = {
		.region = box_of(&rank->settings, lane, level, c), .level = (uint8_t)level, .feature = {
			bin(lg_w - lg_h, -16, 2),               /* aspect */
			bin(lg_h, 32, 2),                       /* height */
			bin(lg_t - lg_w - lg_h, -16, 2),        /* edges in its box */
			bin(lg_n - lg_w - lg_h, -24, 1),        /* how much of its box is dense */
			bin(lg_m - lg_h, -48, 2),               /* rows that are dense throughout */
			bin(lg_t - lg_n, -8, 2),                /* edges where it is dense */
			(uint8_t)(lane << 3 | level),
		},
		.x0 = c->x0, .x1 = c->x1, .y0 = c->y0, .y1 = c->y1,
	};
	struct qyran_detect_region *r = &candidate.region;
	for (unsigned i = 0; i < QYRAN_DETECT_FEATURES; i++)
		r->score += weights[i + candidate.feature[i] / 16][candidate.feature[i] % 16];
	if (rank->watch != NULL)
		rank->watch(rank->owner, &candidate);
	if (r->score < rank->settings.plate_score || !wanted(&rank->settings, r))
		return;
	insert(&rank->list[lane > 0], r);
}

unsigned qyran_plate_rank_end(struct qyran_plate_rank *rank, struct qyran_detect_region *regions)
{
	struct qyran_plate_list all = rank->list[0];
	for (unsigned i = 0; i < rank->list[1].count; i++)
		insert(&all, &rank->list[1].entry[i]);
	unsigned k = rank->settings.plate_k < all.count ? rank->settings.plate_k : all.count;
	memcpy(regions, all.entry, k * sizeof *regions);
	return k;
}
