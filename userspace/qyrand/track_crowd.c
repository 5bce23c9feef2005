/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs that hold two vehicles, where no survey tells sizes: the camera learns how large a vehicle is at each height of the picture,
 * and halves a blob that is much larger and as sparse as the box round two vehicles that drive diagonally behind each other.
 */
#include "track_state.h"

#include <math.h>

#define DENSE 0.7	/* share of its box that one vehicle fills; two on a diagonal fill less */
#define SPARSE 0.68
#define LARGER 1.7	/* times the usual area */
#define LEARN 0.1
#define LEARNED 10	/* blobs of a band before it is believed */
#define BORDER_PX 3.0

static size_t band_of(const struct qyran_tracker *tracker, const struct box *box)
{
	double share = box->edge[EDGE_BOTTOM] / fmax(1, tracker->height);

	return (size_t)fmin(fmax(share * SIZE_BANDS, 0), SIZE_BANDS - 1);
}

static bool is_cut(const struct qyran_tracker *tracker, const struct box *box)
{
	return box->edge[EDGE_LEFT] < BORDER_PX || box->edge[EDGE_TOP] < BORDER_PX || box->edge[EDGE_RIGHT] > tracker->width - BORDER_PX ||
	       box->edge[EDGE_BOTTOM] > tracker->height - BORDER_PX;
}

void crowd_learn(struct qyran_tracker *tracker, const struct box *box, double fill)
{
	struct usual *usual = &tracker->usual[band_of(tracker, box)];

	if (fill < DENSE || is_cut(tracker, box))
		return;
	usual->area += (usual->count ? LEARN : 1) * (box_area(box) - usual->area);
	usual->count++;
}

/* The usual area in a band: its own, or that of the nearest band on the lower side, whose vehicles are larger if anything. */
static double usual_area(const struct qyran_tracker *tracker, size_t band)
{
	for (; band < SIZE_BANDS; band++)
		if (tracker->usual[band].count >= LEARNED)
			return tracker->usual[band].area;
	return 0;
}

bool crowd_split(const struct qyran_tracker *tracker, const struct box *box, double fill, struct box ret[2])
{
	double usual = usual_area(tracker, band_of(tracker, box));

	if (usual <= 0 || fill > SPARSE || box_area(box) < LARGER * usual)
		return false;
	size_t low = box_width(box) >= box_height(box) ? EDGE_LEFT : EDGE_TOP;
	double middle = (box->edge[low] + box->edge[low + 2]) / 2;

	ret[0] = ret[1] = *box;
	ret[0].edge[low + 2] = middle;
	ret[1].edge[low] = middle;
	return true;
}
