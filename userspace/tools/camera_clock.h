/* SPDX-License-Identifier: Apache-2.0 */
/* A board's clock beside the system's. */
#ifndef QYRAN_CAMERA_CLOCK_H
#define QYRAN_CAMERA_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* As far off the clock does not follow: a vehicle at 100 km/h goes 28 mm in it. */
#define CAMERA_CLOCK_FAR_NS 1000000

struct camera_clock {
	int ptp;		/* N of /dev/ptpN */
	int64_t offset_ns;	/* the camera's clock less the system's, both TAI */
	int64_t doubt_ns;	/* how long the reading took */
	bool reference;		/* the system's clock follows one (adjtimex) */
};

/**
 * camera_clock_read() - looks at the clock of the camera @name ("qyran0"; "qyran" finds the first).
 * Returns 0; -ENODEV when it has no PTP clock; another negative errno when that cannot be opened or read, with @ret->ptp filled.
 */
int camera_clock_read(const char *name, struct camera_clock *ret);

/** camera_clock_follows() - is it near the system's clock, and does that follow a reference? */
bool camera_clock_follows(const struct camera_clock *clock);

/** camera_clock_tell() - tells the camera so; its FRAME records carry it. Returns 0 or a negative errno. */
int camera_clock_tell(const char *name, bool follows);

/** camera_device_find() - N of the first device of a sysfs @class called NAMEN whose @attribute begins with @begin; -1: none. */
int camera_device_find(const char *class, const char *name, const char *attribute, const char *begin);

#endif
