/* SPDX-License-Identifier: Apache-2.0 */
/* The doctor's checks of the device, its view and the clock. */
#include "qyrand/road.h"
#include "tools/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <qyran/format.h>
#include <string.h>
#include <sys/timex.h>

void doctor_check_road(struct doctor *doctor)
{
	struct qyran_road *road;
	char error[512];

	if (doctor->config->road.point_count == 0) {
		doctor_say(doctor, DOCTOR_WARN, "road", "the camera is not surveyed: no speeds and no rules - measure at least four points and write them under [road]");
		return;
	}
	if (qyran_road_new(doctor->config, &road, error, sizeof(error)) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, "road", "%s - measure the points under [road] again", error);
		return;
	}
	qyran_road_free(road);
	doctor_say(doctor, DOCTOR_OK, "road", "%zu points fit one plane", doctor->config->road.point_count);
}

void doctor_check_formats(struct doctor *doctor)
{
	struct qyran_formats *formats;
	char error[512];

	if (qyran_formats_open(doctor->config->plates.formats, &formats, error, sizeof(error)) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, "formats", "%s", error);
		return;
	}
	if (qyran_formats_count(formats) == 0)
		doctor_say(doctor, DOCTOR_FAIL, "formats", "%s: holds no *.ini - name the directory of plate formats", doctor->config->plates.formats);
	else
		doctor_say(doctor, DOCTOR_OK, "formats", "%zu plate formats", qyran_formats_count(formats));
	qyran_formats_close(formats);
}

void doctor_check_device(struct doctor *doctor)
{
	const char *spec = doctor->device ? doctor->device : doctor->config->device.spec;
	struct qyran_device_options options = { .epoch_ns = doctor->config->device.epoch_ns };
	struct qyran_device_info info;
	struct qyran_device *device;
	char error[512] = "";
	int rc;

	if (!*spec) {
		doctor_say(doctor, DOCTOR_FAIL, "device", "none is named - write spec= under [device], or give --device");
		return;
	}
	rc = qyran_device_open(spec, &options, &device, error, sizeof(error));
	if (rc == -EBUSY) {
		doctor_say(doctor, DOCTOR_OK, "device", "%s: in use by a running qyrand", spec);
		return;
	}
	if (rc < 0) {
		doctor_say(doctor, DOCTOR_FAIL, "device", "%s", *error ? error : strerror(-rc));
		return;
	}
	qyran_device_info(device, &info);
	qyran_device_close(device);
	doctor_say(doctor, info.frames ? DOCTOR_OK : DOCTOR_WARN, "device", "%s: %ux%u, logic %u.%u%s", spec, info.width, info.height,
		   info.version >> 16, info.version & 0xffff,
		   info.frames ? "" : ", no pixels - violations will lack pictures; record with frames embedded");
}

static unsigned int ptp_clocks(void)
{
	DIR *directory = opendir("/sys/class/ptp");
	unsigned int count = 0;

	for (const struct dirent *entry; directory && (entry = readdir(directory));)
		count += entry->d_name[0] != '.';
	if (directory)
		closedir(directory);
	return count;
}

void doctor_check_clock(struct doctor *doctor)
{
	struct timex time = { 0 };
	int state = adjtimex(&time);
	const char *spec = doctor->device ? doctor->device : doctor->config->device.spec;
	unsigned int clocks = ptp_clocks();

	if (state < 0)
		doctor_say(doctor, DOCTOR_FAIL, "clock", "the system's clock does not tell its state: %s - run this on the camera itself", strerror(errno));
	else if (state == TIME_ERROR || (time.status & STA_UNSYNC))
		doctor_say(doctor, DOCTOR_WARN, "clock", "the system's clock follows no reference - start ptp4l and phc2sys, or chrony; violations say so until then");
	else
		doctor_say(doctor, DOCTOR_OK, "clock", "follows a reference, at most %ld us off", time.maxerror);
	if (strncmp(spec, "kernel:", 7) != 0)
		doctor_say(doctor, DOCTOR_OK, "ptp", "not needed: the device is no board");
	else if (clocks == 0)
		doctor_say(doctor, DOCTOR_WARN, "ptp", "no PTP hardware clock - load the qyran module; without it stamps follow no reference");
	else
		doctor_say(doctor, DOCTOR_OK, "ptp", "%u PTP hardware clocks", clocks);
}
