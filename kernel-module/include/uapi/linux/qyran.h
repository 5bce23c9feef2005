/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note OR Apache-2.0 */
/*
 * Records of a Qyran camera: the bytes that the logic writes into memory, that read() on /dev/qyran0 returns, and that
 * a recorded file holds.
 *
 * A record is a 64-byte header, a payload padded with zeros to a multiple of 64 bytes, and a 64-byte trailer. All
 * numbers are little-endian. Reserved bytes are 0. A reader skips a type that it does not know by its length.
 * The records of one frame come in the order MOVER, REGION, WATCH, FRAME; FRAME closes the frame.
 */
#ifndef _UAPI_LINUX_QYRAN_H
#define _UAPI_LINUX_QYRAN_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define QYRAN_RECORD_MAGIC	0x52525951u	/* 'QYRR' */
#define QYRAN_TRAILER_MAGIC	0x54525951u	/* 'QYRT' */
#define QYRAN_RECORD_VERSION	1
#define QYRAN_RECORD_ALIGN	64u
#define QYRAN_PIXELS_MAX	131072u		/* bytes of pixels in one record */
#define QYRAN_RECORD_MAX	(64u + 64u + QYRAN_PIXELS_MAX + 64u)
#define QYRAN_WIDTH_MAX		1920u
#define QYRAN_HEIGHT_MAX	1080u
#define QYRAN_SLOTS		16u
#define QYRAN_REGIONS_MAX	16u
#define QYRAN_MOVERS_MAX	64u
#define QYRAN_WATCHES_MAX	4u
#define QYRAN_MASKS_MAX		16u
#define QYRAN_PINS		8u

enum qyran_record_type {
	QYRAN_RECORD_MOVER = 1,
	QYRAN_RECORD_REGION = 2,
	QYRAN_RECORD_WATCH = 3,
	QYRAN_RECORD_FRAME = 4,
	/* Only in recorded files: the pixels of a kept frame, after its FRAME; payload struct qyran_frame_pixels. */
	QYRAN_RECORD_PIXELS = 0x100,
};

/* First 64 bytes of each record. */
struct qyran_record_header {
	__le32 magic;		/* QYRAN_RECORD_MAGIC */
	__le16 type;		/* enum qyran_record_type */
	__le16 version;		/* QYRAN_RECORD_VERSION */
	__le32 length;		/* of the whole record with header and trailer, bytes, a multiple of 64 */
	__le32 payload;		/* bytes of payload before padding */
	__le64 sequence;	/* rises by one from record to record, dropped ones included; starts at 0 with RUN */
	__le64 frame;		/* number of the frame, from 0 with RUN; every start of frame counts */
	__le64 time_ns;		/* hardware time of the frame's first pixel, TAI */
	__u8   reserved[20];
	__le32 header_crc;	/* CRC-32C (Castagnoli, RFC 3720) of the 60 bytes before */
};

/* Last 64 bytes of each record. */
struct qyran_record_trailer {
	__le32 magic;		/* QYRAN_TRAILER_MAGIC */
	__le32 payload_crc;	/* CRC-32C of the payload with its padding */
	__u8   reserved[56];
};

#define QYRAN_MOVER_MERGED	1u	/* holds at least two movers of the frame before */
#define QYRAN_MOVER_SPLIT	2u	/* shares a mover of the frame before with another one, which may not be shown yet */
#define QYRAN_MOVER_STILL	4u	/* its cells have not changed for a second's worth of frames */

/* Payload of MOVER: a connected area that differs from the background. */
struct qyran_mover {
	__le16 x, y, w, h;	/* box, pixels */
	__le32 cells;		/* area, cells */
	__le16 cell_px;		/* side of a cell, pixels: 2, 4, 8 or 16 */
	__le16 index;		/* position among the frame's movers; no identity across frames */
	__le32 cx16, cy16;	/* centroid, sixteenths of a pixel */
	__le32 age;		/* frames for which its oldest cell has been foreground */
	__le32 flags;		/* QYRAN_MOVER_* */
	__u8   reserved[32];
};

/* Payload of REGION and WATCH: this, then out_w * out_h pixels as YUYV (Y0 U Y1 V), line after line without gaps. */
struct qyran_region {
	__le16 box_x, box_y, box_w, box_h;	/* what was detected, pixels of the frame (WATCH: as configured) */
	__le16 cut_x, cut_y, cut_w, cut_h;	/* what was cut, pixels of the frame; x and w multiples of 4 << halvings */
	__le16 out_w, out_h;			/* size of the pixels that follow: cut_w >> halvings, cut_h >> halvings */
	__u8   halvings;			/* the cut was halved so often by 2x2 means (chroma: means of the pairs) */
	__u8   scale;				/* REGION: scale that found it: frame / 2^scale; WATCH: number of the box */
	__le16 index;				/* position among the frame's regions, best first */
	__le32 score;				/* greater is surer; comparable within one version of the logic */
	__le32 pixels;				/* bytes of pixels that follow */
	__u8   reserved[32];
};

#define QYRAN_SLOT_NONE		0xffffffffu

#define QYRAN_FRAME_DAMAGED	1u	/* lines too short, too long or missing: no movers, no regions */
#define QYRAN_FRAME_MONO	2u
#define QYRAN_FRAME_TEST	4u	/* from the test-pattern source */
#define QYRAN_FRAME_UNSYNCED	8u	/* the clock follows no reference */
#define QYRAN_FRAME_UNFINISHED	16u	/* the next frame came before movers or regions were found: a drop of 1 stands for a number not known */

/* Payload of FRAME: closes the records of one frame. */
struct qyran_frame_info {
	__le16 width, height;	/* pixels */
	__le32 stride;		/* bytes from line to line in the slot */
	__le32 slot;		/* the frame's pixels (YUYV), the reader's until given back; QYRAN_SLOT_NONE: not kept */
	__le32 flags;		/* QYRAN_FRAME_* */
	__le16 movers, regions, watches;	/* records of this frame in the stream */
	__le16 reserved0;
	__le16 drop_movers, drop_regions, drop_watches;	/* of this frame, dropped whole */
	__le16 reserved1;
	__le32 pins;		/* signal pins, bit 0 = pin 0, sampled at the first pixel */
	__le32 exposure_ns;	/* of a line */
	__le32 line_ns;		/* from line to line; 0: global shutter */
	__le32 gain_mb;		/* 1/100 dB */
	__le32 clock_steps;	/* steps of the clock so far: no speed across a change */
	__le32 lines_short, lines_long, lines_missing;	/* of this frame */
};

/* Payload of PIXELS: this, then height * stride bytes. Its pixels may exceed QYRAN_PIXELS_MAX. */
struct qyran_frame_pixels {
	__le16 width, height;
	__le32 stride;
	__u8   reserved[56];
};

/*
 * ioctls of /dev/qyran0. Reserved words must be 0 on the way in (-EINVAL) and are 0 on the way out. Before START, read() gives -EPIPE;
 * after STOP it gives what is left, then end of file. One file may be open at a time (-EBUSY); it starts stopped, closing it stops the stream.
 *
 * read() gives whole records, as many as fit. What it gave counts as taken when the reader comes back, by read() or poll(). Once each:
 * -EBADMSG where damaged bytes were skipped, -ESTRPIPE where the driver has started a silent or suspended stream again: sequence and frame
 * numbers begin anew, held frames stay. -EMSGSIZE: the next record is larger than the buffer; one of QYRAN_RECORD_MAX takes every record.
 * -EIO: the logic does not answer, which may pass, or, before end of file, could not be started again; -ENODEV: the device is gone for good.
 */
#define QYRAN_IOC_INFO_SIM	1u	/* a simulated board: a frame waits until its predecessor's records are read */

struct qyran_ioc_info {
	__u32 version;		/* of the logic, major << 16 | minor */
	__u32 width_max, height_max;	/* pixels */
	__u32 slots, masks, watches, pins, holds;	/* holds: frames that can be held at a time */
	__u32 width, height, stride;	/* of the video: what FORMAT set, else what the sensor says; 0: not known */
	__s32 ptp;		/* N of /dev/ptpN; -1: none */
	__s32 uio;		/* N of /dev/uioN; -1: none */
	__u32 flags;		/* QYRAN_IOC_INFO_* */
	__u32 running;
	__u32 reserved[17];
};

/* Size of the video and what the sensor's driver says of it; with the stream stopped (-EBUSY). Stride comes back. */
struct qyran_ioc_format {
	__u32 width, height;	/* pixels: width a multiple of 8, height even, 64x48 to width_max x height_max */
	__u32 stride;		/* out: bytes from line to line in a frame */
	__u32 exposure_ns, line_ns, gain_mb;
	__u32 reserved[10];
};

/*
 * Privacy masks; -EPERM without CAP_SYS_ADMIN unless they are those in force already. In force from the next frame on, also while the stream
 * runs, and kept when the device is closed.
 */
struct qyran_ioc_masks {
	__u32 count;		/* at most QYRAN_MASKS_MAX */
	__u32 reserved[3];
	struct { __u16 x, y, width, height; } mask[QYRAN_MASKS_MAX];	/* pixels */
};

/*
 * Keeps the pixels of a frame whose FRAME record has been read. -ESTALE: recycled; -ENODATA: came without pixels; -EBUSY: too many are held.
 * The dma-buf can be mapped for reading and passed on; the frame is given back when its last file is closed.
 */
struct qyran_ioc_hold {
	__u64 frame;		/* in: its number */
	__u64 time_ns;		/* out: its stamp */
	__s32 fd;		/* out: a dma-buf, height * stride bytes (its size is rounded up to pages), YUYV, read only, close-on-exec */
	__u32 width, height, stride;	/* out */
	__u32 reserved[8];
};

#define QYRAN_IOC_INFO		_IOR('q', 0x40, struct qyran_ioc_info)
#define QYRAN_IOC_FORMAT	_IOWR('q', 0x41, struct qyran_ioc_format)
#define QYRAN_IOC_MASKS		_IOW('q', 0x42, struct qyran_ioc_masks)
#define QYRAN_IOC_HOLD		_IOWR('q', 0x43, struct qyran_ioc_hold)
#define QYRAN_IOC_START		_IO('q', 0x44)
#define QYRAN_IOC_STOP		_IO('q', 0x45)

#endif
