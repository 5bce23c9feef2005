/* SPDX-License-Identifier: Apache-2.0 */
/* Movers of a rendered road against the vehicles that are there: found, lost, invented. */
#ifndef QYRAN_BENCH_JUDGE_H
#define QYRAN_BENCH_JUDGE_H

#include "hw/bench/bench.h"
#include "hw/model/detect.h"

#include <stdbool.h>

/* What the numbers mean; printed above every table of them. */
#define BENCH_JUDGE_RULES \
	"A vehicle counts in a frame when at least 32x32 pixels of its box are in the picture and no nearer one hides more than half of that.\n" \
	"It is covered when movers' boxes hold at least half of that, one of them a quarter, and whole when one holds half; movers more than three times\n" \
	"as large as all vehicles that they touch do not cover. Found: a vehicle that counts in at least 5 frames and is covered in at least 3/4 of them.\n" \
	"Lost: times that one was covered and then not for 0.4 s. Invented: movers that come nowhere within 8 pixels of a vehicle's box, the light before\n" \
	"it included; those that overlap within a second are one.\n"

#define BENCH_SEEN_MAX 8

struct bench_seen {
	uint32_t number;		/* of the vehicle */
	double distance;		/* from the camera; only the order matters */
	struct bench_box box;		/* as projected: may reach beyond the picture */
	bool counts, covered, whole;	/* set by bench_judge_frame() */
};

struct bench_verdict {
	unsigned long frames, vehicles, found, lost, invented, vehicle_frames, covered_frames, whole_frames;
	double seconds;
};

struct bench_judge;

/** bench_judge_new() - for one sequence of frames. Returns NULL when there is no memory. */
struct bench_judge *bench_judge_new(unsigned int width, unsigned int height, double rate);

/**
 * bench_judge_frame() - the next frame.
 * @ret_invented: a flag for each mover; QYRAN_DETECT_MOVERS of them.
 */
void bench_judge_frame(struct bench_judge *judge, struct bench_seen *seen, size_t count, const struct qyran_detect_result *result,
		       bool *ret_invented);

/** bench_judge_end() - the verdict; frees the judge. */
struct bench_verdict bench_judge_end(struct bench_judge *judge);

#endif
