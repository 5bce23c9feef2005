/* SPDX-License-Identifier: Apache-2.0 */
/* The camera service: records in, sealed violations out. */
#ifndef QYRAN_SERVICE_H
#define QYRAN_SERVICE_H

#include "config.h"

#define QYRAN_VERSION "0.1.0"

struct qyran_service_options {
	const char *device;	/* instead of the configuration's, not relative to it; NULL: the configuration's */
	bool until_end;		/* leave when the stream has ended and all is published, instead of staying to deliver */
	uint64_t frames;	/* after so many the stream counts as ended; 0: without limit */
	bool stats;		/* more figures at the end */
	bool progress;		/* a line on standard error every few seconds, for who watches */
	unsigned int drain_s;	/* the longest wait for publishing before leaving */
};

/**
 * qyran_service_run() - opens everything, works until the stream ends or a SIGTERM or SIGINT comes, and leaves cleanly.
 * Every violation that it decided is in the outbox when it returns 0. What went wrong is logged, one line each.
 * Returns 0 or a negative errno: what failed to open, the device that went away, -ENOSPC when violations found no room,
 * -EHOSTUNREACH when until_end and records are still unpublished.
 */
int qyran_service_run(const struct qyran_config *config, const struct qyran_service_options *options);

#endif
