/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/health.h"
#include "qyrand/limits.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

int qyran_health_free_bytes(const struct qyran_config *config, uint64_t *ret)
{
	struct statvfs disk;

	if (statvfs(config->camera.state, &disk) != 0)
		return -errno;
	*ret = (uint64_t)disk.f_bavail * disk.f_frsize;
	return 0;
}

double qyran_health_days_left(const struct qyran_config *config, uint64_t sealed, uint64_t free_bytes)
{
	char path[QYRAN_PATH_MAX + 16];
	struct stat about;
	double days;

	snprintf(path, sizeof(path), "%s/camera.key", config->camera.state);
	if (stat(path, &about) != 0 || sealed == 0)
		return -1;
	days = difftime(time(NULL), about.st_mtime) / 86400;
	if (days < 1.0 / 24)
		return -1;
	return (double)free_bytes / ((double)sealed / days * QYRAN_SEALED_MAX);
}
