/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the service: its parts, and what is opened in which order. Only service*.c include this. */
#ifndef QYRAN_SERVICE_PARTS_H
#define QYRAN_SERVICE_PARTS_H

#include "batch.h"
#include "delivery.h"
#include "desk.h"
#include "hand.h"
#include "reader_xrt.h"
#include "rules.h"
#include "service.h"
#include "service_view.h"

struct qyran_service {
	const struct qyran_config *config;
	const struct qyran_service_options *options;
	struct qyran_road *road;
	struct qyran_formats *formats;
	struct qyran_reader *reader;
	const struct reader_backend *accelerator;	/* the reader's, or NULL: the processor reads */
	struct qyran_outbox *outbox;
	struct qyran_delivery *delivery;
	struct qyran_device *device;
	struct qyran_device_info info;
	struct qyran_rules *rules;
	struct qyran_tracker *tracker;
	struct qyran_desk *desk;
	struct qyran_batch *batch;
	struct qyran_hand hand;
	struct qyran_view *view;
	struct qyran_violation *verdicts;	/* QYRAN_RULES of them */

	uint64_t frame;			/* number of the latest frame */
	uint64_t time_ns;		/* its stamp */
	const struct qyran_frame_batch *seen;	/* what it holds, while it is being followed */
	bool synced;
	struct qyran_frame held;	/* the latest frame while it is held */
	bool holding, frames_missing_told;
	uint64_t heartbeat_ns;		/* logic time of the latest heartbeat */
	uint64_t began_ns, shown_ns;	/* CLOCK_MONOTONIC: the first frame, the latest progress line */
	uint64_t plates_read, plates_unread, damaged, pictures_missed;
	bool leaving;			/* does not stay to deliver for good */
	uint64_t paused_ns;		/* spent waiting for room on the disk */
};

/** qyran_service_open() - in order; on failure one line is logged and what was opened stays for qyran_service_close(). */
int qyran_service_open(struct qyran_service *service);
void qyran_service_close(struct qyran_service *service);

/** qyran_service_frame() - one whole frame: track, read, judge, keep evidence. */
int qyran_service_frame(struct qyran_service *service, const struct qyran_frame_batch *frame);

/** qyran_service_pause() - waits a moment for room on the disk. Returns false when there is no point in waiting longer. */
bool qyran_service_pause(struct qyran_service *service);

/** qyran_service_events() - what the tracker is to call. */
struct qyran_tracker_events qyran_service_events(struct qyran_service *service);

#endif
