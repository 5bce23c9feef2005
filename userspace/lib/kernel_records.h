/* SPDX-License-Identifier: Apache-2.0 */
/* Records from a file that read() gives whole ones of, as /dev/qyran0 does: large reads, waiting, each record checked. */
#ifndef QYRAN_KERNEL_RECORDS_H
#define QYRAN_KERNEL_RECORDS_H

#include <linux/qyran.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qyran_kernel_records {
	int file;		/* borrowed, non-blocking */
	uint8_t *room;
	size_t filled, at;
	bool damaged;		/* a damaged stretch has been reported and not been left */
};

/** qyran_kernel_records_init() - returns 0 or -ENOMEM. */
int qyran_kernel_records_init(struct qyran_kernel_records *records, int file);
void qyran_kernel_records_finish(struct qyran_kernel_records *records);

/**
 * qyran_kernel_records_next() - as qyran_device_next(); other negative errnos are those of read() and poll().
 * A signal ends the waiting with -EAGAIN.
 */
int qyran_kernel_records_next(struct qyran_kernel_records *records, const struct qyran_record_header **ret, int timeout_ms);

#endif
