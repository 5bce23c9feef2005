/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delivery: from the outbox to the publisher and back.
 *
 * Sends what waits, oldest first; sends it again after each connect and after QYRAN_DELIVERY_AGAIN_MS until its receipt comes,
 * whatever the transport acknowledged; hands receipts to the outbox. One thread.
 */
#ifndef QYRAN_DELIVERY_H
#define QYRAN_DELIVERY_H

#include "outbox.h"
#include "publisher.h"

#define QYRAN_DELIVERY_AGAIN_MS 60000

struct qyran_delivery;

/** qyran_delivery_open() - @outbox: borrowed, must outlive the delivery. Returns 0, or a negative errno with one line in @error. */
int qyran_delivery_open(const struct qyran_config *config, struct qyran_outbox *outbox, struct qyran_delivery **ret, char *error,
			size_t error_size);

/** qyran_delivery_close() - what waits stays in the outbox. Accepts NULL. */
void qyran_delivery_close(struct qyran_delivery *delivery);

/** qyran_delivery_again() - sends again after @milliseconds without a receipt instead of QYRAN_DELIVERY_AGAIN_MS. */
void qyran_delivery_again(struct qyran_delivery *delivery, int milliseconds);

/** qyran_delivery_poll() - works for at most @timeout_ms; 0: what can be done at once. Returns 0, or the outbox's negative errno. */
int qyran_delivery_poll(struct qyran_delivery *delivery, int timeout_ms);

/** qyran_delivery_heartbeat() - sends a signed heartbeat. Returns 0; -ENOTCONN or -EAGAIN when the transport is away: the next will do. */
int qyran_delivery_heartbeat(struct qyran_delivery *delivery, uint64_t time_ns, bool time_synced);

/** qyran_delivery_health() - sends a line of text about the camera's health; never a plate. Returns as the heartbeat's. */
int qyran_delivery_health(struct qyran_delivery *delivery, const char *text);

/** qyran_delivery_drain() - works until the transport has taken every record that waits. Returns 0, or -ETIMEDOUT; the rest stays in the outbox. */
int qyran_delivery_drain(struct qyran_delivery *delivery, int timeout_ms);

/** qyran_delivery_state() - one word: "connected", "away", … */
const char *qyran_delivery_state(const struct qyran_delivery *delivery);

#endif
