/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/model/model.h"

#include <endian.h>
#include <errno.h>
#include <linux/qyran.h>
#include <stdlib.h>
#include <string.h>

#include "hw/model/crc32c.h"
#include "hw/model/cut.h"
#include "hw/model/detect.h"
#include "qyran/regs.h"

#define BLACK 0x8010u

_Static_assert(QYRAN_CAPS_SIZE_RESET == (QYRAN_HEIGHT_MAX << QYRAN_CAPS_SIZE_HEIGHT_SHIFT | QYRAN_WIDTH_MAX), "records and registers agree on the size");
_Static_assert(QYRAN_CAPS_COUNTS_RESET == (QYRAN_REGIONS_MAX | QYRAN_MOVERS_MAX << QYRAN_CAPS_COUNTS_MOVERS_SHIFT | QYRAN_SLOTS << QYRAN_CAPS_COUNTS_SLOTS_SHIFT |
			QYRAN_WATCHES_MAX << QYRAN_CAPS_COUNTS_WATCHES_SHIFT), "records and registers agree on the counts");

struct qyran_model {
	qyran_model_record record;
	void *context;
	struct qyran_detect *detect;
	struct qyran_model_counts counts;
	uint8_t *buffer;              /* one record */

	struct qyran_model_settings active, waiting;
	bool committed;
	uint16_t width, height, stride;
	bool running;
	uint8_t *slots[QYRAN_MODEL_SLOTS];
	uint16_t free;
	uint64_t sequence, frame;

	/* the frame under way */
	bool open, bad;
	uint32_t x, y, lines_short, lines_long;
	int slot;                     /* -1: none */
	uint16_t line_masks;
	struct qyran_model_moment moment;
};

struct qyran_model_settings qyran_model_settings_reset(void)
{
#define RESET(reg, field) (QYRAN_##reg##_RESET >> QYRAN_##reg##_##field##_SHIFT & QYRAN_##reg##_##field##_MASK)
	struct qyran_model_settings settings = {
		.test_pattern = RESET(MODE, TEST_PATTERN),
		.mono = RESET(MODE, MONO),
		.plates = RESET(MODE, PLATES),
		.movers = RESET(MODE, MOVERS),
		.plate_edge = RESET(PLATE_EDGE, MIN),
		.plate_k = RESET(PLATE_COUNT, K),
		.plate_score = RESET(PLATE_SCORE, MIN),
		.plate_margin_x = RESET(PLATE_MARGIN, X),
		.plate_margin_y = RESET(PLATE_MARGIN, Y),
		.mover_level = RESET(MOVER_LEVEL, MIN),
		.mover_cells = RESET(MOVER_CELLS, MIN),
		.mover_hold = RESET(MOVER_HOLD, FRAMES),
	};
#undef RESET
	return settings;
}

struct qyran_model *qyran_model_new(qyran_model_record record, void *context)
{
	struct qyran_model *model = calloc(1, sizeof(*model));

	if (!model)
		return NULL;
	model->record = record;
	model->context = context;
	model->active = qyran_model_settings_reset();
	model->slot = -1;
	model->detect = qyran_detect_new();
	model->buffer = malloc(QYRAN_RECORD_MAX);
	if (!model->detect || !model->buffer) {
		qyran_model_free(model);
		errno = ENOMEM;
		return NULL;
	}
	return model;
}

void qyran_model_free(struct qyran_model *model)
{
	if (!model)
		return;
	qyran_detect_free(model->detect);
	free(model->buffer);
	free(model);
}

bool qyran_model_commit(struct qyran_model *model, const struct qyran_model_settings *settings)
{
	struct qyran_model_settings *waiting = &model->waiting;

	*waiting = *settings;
	if (waiting->plate_k > 16)
		waiting->plate_k = 16;
	for (unsigned int i = 0; i < 4; i++) {
		struct qyran_model_box *box = &waiting->watch[i];

		box->x0 &= (uint16_t)~3u;
		box->x1 &= (uint16_t)~3u;
		if (box->x1 > box->x0 + 64)
			box->x1 = (uint16_t)(box->x0 + 64);
		if (box->y1 > box->y0 + 64)
			box->y1 = (uint16_t)(box->y0 + 64);
	}
	model->committed = true;
	return waiting->plate_k != settings->plate_k || memcmp(waiting->watch, settings->watch, sizeof(settings->watch)) != 0;
}

static uint16_t clamp(uint16_t value, uint16_t least, uint16_t most, uint16_t step)
{
	if (value < least)
		return least;
	if (value > most)
		return most;
	return (uint16_t)(value - value % step);
}

bool qyran_model_start(struct qyran_model *model, uint16_t width, uint16_t height, uint16_t stride, uint16_t *ret_width, uint16_t *ret_height,
		       uint16_t *ret_stride)
{
	uint16_t least_stride;

	model->width = clamp(width, 64, QYRAN_WIDTH_MAX, 8);
	model->height = clamp(height, 48, QYRAN_HEIGHT_MAX, 2);
	least_stride = (uint16_t)((model->width * 2 + 255) & ~255);
	model->stride = clamp(stride, least_stride, 0xff00, 256);
	model->free = 0;
	model->sequence = 0;
	model->frame = 0;
	model->open = false;
	model->slot = -1;
	model->running = true;
	qyran_detect_reset(model->detect);
	if (ret_width)
		*ret_width = model->width;
	if (ret_height)
		*ret_height = model->height;
	if (ret_stride)
		*ret_stride = model->stride;
	return model->width != width || model->height != height || model->stride != stride;
}

void qyran_model_slot(struct qyran_model *model, unsigned int slot, uint8_t *pixels)
{
	model->slots[slot] = pixels;
}

void qyran_model_give(struct qyran_model *model, uint16_t slots)
{
	model->free |= slots;
}

static void emit(struct qyran_model *model, uint16_t type, uint32_t payload)
{
	uint32_t padded = (payload + 63) & ~63u, length = 64 + padded + 64;
	struct qyran_record_header header = {
		.magic = htole32(QYRAN_RECORD_MAGIC),
		.type = htole16(type),
		.version = htole16(QYRAN_RECORD_VERSION),
		.length = htole32(length),
		.payload = htole32(payload),
		.sequence = htole64(model->sequence++),
		.frame = htole64(model->frame),
		.time_ns = htole64(model->moment.time_ns),
	};
	struct qyran_record_trailer trailer = { .magic = htole32(QYRAN_TRAILER_MAGIC) };

	header.header_crc = htole32(qyran_model_crc32c(&header, sizeof(header) - sizeof(header.header_crc)));
	memcpy(model->buffer, &header, sizeof(header));
	memset(model->buffer + 64 + payload, 0, padded - payload);
	trailer.payload_crc = htole32(qyran_model_crc32c(model->buffer + 64, padded));
	memcpy(model->buffer + 64 + padded, &trailer, sizeof(trailer));
	model->counts.records++;
	model->record(model->context, model->buffer, length);
}

static void emit_mover(struct qyran_model *model, const struct qyran_detect_mover *mover)
{
	struct qyran_mover payload = {
		.x = htole16(mover->x), .y = htole16(mover->y), .w = htole16(mover->w), .h = htole16(mover->h),
		.cells = htole32(mover->cells), .cell_px = htole16(mover->cell_px), .index = htole16(mover->index),
		.cx16 = htole32(mover->cx16), .cy16 = htole32(mover->cy16),
		.age = htole32(mover->age), .flags = htole32(mover->flags),
	};

	memcpy(model->buffer + 64, &payload, sizeof(payload));
	emit(model, QYRAN_RECORD_MOVER, sizeof(payload));
}

static int emit_cut(struct qyran_model *model, uint16_t type, struct qyran_region *region, const struct qyran_model_cut *cut)
{
	int status;

	region->cut_x = htole16((uint16_t)cut->x);
	region->cut_y = htole16((uint16_t)cut->y);
	region->cut_w = htole16((uint16_t)cut->w);
	region->cut_h = htole16((uint16_t)cut->h);
	region->out_w = htole16((uint16_t)cut->out_w);
	region->out_h = htole16((uint16_t)cut->out_h);
	region->halvings = (uint8_t)cut->halvings;
	region->pixels = htole32(cut->bytes);
	memcpy(model->buffer + 64, region, sizeof(*region));
	status = qyran_model_cut_pixels(cut, model->slots[model->slot], model->stride, model->buffer + 64 + sizeof(*region));
	if (status)
		return status;
	emit(model, type, (uint32_t)sizeof(*region) + cut->bytes);
	return 0;
}

static int emit_region(struct qyran_model *model, const struct qyran_detect_region *found, unsigned int index)
{
	struct qyran_model_cut cut = qyran_model_cut(model->width, model->height, found->x, found->y, found->w, found->h,
						     model->active.plate_margin_x, model->active.plate_margin_y, true);
	struct qyran_region region = {
		.box_x = htole16(found->x), .box_y = htole16(found->y), .box_w = htole16(found->w), .box_h = htole16(found->h),
		.scale = found->scale, .index = htole16((uint16_t)index), .score = htole32(found->score),
	};

	return emit_cut(model, QYRAN_RECORD_REGION, &region, &cut);
}

static bool watch_is_on(const struct qyran_model *model, const struct qyran_model_box *box)
{
	return box->x0 < box->x1 && box->x0 < model->width && box->y0 < box->y1 && box->y0 < model->height;
}

static int emit_watch(struct qyran_model *model, unsigned int index)
{
	const struct qyran_model_box *box = &model->active.watch[index];
	uint32_t x1 = box->x1 < model->width ? box->x1 : model->width, y1 = box->y1 < model->height ? box->y1 : model->height;
	struct qyran_model_cut cut = qyran_model_cut(model->width, model->height, box->x0, box->y0, x1 - box->x0, y1 - box->y0, 0, 0, false);
	struct qyran_region region = {
		.box_x = htole16(box->x0), .box_y = htole16(box->y0),
		.box_w = htole16((uint16_t)(box->x1 - box->x0)), .box_h = htole16((uint16_t)(box->y1 - box->y0)),
		.scale = (uint8_t)index, .index = htole16((uint16_t)index),
	};

	return emit_cut(model, QYRAN_RECORD_WATCH, &region, &cut);
}

static void emit_frame(struct qyran_model *model, struct qyran_frame_info *info, bool good)
{
	uint32_t flags = (good ? 0 : QYRAN_FRAME_DAMAGED) | (model->active.mono ? QYRAN_FRAME_MONO : 0) |
			 (model->active.test_pattern ? QYRAN_FRAME_TEST : 0) | (model->moment.clock_synced ? 0 : QYRAN_FRAME_UNSYNCED);

	info->width = htole16(model->width);
	info->height = htole16(model->height);
	info->stride = htole32(model->stride);
	info->slot = htole32(model->slot < 0 ? QYRAN_SLOT_NONE : (uint32_t)model->slot);
	info->flags = htole32(flags);
	info->pins = htole32(model->moment.pins);
	info->exposure_ns = htole32(model->moment.exposure_ns);
	info->line_ns = htole32(model->moment.line_ns);
	info->gain_mb = htole32(model->moment.gain_mb);
	info->clock_steps = htole32(model->moment.clock_steps);
	info->lines_short = htole32(model->lines_short);
	info->lines_long = htole32(model->lines_long);
	memcpy(model->buffer + 64, info, sizeof(*info));
	emit(model, QYRAN_RECORD_FRAME, sizeof(*info));
	model->frame++;
}

static void give_up(struct qyran_model *model)
{
	if (model->bad)
		return;
	model->bad = true;
	qyran_detect_abort(model->detect);
	if (model->slot >= 0)
		model->free |= (uint16_t)(1u << model->slot);
	model->slot = -1;
}

static void end_damaged(struct qyran_model *model)
{
	struct qyran_frame_info info = { .lines_missing = htole32(model->height - model->y) };

	give_up(model);
	model->open = false;
	model->counts.damaged++;
	model->counts.lines_missing += model->height - model->y;
	emit_frame(model, &info, false);
}

static int end_good(struct qyran_model *model, const struct qyran_detect_result *result)
{
	struct qyran_frame_info info = { 0 };
	uint16_t regions = 0, watches = 0, drop_regions = result->drop_regions, drop_watches = 0;

	model->open = false;
	for (unsigned int i = 0; i < result->movers; i++)
		emit_mover(model, &result->mover[i]);
	model->sequence += result->drop_movers;
	for (unsigned int i = 0; i < result->regions; i++) {
		if (model->slot < 0) {
			model->sequence++;
			drop_regions++;
			continue;
		}
		if (emit_region(model, &result->region[i], i))
			return -ENOMEM;
		regions++;
	}
	model->sequence += result->drop_regions;
	for (unsigned int i = 0; i < 4; i++) {
		if (!watch_is_on(model, &model->active.watch[i]))
			continue;
		if (model->slot < 0) {
			model->sequence++;
			drop_watches++;
			continue;
		}
		if (emit_watch(model, i))
			return -ENOMEM;
		watches++;
	}
	info.movers = htole16((uint16_t)result->movers);
	info.regions = htole16(regions);
	info.watches = htole16(watches);
	info.drop_movers = htole16(result->drop_movers);
	info.drop_regions = htole16(drop_regions);
	info.drop_watches = htole16(drop_watches);
	model->counts.drop_movers += result->drop_movers;
	model->counts.drop_regions += drop_regions;
	model->counts.drop_watches += drop_watches;
	model->counts.drop_frames += model->slot < 0;
	emit_frame(model, &info, true);
	return 0;
}

static void take_settings(struct qyran_model *model)
{
	const struct qyran_model_settings *s;
	struct qyran_detect_settings detect = { 0 };

	if (model->committed)
		model->active = model->waiting;
	model->committed = false;
	s = &model->active;
	detect.width = model->width;
	detect.height = model->height;
	detect.plates = s->plates;
	detect.movers = s->movers;
	detect.plate_edge = s->plate_edge;
	detect.plate_k = s->plate_k;
	detect.plate_score = s->plate_score;
	detect.mover_level = s->mover_level;
	detect.mover_cells = s->mover_cells;
	detect.mover_hold = s->mover_hold;
	for (unsigned int i = 0; i < 16; i++)
		detect.roi[i] = (struct qyran_detect_roi){ s->roi[i].x0, s->roi[i].x1, s->roi[i].y0, s->roi[i].y1 };
	qyran_detect_set(model->detect, &detect);
}

static void begin(struct qyran_model *model, const struct qyran_model_moment *moment)
{
	if (model->open)
		end_damaged(model);
	take_settings(model);
	model->moment = *moment;
	model->open = true;
	model->bad = false;
	model->x = 0;
	model->y = 0;
	model->lines_short = 0;
	model->lines_long = 0;
	model->slot = -1;
	for (int i = 0; i < QYRAN_MODEL_SLOTS && model->slot < 0; i++)
		if (model->free >> i & 1)
			model->slot = i;
	if (model->slot >= 0)
		model->free &= (uint16_t)~(1u << model->slot);
	model->counts.frames++;
}

static bool covered(const struct qyran_model *model, uint32_t x)
{
	const struct qyran_model_box *mask = model->active.mask;

	for (unsigned int i = 0; model->line_masks >> i; i++)
		if (model->line_masks >> i & 1 && x >= mask[i].x0 && x < mask[i].x1)
			return true;
	return false;
}

/* Two pixels share their chroma: a mask that covers one of them takes it from both. */
static uint16_t masked(struct qyran_model *model, uint16_t data)
{
	const struct qyran_model_box *mask = model->active.mask;

	if (model->x == 0) {
		model->line_masks = 0;
		for (unsigned int i = 0; i < 16; i++)
			if (model->y >= mask[i].y0 && model->y < mask[i].y1)
				model->line_masks |= (uint16_t)(1u << i);
	}
	if (covered(model, model->x))
		return BLACK;
	return covered(model, model->x ^ 1) ? (data & 0xff) | (BLACK & 0xff00) : data;
}

int qyran_model_beat(struct qyran_model *model, uint16_t data, bool user, bool last, const struct qyran_model_moment *moment)
{
	const struct qyran_detect_result *result = NULL;
	uint32_t x_last = model->width - 1u, y_last = model->height - 1u;
	bool at_last, beyond;

	if (!model->running)
		return 0;
	if (user)
		begin(model, moment);
	if (!model->open)
		return 0;
	at_last = model->x == x_last;
	beyond = model->x > x_last;
	if (!model->bad && last == at_last) {
		data = masked(model, data);
		if (model->slot >= 0) {
			uint8_t *to = model->slots[model->slot] + (size_t)model->y * model->stride + model->x * 2;

			to[0] = (uint8_t)data;
			to[1] = (uint8_t)(data >> 8);
		}
		result = qyran_detect_pixel(model->detect, (uint8_t)data, (user ? QYRAN_DETECT_SOF : 0) | (last ? QYRAN_DETECT_EOL : 0) |
					    (last && model->y == y_last ? QYRAN_DETECT_EOF : 0));
	} else {
		give_up(model);
	}
	if (last && !at_last && !beyond) {
		model->lines_short++;
		model->counts.lines_short++;
	}
	if (!last && at_last) {
		model->lines_long++;
		model->counts.lines_long++;
	}
	if (!last) {
		model->x += !beyond;
		return 0;
	}
	model->x = 0;
	model->y++;
	if (model->y <= y_last)
		return 0;
	if (model->bad) {
		end_damaged(model);
		return 0;
	}
	return end_good(model, result);
}

void qyran_model_stop(struct qyran_model *model)
{
	if (model->running && model->open)
		end_damaged(model);
	model->running = false;
}

int qyran_model_frame(struct qyran_model *model, const uint8_t *yuyv, uint32_t stride, const struct qyran_model_moment *moment)
{
	for (uint32_t y = 0; y < model->height; y++)
		for (uint32_t x = 0; x < model->width; x++) {
			const uint8_t *pixel = yuyv + (size_t)y * stride + x * 2;
			int status = qyran_model_beat(model, (uint16_t)(pixel[0] | pixel[1] << 8), x == 0 && y == 0, x == model->width - 1u, moment);

			if (status)
				return status;
		}
	return 0;
}

int qyran_model_test_frame(struct qyran_model *model, uint32_t n, const struct qyran_model_moment *moment)
{
	for (uint32_t y = 0; y < model->height; y++)
		for (uint32_t x = 0; x < model->width; x++) {
			uint32_t box = n % 64 * 8;
			bool inside = x >= box && x < box + 64 && y >= 8 && y < 40;
			uint8_t luma = inside ? 235 : (uint8_t)(x + y + 4 * n), chroma = (uint8_t)(x % 2 ? y / 4 : x / 4);
			int status = qyran_model_beat(model, (uint16_t)(luma | chroma << 8), x == 0 && y == 0, x == model->width - 1u, moment);

			if (status)
				return status;
		}
	return 0;
}

void qyran_model_unfinished(struct qyran_model *model)
{
	qyran_detect_unfinished(model->detect);
}

struct qyran_model_counts qyran_model_count(const struct qyran_model *model)
{
	return model->counts;
}
