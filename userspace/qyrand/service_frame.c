/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/log.h"
#include "qyrand/service_parts.h"
#include "qyrand/veil.h"
#include "qyrand/witness.h"

#include <endian.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static struct qyran_witness *witness_of(struct qyran_track *track)
{
	void **user = qyran_track_user(track);

	if (!*user)
		*user = qyran_witness_new();
	return *user;
}

/* Holds the latest frame, once however many tracks want it. */
static const struct qyran_frame *hold(struct qyran_service *service)
{
	if (!service->holding) {
		int rc = qyran_device_hold(service->device, service->frame, &service->held);

		if (rc < 0) {
			service->pictures_missed++;
			if (!service->frames_missing_told)
				qyran_log(QYRAN_LOG_WARNING, "a frame cannot be kept as evidence: %s",
					  rc == -ENODATA ? "the device gives no pixels; violations are sealed without pictures" : strerror(-rc));
			service->frames_missing_told = true;
			return NULL;
		}
		service->holding = true;
	}
	return &service->held;
}

static void release(struct qyran_service *service)
{
	if (service->holding)
		qyran_device_release(service->device, &service->held);
	service->holding = false;
}

static void keep_frame(struct qyran_service *service, struct qyran_track *track, bool best)
{
	struct qyran_witness *witness = witness_of(track);
	const struct qyran_frame *frame;

	if (!witness || !qyran_witness_wants(witness, service->time_ns, best))
		return;
	frame = hold(service);
	if (!frame)
		return;

	uint64_t measured;
	struct qyran_box own = qyran_track_box(track, &measured);
	struct qyran_frame veiled;

	if (qyran_veil_new(frame, service->seen, &own, measured == service->frame, &veiled) < 0) {
		service->pictures_missed++;
		return;
	}
	if (qyran_witness_frame(witness, &veiled, best) < 0)
		service->pictures_missed++;
	qyran_veil_free(&veiled);
}

static void on_read(void *context, struct qyran_track *track, const struct qyran_region *region, const uint8_t *pixels, uint64_t time_ns)
{
	struct qyran_service *service = context;

	if (witness_of(track))
		qyran_desk_ask(service->desk, track, region, pixels, service->frame, time_ns);
}

static bool is_sure(const struct qyran_service *service, const struct qyran_reading *fused)
{
	return fused->status == QYRAN_READING_READ && fused->confidence >= service->config->plates.confidence;
}

/* The plate as the violation tells it: whoever opens it sees a text only when it is sure. */
static void name_plate(const struct qyran_service *service, const struct qyran_reading *fused, struct qyran_reading *ret)
{
	*ret = *fused;
	if (is_sure(service, fused))
		return;
	memset(ret->text, 0, sizeof(ret->text));
	memset(ret->character_confidence, 0, sizeof(ret->character_confidence));
	memset(ret->format, 0, sizeof(ret->format));
	memset(ret->country, 0, sizeof(ret->country));
	memset(ret->others, 0, sizeof(ret->others));
	ret->other_count = 0;
	ret->status = QYRAN_READING_UNREAD;
	ret->length = 0;
}

/* Without room anywhere a recorded or simulated stream waits; a live one goes on without this violation. */
static void hand_over(struct qyran_service *service, struct qyran_violation *violation)
{
	int rc = qyran_hand_take(&service->hand, violation);

	while (rc == -ENOBUFS && !service->info.realtime && qyran_service_pause(service))
		rc = qyran_hand_take(&service->hand, violation);
	if (rc == 0)
		return;
	qyran_log(QYRAN_LOG_ERROR, "%zu violations wait for room in the outbox; one of rule %s is lost", service->hand.count,
		  qyran_rule_name(violation->rule));
	service->hand.lost++;
	qyran_hand_forget(violation);
}

static void seal_one(struct qyran_service *service, const struct qyran_witness *witness, const struct qyran_reading *fused,
		     const struct qyran_violation *verdict)
{
	struct qyran_violation *violation = malloc(sizeof(*violation));
	int rc = violation ? 0 : -ENOMEM;

	if (rc == 0) {
		*violation = *verdict;
		violation->evidence_count = 0;
		violation->logic_version = service->info.version;
		name_plate(service, fused, &violation->plate);
		if (witness)
			rc = qyran_witness_testify(witness, violation);
		hand_over(service, violation);
	}
	if (rc < 0)
		qyran_log(QYRAN_LOG_ERROR, "a violation of rule %s lacks its evidence: %s", qyran_rule_name(verdict->rule), strerror(-rc));
}

static void on_ended(void *context, struct qyran_track *track)
{
	struct qyran_service *service = context;
	struct qyran_witness *witness;
	struct qyran_reading fused = { .status = QYRAN_READING_NOT_A_PLATE };
	size_t readings, verdicts;

	qyran_desk_settle(service->desk, track);

	const struct qyran_reading *const *list = qyran_track_readings(track, &readings);

	if (readings > 0)
		qyran_reader_fuse(service->reader, list, readings, &fused);
	if (qyran_track_counted(track)) {
		service->plates_read += is_sure(service, &fused);
		service->plates_unread += fused.status != QYRAN_READING_NOT_A_PLATE && !is_sure(service, &fused);
	}
	verdicts = qyran_rules_end(service->rules, track, service->verdicts);
	witness = *qyran_track_user(track);
	if (verdicts > 0 && (!witness || qyran_witness_frames(witness) < 2)) {
		keep_frame(service, track, true);
		witness = *qyran_track_user(track);
	}
	for (size_t i = 0; i < verdicts; i++)
		seal_one(service, witness, &fused, &service->verdicts[i]);
	qyran_witness_free(witness);
	*qyran_track_user(track) = NULL;
	sodium_memzero(&fused, sizeof(fused));
	sodium_memzero(service->verdicts, QYRAN_RULES * sizeof(service->verdicts[0]));
}

struct qyran_tracker_events qyran_service_events(struct qyran_service *service)
{
	return (struct qyran_tracker_events){ .read = on_read, .ended = on_ended, .context = service };
}

int qyran_service_frame(struct qyran_service *service, const struct qyran_frame_batch *frame)
{
	int rc;

	service->frame = frame->number;
	service->seen = frame;
	service->time_ns = frame->time_ns;
	service->synced = !(le32toh(frame->info.flags) & QYRAN_FRAME_UNSYNCED);
	qyran_desk_deliver(service->desk);
	qyran_rules_frame(service->rules, frame);
	rc = qyran_tracker_frame(service->tracker, frame);
	for (size_t i = 0; rc == 0 && i < qyran_tracker_count(service->tracker); i++) {
		struct qyran_track *track = qyran_tracker_at(service->tracker, i);
		bool best = false;

		enum qyran_suspicion suspicion = qyran_rules_judge(service->rules, track, &best);

		if (suspicion >= QYRAN_SUSPICIOUS)
			keep_frame(service, track, best);
		qyran_view_track(service->view, service, track, suspicion);
	}
	release(service);
	qyran_view_frame(service->view, service);
	service->seen = NULL;
	return rc;
}
