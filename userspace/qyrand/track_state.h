/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the tracker: its state. Only track*.c and rules*.c include this. */
#ifndef QYRAN_TRACK_STATE_H
#define QYRAN_TRACK_STATE_H

#include "speed.h"
#include "track.h"

#define TRACKS_MAX 96		/* alive at a time, tentative ones too */
#define STRANDS_MAX 6		/* regions followed on one vehicle */
#define LOOSE_MAX 32		/* regions followed on no vehicle */
#define TOPS_MAX 64
#define SIGHTED_FRAMES 4
#define SIZE_BANDS 16
#define STRAND_TICKS 8		/* frames without a region before a strand is over */
#define BEHIND_MM 5000		/* plates of two vehicles in a lane hang further apart */
#define REQUESTS_MAX QYRAN_READS_MAX
#define FOOT_HEIGHT_MM 200	/* lower edge of a blob: between tyre and bumper */
#define FOOT_HEIGHT_U_MM 250
#define PLATE_HEIGHT_U_MM 115	/* plates hang within 0.1 m of the configured height (uniform; k = 2) */

enum edge { EDGE_LEFT, EDGE_TOP, EDGE_RIGHT, EDGE_BOTTOM, EDGES };

struct box {
	double edge[EDGES];	/* pixels */
};

/* One region followed from frame to frame: a plate, or something that looks like one. */
struct strand {
	struct qyran_track_point points[QYRAN_TRACK_POINTS_MAX];
	size_t count;
	double u, v, w, h;	/* centre and size in the latest frame that showed it */
	double du, dv;		/* pixels a second */
	double in_u, in_v;	/* where in the vehicle's box, 0 to 1 */
	bool placed;		/* in_u, in_v are known */
	uint64_t tick;		/* of the latest frame that showed it */
	uint64_t run_ns;
	uint32_t hits;
	uint32_t fit;		/* twice the hits of a plate's size for their place, once those up to twice as wide */
	uint32_t merit;		/* sum of 16 - rank */
	int32_t credit;		/* what the reader thought */
	uint32_t requests, request_tick, request_width;
	int region;		/* of the current frame, or -1 */
	uint32_t serial;	/* never used twice */
	bool used;
};

/* A region of the latest frames, for track_seek.c. */
struct sighting {
	struct qyran_track_point point;
	double u, v, w, h, width_mm;
	uint32_t fit, merit;
	int region;
	bool taken;		/* by a strand that knows its course */
};

struct sighted {
	struct sighting list[QYRAN_REGIONS_MAX];
	size_t count;
};

/* What the rules remember of a track. */
struct verdict {
	bool decided[QYRAN_RULES];
	bool near[QYRAN_RULES];
};

/* Where a track's plate is in the current frame. */
struct course {
	bool known, found, sure;	/* found: by a region, else foretold; sure: of more than a chance's hits */
	double u, v;
	double in_u, in_v;		/* in the vehicle's box */
	double scale;			/* pixels a metre there; 0 without a survey */
	int32_t y_mm;
};

struct top {
	uint64_t frame;
	int32_t u16, v16;	/* middle of the upper edge */
	int32_t y_mm;		/* of the foot; only when foot */
	int32_t width_mm;	/* at the foot */
	bool foot;		/* the foot is in the picture */
	bool cut;		/* by the edge of the picture: the vehicle reaches higher */
};

struct qyran_track {
	struct qyran_tracker *tracker;
	uint64_t id, first_ns, first_run_ns, last_ns, last_run_ns;	/* seen: by a mover or a region */
	uint64_t first_frame, last_frame;
	struct box box, predicted;
	double rate[EDGES];	/* pixels a second */
	struct box seen;	/* latest measured box */
	uint64_t seen_frame;
	uint32_t hits, misses;	/* misses since the last hit */
	uint32_t own_hits;	/* hits by a mover of its own */
	uint32_t whole;		/* hits as large as a vehicle */
	uint32_t cut_hits;	/* own hits cut by the upper edge of the picture */
	double gone_px[EDGES], travelled_px[EDGES];	/* moves of each edge: their sum, and that of their lengths */
	bool counted, merged, rates, dead, ended;
	bool corrected;		/* predicted by its plate */
	bool went;		/* has gone somewhere on the road */
	struct course course;
	int mover;		/* of the current frame, or -1 */
	struct qyran_track_point feet[QYRAN_TRACK_POINTS_MAX];
	size_t foot_count;
	struct top tops[TOPS_MAX];
	size_t top_count;
	struct strand strands[STRANDS_MAX];
	uint32_t requests, request_now;
	struct {
		uint32_t serial;	/* of the strand whose region was asked for */
	} asked[REQUESTS_MAX + 1];
	struct qyran_reading *readings[QYRAN_READINGS_MAX];
	uint32_t weights[QYRAN_READINGS_MAX];
	size_t reading_count;
	struct verdict verdict;
	void *user;
};

/* How large vehicles are in a band of the picture, without a survey. */
struct usual {
	double area;
	uint32_t count;
};

struct qyran_tracker {
	const struct qyran_road *road;
	int32_t plate_z_mm;
	bool has_lanes;
	struct qyran_tracker_events events;
	struct qyran_track *tracks[TRACKS_MAX];
	size_t count;
	struct strand loose[LOOSE_MAX];
	uint64_t next_id, total;
	uint32_t next_serial, born;	/* born: tracks begun in this frame */
	uint64_t tick;			/* frames so far */
	uint64_t time_ns, run_ns, period_ns, frame;
	uint32_t clock_steps;
	bool started;
	uint32_t width, height;
	double seconds;			/* since the frame before */
	/* Of the current frame. */
	struct box movers[QYRAN_MOVERS_MAX];
	double mover_fill[QYRAN_MOVERS_MAX];	/* share of the box that is foreground; 0: not known */
	size_t mover_count;
	struct usual usual[SIZE_BANDS];
	bool mover_taken[QYRAN_MOVERS_MAX];
	bool region_taken[QYRAN_REGIONS_MAX];
	struct sighted sighted[SIGHTED_FRAMES];	/* by tick */
	const struct qyran_frame_batch *batch;
};

static inline double box_width(const struct box *box)
{
	return box->edge[EDGE_RIGHT] - box->edge[EDGE_LEFT];
}

static inline double box_height(const struct box *box)
{
	return box->edge[EDGE_BOTTOM] - box->edge[EDGE_TOP];
}

static inline double box_area(const struct box *box)
{
	return box_width(box) > 0 && box_height(box) > 0 ? box_width(box) * box_height(box) : 0;
}

double box_common(const struct box *a, const struct box *b);	/* area of the intersection */
bool box_holds(const struct box *box, double u, double v, double margin);	/* @margin: share of its size added all round */
struct box box_union(const struct box *a, const struct box *b);

/* track.c */
struct qyran_track *track_new(struct qyran_tracker *tracker, const struct box *box);
void track_point(struct qyran_tracker *tracker, double u, double v, int32_t z_mm, bool plate, struct qyran_track_point *ret);
void points_add(struct qyran_track_point *points, size_t *count, const struct qyran_track_point *point);

/* track_movers.c: predicts the boxes of all tracks; then gives each its mover, starts tracks on movers of nobody. */
void movers_predict(struct qyran_tracker *tracker);
int movers_assign(struct qyran_tracker *tracker);

/* track_crowd.c: learns from the blob of one vehicle; halves a blob of two. */
void crowd_learn(struct qyran_tracker *tracker, const struct box *box, double fill);
bool crowd_split(const struct qyran_tracker *tracker, const struct box *box, double fill, struct box ret[2]);

/* track_plates.c: gives the regions to strands that expect them, then the rest to vehicles; asks for reading. */
void plates_follow(struct qyran_tracker *tracker);
int plates_assign(struct qyran_tracker *tracker);
void plates_request(struct qyran_tracker *tracker);
struct qyran_track *track_holding(struct qyran_tracker *tracker, double u, double v);	/* the vehicle whose box holds the point */
struct strand *strand_room(struct qyran_tracker *tracker, struct strand *strands, size_t count);	/* a free or worthless one, or NULL */
bool plate_course(const struct qyran_track *track, double *ret_u, double *ret_v);	/* where its plate must be in this frame; false: not known */
const struct strand *track_plate(const struct qyran_track *track);	/* the strand most likely the plate, or NULL */

bool strand_hand_over(struct qyran_tracker *tracker, struct strand *strand, struct qyran_track *to);	/* to a vehicle, or to none; false: no room */
void strands_place(struct qyran_track *track, bool anew);	/* notes where in the box the strands of this frame are */
uint32_t plate_size(const struct qyran_tracker *tracker, const struct qyran_region *region);	/* 2: a plate's; 1: as if run into its neighbours; 0 */

/* track_seed.c: starts tracks on plates that no vehicle's blob explains. */
int plates_seed(struct qyran_tracker *tracker);

/* track_seek.c */
void plates_seek(struct qyran_tracker *tracker);

/* track_measure.c */
enum { PATH_MAX_POINTS = QYRAN_TRACK_POINTS_MAX };
/* The way of the vehicle's plate on the ground, one point a frame, feet shifted to it where the plate was not seen. @ret: PATH_MAX_POINTS. */
size_t track_path(const struct qyran_track *track, struct qyran_track_point *ret);
int track_motion(const struct qyran_track *track, const struct qyran_track_point *points, size_t count, bool plate, struct qyran_motion *ret_motion,
		 int32_t *ret_cmh, int32_t *ret_u95_cmh);
/* The points that speed is measured on between two run times. Returns how many; @ret_plate: they are of the plate. */
size_t track_measured(const struct qyran_track *track, uint64_t from_run_ns, uint64_t to_run_ns, struct qyran_track_point *ret, bool *ret_plate);

#endif
