/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bit-exact model of the programmable logic (hw/rtl/qyran_top.v): video in, records out.
 *
 * For the same video, settings, stamps, pins and slots the records are the logic's, byte for byte. What the model leaves out
 * is the outside: memory that is slow or refused, and a ring that fills; what the logic loses to them it drops whole and
 * counts. One model belongs to one thread.
 */
#ifndef QYRAN_MODEL_H
#define QYRAN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QYRAN_MODEL_SLOTS 16

/* First column or line and the one after the last; empty when it is not greater. */
struct qyran_model_box {
	uint16_t x0, x1, y0, y1;
};

/* The registers that COMMIT takes, with the same ranges and reset values (qyran_model_settings_reset()). */
struct qyran_model_settings {
	bool test_pattern, mono, plates, movers;
	uint8_t plate_edge;
	uint8_t plate_k;
	uint16_t plate_score;
	uint8_t plate_margin_x, plate_margin_y;
	uint8_t mover_level;
	uint16_t mover_cells, mover_hold;
	struct qyran_model_box roi[16], watch[4], mask[16];
};

/* What a first pixel samples. */
struct qyran_model_moment {
	uint64_t time_ns;
	uint32_t clock_steps;
	uint8_t pins;
	bool clock_synced;
	uint32_t exposure_ns, line_ns;
	uint16_t gain_mb;
};

/* The counters of page 0 that do not depend on the memory. */
struct qyran_model_counts {
	uint32_t frames, damaged, lines_short, lines_long, lines_missing, records, drop_frames, drop_regions, drop_movers, drop_watches;
};

/* Takes a record of @length bytes, valid during the call. */
typedef void (*qyran_model_record)(void *context, const void *record, size_t length);

struct qyran_model;

/**
 * qyran_model_new() - a model in the state after reset: stopped, no slots.
 * @record: gets every record, in order.
 * Returns one that the caller frees with qyran_model_free(), or NULL with errno ENOMEM.
 */
struct qyran_model *qyran_model_new(qyran_model_record record, void *context);

/** qyran_model_free() - accepts NULL. The slots' memory is the caller's. */
void qyran_model_free(struct qyran_model *model);

/** qyran_model_settings_reset() - the settings after reset. */
struct qyran_model_settings qyran_model_settings_reset(void);

/** qyran_model_commit() - as COMMIT: @settings, clamped, come into force with the next start of frame. Returns true when something was clamped. */
bool qyran_model_commit(struct qyran_model *model, const struct qyran_model_settings *settings);

/**
 * qyran_model_start() - as RUN set with SIZE and STRIDE, which are clamped; forgets all slots.
 * @ret_width: what was taken; likewise @ret_height and @ret_stride. Each may be NULL.
 * Returns true when something was clamped.
 */
bool qyran_model_start(struct qyran_model *model, uint16_t width, uint16_t height, uint16_t stride, uint16_t *ret_width, uint16_t *ret_height,
		       uint16_t *ret_stride);

/** qyran_model_stop() - as RUN cleared: a frame under way ends damaged. */
void qyran_model_stop(struct qyran_model *model);

/** qyran_model_slot() - tells where slot @slot is: height * stride bytes that outlive the run. */
void qyran_model_slot(struct qyran_model *model, unsigned int slot, uint8_t *pixels);

/** qyran_model_give() - as SLOT_GIVE. */
void qyran_model_give(struct qyran_model *model, uint16_t slots);

/**
 * qyran_model_beat() - one beat of the video.
 * @data: Y in the low byte, U or V in the high byte.
 * @user: first pixel of a frame. @last: last pixel of a line.
 * @moment: only looked at when @user; may be NULL otherwise.
 * Returns 0, or -ENOMEM, after which the model must be freed. The logic takes no two starts of frame within some 16 clocks; the caller leaves
 * as many beats between them.
 */
int qyran_model_beat(struct qyran_model *model, uint16_t data, bool user, bool last, const struct qyran_model_moment *moment);

/**
 * qyran_model_frame() - a whole good frame of the size in force.
 * @yuyv: @stride bytes from line to line.
 * Returns as qyran_model_beat().
 */
int qyran_model_frame(struct qyran_model *model, const uint8_t *yuyv, uint32_t stride, const struct qyran_model_moment *moment);

/** qyran_model_test_frame() - frame @n, from 0, of the test-pattern source. Returns as qyran_model_beat(). */
int qyran_model_test_frame(struct qyran_model *model, uint32_t n, const struct qyran_model_moment *moment);

/** qyran_model_unfinished() - as qyran_detect_unfinished(): the next frame came too soon for the last one's movers. */
void qyran_model_unfinished(struct qyran_model *model);

/** qyran_model_count() - the counters since qyran_model_new(). */
struct qyran_model_counts qyran_model_count(const struct qyran_model *model);

#endif
