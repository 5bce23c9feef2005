/* SPDX-License-Identifier: Apache-2.0 */
/* qyranctl: looks after a camera: what is wrong, its keys, its outbox. */
#include "qyrand/health.h"
#include "qyrand/outbox.h"
#include "qyrand/service.h"
#include "tools/doctor.h"
#include "tools/qyranctl.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const char help[] =
	"usage: qyranctl COMMAND CONFIG\n"
	"\n"
	"  doctor [--device SPEC] CONFIG   say what is wrong: keys, configuration, device, clock, disk, broker\n"
	"  masks [--device SPEC] CONFIG    put the configuration's privacy masks in force on a board; root only\n"
	"  clock [--device SPEC] [--watch] CONFIG   does a board's clock follow a reference? Its records say so; --watch: every second; root only\n"
	"  init CONFIG                     make the camera's keys; prints the file for the authority\n"
	"  status CONFIG                   what the outbox holds, and for how many days there is room\n"
	"  --help, --version\n"
	"\n"
	"Exit status: 0 all well; 1 something failed; 2 wrong usage or configuration.\n";

void doctor_say(struct doctor *doctor, enum doctor_finding finding, const char *name, const char *what, ...)
{
	static const char *const words[] = { "ok", "warn", "fail" };
	va_list arguments;

	printf("%s %s: ", words[finding], name);
	va_start(arguments, what);
	vprintf(what, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
	doctor->failed += finding == DOCTOR_FAIL;
}

static int run_doctor(const char *path, const char *device)
{
	static struct qyran_config config;
	struct doctor doctor = { .config = &config, .device = device };
	char error[QYRAN_PATH_MAX + 512];

	if (qyran_config_load(path, &config, error, sizeof(error)) < 0) {
		doctor_say(&doctor, DOCTOR_FAIL, "configuration", "%s - the other checks need it", error);
		return 1;
	}
	doctor_say(&doctor, DOCTOR_OK, "configuration", "%s: camera %s, %zu lanes", path, config.camera.id, config.lane_count);
	doctor_check_road(&doctor);
	doctor_check_formats(&doctor);
	doctor_check_reader(&doctor);
	doctor_check_keys(&doctor);
	doctor_check_bundle(&doctor);
	doctor_check_outbox(&doctor);
	doctor_check_disk(&doctor);
	doctor_check_device(&doctor);
	doctor_check_clock(&doctor);
	doctor_check_publisher(&doctor);
	return doctor.failed > 0;
}

static int load(const char *path, struct qyran_config *config)
{
	char error[QYRAN_PATH_MAX + 512];
	int rc = qyran_config_load(path, config, error, sizeof(error));

	if (rc < 0)
		fprintf(stderr, "qyranctl: %s\n", error);
	return rc;
}

static int run_init(const char *path)
{
	static struct qyran_config config;
	char error[QYRAN_PATH_MAX + 512];
	int rc = load(path, &config);

	if (rc < 0)
		return 2;
	rc = qyran_outbox_make_key(&config, error, sizeof(error));
	if (rc < 0 && rc != -EEXIST) {
		fprintf(stderr, "qyranctl: %s\n", error);
		return 1;
	}
	printf("%s/camera.pub\n", config.camera.state);
	fprintf(stderr, "qyranctl: the camera's keys %s; give that file to the authority\n", rc == -EEXIST ? "were there before" : "are made");
	return 0;
}

static int run_status(const char *path)
{
	static struct qyran_config config;
	struct qyran_outbox_counts counts;
	struct qyran_outbox *outbox;
	uint64_t free_bytes = 0;
	char error[QYRAN_PATH_MAX + 512];
	double days;
	int rc = load(path, &config);

	if (rc < 0)
		return 2;
	rc = qyran_outbox_open(&config, &outbox, error, sizeof(error));
	if (rc == 0) {
		rc = qyran_outbox_counts(outbox, &counts);
		snprintf(error, sizeof(error), "%s: the outbox cannot be read: %s", config.camera.state, strerror(-rc));
		qyran_outbox_close(outbox);
	}
	if (rc < 0) {
		fprintf(stderr, "qyranctl: %s\n", error);
		return 1;
	}
	qyran_health_free_bytes(&config, &free_bytes);
	days = qyran_health_days_left(&config, counts.sealed, free_bytes);
	printf("decided=%" PRIu64 " sealed=%" PRIu64 " published=%" PRIu64 " receipted=%" PRIu64 " waiting=%" PRIu64 " bytes=%" PRIu64 "\n",
	       counts.decided, counts.sealed, counts.published, counts.receipted, counts.waiting, counts.bytes);
	if (days >= 0)
		printf("days_left=%.1f\n", days);
	else
		puts("days_left=unknown");
	return 0;
}

static int run_masks(const char *path, const char *device)
{
	static struct qyran_config config;
	char error[QYRAN_PATH_MAX + 512] = "";
	const char *spec;
	int rc = load(path, &config);

	if (rc < 0)
		return 2;
	spec = device ? device : config.device.spec;
	rc = qyran_device_mask(spec, config.masks, config.mask_count, error, sizeof(error));
	if (rc < 0 && rc != -ENOTSUP) {
		fprintf(stderr, "qyranctl: %s\n", error);
		return 1;
	}
	if (rc == 0)
		printf("%zu privacy masks are in force\n", config.mask_count);
	else
		puts("nothing to do: only a board needs this");
	return 0;
}

static int run_clock(const char *path, const char *device, bool watch)
{
	static struct qyran_config config;

	return load(path, &config) < 0 ? 2 : qyranctl_clock(device ? device : config.device.spec, watch);
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{ "device", required_argument, NULL, 'd' }, { "watch", no_argument, NULL, 'w' }, { "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'v' }, { 0 },
	};
	const struct rlimit none = { 0, 0 };
	const char *device = NULL;
	bool watch = false;
	int name;

	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	umask(077);
	while ((name = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (name == 'd') {
			device = optarg;
		} else if (name == 'w') {
			watch = true;
		} else if (name == 'h') {
			fputs(help, stdout);
			return 0;
		} else if (name == 'v') {
			puts("qyranctl " QYRAN_VERSION);
			return 0;
		} else {
			return 2;
		}
	}
	if (argc - optind != 2) {
		fputs(help, stderr);
		return 2;
	}
	if (sodium_init() < 0) {
		fputs("qyranctl: libsodium cannot start; is there a source of random numbers?\n", stderr);
		return 1;
	}
	if (strcmp(argv[optind], "doctor") == 0)
		return run_doctor(argv[optind + 1], device);
	if (strcmp(argv[optind], "clock") == 0)
		return run_clock(argv[optind + 1], device, watch);
	if (strcmp(argv[optind], "masks") == 0)
		return run_masks(argv[optind + 1], device);
	if (strcmp(argv[optind], "init") == 0)
		return run_init(argv[optind + 1]);
	if (strcmp(argv[optind], "status") == 0)
		return run_status(argv[optind + 1]);
	fprintf(stderr, "qyranctl: %s: no such command; allowed: doctor, masks, clock, init, status\n", argv[optind]);
	return 2;
}
