/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bit-exact model of hw/rtl/detect.v: pixels in, movers and plate regions out.
 *
 * Feed it what the RTL sees on pix_*; the result of a good frame is what the RTL shows with res_valid. Nothing depends on the clock:
 * pauses between pixels change nothing. One detector belongs to one thread.
 */
#ifndef QYRAN_MODEL_DETECT_H
#define QYRAN_MODEL_DETECT_H

#include <linux/qyran.h>
#include <stdbool.h>
#include <stdint.h>

#define QYRAN_DETECT_WIDTH_MAX QYRAN_WIDTH_MAX
#define QYRAN_DETECT_HEIGHT_MAX QYRAN_HEIGHT_MAX
#define QYRAN_DETECT_MOVERS QYRAN_MOVERS_MAX
#define QYRAN_DETECT_REGIONS QYRAN_REGIONS_MAX
#define QYRAN_DETECT_ROIS 16

/* The cfg_* ports of detect.v, with the same meaning and ranges. */
struct qyran_detect_settings {
	uint16_t width, height;       /* pixels: a multiple of 8 in 64..1920, even in 48..1080 */
	bool plates, movers;          /* what to look for */
	uint8_t plate_edge;           /* least Sobel magnitude of a strong edge */
	uint8_t plate_k;              /* regions a frame, at most 16 */
	uint16_t plate_score;         /* least score */
	uint8_t mover_level;          /* least difference from the background, grey levels */
	uint16_t mover_cells;         /* least area, cells */
	uint16_t mover_hold;          /* frames for which a thing that stands still stays a mover */
	struct qyran_detect_roi {
		uint16_t x0, x1, y0, y1;  /* first column, column after the last, first line, line after the last */
	} roi[QYRAN_DETECT_ROIS];     /* a plate's centre lies in one of them; all empty: the whole frame */
};

/* The fields of struct qyran_mover before its reserved bytes. */
struct qyran_detect_mover {
	uint16_t x, y, w, h;
	uint32_t cells;
	uint16_t cell_px, index;
	uint32_t cx16, cy16;
	uint32_t age, flags;
};

struct qyran_detect_region {
	uint16_t x, y, w, h;          /* inside the frame */
	uint32_t score;
	uint8_t scale;                /* found in frame / 2^scale */
};

#define QYRAN_DETECT_FEATURES 7

/* A region before the best are chosen: what the ranker's training learns from. */
struct qyran_detect_candidate {
	struct qyran_detect_region region;
	uint8_t level, feature[QYRAN_DETECT_FEATURES];   /* density level; bin of each feature */
	uint16_t x0, x1, y0, y1;                         /* first and last cell, of 4x2 px of its scale */
};

struct qyran_detect_result {
	unsigned movers, regions;                 /* movers in order of emission, regions best first */
	uint16_t drop_movers, drop_regions;       /* found, but lost for want of room in a table */
	struct qyran_detect_mover mover[QYRAN_DETECT_MOVERS];
	struct qyran_detect_region region[QYRAN_DETECT_REGIONS];
};

#define QYRAN_DETECT_SOF 1u      /* first pixel of a frame */
#define QYRAN_DETECT_EOL 2u      /* last pixel of a line */
#define QYRAN_DETECT_EOF 4u      /* last pixel of a frame */

struct qyran_detect;

/** qyran_detect_settings_reset() - the settings after reset, as regs.def has them. */
struct qyran_detect_settings qyran_detect_settings_reset(void);

/**
 * qyran_detect_new() - a detector with qyran_detect_settings_reset(), in the state after rst.
 * Returns one that the caller frees with qyran_detect_free(), or NULL with errno ENOMEM.
 */
struct qyran_detect *qyran_detect_new(void);

/** qyran_detect_free() - accepts NULL. */
void qyran_detect_free(struct qyran_detect *detect);

/** qyran_detect_reset() - what rst does: the next frame is the first one. */
void qyran_detect_reset(struct qyran_detect *detect);

/**
 * qyran_detect_set() - sets the cfg_* ports; between frames only. A change of size needs a qyran_detect_reset() after it.
 * Returns 0, or -EINVAL when the size is out of range.
 */
int qyran_detect_set(struct qyran_detect *detect, const struct qyran_detect_settings *settings);

/**
 * qyran_detect_pixel() - one pixel, as with pix_valid.
 * @flags: QYRAN_DETECT_*.
 * Returns the result of the frame at its last pixel, valid until the next call; NULL at all others.
 */
const struct qyran_detect_result *qyran_detect_pixel(struct qyran_detect *detect, uint8_t luma, unsigned flags);

/** qyran_detect_frame() - a whole frame of the set size at once; the same as pixel by pixel. @stride: bytes from line to line. */
const struct qyran_detect_result *qyran_detect_frame(struct qyran_detect *detect, const uint8_t *luma, unsigned stride);

/* The cells of a frame's movers. */
struct qyran_detect_mask {
	unsigned width, height;       /* cells */
	unsigned cell_px;             /* side of a cell; the grid begins at the frame's first pixel */
	const uint8_t *mover;         /* row by row: 1 + the index of the cell's mover, 0: none */
};

/**
 * qyran_detect_mover_mask() - which cells made the movers of the last result, for measuring: the logic does not put this out.
 * Valid until the next call of any function of @detect. Where tables overflowed, a mover may be without cells.
 */
struct qyran_detect_mask qyran_detect_mover_mask(struct qyran_detect *detect);

/** qyran_detect_watch() - calls @watch for every plate candidate of the frames to come, in no order that means anything; NULL: no more. */
void qyran_detect_watch(struct qyran_detect *detect, void (*watch)(void *owner, const struct qyran_detect_candidate *candidate), void *owner);

/**
 * qyran_detect_unfinished() - the last frame's movers came out as res_lost and unfinished, for the next frame came too soon: the logic
 * compares the next ones with those before. Nothing here knows of clocks, so the caller has to tell; before the next frame's last pixel.
 */
void qyran_detect_unfinished(struct qyran_detect *detect);

/** qyran_detect_abort() - as pix_abort. */
void qyran_detect_abort(struct qyran_detect *detect);

#endif
