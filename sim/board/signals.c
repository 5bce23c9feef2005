/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/board/board.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 128
#define CHANGES_MAX (1u << 20)

struct change {
	uint64_t time_ns;
	uint8_t pins;
};

struct qyran_signals {
	struct change *changes;
	size_t count, room;
};

/* One line: a time, a tab, pins; nothing else. */
static int parse(const char *line, struct change *ret)
{
	char *end;
	unsigned long long time_ns, pins;

	if (!isdigit((unsigned char)line[0]))
		return -EINVAL;
	errno = 0;
	time_ns = strtoull(line, &end, 10);
	if (errno || *end != '\t' || !isdigit((unsigned char)end[1]))
		return -EINVAL;
	pins = strtoull(end + 1, &end, end[1] == '0' && end[2] == 'x' ? 16 : 10);
	if (errno || pins > 0xff || (*end && strcmp(end, "\n") != 0 && strcmp(end, "\r\n") != 0))
		return -EINVAL;
	*ret = (struct change){ .time_ns = time_ns, .pins = (uint8_t)pins };
	return 0;
}

static int add(struct qyran_signals *signals, struct change change)
{
	if (signals->count == signals->room) {
		size_t room = signals->room ? signals->room * 2 : 64;
		struct change *more = realloc(signals->changes, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		signals->changes = more;
		signals->room = room;
	}
	signals->changes[signals->count++] = change;
	return 0;
}

int qyran_signals_open(const char *path, struct qyran_signals **ret, char *error, size_t error_size)
{
	FILE *file = fopen(path, "re");
	struct qyran_signals *signals;
	char line[LINE_MAX_BYTES];
	size_t number = 0;
	int rc = 0;

	if (!file) {
		rc = -errno;
		snprintf(error, error_size, "%s: cannot be opened: %s; give a file of signal pins, or none", path, strerror(-rc));
		return rc;
	}
	signals = calloc(1, sizeof(*signals));
	if (!signals)
		rc = -ENOMEM;
	while (rc == 0 && fgets(line, sizeof(line), file)) {
		struct change change;

		if (number++ == 0 && (strcmp(line, "ns\tpins\n") == 0 || strcmp(line, "ns\tpins\r\n") == 0))
			continue;
		if (signals->count == CHANGES_MAX) {
			snprintf(error, error_size, "%s:%zu: more than %u lines; split the clip", path, number, CHANGES_MAX);
			rc = -E2BIG;
		} else if (parse(line, &change) != 0) {
			snprintf(error, error_size, "%s:%zu: not understood; a line is nanoseconds, a tab, and pins from 0 to 255", path, number);
			rc = -EINVAL;
		} else if (signals->count > 0 && change.time_ns <= signals->changes[signals->count - 1].time_ns) {
			snprintf(error, error_size, "%s:%zu: %llu ns is not after the line before; times must rise", path, number,
				 (unsigned long long)change.time_ns);
			rc = -EINVAL;
		} else {
			rc = add(signals, change);
		}
	}
	if (rc == 0 && ferror(file)) {
		snprintf(error, error_size, "%s: cannot be read; give a file of signal pins, or none", path);
		rc = -EIO;
	}
	fclose(file);
	if (rc == -ENOMEM)
		snprintf(error, error_size, "%s: no memory", path);
	if (rc < 0) {
		qyran_signals_close(signals);
		return rc;
	}
	*ret = signals;
	return 0;
}

void qyran_signals_close(struct qyran_signals *signals)
{
	if (!signals)
		return;
	free(signals->changes);
	free(signals);
}

uint8_t qyran_signals_at(const struct qyran_signals *signals, uint64_t time_ns)
{
	size_t low = 0, high = signals->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (signals->changes[middle].time_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? signals->changes[low - 1].pins : 0;
}
