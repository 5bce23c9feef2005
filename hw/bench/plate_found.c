/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/plate_found.h"
#include "hw/model/cut.h"

#include <math.h>
#include <qyran/regs.h>

#define MARGIN(side) (QYRAN_PLATE_MARGIN_RESET >> QYRAN_PLATE_MARGIN_##side##_SHIFT & QYRAN_PLATE_MARGIN_##side##_MASK)

struct bench_box bench_region_box(const struct qyran_detect_region *region)
{
	return (struct bench_box){region->x, region->y, region->x + region->w, region->y + region->h};
}

struct bench_plate_found bench_plate_look(struct bench_box plate, const struct qyran_detect_result *result, unsigned int width, unsigned int height)
{
	struct bench_plate_found found = {.best_iou = 0};
	double area = bench_area(plate);

	for (unsigned int i = 0; i < result->regions; i++) {
		const struct qyran_detect_region *region = &result->region[i];
		struct qyran_model_cut cut = qyran_model_cut(width, height, region->x, region->y, region->w, region->h, MARGIN(X), MARGIN(Y), true);
		struct bench_box box = {cut.x, cut.y, cut.x + cut.w, cut.y + cut.h};

		found.best_iou = fmax(found.best_iou, bench_iou(bench_region_box(region), plate));
		found.contained |= bench_common(box, plate) >= .9 * area && bench_area(box) <= 6 * area;
	}
	found.found = found.best_iou >= .5;
	return found;
}
