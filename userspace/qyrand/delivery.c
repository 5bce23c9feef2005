/* SPDX-License-Identifier: Apache-2.0 */
#include "delivery.h"

#include "log.h"
#include "monotonic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEND_A_POLL 16

struct qyran_delivery {
	struct qyran_outbox *outbox;
	struct qyran_publisher *publisher;
	int64_t after;		/* the latest record handed over in this round */
	int64_t round_ms;	/* when this round began */
	int again_ms;
	uint64_t refused;	/* receipts */
	int error;		/* of an event */
};

static void new_round(struct qyran_delivery *delivery)
{
	delivery->after = -1;
	delivery->round_ms = qyran_monotonic_ms();
}

static void on_connected(void *context)
{
	new_round(context);
}

static void on_published(void *context, uint64_t sequence)
{
	struct qyran_delivery *delivery = context;
	int code = qyran_outbox_published(delivery->outbox, sequence);

	if (code)
		delivery->error = code;
}

static void on_receipt(void *context, const uint8_t *bytes, size_t size)
{
	struct qyran_delivery *delivery = context;
	int code = qyran_outbox_receipt(delivery->outbox, bytes, size);

	if (code == -EBADMSG) {
		if (delivery->refused++ == 0)
			qyran_log(QYRAN_LOG_WARNING, "a receipt that is not the centre's for a record of this camera was refused");
	} else if (code) {
		delivery->error = code;
	}
}

int qyran_delivery_open(const struct qyran_config *config, struct qyran_outbox *outbox, struct qyran_delivery **ret, char *error,
			size_t error_size)
{
	struct qyran_delivery *delivery = calloc(1, sizeof *delivery);
	const struct qyran_publisher_events events = { on_published, on_connected, on_receipt, delivery };
	int code;

	if (!delivery) {
		snprintf(error, error_size, "no memory for the delivery");
		return -ENOMEM;
	}
	delivery->outbox = outbox;
	delivery->again_ms = QYRAN_DELIVERY_AGAIN_MS;
	new_round(delivery);
	code = qyran_publisher_open(config, &events, &delivery->publisher, error, error_size);
	if (code) {
		free(delivery);
		return code;
	}
	*ret = delivery;
	return 0;
}

void qyran_delivery_close(struct qyran_delivery *delivery)
{
	if (!delivery)
		return;
	qyran_publisher_close(delivery->publisher);
	free(delivery);
}

void qyran_delivery_again(struct qyran_delivery *delivery, int milliseconds)
{
	delivery->again_ms = milliseconds;
}

/* Returns 0 when something was handed over, -ENODATA when nothing waits behind the round's place, or why it does not go on. */
static int send_next(struct qyran_delivery *delivery)
{
	uint64_t sequence;
	uint8_t *bytes;
	size_t size;
	int code = qyran_outbox_next(delivery->outbox, delivery->after, &sequence, &bytes, &size);

	if (code)
		return code;
	code = qyran_publisher_send(delivery->publisher, QYRAN_TOPIC_RECORD, sequence, bytes, size);
	free(bytes);
	/* What can never be sent must not keep the rest from being sent. */
	if (code != -EAGAIN && code != -ENOTCONN)
		delivery->after = (int64_t)sequence;
	return code == -ENOTCONN ? -EAGAIN : code;
}

static int send_waiting(struct qyran_delivery *delivery)
{
	if (qyran_monotonic_ms() - delivery->round_ms >= delivery->again_ms)
		new_round(delivery);
	for (int i = 0; i < SEND_A_POLL; i++) {
		int code = send_next(delivery);

		if (code == -ENODATA || code == -EAGAIN)
			return code;
		if (code == -ENOMEM || code == -EUCLEAN)
			return code;
	}
	return 0;
}

int qyran_delivery_poll(struct qyran_delivery *delivery, int timeout_ms)
{
	int code = send_waiting(delivery);

	if (code && code != -ENODATA && code != -EAGAIN)
		return code;
	/* More waits: do not sleep on it. */
	delivery->error = 0;
	code = qyran_publisher_poll(delivery->publisher, code == 0 ? 0 : timeout_ms);
	return code ? code : delivery->error;
}

int qyran_delivery_heartbeat(struct qyran_delivery *delivery, uint64_t time_ns, bool time_synced)
{
	uint8_t *bytes;
	size_t size;
	int code = qyran_outbox_heartbeat(delivery->outbox, time_ns, time_synced, &bytes, &size);

	if (code)
		return code;
	code = qyran_publisher_send(delivery->publisher, QYRAN_TOPIC_HEARTBEAT, 0, bytes, size);
	free(bytes);
	return code;
}

int qyran_delivery_health(struct qyran_delivery *delivery, const char *text)
{
	return qyran_publisher_send(delivery->publisher, QYRAN_TOPIC_HEALTH, 0, (const uint8_t *)text, strlen(text));
}

int qyran_delivery_drain(struct qyran_delivery *delivery, int timeout_ms)
{
	int64_t until = qyran_monotonic_ms() + timeout_ms;
	struct qyran_outbox_counts counts;

	for (;;) {
		int code = qyran_delivery_poll(delivery, 0);

		if (!code)
			code = qyran_outbox_counts(delivery->outbox, &counts);
		if (code)
			return code;
		if (counts.published >= counts.sealed)
			return 0;
		if (qyran_monotonic_ms() >= until)
			return -ETIMEDOUT;
		code = qyran_publisher_poll(delivery->publisher, 20);
		if (code)
			return code;
	}
}

const char *qyran_delivery_state(const struct qyran_delivery *delivery)
{
	return qyran_publisher_state(delivery->publisher);
}
