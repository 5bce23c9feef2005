/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the camera sees and decides, live: how qyran-view and others of the same machine watch qyrand.
 *
 * Two UNIX sockets of kind SOCK_SEQPACKET, named by the configuration's [view]; numbers are in the machine's own byte order.
 *
 *   socket=   each frame one struct qyran_view_state. Read only: whoever writes to it is cut off. Mode 0660: who may watch is who is in
 *             qyrand's group. It tells plates of vehicles that break no rule: nothing of it may be kept.
 *   frames=   off unless named; for root alone. The watcher asks with a struct qyran_view_want for each picture and gets one struct
 *             qyran_view_picture with one file descriptor. A picture is given back by closing it.
 *
 * A watcher that reads too slowly misses states; qyrand never waits for it.
 */
#ifndef QYRAN_VIEW_H
#define QYRAN_VIEW_H

#include <linux/qyran.h>
#include <qyran/device.h>
#include <qyran/format.h>
#include <stdint.h>

#define QYRAN_VIEW_MAGIC 0x56525951u		/* 'QYRV' */
#define QYRAN_VIEW_VERSION 1u			/* another one: not understood */

#define QYRAN_VIEW_TRACKS 64u
#define QYRAN_VIEW_TRAIL 32u
#define QYRAN_VIEW_WANTS 3u			/* pictures that may be asked for and not closed */
#define QYRAN_VIEW_UNKNOWN INT32_MIN

#define QYRAN_VIEW_TRACK_VEHICLE 1u		/* moved far and long enough to count as one */
#define QYRAN_VIEW_TRACK_SUSPICIOUS 2u
#define QYRAN_VIEW_TRACK_DECIDED 4u		/* a violation waits for the track's end */
#define QYRAN_VIEW_TRACK_SPEED 8u		/* speed_cmh and speed_u95_cmh are known */
#define QYRAN_VIEW_TRACK_SURE 16u		/* the text is as sure as the configuration wants it */

struct qyran_view_mover {
	struct qyran_box box;
	uint32_t flags;				/* QYRAN_MOVER_* */
};

struct qyran_view_region {
	struct qyran_box box;			/* what was detected */
	uint32_t score;
};

struct qyran_view_track {
	uint64_t id;
	struct qyran_box box;			/* in this frame */
	uint32_t flags;				/* QYRAN_VIEW_TRACK_* */
	int32_t lane;				/* 1 …; 0 none */
	int32_t speed_cmh, speed_u95_cmh;	/* 1/100 km/h, positive away from the camera; expanded uncertainty, k = 2 */
	uint16_t confidence;			/* of the text, per mille; 0: nothing read */
	char text[QYRAN_PLATE_TEXT_MAX + 1];
	uint8_t trail_count;
	struct { int16_t x, y; } trail[QYRAN_VIEW_TRAIL];	/* where it was in the last second, oldest first; pixels */
};

/* One frame. Its first bytes stay as they are in every version. Only track_count tracks are sent. */
struct qyran_view_state {
	uint32_t magic, version, size;		/* size: bytes of this message */
	uint32_t reserved;
	uint64_t number, time_ns;		/* of the frame; TAI */
	uint32_t width, height;			/* pixels */
	uint32_t frame_flags;			/* QYRAN_FRAME_* */
	uint32_t pins, pin_count;		/* signal pins; pin_count 0: nothing is connected */
	uint32_t clock_steps;
	uint32_t rate_mhz;			/* frames in 1000 s of the logic's clock; 0: not known yet */
	int32_t temperature_mc;			/* hottest sensor of the board, 1/1000 degree Celsius; QYRAN_VIEW_UNKNOWN */
	uint64_t dropped;			/* MOVER and REGION records and whole frames' pixels, so far */
	uint64_t skipped;			/* readings that there was no time for, so far */
	uint64_t waiting, sealed;		/* records in the outbox without a receipt; ever sealed */
	char publisher[16];			/* "connected", "away", … */
	uint32_t mover_count, region_count, track_count;
	struct qyran_view_mover movers[QYRAN_MOVERS_MAX];
	struct qyran_view_region regions[QYRAN_REGIONS_MAX];
	struct qyran_view_track tracks[QYRAN_VIEW_TRACKS];
};

/* Asks for the next picture; sent by the watcher. */
struct qyran_view_want {
	uint32_t magic, version;
};

enum qyran_view_kind {
	QYRAN_VIEW_DMABUF = 1,			/* the frame itself, in the camera's memory */
	QYRAN_VIEW_COPY,			/* a copy of the frame, a sealed memfd */
	QYRAN_VIEW_REGIONS,			/* no frame to be had: its plate regions on black, a sealed memfd */
};

/* A picture, YUYV; comes with one file descriptor, height * stride bytes, read only. */
struct qyran_view_picture {
	uint32_t magic, version;
	uint64_t number, time_ns;
	uint32_t width, height, stride;		/* pixels, lines, bytes */
	uint32_t kind;				/* enum qyran_view_kind */
};

#endif
