/* SPDX-License-Identifier: Apache-2.0 */
/* Is a plate among the candidates? */
#ifndef QYRAN_BENCH_PLATE_FOUND_H
#define QYRAN_BENCH_PLATE_FOUND_H

#include "hw/bench/bench.h"
#include "hw/model/detect.h"

#include <stdbool.h>

struct bench_plate_found {
	double best_iou;
	bool found;		/* a candidate has IoU >= .5 with it */
	bool contained;		/* the region cut round one holds at least 90 % of the plate's area, and is at most 6 times as large */
};

struct bench_box bench_region_box(const struct qyran_detect_region *region);

/** bench_plate_look() - looks for a plate among all candidates of a result, cut as the cutter does with the margins after a reset. */
struct bench_plate_found bench_plate_look(struct bench_box plate, const struct qyran_detect_result *result, unsigned int width, unsigned int height);

#endif
