/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/detect.h"

#include "hw/model/mover_cells.h"
#include "hw/model/mover_list.h"
#include "hw/model/mover_mask.h"
#include "hw/model/plate_lane.h"
#include "hw/model/plate_rank.h"
#include "hw/model/plate_walk.h"
#include "qyran/regs.h"

#include <errno.h>
#include <stdlib.h>

#define LANES 4
#define WALKS 2          /* of the frame's own scale; of the smaller ones */

/* Of 120 edges in 5x3 cells. One of them parts a plate from the grille or lamp beside it; large pictures have no time for all five. */
static const uint8_t levels[QYRAN_RANK_LEVELS] = { 40, 31, 22, 15, 11 }, first_levels[] = { 31, 22, 11 };
static const uint8_t level_of_first[] = { 1, 2, 4 };

struct qyran_detect {
	struct qyran_detect_settings settings;
	bool running;
	unsigned x, y;
	uint8_t line[QYRAN_DETECT_WIDTH_MAX];
	/* of each scale but the first: the even line's sums of pairs, and the line under way */
	uint16_t pairs[LANES][QYRAN_DETECT_WIDTH_MAX / 2];
	uint8_t halved[LANES][QYRAN_DETECT_WIDTH_MAX / 2];
	unsigned lines[LANES];
	struct qyran_mover_cells movers;
	struct qyran_mover_list list;
	struct qyran_plate_lane lane[LANES];
	struct qyran_plate_walk walk[WALKS];
	struct qyran_plate_rank rank;
	struct qyran_detect_result result;
	uint8_t mask[QYRAN_GRID_WIDTH_MAX * QYRAN_GRID_HEIGHT_MAX];
};

static void take_mover(void *owner, unsigned context, const struct qyran_component *component)
{
	struct qyran_detect *d = owner;
	(void)context;
	qyran_mover_list_component(&d->list, d->settings.mover_cells, component);
}

static void take_first_plate(void *owner, unsigned context, const struct qyran_component *component)
{
	struct qyran_detect *d = owner;
	qyran_plate_rank_component(&d->rank, 0, level_of_first[context], component);
}

static void take_plate(void *owner, unsigned context, const struct qyran_component *component)
{
	struct qyran_detect *d = owner;
	qyran_plate_rank_component(&d->rank, 1 + context / QYRAN_RANK_LEVELS, context % QYRAN_RANK_LEVELS, component);
}

struct qyran_detect_settings qyran_detect_settings_reset(void)
{
#define RESET(reg, field) (QYRAN_##reg##_RESET >> QYRAN_##reg##_##field##_SHIFT & QYRAN_##reg##_##field##_MASK)
	return (struct qyran_detect_settings){
		.width = RESET(SIZE, WIDTH), .height = RESET(SIZE, HEIGHT),
		.plates = RESET(MODE, PLATES), .movers = RESET(MODE, MOVERS),
		.plate_edge = RESET(PLATE_EDGE, MIN), .plate_k = RESET(PLATE_COUNT, K), .plate_score = RESET(PLATE_SCORE, MIN),
		.mover_level = RESET(MOVER_LEVEL, MIN), .mover_cells = RESET(MOVER_CELLS, MIN), .mover_hold = RESET(MOVER_HOLD, FRAMES),
	};
#undef RESET
}

struct qyran_detect *qyran_detect_new(void)
{
	struct qyran_detect *d = calloc(1, sizeof *d);
	if (d == NULL)
		return NULL;
	d->settings = qyran_detect_settings_reset();
	d->movers.walk.components.labels = 64;
	d->movers.walk.components.emit = take_mover;
	d->movers.walk.components.owner = d;
	for (unsigned i = 0; i < WALKS; i++) {
		d->walk[i] = (struct qyran_plate_walk){
			.components = { .labels = QYRAN_COMPONENTS_LABELS, .sum_m = true, .emit = i == 0 ? take_first_plate : take_plate, .owner = d },
			.lanes = i == 0 ? 1 : LANES - 1, .levels = i == 0 ? sizeof first_levels : sizeof levels, .level = i == 0 ? first_levels : levels,
		};
	}
	qyran_detect_reset(d);
	return d;
}

void qyran_detect_free(struct qyran_detect *d)
{
	free(d);
}

void qyran_detect_reset(struct qyran_detect *d)
{
	d->running = false;
	qyran_mover_cells_reset(&d->movers);
	qyran_mover_list_reset(&d->list);
}

int qyran_detect_set(struct qyran_detect *d, const struct qyran_detect_settings *s)
{
	if (s->width % 8 != 0 || s->width < 64 || s->width > QYRAN_DETECT_WIDTH_MAX)
		return -EINVAL;
	if (s->height % 2 != 0 || s->height < 48 || s->height > QYRAN_DETECT_HEIGHT_MAX)
		return -EINVAL;
	d->settings = *s;
	return 0;
}

static void start(struct qyran_detect *d)
{
	d->running = true;
	d->x = 0;
	d->y = 0;
	qyran_mover_cells_start(&d->movers, &d->settings);
	qyran_mover_list_start(&d->list);
	qyran_plate_rank_start(&d->rank, &d->settings);
	for (unsigned i = 0; i < LANES; i++) {
		d->lines[i] = 0;
		qyran_plate_lane_start(&d->lane[i], (unsigned)d->settings.width >> i, (unsigned)d->settings.height >> i, d->settings.plate_edge);
	}
	qyran_plate_walk_start(&d->walk[0], d->settings.width, d->settings.height);
	qyran_plate_walk_start(&d->walk[1], d->settings.width / 2, d->settings.height / 2);
}

static void look(struct qyran_detect *d, unsigned lane, const uint8_t *pixels);

/* A line of the scale above: every second one completes a line of this lane. */
static void halve(struct qyran_detect *d, unsigned lane, const uint8_t *pixels)
{
	unsigned width = (unsigned)d->settings.width >> lane;
	bool odd = d->lines[lane]++ & 1;
	for (unsigned x = 0; x < width; x++) {
		unsigned sum = pixels[2 * x] + pixels[2 * x + 1] + 0u;
		if (odd)
			d->halved[lane][x] = (uint8_t)((sum + d->pairs[lane][x] + 2) >> 2);
		else
			d->pairs[lane][x] = (uint16_t)sum;
	}
	if (odd)
		look(d, lane, d->halved[lane]);
}

static void look(struct qyran_detect *d, unsigned lane, const uint8_t *pixels)
{
	const uint8_t *cells = qyran_plate_lane_line(&d->lane[lane], pixels);
	if (cells != NULL)
		qyran_plate_walk_row(&d->walk[lane > 0], lane > 0 ? lane - 1 : 0, cells);
	if (lane + 1 < LANES)
		halve(d, lane + 1, pixels);
}

static const struct qyran_detect_result *end(struct qyran_detect *d)
{
	struct qyran_detect_result *r = &d->result;
	d->running = false;
	r->movers = 0;
	r->regions = 0;
	r->drop_movers = 0;
	r->drop_regions = 0;
	if (d->settings.movers) {
		bool valid = qyran_mover_cells_end(&d->movers);
		unsigned lost = valid ? d->movers.walk.components.drops : 0;
		qyran_mover_list_end(&d->list, valid, d->movers.side_log2, d->movers.hold_shift, r);
		lost += r->drop_movers;
		r->drop_movers = (uint16_t)(lost < UINT16_MAX ? lost : UINT16_MAX);
	} else {
		qyran_mover_list_end(&d->list, false, 0, 0, r);
	}
	if (d->settings.plates) {
		unsigned lost = 0;
		for (unsigned i = 0; i < WALKS; i++) {
			qyran_plate_walk_end(&d->walk[i]);
			lost += d->walk[i].components.drops;
		}
		r->drop_regions = (uint16_t)(lost < UINT16_MAX ? lost : UINT16_MAX);
		r->regions = qyran_plate_rank_end(&d->rank, r->region);
	}
	return r;
}

static void take_line(struct qyran_detect *d, const uint8_t *pixels)
{
	if (d->settings.movers)
		qyran_mover_cells_line(&d->movers, pixels, d->settings.width);
	if (d->settings.plates)
		look(d, 0, pixels);
}

const struct qyran_detect_result *qyran_detect_pixel(struct qyran_detect *d, uint8_t luma, unsigned flags)
{
	if (flags & QYRAN_DETECT_SOF) {
		qyran_detect_abort(d);
		start(d);
	}
	if (!d->running || d->x >= d->settings.width)
		return NULL;
	d->line[d->x++] = luma;
	if (flags & (QYRAN_DETECT_EOL | QYRAN_DETECT_EOF)) {
		take_line(d, d->line);
		d->x = 0;
	}
	return flags & QYRAN_DETECT_EOF ? end(d) : NULL;
}

const struct qyran_detect_result *qyran_detect_frame(struct qyran_detect *d, const uint8_t *luma, unsigned stride)
{
	start(d);
	for (unsigned y = 0; y < d->settings.height; y++)
		take_line(d, luma + (size_t)y * stride);
	return end(d);
}

void qyran_detect_watch(struct qyran_detect *d, void (*watch)(void *owner, const struct qyran_detect_candidate *candidate), void *owner)
{
	d->rank.watch = watch;
	d->rank.owner = owner;
}

void qyran_detect_unfinished(struct qyran_detect *d)
{
	qyran_mover_list_unfinished(&d->list);
}

void qyran_detect_abort(struct qyran_detect *d)
{
	if (d->running && d->settings.movers)
		qyran_mover_cells_line(&d->movers, d->line, d->x);
	d->running = false;
}

struct qyran_detect_mask qyran_detect_mover_mask(struct qyran_detect *d)
{
	qyran_mover_mask(&d->movers, &d->result, d->mask);
	return (struct qyran_detect_mask){ d->movers.width, d->movers.height, 1u << d->movers.side_log2, d->mask };
}
