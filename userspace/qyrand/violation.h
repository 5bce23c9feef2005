/* SPDX-License-Identifier: Apache-2.0 */
/* A decided violation, before it is packed and sealed. Integers with units; no field is random. */
#ifndef QYRAN_VIOLATION_H
#define QYRAN_VIOLATION_H

#include "config.h"
#include "reader.h"

#define QYRAN_TRACK_POINTS_MAX 256
#define QYRAN_EVIDENCE_MAX 4

/* One measured point of a track. */
struct qyran_track_point {
	uint64_t time_ns;	/* middle of the exposure of its row, TAI */
	uint64_t frame;
	int32_t u16, v16;	/* image, sixteenths of a pixel: the raw measurement */
	int32_t x_mm, y_mm;	/* road */
	bool plate;		/* from a plate region (height plate_height), else from a mover's foot */
	uint64_t run_ns;	/* time since the tracker's first frame, not moved by steps of the clock */
	uint32_t clock_steps;	/* of the frame */
};

enum qyran_evidence_kind {
	QYRAN_EVIDENCE_FRAME,	/* whole view, privacy masks black */
	QYRAN_EVIDENCE_PLATE,	/* the plate's crop */
};

struct qyran_evidence {
	enum qyran_evidence_kind kind;
	uint64_t time_ns, frame;
	uint8_t *jpeg;		/* owned */
	size_t size;
	uint32_t width, height;
	uint8_t hash[32];	/* BLAKE2b-256 of the JPEG */
};

struct qyran_violation {
	enum qyran_rule rule;
	uint64_t track_first_ns;	/* with camera and rule: identity */
	uint64_t time_ns;		/* the essential moment, TAI */
	uint32_t time_uncertainty_ns;
	bool time_synced;		/* the clock follows a reference */
	int lane;			/* 1 …; 0 none */
	uint64_t logic_version;
	struct qyran_reading plate;	/* sums are not packed */
	int32_t speed_cmh;		/* measured, 10 m/h (1/100 km/h); 0 standing */
	int32_t speed_u95_cmh;		/* expanded uncertainty, k = 2 */
	uint32_t limit_kmh, tolerance_kmh;	/* rule speed */
	int32_t height_mm, length_mm;	/* of the vehicle, estimated; 0 unknown */
	uint32_t pin;			/* signal rules */
	uint64_t signal_since_ns;	/* the pin has been high since */
	uint64_t standing_ms;		/* rule standing */
	struct qyran_track_point points[QYRAN_TRACK_POINTS_MAX];	/* the raw measurement */
	size_t point_count;
	struct qyran_evidence evidence[QYRAN_EVIDENCE_MAX];
	size_t evidence_count;
};

/** qyran_violation_clear() - frees the evidence. */
void qyran_violation_clear(struct qyran_violation *violation);

#endif
