/* SPDX-License-Identifier: Apache-2.0 */
/* qyranctl clock: does the camera's clock follow a reference? Tells the camera, whose records then say so. */
#include "tools/camera_clock.h"
#include "tools/qyranctl.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
	(void)number;
	stopping = 1;
}

/* Says it where it has changed; @said: -1 before the first time. */
static int look(const char *name, int *said)
{
	struct camera_clock clock = { .ptp = -1 };
	int rc = camera_clock_read(name, &clock), told;
	bool follows = rc == 0 && camera_clock_follows(&clock);

	if (rc == -ENODEV) {
		fprintf(stderr, "qyranctl: %s: has no PTP clock; load the module (modprobe qyran)\n", name);
		return rc;
	}
	if (rc < 0)
		fprintf(stderr, "qyranctl: /dev/ptp%d: %s; install the udev rule and join the group qyran, or run as root\n", clock.ptp, strerror(-rc));
	told = camera_clock_tell(name, follows);
	if (told < 0)
		fprintf(stderr, "qyranctl: /sys/class/misc/%s/clock_synced: %s; run as root\n", name, strerror(-told));
	if (rc < 0 || told < 0)
		return rc < 0 ? rc : told;
	if (follows != *said)
		printf("/dev/ptp%d: %s: %.3f ms off the system's clock, which follows %s reference\n", clock.ptp, follows ? "follows" : "does not follow",
		       (double)clock.offset_ns / 1e6, clock.reference ? "a" : "no");
	fflush(stdout);
	*said = follows;
	return 0;
}

int qyranctl_clock(const char *spec, bool watch)
{
	const struct sigaction end = { .sa_handler = on_signal };
	const char *slash = strrchr(spec, '/');
	int rc, follows = -1;

	if (strncmp(spec, "kernel:", 7) != 0 || !slash || !slash[1]) {
		puts("nothing to do: only a board has a clock of its own");
		return 0;
	}
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	do {
		rc = look(slash + 1, &follows);
		if (rc == 0 && watch && !stopping)
			sleep(1);
	} while (rc == 0 && watch && !stopping);
	if (watch)
		camera_clock_tell(slash + 1, false);
	return rc < 0 || (!watch && follows != 1) ? EXIT_FAILURE : EXIT_SUCCESS;
}
