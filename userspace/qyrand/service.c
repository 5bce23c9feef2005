/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/health.h"
#include "qyrand/log.h"
#include "qyrand/monotonic.h"
#include "qyrand/service_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#define HEARTBEAT_NS UINT64_C(60000000000)
#define WAIT_MS 200
#define QUICK_MS 5
#define STOP_NS UINT64_C(2000000000)	/* after a signal: systemd's patience is 90 s, a person's less */
#define SHOW_NS UINT64_C(3000000000)
#define DAMAGE_LINES 10		/* more stretches of damage than this are only counted */

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
	(void)number;
	stopping = 1;
}

/* The first signal ends cleanly, a second one at once. */
static void listen_to_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	stopping = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void feed_watchdog(void)
{
	static uint64_t every_us, fed_ns;
	uint64_t now = qyran_monotonic_ns();

	if (fed_ns == 0 && sd_watchdog_enabled(0, &every_us) <= 0)
		every_us = 0;
	if (fed_ns == 0 || (every_us && now - fed_ns >= every_us * 1000 / 3)) {
		if (every_us)
			sd_notify(0, "WATCHDOG=1");
		fed_ns = now;
	}
}

bool qyran_service_pause(struct qyran_service *service)
{
	struct timespec moment = { .tv_nsec = WAIT_MS * 1000000L };

	if (stopping || (service->leaving && service->paused_ns >= service->options->drain_s * UINT64_C(1000000000)))
		return false;
	nanosleep(&moment, NULL);
	service->paused_ns += WAIT_MS * UINT64_C(1000000);
	feed_watchdog();
	return true;
}

/* Who computed the reader's network, and what went wrong with who should have. */
static void put_reader(const struct qyran_service *service, char *ret, size_t size)
{
	struct reader_xrt_counts counts;

	if (!service->accelerator) {
		snprintf(ret, size, "reader=cpu");
		return;
	}
	counts = reader_xrt_count(service->accelerator);
	snprintf(ret, size, "reader=%s xrt_reads=%" PRIu64 " cpu_reads=%" PRIu64 " xrt_failures=%" PRIu64 " xrt_differed=%" PRIu64,
		 counts.working ? "xrt" : "cpu", counts.accelerator, counts.processor, counts.failures, counts.differed);
}

/* Never a plate: counts only. */
static void tell_health(struct qyran_service *service)
{
	struct qyran_batch_counts counts = qyran_batch_count(service->batch);
	struct qyran_outbox_counts outbox = { 0 };
	uint64_t free_bytes = 0;
	char text[768], reader[160];

	qyran_outbox_counts(service->outbox, &outbox);
	put_reader(service, reader, sizeof(reader));
	qyran_health_free_bytes(service->config, &free_bytes);
	snprintf(text, sizeof(text), "frames=%" PRIu64 " dropped=%" PRIu64 " tracks=%" PRIu64 " skipped=%" PRIu64 " damaged=%" PRIu64
		 " in_hand=%zu sealed=%" PRIu64 " waiting=%" PRIu64 " free_bytes=%" PRIu64 " days_left=%.1f %s\n", counts.frames, counts.dropped,
		 qyran_tracker_total(service->tracker), qyran_desk_skipped(service->desk), service->damaged, service->hand.count, outbox.sealed,
		 outbox.waiting, free_bytes, qyran_health_days_left(service->config, outbox.sealed, free_bytes), reader);
	qyran_delivery_health(service->delivery, text);
}

static void beat(struct qyran_service *service)
{
	uint64_t time_ns = service->time_ns;
	int rc;

	if (time_ns == 0 || service->info.realtime)
		qyran_device_clock(service->device, &time_ns);
	rc = qyran_delivery_heartbeat(service->delivery, time_ns, service->synced);
	if (rc < 0 && rc != -ENOTCONN && rc != -EAGAIN)
		qyran_log(QYRAN_LOG_WARNING, "no heartbeat could be made: %s", strerror(-rc));
	service->heartbeat_ns = time_ns;
	tell_health(service);
}

/* What goes on beside the frames. */
static void run_errands(struct qyran_service *service, int timeout_ms)
{
	qyran_hand_retry(&service->hand, false);
	qyran_delivery_poll(service->delivery, timeout_ms);
	feed_watchdog();
}

static void show_progress(struct qyran_service *service)
{
	uint64_t now = qyran_monotonic_ns(), frames = qyran_batch_count(service->batch).frames;

	if (service->began_ns == 0)
		service->began_ns = service->shown_ns = now;
	if (!service->options->progress || now - service->shown_ns < SHOW_NS)
		return;
	service->shown_ns = now;
	fprintf(stderr, "%" PRIu64 " frames, %.1f a second, %" PRIu64 " tracks\n", frames, (double)frames / ((double)(now - service->began_ns) / 1e9),
		qyran_tracker_total(service->tracker));
}

static int take_frame(struct qyran_service *service, const struct qyran_frame_batch *frame)
{
	int rc = qyran_service_frame(service, frame);

	if (rc < 0)
		qyran_log(QYRAN_LOG_ERROR, "frame %" PRIu64 " cannot be followed: %s", frame->number, strerror(-rc));
	else if (service->heartbeat_ns == 0 || service->time_ns < service->heartbeat_ns || service->time_ns - service->heartbeat_ns >= HEARTBEAT_NS)
		beat(service);
	run_errands(service, 0);
	show_progress(service);
	return rc;
}

/* Frame numbers begin again: what is being followed ends here, and what it has done is decided. */
static void begin_anew(struct qyran_service *service)
{
	qyran_log(QYRAN_LOG_WARNING, "%s; vehicles in view are followed as new ones", qyran_device_fault(service->device));
	qyran_desk_deliver(service->desk);
	qyran_tracker_finish(service->tracker);
	qyran_batch_anew(service->batch);
}

/* Returns 0 at the end of the stream and when told to stop. */
static int follow(struct qyran_service *service)
{
	while (!stopping) {
		const struct qyran_record_header *record;
		int rc = qyran_device_next(service->device, &record, WAIT_MS);

		if (rc == -ENODATA)
			return 0;
		if (rc == -EAGAIN || rc == -EINTR) {
			run_errands(service, 0);
		} else if (rc == -ESTRPIPE) {
			begin_anew(service);
		} else if (rc == -EBADMSG) {
			if (++service->damaged <= DAMAGE_LINES)
				qyran_log(QYRAN_LOG_WARNING, "%s", qyran_device_fault(service->device));
		} else if (rc < 0) {
			qyran_log(QYRAN_LOG_ERROR, "the stream broke off: %s", qyran_device_fault(service->device));
			return rc;
		} else {
			const struct qyran_frame_batch *frame = qyran_batch_add(service->batch, record);

			rc = frame ? take_frame(service, frame) : 0;
			if (rc < 0 || (frame && service->options->frames && qyran_batch_count(service->batch).frames >= service->options->frames))
				return rc;
		}
	}
	return 0;
}

static bool all_published(struct qyran_service *service)
{
	struct qyran_outbox_counts counts;

	return qyran_outbox_counts(service->outbox, &counts) == 0 && counts.published >= counts.sealed;
}

/* Delivers until all is out or the time is over; for good when the service is to stay. */
static void deliver(struct qyran_service *service)
{
	uint64_t began = qyran_monotonic_ns(), beaten = began, limit = service->options->drain_s * UINT64_C(1000000000);

	for (;;) {
		uint64_t now = qyran_monotonic_ns();
		bool out = service->hand.count == 0 && all_published(service);

		if (out && (stopping || service->leaving))
			break;
		if (now - began >= (stopping && limit > STOP_NS ? STOP_NS : limit) && (stopping || service->leaving))
			break;
		if (now - beaten >= HEARTBEAT_NS) {
			beat(service);
			beaten = now;
		}
		run_errands(service, out ? WAIT_MS : QUICK_MS);
	}
}

static void print_figures(const struct qyran_service *service)
{
	struct qyran_batch_counts counts = qyran_batch_count(service->batch);
	struct qyran_outbox_counts outbox = { 0 };
	char reader[160];

	qyran_outbox_counts(service->outbox, &outbox);
	put_reader(service, reader, sizeof(reader));
	printf("frames=%" PRIu64 " dropped=%" PRIu64 " tracks=%" PRIu64 " candidates=%" PRIu64 " read=%" PRIu64 " unread=%" PRIu64 "\n",
	       counts.frames, counts.dropped, qyran_tracker_total(service->tracker), counts.candidates, service->plates_read,
	       service->plates_unread);
	if (service->options->stats)
		printf("damaged=%" PRIu64 " odd=%" PRIu64 " skipped=%" PRIu64 " missed_pictures=%" PRIu64 " new=%" PRIu64 " again=%" PRIu64
		       " lost=%" PRIu64 " receipted=%" PRIu64 " waiting=%" PRIu64 " %s\n", service->damaged, counts.odd,
		       qyran_desk_skipped(service->desk), service->pictures_missed, service->hand.decided, service->hand.again,
		       service->hand.lost, outbox.receipted, outbox.waiting, reader);
	printf("decided=%" PRIu64 " sealed=%" PRIu64 " published=%" PRIu64 "\n", outbox.decided, outbox.sealed, outbox.published);
	fflush(stdout);
}

/* Ends the tracks, seals what they hold, and lets it out. */
static int finish(struct qyran_service *service)
{
	struct qyran_outbox_counts counts;
	int rc = 0;

	qyran_desk_deliver(service->desk);
	qyran_tracker_finish(service->tracker);
	while (qyran_hand_retry(&service->hand, true) < 0 && qyran_service_pause(service))
		continue;
	beat(service);
	deliver(service);
	qyran_hand_retry(&service->hand, true);
	if (service->hand.count > 0)
		qyran_hand_drop(&service->hand);
	if (service->hand.lost > 0) {
		qyran_log(QYRAN_LOG_ERROR, "%" PRIu64 " violations were decided and could not be sealed; what was sealed is whole", service->hand.lost);
		rc = -ENOSPC;
	}
	if (qyran_outbox_counts(service->outbox, &counts) == 0 && counts.published < counts.sealed) {
		qyran_log(QYRAN_LOG_WARNING, "%" PRIu64 " records wait in the outbox (publisher: %s); they go out with the next start",
			  counts.sealed - counts.published, qyran_delivery_state(service->delivery));
		if (rc == 0 && service->leaving && !stopping)
			rc = -EHOSTUNREACH;
	}
	if (service->damaged > 0)
		qyran_log(QYRAN_LOG_WARNING, "%" PRIu64 " damaged stretches of the stream were left out", service->damaged);
	print_figures(service);
	return rc;
}

int qyran_service_run(const struct qyran_config *config, const struct qyran_service_options *options)
{
	struct qyran_service *service = calloc(1, sizeof(*service));
	int rc, end;

	if (!service)
		return -ENOMEM;
	service->config = config;
	service->options = options;
	service->leaving = options->until_end;
	listen_to_signals();
	rc = qyran_service_open(service);
	if (rc == 0) {
		sd_notify(0, "READY=1");
		rc = follow(service);
		service->leaving = options->until_end || rc < 0;
		sd_notify(0, "STOPPING=1");
		end = finish(service);
		rc = rc < 0 ? rc : end;
	}
	qyran_service_close(service);
	free(service);
	return rc;
}
