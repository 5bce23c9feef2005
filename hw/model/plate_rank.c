/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/plate_rank.h"

#include <string.h>

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
	for (unsigned lane = 0; lane < QYRAN_RANK_LANES; lane++)
		rank->lane[lane].count = 0;
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

/* Intersection over union above 9/16. */
static bool same(const struct qyran_detect_region *a, const struct qyran_detect_region *b)
{
	int x0 = a->x > b->x ? a->x : b->x, x1 = a->x + a->w < b->x + b->w ? a->x + a->w : b->x + b->w;
	int y0 = a->y > b->y ? a->y : b->y, y1 = a->y + a->h < b->y + b->h ? a->y + a->h : b->y + b->h;
	if (x1 <= x0 || y1 <= y0)
		return false;
	uint32_t both = (uint32_t)(x1 - x0) * (uint32_t)(y1 - y0);
	uint32_t sum = (uint32_t)a->w * a->h + (uint32_t)b->w * b->h;
	return 25 * both > 9 * sum;
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

void qyran_plate_rank_component(struct qyran_plate_rank *rank, unsigned lane, const struct qyran_component *c)
{
	unsigned w = c->x1 - c->x0 + 1u, h = c->y1 - c->y0 + 1u;
	/* cells are 4x2: the aspect 2 w / h lies within 1..9 */
	if (w < 5 || w > 75 || h < 4 || h > 40 || 2 * w < h || 2 * w > 9 * h || 5u * c->n < 2 * w * h)
		return;
	int aspect = lg(w) - lg(h);                      /* 16 log2; a plate of 4.6:1 is at 19 */
	int off = aspect > 16 ? aspect - 16 : aspect < 4 ? 4 - aspect : 0;
	int score = 1024 + 2 * (lg(c->t) - lg(w) - lg(h)) + lg(c->n) + lg(c->m) - lg(h) - off;
	unsigned s = lane + 1;
	unsigned fw = rank->settings.width, fh = rank->settings.height;
	unsigned x0 = c->x0 * 4u << s, x1 = (c->x1 + 1u) * 4 << s, y0 = c->y0 * 2u << s, y1 = (c->y1 + 1u) * 2 << s;
	unsigned shift = 1u << s;
	x0 = x0 > shift ? x0 - shift : 0;
	y0 = y0 > shift ? y0 - shift : 0;
	x1 = x1 - shift < fw ? x1 - shift : fw;
	y1 = y1 - shift < fh ? y1 - shift : fh;
	struct qyran_detect_region r = { .x = (uint16_t)x0, .y = (uint16_t)y0, .w = (uint16_t)(x1 - x0), .h = (uint16_t)(y1 - y0),
		.score = (uint32_t)score, .scale = (uint8_t)s };
	if (score < rank->settings.plate_score || !wanted(&rank->settings, &r))
		return;
	insert(&rank->lane[lane], &r);
}

unsigned qyran_plate_rank_end(struct qyran_plate_rank *rank, struct qyran_detect_region *regions)
{
	struct qyran_plate_list all = rank->lane[0];
	for (unsigned lane = 1; lane < QYRAN_RANK_LANES; lane++)
		for (unsigned i = 0; i < rank->lane[lane].count; i++)
			insert(&all, &rank->lane[lane].entry[i]);
	unsigned k = rank->settings.plate_k < all.count ? rank->settings.plate_k : all.count;
	memcpy(regions, all.entry, k * sizeof *regions);
	return k;
}
