/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/camera_clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#define READINGS 5
#define TAI_MINUS_UTC_NS INT64_C(37000000000)	/* since 2017-01-01 (IERS Bulletin C); the kernel often is not told */

int camera_device_find(const char *class, const char *name, const char *attribute, const char *begin)
{
	DIR *directory = opendir(class);
	int found = -1;

	for (const struct dirent *entry; directory && found < 0 && (entry = readdir(directory));) {
		char path[400], text[32] = "";
		FILE *file;

		if (strncmp(entry->d_name, name, strlen(name)) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", class, entry->d_name, attribute);
		file = fopen(path, "re");
		if (file && fgets(text, sizeof(text), file) && strncmp(text, begin, strlen(begin)) == 0)
			found = (int)strtol(entry->d_name + strlen(name), NULL, 10);
		if (file)
			fclose(file);
	}
	if (directory)
		closedir(directory);
	return found;
}

static int64_t to_ns(const struct timespec *time)
{
	return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

/* The quickest of a few readings. */
static int read_offset(int file, struct camera_clock *clock)
{
	int64_t least = INT64_MAX;

	for (int i = 0; i < READINGS; i++) {
		struct timespec before, camera, after;

		clock_gettime(CLOCK_REALTIME, &before);
		if (clock_gettime((~(clockid_t)file << 3) | 3, &camera) != 0)
			return -errno;
		clock_gettime(CLOCK_REALTIME, &after);
		if (to_ns(&after) - to_ns(&before) >= least)
			continue;
		least = to_ns(&after) - to_ns(&before);
		clock->offset_ns = to_ns(&camera) - to_ns(&before) - least / 2 - TAI_MINUS_UTC_NS;
	}
	clock->doubt_ns = least;
	return 0;
}

int camera_clock_read(const char *name, struct camera_clock *ret)
{
	struct timex time = { 0 };
	char path[32];
	int file, rc;

	ret->ptp = camera_device_find("/sys/class/ptp", "ptp", "clock_name", name);
	if (ret->ptp < 0)
		return -ENODEV;
	snprintf(path, sizeof(path), "/dev/ptp%d", ret->ptp);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	rc = read_offset(file, ret);
	close(file);
	ret->reference = adjtimex(&time) >= 0 && !(time.status & STA_UNSYNC);
	return rc;
}

bool camera_clock_follows(const struct camera_clock *clock)
{
	return clock->reference && clock->offset_ns <= CAMERA_CLOCK_FAR_NS && clock->offset_ns >= -CAMERA_CLOCK_FAR_NS;
}

int camera_clock_tell(const char *name, bool follows)
{
	char path[96];
	int file, rc;

	snprintf(path, sizeof(path), "/sys/class/misc/%.32s/clock_synced", name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	rc = write(file, follows ? "1" : "0", 1) == 1 ? 0 : -errno;
	close(file);
	return rc;
}
