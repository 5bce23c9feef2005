/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept of a track while nobody knows yet whether it breaks a rule: the best crop of its plate, and pictures of frames from the
 * moment it becomes suspicious. All of it is in memory only, and wiped with the track.
 */
#ifndef QYRAN_WITNESS_H
#define QYRAN_WITNESS_H

#include "violation.h"

#include <qyran/device.h>

struct qyran_witness;

/** qyran_witness_new() - NULL when there is no memory. */
struct qyran_witness *qyran_witness_new(void);

/** qyran_witness_free() - wipes and frees. Accepts NULL. */
void qyran_witness_free(struct qyran_witness *witness);

/** qyran_witness_wants() - should the frame at @time_ns be kept? @best: it shows the essential moment. */
bool qyran_witness_wants(const struct qyran_witness *witness, uint64_t time_ns, bool best);

/**
 * qyran_witness_frame() - keeps a frame as JPEG. The first one stays; the last of the others gives way when there is no room.
 * Returns 0 or what qyran_evidence_encode() gave.
 */
int qyran_witness_frame(struct qyran_witness *witness, const struct qyran_frame *frame, bool best);

/** qyran_witness_frames() - how many frames are kept. */
size_t qyran_witness_frames(const struct qyran_witness *witness);

/**
 * qyran_witness_crop() - offers the pixels of a plate that has been read; the surest is kept.
 * @pixels: taken over, wiped and freed by the witness.
 */
void qyran_witness_crop(struct qyran_witness *witness, const struct qyran_reading *reading, uint8_t *pixels, uint32_t width, uint32_t height,
			uint64_t frame, uint64_t time_ns);

/**
 * qyran_witness_testify() - adds evidence to a violation: frames in the order of time, among them the one nearest to its essential
 * moment, and the plate's crop.
 * Returns 0 or -ENOMEM, after which @violation has none.
 */
int qyran_witness_testify(const struct qyran_witness *witness, struct qyran_violation *violation);

#endif
