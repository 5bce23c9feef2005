/* SPDX-License-Identifier: Apache-2.0 */
/* In the guest, the board at pace host: phc2sys disciplines the camera's clock, and the records say when it follows. */
#include "tests/vm/rig.h"

#include <endian.h>
#include <errno.h>
#include <math.h>
#include <qyran/device.h>
#include <qyran/record.h>
#include <signal.h>
#include <sys/timex.h>
#include <sys/wait.h>

#define TAI_MINUS_UTC_S 37		/* since 2017-01-01 (IERS Bulletin C) */
#define WRONG_NS 250000000
#define WRONG_PPM 100
#define SECONDS 12
#define LAST 10
#define BOUND_NS 200000.0		/* six times the median measured on a busy host, 31 us */
#define LOG "/tmp/phc2sys.log"
#define CONFIG "/tmp/clock.ini"

static int failed;

static void verdict(const char *name, int good, const char *why)
{
	if (good)
		printf("ok %s\n", name);
	else
		printf("not ok %s: %s\n", name, why);
	failed |= !good;
	fflush(stdout);
}

static int find_ptp(void)
{
	for (int n = 0; n < 8; n++) {
		char path[64], name[32] = "";
		FILE *file;

		snprintf(path, sizeof(path), "/sys/class/ptp/ptp%d/clock_name", n);
		file = fopen(path, "r");
		if (file && fgets(name, sizeof(name), file) && strncmp(name, "qyran", 5) == 0) {
			fclose(file);
			return n;
		}
		if (file)
			fclose(file);
	}
	return -1;
}

static clockid_t clock_of(int file)
{
	return (~(clockid_t)file << 3) | 3;
}

static double offset_ns(clockid_t camera)
{
	double best = 0, least = 1e18;

	for (int i = 0; i < 20; i++) {
		struct timespec before, there, after;

		clock_gettime(CLOCK_REALTIME, &before);
		clock_gettime(camera, &there);
		clock_gettime(CLOCK_REALTIME, &after);

		double took = (double)(after.tv_sec - before.tv_sec) * 1e9 + (double)(after.tv_nsec - before.tv_nsec);

		if (took < least) {
			least = took;
			best = (double)(there.tv_sec - TAI_MINUS_UTC_S - before.tv_sec) * 1e9 + (double)(there.tv_nsec - before.tv_nsec) - took / 2;
		}
	}
	return best;
}

static void set_wrong(clockid_t camera)
{
	struct timex rate = { .modes = ADJ_FREQUENCY, .freq = WRONG_PPM * 65536 };
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += TAI_MINUS_UTC_S;
	now.tv_nsec += WRONG_NS;
	if (now.tv_nsec >= 1000000000) {
		now.tv_sec++;
		now.tv_nsec -= 1000000000;
	}
	if (clock_settime(camera, &now) != 0 || clock_adjtime(camera, &rate) < 0)
		printf("note the camera's clock cannot be set: %s\n", strerror(errno));
}

/* As an NTP service would: the system's clock follows a reference. */
static void vouch_for_the_system(void)
{
	struct timex time = { 0 };

	adjtimex(&time);
	time.modes = ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR;
	time.status &= ~STA_UNSYNC;
	time.maxerror = time.esterror = 100;
	adjtimex(&time);
}

static int write_config(void)
{
	FILE *file = fopen(CONFIG, "w");

	if (!file)
		return -errno;
	fputs("[camera]\nid = CLOCK\nregion = r\n[device]\nspec = kernel:/dev/qyran0\n[plates]\nformats = f\n[seal]\nbundle = b\nroot = r\n[publisher]\nkind = folder\npath = p\n", file);
	return fclose(file);
}

static int follows(void)
{
	return system("qyranctl clock " CONFIG " | sed 's/^/note /'; qyranctl clock " CONFIG " >/dev/null") == 0;
}

/* Does a frame say that its clock follows a reference? -1: no frame came. */
static int frame_says(void)
{
	const struct qyran_device_options options = { .width = 64, .height = 48, .pace_host = true };
	const struct qyran_record_header *record;
	struct qyran_device *device;
	char error[512];
	int says = -1;

	if (qyran_device_open("kernel:/dev/qyran0", &options, &device, error, sizeof(error)) < 0) {
		printf("note %s\n", error);
		return -1;
	}
	rig_play(BENCH_SOURCE_PATTERN, 2, BENCH_PACE_HOST);
	while (says < 0 && qyran_device_next(device, &record, 10000) == 0)
		if (le16toh(record->type) == QYRAN_RECORD_FRAME)
			says = !(le32toh(((const struct qyran_frame_info *)qyran_record_payload(record))->flags) & QYRAN_FRAME_UNSYNCED);
	qyran_device_close(device);
	return says;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Its latest offsets; returns how many lines it wrote. */
static int read_log(double latest[LAST], double *ret_first)
{
	FILE *file = fopen(LOG, "r");
	char line[256];
	int lines = 0;

	while (file && fgets(line, sizeof(line), file)) {
		const char *at = strstr(line, "offset");
		double offset;

		if (!at || sscanf(at, "offset %lf", &offset) != 1)
			continue;
		if (lines == 0)
			*ret_first = offset;
		latest[lines++ % LAST] = fabs(offset);
	}
	if (file)
		fclose(file);
	return lines;
}

int main(void)
{
	char path[32], why[256] = "";
	double latest[LAST], first = 0;
	int number, file, lines;
	pid_t child;

	if (system("modprobe qyran") != 0 || (number = find_ptp()) < 0 || write_config() != 0) {
		printf("not ok clock: there is no camera's clock\n");
		return 1;
	}
	snprintf(path, sizeof(path), "/dev/ptp%d", number);
	file = open(path, O_RDWR);
	rig_set(BENCH_PACE, BENCH_PACE_HOST);
	vouch_for_the_system();
	set_wrong(clock_of(file));

	double before = offset_ns(clock_of(file));

	verdict("a_clock_that_is_wrong_is_told_so_and_its_frames_too", !follows() && frame_says() == 0, "it passed for one that follows");

	child = fork();
	if (child == 0) {
		if (!freopen(LOG, "w", stdout))
			_exit(1);
		execlp("phc2sys", "phc2sys", "-s", "CLOCK_REALTIME", "-c", path, "-O", "37", "-N", "5", "-R", "4", "-m", NULL);
		_exit(127);
	}
	sleep(SECONDS);

	double after = offset_ns(clock_of(file));
	int follow = follows(), said = frame_says();

	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
	lines = read_log(latest, &first);
	if (lines < 2 * LAST) {
		printf("note phc2sys wrote %d lines\n", lines);
		if (system("head -n 3 " LOG " | sed 's/^/note phc2sys: /'") != 0)
			printf("note " LOG " cannot be read\n");
	}
	qsort(latest, LAST, sizeof(latest[0]), by_size);
	printf("note clock: %.3f ms off and %d ppm fast before; phc2sys for %d s: first %.0f ns, then median %.1f us, worst %.1f us of its last %d; read after: %.1f us\n",
	       before / 1e6, WRONG_PPM, SECONDS, first, latest[LAST / 2] / 1e3, latest[LAST - 1] / 1e3, LAST, after / 1e3);
	snprintf(why, sizeof(why), "median of the last %d offsets %.1f us (bound %.1f), %d lines", LAST, latest[LAST / 2] / 1e3, BOUND_NS / 1e3, lines);
	verdict("phc2sys_brings_the_camera_s_clock_to_the_system_s", fabs(before) > WRONG_NS * .9 && lines >= 2 * LAST && latest[LAST / 2] < BOUND_NS, why);
	snprintf(why, sizeof(why), "qyranctl: %d, frame: %d", follow, said);
	verdict("a_clock_that_follows_is_told_so_and_its_frames_too", follow && said == 1, why);

	rig_set(BENCH_PACE, BENCH_PACE_SCENE);
	close(file);
	if (system("qyranctl clock --device record:x " CONFIG " >/dev/null") != 0 || system("modprobe -r qyran") != 0)
		verdict("the_module_goes_after_its_clock_was_used", 0, "modprobe -r qyran failed");
	return failed;
}
