/* SPDX-License-Identifier: Apache-2.0 */
/* The doctor: one line a check, `ok|warn|fail NAME: what - what to do`. */
#ifndef QYRAN_DOCTOR_H
#define QYRAN_DOCTOR_H

#include "qyrand/config.h"

enum doctor_finding {
	DOCTOR_OK,
	DOCTOR_WARN,
	DOCTOR_FAIL,
};

struct doctor {
	const struct qyran_config *config;
	const char *device;		/* instead of the configuration's, or NULL */
	unsigned int failed;
};

/** doctor_say() - prints one line and counts failures. @what: what was found, and, where there is something to do, ` - ` and that. */
__attribute__((format(printf, 4, 5)))
void doctor_say(struct doctor *doctor, enum doctor_finding finding, const char *name, const char *what, ...);

/* The checks; each prints its own lines. */
void doctor_check_road(struct doctor *doctor);
void doctor_check_formats(struct doctor *doctor);
void doctor_check_reader(struct doctor *doctor);
void doctor_check_keys(struct doctor *doctor);
void doctor_check_bundle(struct doctor *doctor);
void doctor_check_outbox(struct doctor *doctor);
void doctor_check_disk(struct doctor *doctor);
void doctor_check_device(struct doctor *doctor);
void doctor_check_clock(struct doctor *doctor);
void doctor_check_publisher(struct doctor *doctor);

#endif
