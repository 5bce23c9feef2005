/* SPDX-License-Identifier: Apache-2.0 */
/* An MQTT 3.1.1 connection over TLS with a client certificate, in the caller's thread, tried again by itself. Used by both sides. */
#ifndef QYRAN_MQTT_H
#define QYRAN_MQTT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qyran_mqtt;

struct qyran_mqtt_options {
	const char *client_id;
	bool keep_session;	/* the broker keeps what we miss while we are away */
	const char *host;
	uint16_t port;
	const char *ca, *certificate, *key;
	const char *const *subscriptions;	/* NULL-terminated, at most four, QoS 1; copied */
	void (*connected)(void *context);
	void (*taken)(void *context, int message);	/* the broker acknowledged it */
	void (*arrived)(void *context, const char *topic, const uint8_t *bytes, size_t size);
	void *context;
};

/** qyran_mqtt_open() - Returns 0, or a negative errno with one line in @error when files or options are wrong; the broker may be away. */
int qyran_mqtt_open(const struct qyran_mqtt_options *options, struct qyran_mqtt **ret, char *error, size_t error_size);

/** qyran_mqtt_close() - says goodbye when connected. Accepts NULL. */
void qyran_mqtt_close(struct qyran_mqtt *mqtt);

/** qyran_mqtt_send() - QoS 1. @ret_message: number that `taken` will name. Returns 0; -ENOTCONN; another negative errno. */
int qyran_mqtt_send(struct qyran_mqtt *mqtt, const char *topic, const uint8_t *bytes, size_t size, bool retain, int *ret_message);

/** qyran_mqtt_poll() - connects, sends and receives for at most @timeout_ms. */
void qyran_mqtt_poll(struct qyran_mqtt *mqtt, int timeout_ms);

/** qyran_mqtt_state() - "connected", "connecting", "away", "refused". */
const char *qyran_mqtt_state(const struct qyran_mqtt *mqtt);

#endif
