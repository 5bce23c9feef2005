/* SPDX-License-Identifier: Apache-2.0 */
/* Which strand is the plate, and which of its regions are worth reading. */
#include "track_state.h"

#include <math.h>

#define NEAR_PX 40		/* regions narrower than this are read sparingly */
#define FIRST_REQUESTS 8	/* of the likeliest plate */
#define SECOND_REQUESTS 4	/* of the next: the true plate may be ranked second */
#define GROWTH 1.08		/* the next request waits for so much more width */
#define PAUSE 5			/* or for so many frames */

static double quality(const struct qyran_track *track, const struct strand *strand)
{
	double hits = fmax(1, strand->hits), rank = strand->merit / hits / QYRAN_REGIONS_MAX, size = strand->fit / (2 * hits);
	double middle = strand->placed ? 1.2 - 1.4 * fabs(strand->in_u - 0.5) : 1;

	/* Readings come when they come: they count once the track is over, so that tracking does not depend on when. */
	return fmin(hits, 40) * rank * rank * (0.1 + 0.9 * size) * fmax(0.1, middle) + (track->ended ? 6.0 * strand->credit : 0);
}

const struct strand *track_plate(const struct qyran_track *track)
{
	const struct strand *best = NULL;
	double most = 0;

	for (size_t s = 0; s < STRANDS_MAX; s++)
		if (track->strands[s].used && quality(track, &track->strands[s]) > most) {
			most = quality(track, &track->strands[s]);
			best = &track->strands[s];
		}
	return best;
}

static bool worth_reading(const struct qyran_tracker *tracker, const struct strand *strand, uint32_t most)
{
	if (!plate_size(tracker, &tracker->batch->regions[strand->region]))
		return false;
	uint32_t budget = strand->w < NEAR_PX ? 2 : most;

	if (strand->requests >= budget)
		return false;
	if (!strand->requests || strand->w >= GROWTH * strand->request_width)
		return true;
	return tracker->tick - strand->request_tick >= PAUSE && strand->w >= 0.7 * strand->request_width;
}

void plates_request(struct qyran_tracker *tracker)
{
	for (size_t t = 0; t < tracker->count; t++) {
		struct qyran_track *track = tracker->tracks[t];
		struct strand *last = NULL;

		if (track->dead || track->hits < 2)
			continue;
		for (int n = 0; n < 2 && track->requests < REQUESTS_MAX; n++) {
			struct strand *best = NULL;

			for (size_t s = 0; s < STRANDS_MAX; s++) {
				struct strand *strand = &track->strands[s];

				if (strand->used && strand->region >= 0 && strand != last && worth_reading(tracker, strand, n ? SECOND_REQUESTS : FIRST_REQUESTS) &&
				    (!best || quality(track, strand) > quality(track, best)))
					best = strand;
			}
			if (!best)
				break;
			last = best;
			best->requests++;
			best->request_tick = (uint32_t)tracker->tick;
			best->request_width = (uint32_t)fmax(best->w, best->request_width);
			track->requests++;
			track->asked[track->requests].serial = best->serial;
			track->request_now = track->requests;
			if (tracker->events.read)
				tracker->events.read(tracker->events.context, track, &tracker->batch->regions[best->region],
						     tracker->batch->region_pixels[best->region],
						     best->points[best->count - 1].time_ns);
		}
	}
}
