/* SPDX-License-Identifier: Apache-2.0 */
/* Publishers: how sealed records and heartbeats leave the camera, and receipts come back. A pure transport: it keeps nothing. */
#ifndef QYRAN_PUBLISHER_H
#define QYRAN_PUBLISHER_H

#include "config.h"

struct qyran_publisher;

enum qyran_topic {
	QYRAN_TOPIC_RECORD,
	QYRAN_TOPIC_HEARTBEAT,
	QYRAN_TOPIC_HEALTH,
};

struct qyran_publisher_events {
	/* The transport has taken the record (no proof that it was kept). */
	void (*published)(void *context, uint64_t sequence);
	/* A broker is there (again): what waits should be sent again. May be NULL. */
	void (*connected)(void *context);
	/* A receipt arrived; checked by whoever listens. */
	void (*receipt)(void *context, const uint8_t *bytes, size_t size);
	void *context;
};

/*
 * folder   <camera>-<epoch>-<sequence>.sealed, <camera>-<epoch>.heartbeat, <camera>.health; each whole or not there. Receipts are
 *          taken, and removed, from receipts/ below the folder.
 * mqtt     MQTT 3.1.1 over TLS with a client certificate, QoS 1, topics <namespace>/v1/<region>/<camera>/{record,heartbeat,health},
 *          receipts from .../receipt. Tried again after 1 s, doubled up to 30 s.
 * One thread; events are called from send and poll. SIGPIPE is to be ignored by the process.
 */

/**
 * qyran_publisher_open() - of the kind that the configuration names. A broker that is away is no error: it is tried again.
 * @events: copied. @error: one line when it fails.
 */
int qyran_publisher_open(const struct qyran_config *config, const struct qyran_publisher_events *events,
			 struct qyran_publisher **ret, char *error, size_t error_size);
void qyran_publisher_close(struct qyran_publisher *publisher);

/** qyran_publisher_send() - @sequence: of a record, else 0. Returns 0; -ENOTCONN or -EAGAIN: try again later; others: one line was logged. */
int qyran_publisher_send(struct qyran_publisher *publisher, enum qyran_topic topic, uint64_t sequence, const uint8_t *bytes, size_t size);

/** qyran_publisher_poll() - lets the transport work for at most @timeout_ms; events are called from here. Returns 0 or a negative errno. */
int qyran_publisher_poll(struct qyran_publisher *publisher, int timeout_ms);

/** qyran_publisher_state() - one word for the log and the doctor: "connected", "away", … */
const char *qyran_publisher_state(const struct qyran_publisher *publisher);

#endif
