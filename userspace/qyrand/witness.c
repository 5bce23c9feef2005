/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/witness.h"
#include "qyrand/evidence.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_KEPT 5
#define FRAMES_GIVEN (QYRAN_EVIDENCE_MAX - 1)
#define SECOND_AFTER_NS UINT64_C(120000000)	/* a vehicle at 30 km/h has moved a metre */
#define FRAME_QUALITY 85
#define CROP_QUALITY 92

struct kept {
	struct qyran_evidence picture;
	bool best;
};

struct qyran_witness {
	struct kept frames[FRAMES_KEPT];
	size_t count;
	uint8_t *crop;
	uint32_t crop_width, crop_height;
	uint64_t crop_frame, crop_time_ns;
	uint32_t crop_rank;
};

struct qyran_witness *qyran_witness_new(void)
{
	return calloc(1, sizeof(struct qyran_witness));
}

static void forget(uint8_t *bytes, size_t size)
{
	if (bytes)
		sodium_memzero(bytes, size);
	free(bytes);
}

static size_t crop_bytes(const struct qyran_witness *witness)
{
	return (size_t)witness->crop_width * witness->crop_height * 2;
}

void qyran_witness_free(struct qyran_witness *witness)
{
	if (!witness)
		return;
	for (size_t i = 0; i < witness->count; i++)
		forget(witness->frames[i].picture.jpeg, witness->frames[i].picture.size);
	forget(witness->crop, crop_bytes(witness));
	free(witness);
}

size_t qyran_witness_frames(const struct qyran_witness *witness)
{
	return witness->count;
}

bool qyran_witness_wants(const struct qyran_witness *witness, uint64_t time_ns, bool best)
{
	if (witness->count == 0 || best)
		return true;
	return witness->count == 1 && time_ns >= witness->frames[0].picture.time_ns + SECOND_AFTER_NS;
}

/* Where the next frame goes: new room, else the last frame that is not an essential one, else the last. */
static size_t place(const struct qyran_witness *witness)
{
	if (witness->count < FRAMES_KEPT)
		return witness->count;
	for (size_t i = witness->count - 1; i > 0; i--)
		if (!witness->frames[i].best)
			return i;
	return witness->count - 1;
}

int qyran_witness_frame(struct qyran_witness *witness, const struct qyran_frame *frame, bool best)
{
	struct qyran_evidence picture = { .kind = QYRAN_EVIDENCE_FRAME, .time_ns = frame->time_ns, .frame = frame->number };
	int rc = qyran_evidence_encode(frame->pixels, frame->width, frame->height, frame->stride, FRAME_QUALITY, &picture);

	if (rc < 0)
		return rc;

	size_t at = place(witness);

	if (at < witness->count)
		forget(witness->frames[at].picture.jpeg, witness->frames[at].picture.size);
	else
		witness->count++;
	witness->frames[at] = (struct kept){ picture, best };
	return 0;
}

void qyran_witness_crop(struct qyran_witness *witness, const struct qyran_reading *reading, uint8_t *pixels, uint32_t width, uint32_t height,
			uint64_t frame, uint64_t time_ns)
{
	uint32_t rank = 1 + (uint32_t)reading->status * 1001 + reading->confidence;

	if (rank <= witness->crop_rank) {
		forget(pixels, (size_t)width * height * 2);
		return;
	}
	forget(witness->crop, crop_bytes(witness));
	witness->crop = pixels;
	witness->crop_width = width;
	witness->crop_height = height;
	witness->crop_frame = frame;
	witness->crop_time_ns = time_ns;
	witness->crop_rank = rank;
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* The index of the frame that is left and nearest to @time_ns (@nearest) or farthest from it. */
static size_t pick(const struct qyran_witness *witness, const bool *taken, uint64_t time_ns, bool nearest)
{
	size_t found = witness->count;

	for (size_t i = 0; i < witness->count; i++) {
		uint64_t distance = apart(witness->frames[i].picture.time_ns, time_ns);

		if (taken[i])
			continue;
		if (found == witness->count || (distance < apart(witness->frames[found].picture.time_ns, time_ns)) == nearest)
			found = i;
	}
	return found;
}

static int add(struct qyran_violation *violation, const struct qyran_evidence *picture)
{
	struct qyran_evidence *to = &violation->evidence[violation->evidence_count];

	*to = *picture;
	to->jpeg = malloc(picture->size);
	if (!to->jpeg)
		return -ENOMEM;
	memcpy(to->jpeg, picture->jpeg, picture->size);
	violation->evidence_count++;
	return 0;
}

static int add_crop(const struct qyran_witness *witness, struct qyran_violation *violation)
{
	struct qyran_evidence picture = { .kind = QYRAN_EVIDENCE_PLATE, .time_ns = witness->crop_time_ns, .frame = witness->crop_frame };
	int rc = qyran_evidence_encode(witness->crop, witness->crop_width, witness->crop_height, 2 * witness->crop_width, CROP_QUALITY, &picture);

	if (rc == 0)
		violation->evidence[violation->evidence_count++] = picture;
	return rc;
}

static int by_time(const void *a, const void *b)
{
	const struct qyran_evidence *one = a, *other = b;

	return one->time_ns < other->time_ns ? -1 : one->time_ns > other->time_ns;
}

int qyran_witness_testify(const struct qyran_witness *witness, struct qyran_violation *violation)
{
	bool taken[FRAMES_KEPT] = { false };
	uint64_t essential = violation->time_ns;
	int rc = 0;

	violation->evidence_count = 0;
	for (size_t n = 0; rc == 0 && n < FRAMES_GIVEN; n++) {
		size_t i = pick(witness, taken, essential, n == 0);

		if (i == witness->count)
			break;
		taken[i] = true;
		rc = add(violation, &witness->frames[i].picture);
	}
	qsort(violation->evidence, violation->evidence_count, sizeof(violation->evidence[0]), by_time);
	if (rc == 0 && witness->crop)
		rc = add_crop(witness, violation);
	if (rc < 0)
		qyran_violation_clear(violation);
	return rc;
}
