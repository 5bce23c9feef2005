/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A camera's device: where records come from. The same calls serve the kernel module, the simulated board and a
 * recorded file; everything above is the same on a desk and on a pole.
 *
 *   kernel:DEVICE  a board through its driver, kernel:/dev/qyran0; the driver's UIO and PTP devices are found by themselves. Needs the
 *                  rights to these files (the udev rule gives them to the group qyran), and root only to change privacy masks
 *   sim:CLIP       the simulated board (the Verilated logic) playing CLIP, anything that libavformat opens; a plug-in,
 *                  libqyran-sim.so, looked for in $QYRAN_PLUGIN_DIR alone if that is set, else in ../lib/qyran from the
 *                  program, beside the program, and in /usr/lib/qyran
 *   record:FILE    a recording made by qyran-record
 *
 * Calls are for one thread, except that frames may be released from any.
 */
#ifndef QYRAN_DEVICE_H
#define QYRAN_DEVICE_H

#include <linux/qyran.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qyran_device;

struct qyran_box {
	uint16_t x, y, width, height;	/* pixels */
};

#define QYRAN_EPOCH_NS 1767225637000000000u	/* 2026-01-01T00:00:00Z as TAI */

/* What is set before the stream starts. Zeros mean the default. */
struct qyran_device_options {
	uint32_t width, height;		/* kernel: of the video, where no sensor's driver tells; both or neither */
	uint64_t epoch_ns;		/* sim, kernel: with a simulated board: stamp of a frame whose presentation time is 0, TAI; 0: QYRAN_EPOCH_NS */
	bool pace_host;			/* sim: skipped time follows CLOCK_MONOTONIC instead of the clip; kernel: a simulated board's clock is left as it is */
	const char *signals;		/* sim: file of signal pins over time; NULL: signals.tsv beside the clip, if there */
	uint32_t exposure_ns, line_ns;	/* what no sensor's driver tells */
	bool mono;			/* the sensor is mono or infrared */
	const struct qyran_box *masks;	/* privacy masks, at most QYRAN_MASKS_MAX; kernel: none: those in force stay, see qyran_device_mask() */
	size_t mask_count;
	const struct qyran_box *watches;	/* watch boxes, at most QYRAN_WATCHES_MAX */
	size_t watch_count;
	uint32_t regions;		/* plate regions a frame; 0: the logic's default */
	bool progress;			/* sim: show progress on standard error while it is a terminal, and at the end one line with the speed */
};

struct qyran_device_info {
	uint32_t width, height;		/* pixels */
	uint32_t version;		/* of the logic, major << 16 | minor */
	uint32_t pins;			/* signal pins that something is connected to; 0: none */
	bool realtime;			/* records are lost when they are not read in time */
	bool frames;			/* qyran_device_hold() can give frames */
};

/* A held frame: YUYV pixels that stay as they are until released. */
struct qyran_frame {
	uint64_t number, time_ns;
	const uint8_t *pixels;
	uint32_t width, height, stride;	/* pixels, lines, bytes */
	int fd;				/* its dma-buf, for who shows or encodes it without a copy; borrowed, gone with the release; -1: has none */
	uint32_t slot;			/* private to the device */
};

/**
 * qyran_device_open() - opens a device and starts its stream.
 * @spec: see above.
 * @options: copied; NULL for defaults.
 * @ret: the device, to be closed with qyran_device_close().
 * @error: on failure one line that says what was tried, on what, and what to do; may be NULL.
 * Returns 0 or a negative errno: -EINVAL for a spec that is not understood, what the device gave otherwise. kernel: -EBUSY when another
 * program reads it, -EACCES without the rights, -EPERM when the masks in force are others and this process may not change them.
 */
int qyran_device_open(const char *spec, const struct qyran_device_options *options, struct qyran_device **ret,
		      char *error, size_t error_size);

/** qyran_device_close() - stops the stream; held frames become invalid. Accepts NULL. */
void qyran_device_close(struct qyran_device *device);

/**
 * qyran_device_mask() - puts privacy masks in force without starting the stream; needs CAP_SYS_ADMIN. They stay until the driver is unloaded.
 * Returns 0 or a negative errno with one line in @error: -ENOTSUP for a device that takes its masks when it is opened (sim:, record:).
 */
int qyran_device_mask(const char *spec, const struct qyran_box *masks, size_t count, char *error, size_t error_size);

/** qyran_device_info() - shapes and abilities; @ret is filled. */
void qyran_device_info(const struct qyran_device *device, struct qyran_device_info *ret);

/**
 * qyran_device_next() - the next record, whole and checked (magic, lengths, both CRCs).
 * @ret: borrowed, 8-byte aligned, valid until the next call with this device.
 * @timeout_ms: wait at most so long; -1: without limit. sim: and record: do not wait.
 * Returns 0; -EAGAIN after the timeout, kernel: also after a signal; -ENODATA at the end of the stream; -EBADMSG once for each stretch of damaged bytes, after
 * which the call goes on at the next sound record; -ESTRPIPE once when the stream has begun anew, sequence and frame numbers with it (held
 * frames stay); another negative errno when the device is gone (-ENODEV: taken away; -EIO: it no longer
 * answers, or a clip is damaged, cut short or changes its size): qyran_device_fault() says why.
 */
int qyran_device_next(struct qyran_device *device, const struct qyran_record_header **ret, int timeout_ms);

/** qyran_device_fault() - one line about the last failure of qyran_device_next() other than -EAGAIN and -ENODATA; "" before one. Borrowed until the next call. */
const char *qyran_device_fault(const struct qyran_device *device);

/**
 * qyran_device_hold() - keeps the pixels of a frame whose FRAME record has been read.
 * Only the latest frames can be held; at most slots - 3 are held at a time.
 * Returns 0; -ESTALE when it was recycled; -ENODATA when the device or this frame has no pixels; -EBUSY when too many are held.
 */
int qyran_device_hold(struct qyran_device *device, uint64_t frame, struct qyran_frame *ret);

/** qyran_device_release() - gives a held frame back. */
void qyran_device_release(struct qyran_device *device, const struct qyran_frame *frame);

/** qyran_device_clock() - reads the logic's clock, TAI nanoseconds. record: the last stamp read; kernel: through its PTP device. Returns 0 or a negative errno. */
int qyran_device_clock(struct qyran_device *device, uint64_t *ret_ns);

/** qyran_device_register() - reads a register of page 0 (offsets: qyran/regs.h). Returns 0; -ENOTSUP without registers; -ERANGE beyond page 0. */
int qyran_device_register(struct qyran_device *device, uint32_t offset, uint32_t *ret_value);

/* Inside libqyran: what an implementation gives. Exported by a plug-in (libqyran-sim.so) as `qyran_device_plugin`. */
#define QYRAN_DEVICE_ABI 2u

struct qyran_device_ops {
	uint32_t abi;			/* QYRAN_DEVICE_ABI of the header that it was compiled with */
	const char *scheme;		/* "sim" */
	int (*open)(const char *rest, const struct qyran_device_options *options, void **ret_self, char *error, size_t error_size);
	void (*close)(void *self);
	void (*info)(const void *self, struct qyran_device_info *ret);
	int (*next)(void *self, const struct qyran_record_header **ret, int timeout_ms);
	const char *(*fault)(const void *self);
	int (*hold)(void *self, uint64_t frame, struct qyran_frame *ret);
	void (*release)(void *self, const struct qyran_frame *frame);
	int (*clock)(void *self, uint64_t *ret_ns);
	int (*reg)(void *self, uint32_t offset, uint32_t *ret_value);	/* NULL: no registers */
};

#endif
