/* SPDX-License-Identifier: Apache-2.0 */
/* The doctor's checks of the device, its view and the clock. */
#include "qyrand/road.h"
#include "tools/camera_clock.h"
#include "tools/doctor.h"

#include <errno.h>
#include <inttypes.h>
#include <qyran/format.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

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

static const char *spec_of(const struct doctor *doctor)
{
	return doctor->device ? doctor->device : doctor->config->device.spec;
}

static bool is_board(const char *spec)
{
	return strncmp(spec, "kernel:", 7) == 0;
}

/* The module and what it made: by sysfs, so that it can be looked at while qyrand has the camera. */
static void check_module(struct doctor *doctor)
{
	if (access("/sys/module/qyran", F_OK) != 0)
		doctor_say(doctor, DOCTOR_FAIL, "module", "qyran is not loaded - run: modprobe qyran, and look at the kernel's log (dmesg)");
	else
		doctor_say(doctor, DOCTOR_OK, "module", "qyran is loaded");
}

static void check_page(struct doctor *doctor)
{
	int uio = camera_device_find("/sys/class/uio", "uio", "name", "qyran");
	char path[32];

	snprintf(path, sizeof(path), "/dev/uio%d", uio);
	if (uio < 0)
		doctor_say(doctor, DOCTOR_FAIL, "uio", "the camera has no UIO device for its settings - run: modprobe uio, then load qyran again");
	else if (access(path, R_OK | W_OK) != 0)
		doctor_say(doctor, DOCTOR_FAIL, "uio", "%s: %s - install the udev rule and join the group qyran, or run as root", path, strerror(errno));
	else
		doctor_say(doctor, DOCTOR_OK, "uio", "%s: the camera's settings", path);
}

void doctor_check_device(struct doctor *doctor)
{
	const struct qyran_config *config = doctor->config;
	const char *spec = spec_of(doctor);
	struct qyran_device_options options = {
		.width = config->sensor.width, .height = config->sensor.height, .exposure_ns = config->sensor.exposure_ns, .line_ns = config->sensor.line_ns,
		.mono = config->sensor.mono, .epoch_ns = config->device.epoch_ns, .pace_host = config->device.pace_host, .regions = config->device.regions,
	};
	struct qyran_device_info info;
	struct qyran_device *device;
	char error[512] = "";
	int rc;

	if (!*spec) {
		doctor_say(doctor, DOCTOR_FAIL, "device", "none is named - write spec= under [device], or give --device");
		return;
	}
	if (is_board(spec)) {
		check_module(doctor);
		check_page(doctor);
	}
	rc = qyran_device_open(spec, &options, &device, error, sizeof(error));
	if (rc == -EBUSY) {
		doctor_say(doctor, DOCTOR_OK, "device", "%s", *error ? error : "in use by a running qyrand");
		return;
	}
	if (rc < 0) {
		doctor_say(doctor, DOCTOR_FAIL, "device", "%s", *error ? error : strerror(-rc));
		return;
	}
	qyran_device_info(device, &info);
	qyran_device_close(device);
	doctor_say(doctor, info.frames ? DOCTOR_OK : DOCTOR_WARN, "device", "%s: %ux%u, logic %u.%u%s%s", spec, info.width, info.height,
		   info.version >> 16, info.version & 0xffff, is_board(spec) && !info.realtime ? ", a simulated board" : "",
		   info.frames ? "" : ", no pixels - violations will lack pictures; record with frames embedded");
}

static void check_camera_clock(struct doctor *doctor)
{
	struct camera_clock clock;
	int rc = camera_clock_read("qyran", &clock);
	bool far = rc == 0 && (clock.offset_ns > CAMERA_CLOCK_FAR_NS || clock.offset_ns < -CAMERA_CLOCK_FAR_NS);

	if (rc == -ENODEV)
		doctor_say(doctor, DOCTOR_FAIL, "ptp", "the camera has no PTP clock - load the qyran module; without it stamps follow no reference");
	else if (rc < 0)
		doctor_say(doctor, DOCTOR_FAIL, "ptp", "/dev/ptp%d: %s - install the udev rule and join the group qyran, or run as root", clock.ptp, strerror(-rc));
	else
		doctor_say(doctor, far ? DOCTOR_WARN : DOCTOR_OK, "ptp", "/dev/ptp%d: the camera's clock is %.3f ms off the system's, known to %.3f ms%s", clock.ptp,
			   (double)clock.offset_ns / 1e6, (double)clock.doubt_ns / 1e6, far ? " - start phc2sys (docs/porting.md says how)" : "");
}

void doctor_check_clock(struct doctor *doctor)
{
	struct timex time = { 0 };
	int state = adjtimex(&time);

	if (state < 0)
		doctor_say(doctor, DOCTOR_FAIL, "clock", "the system's clock does not tell its state: %s - run this on the camera itself", strerror(errno));
	else if (state == TIME_ERROR || (time.status & STA_UNSYNC))
		doctor_say(doctor, DOCTOR_WARN, "clock", "the system's clock follows no reference - start ptp4l and phc2sys, or chrony; violations say so until then");
	else
		doctor_say(doctor, DOCTOR_OK, "clock", "follows a reference, at most %ld us off", time.maxerror);
	if (is_board(spec_of(doctor)))
		check_camera_clock(doctor);
	else
		doctor_say(doctor, DOCTOR_OK, "ptp", "not needed: the device is no board");
}
