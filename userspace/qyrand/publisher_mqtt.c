/* SPDX-License-Identifier: Apache-2.0 */
#include "publisher_ops.h"

#include "message.h"
#include "mqtt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IN_FLIGHT_MAX 32

struct mqtt_publisher {
	struct qyran_publisher_events events;
	struct qyran_mqtt *mqtt;
	char base[4 * QYRAN_NAME_MAX];
	char receipt_topic[4 * QYRAN_NAME_MAX + 16];
	struct { int message; uint64_t sequence; } in_flight[IN_FLIGHT_MAX];
	size_t in_flight_count;
};

static void on_connected(void *context)
{
	struct mqtt_publisher *self = context;

	if (self->events.connected)
		self->events.connected(self->events.context);
}

static void on_taken(void *context, int message)
{
	struct mqtt_publisher *self = context;

	for (size_t i = 0; i < self->in_flight_count; i++) {
		if (self->in_flight[i].message != message)
			continue;
		uint64_t sequence = self->in_flight[i].sequence;

		self->in_flight[i] = self->in_flight[--self->in_flight_count];
		self->events.published(self->events.context, sequence);
		return;
	}
}

static void on_arrived(void *context, const char *topic, const uint8_t *bytes, size_t size)
{
	struct mqtt_publisher *self = context;

	if (strcmp(topic, self->receipt_topic) == 0)
		self->events.receipt(self->events.context, bytes, size);
}

static void mqtt_close(void *context)
{
	struct mqtt_publisher *self = context;

	qyran_mqtt_close(self->mqtt);
	free(self);
}

static int mqtt_open(const struct qyran_config *config, const struct qyran_publisher_events *events, void **ret, char *error,
		     size_t error_size)
{
	struct mqtt_publisher *self = calloc(1, sizeof *self);
	int code;

	if (!self) {
		snprintf(error, error_size, "no memory for a publisher");
		return -ENOMEM;
	}
	if (!qyran_message_name(config->camera.namespace) || !qyran_message_name(config->camera.region) ||
	    !qyran_message_name(config->camera.id)) {
		snprintf(error, error_size, "[camera] namespace, region and id become a topic: 1 to 63 of A-Z a-z 0-9 - _ . are allowed");
		free(self);
		return -EINVAL;
	}
	self->events = *events;
	snprintf(self->base, sizeof self->base, "%s/v1/%s/%s", config->camera.namespace, config->camera.region, config->camera.id);
	snprintf(self->receipt_topic, sizeof self->receipt_topic, "%s/receipt", self->base);

	const char *subscriptions[] = { self->receipt_topic, NULL };
	const struct qyran_mqtt_options options = {
		.client_id = config->camera.id,
		.host = config->publisher.host,
		.port = config->publisher.port,
		.ca = config->publisher.ca,
		.certificate = config->publisher.certificate,
		.key = config->publisher.key,
		.subscriptions = subscriptions,
		.connected = on_connected,
		.taken = on_taken,
		.arrived = on_arrived,
		.context = self,
	};

	code = qyran_mqtt_open(&options, &self->mqtt, error, error_size);
	if (code) {
		mqtt_close(self);
		return code;
	}
	*ret = self;
	return 0;
}

/* libmosquitto holds it and sends it again by itself after a connect: given once more, it would be held twice. */
static bool in_flight(const struct mqtt_publisher *self, uint64_t sequence)
{
	for (size_t i = 0; i < self->in_flight_count; i++)
		if (self->in_flight[i].sequence == sequence)
			return true;
	return false;
}

static int mqtt_send(void *context, enum qyran_topic topic, uint64_t sequence, const uint8_t *bytes, size_t size)
{
	static const char *const leaves[] = { "record", "heartbeat", "health" };
	struct mqtt_publisher *self = context;
	char name[4 * QYRAN_NAME_MAX + 16];
	int message, code;

	if (topic == QYRAN_TOPIC_RECORD && in_flight(self, sequence))
		return 0;
	if (topic == QYRAN_TOPIC_RECORD && self->in_flight_count == IN_FLIGHT_MAX)
		return -EAGAIN;
	snprintf(name, sizeof name, "%s/%s", self->base, leaves[topic]);
	code = qyran_mqtt_send(self->mqtt, name, bytes, size, topic != QYRAN_TOPIC_RECORD, &message);
	if (code || topic != QYRAN_TOPIC_RECORD)
		return code;
	self->in_flight[self->in_flight_count].message = message;
	self->in_flight[self->in_flight_count++].sequence = sequence;
	return 0;
}

static int mqtt_poll(void *context, int timeout_ms)
{
	struct mqtt_publisher *self = context;

	qyran_mqtt_poll(self->mqtt, timeout_ms);
	return 0;
}

static const char *mqtt_state(const void *context)
{
	const struct mqtt_publisher *self = context;

	return qyran_mqtt_state(self->mqtt);
}

const struct qyran_publisher_ops qyran_publisher_mqtt = {
	.open = mqtt_open,
	.close = mqtt_close,
	.send = mqtt_send,
	.poll = mqtt_poll,
	.state = mqtt_state,
};
