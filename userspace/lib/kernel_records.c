/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/kernel_records.h"

#include <errno.h>
#include <poll.h>
#include <qyran/record.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROOM (1u << 20)		/* more than a frame of 1080p usually has; at least one record */

_Static_assert(ROOM >= QYRAN_RECORD_MAX, "a record fits");

int qyran_kernel_records_init(struct qyran_kernel_records *records, int file)
{
	*records = (struct qyran_kernel_records){ .file = file, .room = aligned_alloc(4096, ROOM) };
	return records->room ? 0 : -ENOMEM;
}

void qyran_kernel_records_finish(struct qyran_kernel_records *records)
{
	free(records->room);
	records->room = NULL;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Returns 0 when a read may give something, -EAGAIN after @until_ms (-1: never) or a signal. */
static int wait_readable(int file, int64_t until_ms)
{
	struct pollfd wanted = { .fd = file, .events = POLLIN };
	int64_t left = until_ms < 0 ? -1 : until_ms - now_ms();
	int n = poll(&wanted, 1, until_ms < 0 ? -1 : left > 0 ? (int)left : 0);

	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	return n == 0 ? -EAGAIN : 0;
}

/* Fills the room with whole records. Returns 0 or a negative errno. */
static int refill(struct qyran_kernel_records *records, int timeout_ms)
{
	int64_t until_ms = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;

	records->at = records->filled = 0;
	for (;;) {
		ssize_t n = read(records->file, records->room, ROOM);

		if (n > 0) {
			records->filled = (size_t)n;
			return 0;
		}
		if (n == 0)
			return -ENODATA;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;

		int rc = wait_readable(records->file, until_ms);

		if (rc < 0)
			return rc;
	}
}

int qyran_kernel_records_next(struct qyran_kernel_records *records, const struct qyran_record_header **ret, int timeout_ms)
{
	for (;;) {
		int rc = records->at < records->filled ? 0 : refill(records, timeout_ms);

		if (rc < 0 && rc != -EBADMSG)
			return rc;

		const uint8_t *bytes = records->room + records->at;
		size_t left = records->filled - records->at;
		int64_t length = rc < 0 ? rc : qyran_record_check(bytes, left);

		if (length > 0) {
			records->damaged = false;
			records->at += (size_t)length;
			*ret = (const void *)bytes;
			return 0;
		}
		/* The driver went past its own damage already; in what it gave, a sound header tells where the next record begins. */
		length = rc < 0 || left < sizeof(struct qyran_record_header) ? -EBADMSG : qyran_record_check_header(bytes, sizeof(struct qyran_record_header));
		records->at = length > 0 && (size_t)length < left ? records->at + (size_t)length : records->filled;
		if (!records->damaged) {
			records->damaged = true;
			return -EBADMSG;
		}
	}
}
