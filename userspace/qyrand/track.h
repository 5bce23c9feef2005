/* SPDX-License-Identifier: Apache-2.0 */
/* Tracks: one vehicle seen over many frames. Deterministic: the same records give the same tracks. */
#ifndef QYRAN_TRACK_H
#define QYRAN_TRACK_H

#include "road.h"
#include "violation.h"

#include <linux/qyran.h>

struct qyran_tracker;
struct qyran_track;

#define QYRAN_READS_MAX 12	/* requests a track */
#define QYRAN_READINGS_MAX 32	/* readings kept a track */

/* Everything of one frame, collected from its records. */
struct qyran_frame_batch {
	uint64_t number, time_ns;
	struct qyran_frame_info info;
	struct qyran_mover movers[QYRAN_MOVERS_MAX];
	size_t mover_count;
	struct qyran_region regions[QYRAN_REGIONS_MAX];
	const uint8_t *region_pixels[QYRAN_REGIONS_MAX];	/* YUYV, out_w * 2 bytes a line; the batch's */
	size_t region_count;
};

/* What the tracker asks of its owner, and tells it. */
struct qyran_tracker_events {
	/* A region of this track is worth reading: at most two a frame and QYRAN_READS_MAX a track. */
	void (*read)(void *context, struct qyran_track *track, const struct qyran_region *region, const uint8_t *pixels, uint64_t time_ns);
	/* The track has ended; it is freed after this call. */
	void (*ended)(void *context, struct qyran_track *track);
	void *context;
};

/**
 * qyran_tracker_new() - tracks plates and movers from frame to frame.
 * @road: borrowed; NULL when the camera is not surveyed: tracks have image points only.
 */
int qyran_tracker_new(const struct qyran_config *config, const struct qyran_road *road, const struct qyran_tracker_events *events,
		      struct qyran_tracker **ret);
void qyran_tracker_free(struct qyran_tracker *tracker);

/** qyran_tracker_frame() - takes one frame, damaged ones too. Returns 0 or -ENOMEM. */
int qyran_tracker_frame(struct qyran_tracker *tracker, const struct qyran_frame_batch *batch);

/** qyran_tracker_finish() - the stream has ended: ends all tracks. */
void qyran_tracker_finish(struct qyran_tracker *tracker);

/* Tracks alive after the latest frame. */
size_t qyran_tracker_count(const struct qyran_tracker *tracker);
struct qyran_track *qyran_tracker_at(struct qyran_tracker *tracker, size_t index);

/** qyran_tracker_total() - tracks so far that counted as a vehicle. */
uint64_t qyran_tracker_total(const struct qyran_tracker *tracker);

uint64_t qyran_track_id(const struct qyran_track *track);
/** qyran_track_first_ns() - stamp of the first frame that saw it; a nanosecond more for each other track that began in that frame: no two are alike. */
uint64_t qyran_track_first_ns(const struct qyran_track *track);
uint64_t qyran_track_first_frame(const struct qyran_track *track);
const struct qyran_track_point *qyran_track_points(const struct qyran_track *track, size_t *ret_count);

/** qyran_track_box() - box of the vehicle in the latest frame that saw it. */
struct qyran_box qyran_track_box(const struct qyran_track *track, uint64_t *ret_frame);

/** qyran_track_size() - estimated height and length of the vehicle, mm; 0 unknown. */
void qyran_track_size(const struct qyran_track *track, int32_t *ret_height_mm, int32_t *ret_length_mm);

/**
 * qyran_track_speed() - speed over ground from the points of [@from_ns, @to_ns], least squares (Luvizon et al. 2017, eq. 7).
 * @ret_cmh: 1/100 km/h, signed: positive away from the camera. @ret_u95_cmh: expanded uncertainty, k = 2, of fit, survey and plate height.
 * Returns 0; -ENODATA when fewer than five points span 1.5 m, or the clock stepped between them.
 */
int qyran_track_speed(const struct qyran_track *track, uint64_t from_ns, uint64_t to_ns, int32_t *ret_cmh, int32_t *ret_u95_cmh);

/* Readings of a track; the owner adds them when they come from the reader. */
int qyran_track_add_reading(struct qyran_track *track, const struct qyran_reading *reading, uint32_t weight);
const struct qyran_reading *const *qyran_track_readings(const struct qyran_track *track, size_t *ret_count);

/**
 * qyran_track_request() - number of the request that read() is being called for. Given back with the reading it tells the track
 * which of its regions is the plate, so that speed is measured there.
 */
uint32_t qyran_track_request(const struct qyran_track *track);

/** qyran_track_add_reading_of() - like qyran_track_add_reading(), for a known request. */
int qyran_track_add_reading_of(struct qyran_track *track, uint32_t request, const struct qyran_reading *reading, uint32_t weight);

/** qyran_track_counted() - moved far and long enough to count as a vehicle. */
bool qyran_track_counted(const struct qyran_track *track);

/** qyran_track_lane() - lane in which most of its points lie, 1 …; 0 none. */
int qyran_track_lane(const struct qyran_track *track);

/** qyran_track_user() - a pointer of the owner's (evidence); NULL at first. */
void **qyran_track_user(struct qyran_track *track);

#endif
