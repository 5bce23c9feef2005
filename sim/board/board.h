/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated board: the Verilated logic with a memory, an interrupt line, a video source and signal pins round it.
 *
 * It knows nothing of records: whoever drives it does what a kernel driver does, through registers, memory and the interrupt.
 * `sim:` of libqyran drives it in the process; a virtual machine's device process can drive it from outside.
 */
#ifndef QYRAN_BOARD_H
#define QYRAN_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct qyran_board;

enum qyran_board_pace {
	QYRAN_PACE_SCENE,	/* idle clocks are skipped; a frame's stamp is epoch + presentation time */
	QYRAN_PACE_HOST,	/* skipped time follows CLOCK_MONOTONIC */
};

/* The memory that the logic's masters see. Each returns 0, or a negative errno, which the logic sees as a bus error. */
struct qyran_board_memory {
	int (*read)(void *context, uint64_t address, void *bytes, size_t size);
	int (*write)(void *context, uint64_t address, const void *bytes, size_t size);
	void *context;
	uint32_t latency;	/* clocks from an address to its first data or response; 0: the default, 40 */
};

/**
 * qyran_board_new() - powers up a board: logic in reset, then running, no video.
 * @memory: copied; what it points to must outlive the board.
 * Returns 0 or a negative errno.
 */
int qyran_board_new(const struct qyran_board_memory *memory, enum qyran_board_pace pace, struct qyran_board **ret);

/** qyran_board_free() - accepts NULL. */
void qyran_board_free(struct qyran_board *board);

/** qyran_board_read() - one AXI-Lite read; runs as many clocks as it takes. */
uint32_t qyran_board_read(struct qyran_board *board, uint32_t offset);

/** qyran_board_write() - one AXI-Lite write; runs as many clocks as it takes. */
void qyran_board_write(struct qyran_board *board, uint32_t offset, uint32_t value);

/** qyran_board_irq() - the level of the interrupt line. */
bool qyran_board_irq(const struct qyran_board *board);

/**
 * qyran_board_run() - runs at most @clocks video clocks without video, ending early when the interrupt line is high or nothing is under way.
 * Returns the clocks that it ran.
 */
uint64_t qyran_board_run(struct qyran_board *board, uint64_t clocks);

/**
 * qyran_board_frame() - plays one frame into the logic, one pixel a clock; runs the logic until its pixels are in.
 * @yuyv: width * 2 bytes a line, @stride bytes from line to line.
 * @time_ns: the first pixel's time by the board's clock (epoch + presentation time); at pace scene the logic's clock is advanced to it, never
 * set back, and the frame's stamp is exactly it. At pace host the clock follows CLOCK_MONOTONIC and this is not looked at.
 * @pins: signal pins from before the first pixel on.
 * Returns 0, or -EINVAL for a size that the interface cannot carry.
 */
int qyran_board_frame(struct qyran_board *board, const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride,
		      uint64_t time_ns, uint8_t pins);

/*
 * For a processor outside, whose accesses must not wait for a whole frame: the same frame in pieces, with accesses between them.
 */

/**
 * qyran_board_begin() - as qyran_board_frame(), but plays nothing yet: qyran_board_step() does.
 * @yuyv: borrowed until the frame is in, which is when qyran_board_playing() is false again.
 * Returns 0, -EBUSY when the frame before it is not in, or -EINVAL.
 */
int qyran_board_begin(struct qyran_board *board, const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, uint64_t time_ns,
		      uint8_t pins);

/** qyran_board_playing() - the pixels of a frame that was begun are not all in. */
bool qyran_board_playing(const struct qyran_board *board);

/**
 * qyran_board_step() - runs about @clocks video clocks: the rest of the frame that was begun, then until nothing is under way. Unlike
 * qyran_board_run() it does not end when the interrupt line is high.
 * Returns true while there is more to run.
 */
bool qyran_board_step(struct qyran_board *board, uint64_t clocks);

/** qyran_board_set_pace() - changes the pace; at pace host the clock goes on from where it is. */
void qyran_board_set_pace(struct qyran_board *board, enum qyran_board_pace pace);

/** qyran_board_advance() - the logic's clock jumps ahead by @ns, as if time went by without video. */
void qyran_board_advance(struct qyran_board *board, uint64_t ns);

/** qyran_board_pps() - one edge on the pulse-per-second input. */
void qyran_board_pps(struct qyran_board *board);

/** qyran_board_clocks() - video clocks simulated so far. */
uint64_t qyran_board_clocks(const struct qyran_board *board);

struct qyran_clip;

/**
 * qyran_clip_open() - opens a video with libavformat.
 * Frames are cropped at the right and the bottom to multiples of 8 and 2. What is left is refused beyond 1920x1080 (-EFBIG) or below 64x48 (-EINVAL),
 * before memory is taken for it; @error says what and what to do.
 */
int qyran_clip_open(const char *path, struct qyran_clip **ret, char *error, size_t error_size);
void qyran_clip_close(struct qyran_clip *clip);
void qyran_clip_size(const struct qyran_clip *clip, uint32_t *ret_width, uint32_t *ret_height);

/** qyran_clip_frames() - how many frames the file says that it has; 0 when it does not say. */
uint64_t qyran_clip_frames(const struct qyran_clip *clip);

/**
 * qyran_clip_next() - decodes the next frame as YUYV (colours as in the file, limited range).
 * @ret_pixels: borrowed until the next call; width * 2 bytes a line.
 * @ret_time_ns: presentation time since the clip's first frame; rises from frame to frame.
 * Returns 0, -ENODATA at the end, -EIO when the file is damaged, cut short or of another size from there on (after which it is at its end).
 */
int qyran_clip_next(struct qyran_clip *clip, const uint8_t **ret_pixels, uint64_t *ret_time_ns);

/** qyran_clip_fault() - one line that says why qyran_clip_next() returned -EIO, and what to do; "" before. */
const char *qyran_clip_fault(const struct qyran_clip *clip);

struct qyran_signals;

/** qyran_signals_open() - reads signals.tsv: lines `ns<TAB>pins` (presentation time, pins as a number), rising; a bad line is named in @error. */
int qyran_signals_open(const char *path, struct qyran_signals **ret, char *error, size_t error_size);
void qyran_signals_close(struct qyran_signals *signals);
/** qyran_signals_at() - pins at a presentation time; 0 before the first line. */
uint8_t qyran_signals_at(const struct qyran_signals *signals, uint64_t time_ns);

#ifdef __cplusplus
}
#endif
#endif
