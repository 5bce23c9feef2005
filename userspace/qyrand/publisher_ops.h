/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the publishers: what a transport gives. */
#ifndef QYRAN_PUBLISHER_OPS_H
#define QYRAN_PUBLISHER_OPS_H

#include "publisher.h"

struct qyran_publisher_ops {
	int (*open)(const struct qyran_config *config, const struct qyran_publisher_events *events, void **ret, char *error,
		    size_t error_size);
	void (*close)(void *self);
	int (*send)(void *self, enum qyran_topic topic, uint64_t sequence, const uint8_t *bytes, size_t size);
	int (*poll)(void *self, int timeout_ms);
	const char *(*state)(const void *self);
};

extern const struct qyran_publisher_ops qyran_publisher_folder, qyran_publisher_mqtt;

#endif
