/* SPDX-License-Identifier: Apache-2.0 */
#include "publisher_ops.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct qyran_publisher {
	const struct qyran_publisher_ops *ops;
	void *self;
};

int qyran_publisher_open(const struct qyran_config *config, const struct qyran_publisher_events *events,
			 struct qyran_publisher **ret, char *error, size_t error_size)
{
	struct qyran_publisher *publisher = calloc(1, sizeof *publisher);
	int code;

	if (!publisher) {
		snprintf(error, error_size, "no memory for a publisher");
		return -ENOMEM;
	}
	publisher->ops = config->publisher.mqtt ? &qyran_publisher_mqtt : &qyran_publisher_folder;
	code = publisher->ops->open(config, events, &publisher->self, error, error_size);
	if (code) {
		free(publisher);
		return code;
	}
	*ret = publisher;
	return 0;
}

void qyran_publisher_close(struct qyran_publisher *publisher)
{
	if (!publisher)
		return;
	publisher->ops->close(publisher->self);
	free(publisher);
}

int qyran_publisher_send(struct qyran_publisher *publisher, enum qyran_topic topic, uint64_t sequence, const uint8_t *bytes, size_t size)
{
	return publisher->ops->send(publisher->self, topic, sequence, bytes, size);
}

int qyran_publisher_poll(struct qyran_publisher *publisher, int timeout_ms)
{
	return publisher->ops->poll(publisher->self, timeout_ms);
}

const char *qyran_publisher_state(const struct qyran_publisher *publisher)
{
	return publisher->ops->state(publisher->self);
}
