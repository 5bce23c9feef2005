/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/desk.h"
#include "qyrand/witness.h"

#include <endian.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 48		/* requests that wait: a quarter of a second at 5 ms each */

struct request {
	struct request *next;
	struct qyran_track *track;
	uint32_t number;	/* of the track's */
	uint32_t width, height;
	uint64_t frame, time_ns;
	uint8_t *pixels;
	bool answered;
	struct qyran_reading reading;
};

struct qyran_desk {
	struct qyran_reader_queue *queue;
	bool wait;
	struct request *first, **last;	/* in the order of asking */
	uint64_t skipped;
};

int qyran_desk_new(struct qyran_reader *reader, bool wait, struct qyran_desk **ret)
{
	struct qyran_desk *desk = calloc(1, sizeof(*desk));
	int rc = desk ? qyran_reader_queue_new(reader, ROOM, wait, &desk->queue) : -ENOMEM;

	if (rc < 0) {
		free(desk);
		return rc;
	}
	desk->wait = wait;
	desk->last = &desk->first;
	*ret = desk;
	return 0;
}

static void request_free(struct request *request)
{
	if (request->pixels)
		sodium_memzero(request->pixels, (size_t)request->width * request->height * 2);
	free(request->pixels);
	sodium_memzero(request, sizeof(*request));
	free(request);
}

void qyran_desk_free(struct qyran_desk *desk)
{
	if (!desk)
		return;
	qyran_reader_queue_free(desk->queue);
	while (desk->first) {
		struct request *request = desk->first;

		desk->first = request->next;
		request_free(request);
	}
	free(desk);
}

void qyran_desk_ask(struct qyran_desk *desk, struct qyran_track *track, const struct qyran_region *region, const uint8_t *pixels,
		    uint64_t frame, uint64_t time_ns)
{
	struct request *request = malloc(sizeof(*request));
	uint32_t width = le16toh(region->out_w), height = le16toh(region->out_h);
	size_t size = (size_t)width * height * 2;

	if (request)
		*request = (struct request){ .track = track, .number = qyran_track_request(track), .width = width, .height = height,
					     .frame = frame, .time_ns = time_ns, .pixels = malloc(size) };
	if (request && request->pixels)
		memcpy(request->pixels, pixels, size);
	if (!request || !request->pixels ||
	    qyran_reader_queue_submit(desk->queue, (uint64_t)(uintptr_t)request, pixels, width, height, 2 * width) < 0) {
		desk->skipped++;
		if (request)
			request_free(request);
		return;
	}
	*desk->last = request;
	desk->last = &request->next;
}

static void collect(struct qyran_desk *desk)
{
	struct qyran_reading reading;
	uint64_t key;

	while (qyran_reader_queue_collect(desk->queue, &key, &reading) == 0) {
		struct request *request = (struct request *)(uintptr_t)key;

		request->reading = reading;
		request->answered = true;
	}
	sodium_memzero(&reading, sizeof(reading));
}

static void give(struct request *request)
{
	struct qyran_witness *witness = *qyran_track_user(request->track);

	qyran_track_add_reading_of(request->track, request->number, &request->reading, request->width);
	if (witness) {
		qyran_witness_crop(witness, &request->reading, request->pixels, request->width, request->height, request->frame, request->time_ns);
		request->pixels = NULL;
	}
}

/* Takes requests off the list: all of @track, which ends; the answered ones of every track when NULL. */
static void give_answered(struct qyran_desk *desk, const struct qyran_track *track)
{
	struct request **at = &desk->first;

	while (*at) {
		struct request *request = *at;

		if (track ? request->track != track : !request->answered) {
			at = &request->next;
			continue;
		}
		*at = request->next;
		if (request->answered)
			give(request);
		request_free(request);
	}
	desk->last = at;
}

void qyran_desk_deliver(struct qyran_desk *desk)
{
	if (desk->wait)
		qyran_reader_queue_drain(desk->queue);
	collect(desk);
	give_answered(desk, NULL);
}

void qyran_desk_settle(struct qyran_desk *desk, struct qyran_track *track)
{
	bool open = false;

	for (const struct request *request = desk->first; request; request = request->next)
		open |= request->track == track;
	if (!open)
		return;
	qyran_reader_queue_drain(desk->queue);
	collect(desk);
	give_answered(desk, track);
}

uint64_t qyran_desk_skipped(const struct qyran_desk *desk)
{
	return desk->skipped;
}
