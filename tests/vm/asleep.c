/* SPDX-License-Identifier: Apache-2.0 */
/* Suspend and resume of the whole guest (the kernel's own test of it: devices sleep for a second and are woken). */
#include "tests/vm/drive.h"

#include <signal.h>
#include <sys/wait.h>

#define PAGE0_SIZE	0x10000u
#define CELLS		123u
#define CLOCK_OF(fd)	((~(clockid_t)(fd) << 3) | 3)

/* The kernel's driver of the share (virtio, 9p) does not survive a sleep. */
static void share(bool there)
{
	const char *command = there ? "modprobe 9pnet_virtio && modprobe 9p && mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 out /out" :
				      "umount /out && rmmod 9p && rmmod 9pnet_virtio";

	if (system(command) != 0)
		printf("note %s: failed\n", command);
}

static bool sleeps(void)
{
	return drive_write("/sys/power/pm_test", "devices") && drive_write("/sys/power/state", "freeze");
}

static int64_t seconds(int ptp)
{
	struct timespec now = { 0 };

	return clock_gettime(CLOCK_OF(ptp), &now) < 0 ? -1 : now.tv_sec;
}

/* A process that waits in read() is frozen there, and gets what comes after. */
static pid_t waiting_reader(int fd)
{
	static uint8_t buffer[DRIVE_BUFFER];
	pid_t child = fork();
	ssize_t got;

	if (child != 0)
		return child;
	fcntl(fd, F_SETFL, 0);
	alarm(DRIVE_PATIENCE);
	got = read(fd, buffer, sizeof(buffer));
	_exit(got < 0 ? errno : 0);
}

static void while_it_streams(void)
{
	struct qyran_ioc_masks masks = { .count = 1, .mask = { { 8, 4, 32, 24 } } };
	int fd = drive_open(), uio, ptp, held, status = -1;
	struct qyran_ioc_info info = { 0 };
	struct tally tally = { 0 };
	volatile uint32_t *page0;
	char name[32];
	int64_t before, after;
	const uint8_t *at;
	uint32_t pixels = 0;
	pid_t child;
	bool slept, frames;

	ioctl(fd, QYRAN_IOC_MASKS, &masks);
	drive_start(fd, 64, 48);
	ioctl(fd, QYRAN_IOC_INFO, &info);
	snprintf(name, sizeof(name), "/dev/uio%d", info.uio);
	uio = open(name, O_RDWR | O_CLOEXEC);
	page0 = mmap(NULL, PAGE0_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, uio, 0);
	snprintf(name, sizeof(name), "/dev/ptp%d", info.ptp);
	ptp = open(name, O_RDWR | O_CLOEXEC);
	if (page0 == MAP_FAILED || ptp < 0)
		exit(1);
	page0[QYRAN_REG_MOVER_CELLS / 4] = CELLS;
	page0[QYRAN_REG_COMMIT / 4] = 1;
	drive_play(fd, &tally, 5);
	drive_drain(fd, &tally);
	held = drive_hold(fd, tally.last);
	at = mmap(NULL, 256 * 48, PROT_READ, MAP_SHARED, held, 0);
	if (at == MAP_FAILED)
		exit(1);
	pixels = qyran_crc32c(0, at, 256 * 48);
	before = seconds(ptp);
	child = waiting_reader(fd);
	drive_pause_ms(200);

	slept = sleeps();
	if (!slept)
		kill(child, SIGKILL);
	waitpid(child, &status, 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);	/* the file is one with the child's */
	report(slept, "the_guest_sleeps_with_the_camera_running_and_wakes", "%s", strerror(errno));
	report(WIFEXITED(status) && WEXITSTATUS(status) == ESTRPIPE, "a_reader_that_waits_is_told_that_the_camera_has_slept", "it ended with 0x%x (%s)", (unsigned int)status,
	       WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "signal");
	after = seconds(ptp);
	report(before >= 0 && after >= before && after - before < DRIVE_PATIENCE, "the_clock_goes_on", "from %lld to %lld s", (long long)before, (long long)after);
	tally = (struct tally){ 0 };
	frames = drive_play(fd, &tally, 20);
	report(frames && tally.gaps == 0 && tally.pixels == 20 && tally.unsound == 0, "frames_come_again_from_number_0_with_pixels", "%llu of 20 frames: %s, %llu gaps",
	       (unsigned long long)tally.frames, strerror(-tally.error), (unsigned long long)tally.gaps);
	report(page0[QYRAN_REG_MOVER_CELLS / 4] == CELLS && ioctl(fd, QYRAN_IOC_MASKS, &masks) == 0, "settings_are_as_they_were", "%u cells", page0[QYRAN_REG_MOVER_CELLS / 4]);
	report(qyran_crc32c(0, at, 256 * 48) == pixels, "a_frame_held_over_the_sleep_shows_what_it_showed", "it does not");
	munmap((void *)(uintptr_t)at, 256 * 48);
	close(held);
	drive_drain(fd, &tally);
	report(drive_count("slots_home") == QYRAN_SLOTS && drive_count("frames_held") == 0, "all_slots_are_home_after_the_sleep", "%lld home",
	       (long long)drive_count("slots_home"));
	munmap((void *)(uintptr_t)page0, PAGE0_SIZE);
	masks.count = 0;
	memset(masks.mask, 0, sizeof(masks.mask));
	ioctl(fd, QYRAN_IOC_MASKS, &masks);
	close(ptp);
	close(uio);
	close(fd);
}

static void while_nobody_looks(void)
{
	int fd = drive_open();
	struct tally tally = { 0 };
	bool slept = sleeps();

	report(slept && drive_read(fd, &tally, 0) == -EPIPE && drive_start(fd, 64, 48) == 0 && drive_play(fd, &tally, 3), "a_camera_that_is_not_started_sleeps_and_starts_then",
	       "%s, %llu frames", strerror(errno), (unsigned long long)tally.frames);
	close(fd);
	report(sleeps(), "a_camera_that_nobody_has_open_sleeps", "%s", strerror(errno));
}

/* A logic that may still write to memory keeps the system awake; it says so, and works on. */
static void while_it_is_not_idle(void)
{
	int fd = drive_begin(), log = drive_log();
	struct tally tally = { 0 };
	bool slept;

	drive_play(fd, &tally, 2);
	rig_set(BENCH_NEVER_IDLE, 1);
	slept = sleeps();
	rig_set(BENCH_NEVER_IDLE, 0);
	report(!slept && drive_log_lines(log, "does not become idle") >= 1, "a_camera_that_may_still_write_to_memory_is_not_sent_to_sleep", "%s",
	       slept ? "it was" : "nothing was said");
	close(log);
	close(fd);
}

int main(void)
{
	if (access("/sys/power/pm_test", W_OK) < 0) {
		printf("skipped asleep: this kernel has no /sys/power/pm_test\n");
		return 0;
	}
	drive_write("/sys/module/suspend/parameters/pm_test_delay", "1");
	if (!report(drive_load(), "module_loads", "modprobe failed"))
		return 1;
	share(false);
	while_it_streams();
	while_nobody_looks();
	while_it_is_not_idle();
	share(true);
	drive_is_well("after_all_sleeps_the_camera_is_well");
	report(drive_unload(), "module_unloads_after_sleep", "modprobe -r failed");
	return drive_failed;
}
