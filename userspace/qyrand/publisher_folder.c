/* SPDX-License-Identifier: Apache-2.0 */
#include "publisher_ops.h"

#include "files.h"
#include "heartbeat.h"
#include "log.h"
#include "sealed.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECEIPTS_A_POLL 256

struct folder {
	struct qyran_publisher_events events;
	char path[QYRAN_PATH_MAX];
	char receipts[QYRAN_PATH_MAX + 16];
	char camera[QYRAN_NAME_MAX];
	bool failing;
};

/* Of a process of this camera that was killed while it wrote. */
static void remove_leftovers(const struct folder *folder)
{
	DIR *directory = opendir(folder->path);
	const struct dirent *entry;
	size_t length = strlen(folder->camera);

	while (directory && (entry = readdir(directory))) {
		const char *name = entry->d_name, *dot = strrchr(name, '.');

		if (name[0] == '.' && strncmp(name + 1, folder->camera, length) == 0 && strchr("-.", name[1 + length]) && name[1 + length] &&
		    strcmp(dot, ".part") == 0)
			unlinkat(dirfd(directory), name, 0);
	}
	if (directory)
		closedir(directory);
}

static int folder_open(const struct qyran_config *config, const struct qyran_publisher_events *events, void **ret, char *error,
		       size_t error_size)
{
	struct folder *folder = calloc(1, sizeof *folder);
	int code;

	if (!folder) {
		snprintf(error, error_size, "no memory for a publisher");
		return -ENOMEM;
	}
	folder->events = *events;
	snprintf(folder->path, sizeof folder->path, "%s", config->publisher.path);
	snprintf(folder->receipts, sizeof folder->receipts, "%s/receipts", config->publisher.path);
	snprintf(folder->camera, sizeof folder->camera, "%s", config->camera.id);
	code = qyran_files_make_directory(folder->receipts, 0755);
	if (code) {
		snprintf(error, error_size, "%s: cannot make the publisher's folder: %s", folder->path, strerror(-code));
		free(folder);
		return code;
	}
	remove_leftovers(folder);
	*ret = folder;
	return 0;
}

static void folder_close(void *self)
{
	free(self);
}

static int name_of(const struct folder *folder, enum qyran_topic topic, uint64_t sequence, const uint8_t *bytes, size_t size,
		   char name[NAME_MAX])
{
	struct qyran_heartbeat heartbeat;
	struct qyran_sealed sealed;
	int code = 0;

	switch (topic) {
	case QYRAN_TOPIC_RECORD:
		code = qyran_sealed_parse(bytes, size, &sealed);
		if (code)
			return code;
		if (sealed.sequence != sequence || strcmp(sealed.camera, folder->camera) != 0)
			code = -EINVAL;
		snprintf(name, NAME_MAX, "%s-%016" PRIx64 "-%010" PRIu64 ".sealed", sealed.camera, sealed.epoch, sealed.sequence);
		qyran_sealed_clear(&sealed);
		return code;
	case QYRAN_TOPIC_HEARTBEAT:
		code = qyran_heartbeat_parse(bytes, size, NULL, &heartbeat);
		if (!code)
			snprintf(name, NAME_MAX, "%s-%016" PRIx64 ".heartbeat", heartbeat.camera, heartbeat.epoch);
		return code;
	case QYRAN_TOPIC_HEALTH:
		snprintf(name, NAME_MAX, "%s.health", folder->camera);
		return 0;
	}
	return -EINVAL;
}

static bool there_already(const struct folder *folder, const char *name, const uint8_t *bytes, size_t size)
{
	char path[QYRAN_PATH_MAX + NAME_MAX];
	uint8_t *old;
	size_t old_size;
	bool same;

	snprintf(path, sizeof path, "%s/%s", folder->path, name);
	if (qyran_files_read(path, size, &old, &old_size) < 0)
		return false;
	same = old_size == size && memcmp(old, bytes, size) == 0;
	free(old);
	return same;
}

static int folder_send(void *self, enum qyran_topic topic, uint64_t sequence, const uint8_t *bytes, size_t size)
{
	struct folder *folder = self;
	char name[NAME_MAX];
	int code = name_of(folder, topic, sequence, bytes, size, name);

	if (code) {
		qyran_log(QYRAN_LOG_ERROR, "publisher: a message of camera %s is damaged and is not sent", folder->camera);
		return code;
	}
	if (topic != QYRAN_TOPIC_RECORD || !there_already(folder, name, bytes, size))
		code = qyran_files_replace(folder->path, name, bytes, size, 0644);
	if (code) {
		if (!folder->failing)
			qyran_log(QYRAN_LOG_WARNING, "publisher: cannot write to %s: %s; records wait in the outbox", folder->path, strerror(-code));
		folder->failing = true;
		return -EAGAIN;
	}
	if (folder->failing)
		qyran_log(QYRAN_LOG_INFO, "publisher: %s takes records again", folder->path);
	folder->failing = false;
	if (topic == QYRAN_TOPIC_RECORD)
		folder->events.published(folder->events.context, sequence);
	return 0;
}

static void take_receipts(struct folder *folder)
{
	DIR *directory = opendir(folder->receipts);
	const struct dirent *entry;
	int taken = 0;

	if (!directory)
		return;
	while (taken < RECEIPTS_A_POLL && (entry = readdir(directory))) {
		const char *dot = strrchr(entry->d_name, '.');
		char path[QYRAN_PATH_MAX + 32 + NAME_MAX];
		uint8_t *bytes;
		size_t size;

		if (!dot || entry->d_name[0] == '.' || strcmp(dot, ".receipt") != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", folder->receipts, entry->d_name);
		taken++;
		if (qyran_files_read(path, QYRAN_RECEIPT_MAX, &bytes, &size) == 0) {
			folder->events.receipt(folder->events.context, bytes, size);
			free(bytes);
		}
		unlink(path);
	}
	closedir(directory);
}

static int folder_poll(void *self, int timeout_ms)
{
	struct folder *folder = self;

	take_receipts(folder);
	if (timeout_ms > 0)
		poll(NULL, 0, timeout_ms);
	return 0;
}

static const char *folder_state(const void *self)
{
	const struct folder *folder = self;

	return folder->failing ? "failing" : "connected";
}

const struct qyran_publisher_ops qyran_publisher_folder = {
	.open = folder_open,
	.close = folder_close,
	.send = folder_send,
	.poll = folder_poll,
	.state = folder_state,
};
