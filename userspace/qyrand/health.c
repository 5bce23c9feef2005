/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/health.h"
#include "qyrand/limits.h"

#include <errno.h>
#include <glob.h>
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

int qyran_health_temperature(int32_t *ret_mc)
{
	static const char *const places[] = { "/sys/class/thermal/thermal_zone*/temp", "/sys/class/hwmon/hwmon*/temp*_input" };
	glob_t found = { 0 };
	int hottest = INT32_MIN, value;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		glob(places[i], i > 0 ? GLOB_APPEND : 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		FILE *file = fopen(found.gl_pathv[i], "re");

		if (file && fscanf(file, "%d", &value) == 1 && value > hottest)
			hottest = value;
		if (file)
			fclose(file);
	}
	globfree(&found);
	if (hottest == INT32_MIN)
		return -ENODATA;
	*ret_mc = hottest;
	return 0;
}
